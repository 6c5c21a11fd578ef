//! A throw-away public key infrastructure: a root, a signing CA, one prescriber, and the revocation lists of both CAs;
//! and a CA for mutual TLS with a dispenser's and a broker's certificate.
//!
//! Its certificates follow the profile of NHS signing certificates (content commitment, the NHS content commitment policy,
//! a private key usage period), so that the production policy can be used with it. No more than a demonstration may trust
//! its keys: they come from a seed that everybody may know, or live as long as the process or the files they are written to.

use eps_core::model::Timestamp;
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, SerialNumber};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

pub(crate) mod authority;
pub(crate) mod files;
pub(crate) mod keys;
pub(crate) mod profile;

use authority::Authority;
pub use files::pem;
pub use keys::Randomness;
use profile::{BACKDATED, Depth};

/// How long a revocation list is fresh.
const LIST_LIFE: Duration = Duration::days(7);
/// The name of the root.
pub(crate) const ROOT_NAME: &str = "Throw-away Root Authority";
/// The name of the CA of prescribers.
pub(crate) const SIGNING_CA_NAME: &str = "Throw-away Signing CA";

/// Why no keys or certificates could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PkiError {
    /// The library that makes them failed.
    #[error("a certificate, key or revocation list could not be made")]
    Generation(#[from] rcgen::Error),
    /// The library that makes keys from a seed failed.
    #[error("a key could not be made")]
    Rsa(#[from] rsa::Error),
    /// A key could not be written as PKCS #8, or not be read again.
    #[error("a key could not be encoded")]
    Key,
    /// A thread that made a key ended without one.
    #[error("a key could not be made")]
    Thread,
}

/// A root, a signing CA and one prescriber.
pub struct ThrowAwayPki {
    root: Authority,
    signing_ca: Authority,
    prescriber: Vec<u8>,
    prescriber_key: Zeroizing<Vec<u8>>,
    lists: [Vec<u8>; 2],
}

impl std::fmt::Debug for ThrowAwayPki {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ThrowAwayPki(keys withheld)")
    }
}

impl ThrowAwayPki {
    /// Makes one whose prescriber has this SDS user id and name, in force from a day before `now`. Its keys are new.
    ///
    /// # Errors
    /// [`PkiError`] when keys or certificates cannot be made.
    pub fn generate(now: Timestamp, sds_user: &str, name: &str) -> Result<Self, PkiError> {
        Self::generate_from(Randomness::System, now, sds_user, name)
    }

    /// The same with keys from where the caller says. From a seed, everything is the same again, byte for byte.
    ///
    /// # Errors
    /// [`PkiError`] when keys or certificates cannot be made.
    pub fn generate_from(randomness: Randomness, now: Timestamp, sds_user: &str, name: &str) -> Result<Self, PkiError> {
        let now = now.utc().assume_utc();
        let [root_key, ca_key, prescriber_key] = randomness.keys(["root", "signing CA", "prescriber"])?;
        let root = Authority::root(profile::ca(ROOT_NAME, profile::ca_period(now), 1, Depth::Root), root_key)?;
        let ca_params = profile::ca(SIGNING_CA_NAME, profile::ca_period(now), 2, Depth::Sub);
        let signing_ca = Authority::under(&root, ca_params, ca_key)?;
        let (period, key_period) = (profile::prescriber_period(now), profile::prescriber_key_period(now));
        let name = format!("{sds_user}_{name}");
        let params = profile::prescriber(&name, period, key_period, SerialNumber::from(3));
        let prescriber = signing_ca.issue(&params, &prescriber_key)?;
        let lists = [empty_list(&root, now)?, empty_list(&signing_ca, now)?];
        let prescriber_key = Zeroizing::new(prescriber_key.serialize_der());
        Ok(Self { root, signing_ca, prescriber, prescriber_key, lists })
    }

    /// The root's certificate, DER.
    #[must_use]
    pub fn root(&self) -> &[u8] {
        &self.root.certificate
    }

    /// The signing CA's certificate, DER.
    #[must_use]
    pub fn signing_ca(&self) -> &[u8] {
        &self.signing_ca.certificate
    }

    /// The prescriber's certificate, DER.
    #[must_use]
    pub fn prescriber(&self) -> &[u8] {
        &self.prescriber
    }

    /// The prescriber's private key, PKCS #8 DER.
    #[must_use]
    pub fn prescriber_key(&self) -> &[u8] {
        &self.prescriber_key
    }

    /// The revocation lists of the root and of the signing CA, DER. Nothing is revoked.
    #[must_use]
    pub fn revocation_lists(&self) -> &[Vec<u8>; 2] {
        &self.lists
    }

    /// Makes a CA for TLS below the root, with a certificate for a dispenser's system that connects (its ODS code is the
    /// common name) and one for a broker on this machine.
    ///
    /// # Errors
    /// [`PkiError`] when keys or certificates cannot be made.
    pub fn mutual_tls(&self, randomness: Randomness, now: Timestamp, dispenser: &str) -> Result<MutualTls, PkiError> {
        let now = now.utc().assume_utc();
        let [ca_key, dispenser_key, broker_key] = randomness.keys(["TLS CA", "dispenser", "broker"])?;
        let ca_params = profile::ca("Throw-away TLS CA", profile::ca_period(now), 4, Depth::Sub);
        let ca = Authority::under(&self.root, ca_params, ca_key)?;
        let list = empty_list(&ca, now)?;
        let period = profile::tls_period(now);
        let name = |name: &str| profile::dns(name).map(|name| vec![name]);
        let of_dispenser =
            profile::tls(dispenser, name("dispenser.invalid")?, ExtendedKeyUsagePurpose::ClientAuth, (period, 5));
        let of_broker = profile::tls("localhost", name("localhost")?, ExtendedKeyUsagePurpose::ServerAuth, (period, 6));
        let with_key = |params, key: KeyPair| -> Result<Identity, PkiError> {
            let certificate = ca.issue(&params, &key)?;
            Ok(Identity { certificate, key: Zeroizing::new(key.serialize_der()) })
        };
        let dispenser = with_key(of_dispenser, dispenser_key)?;
        let broker = with_key(of_broker, broker_key)?;
        Ok(MutualTls { dispenser, broker, ca: ca.certificate, list })
    }
}

/// A CA for TLS, and both ends of a connection.
pub struct MutualTls {
    ca: Vec<u8>,
    list: Vec<u8>,
    dispenser: Identity,
    broker: Identity,
}

struct Identity {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for MutualTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MutualTls(keys withheld)")
    }
}

impl MutualTls {
    /// The CA's certificate, DER.
    #[must_use]
    pub fn ca(&self) -> &[u8] {
        &self.ca
    }

    /// The CA's revocation list, DER. Nothing is revoked.
    #[must_use]
    pub fn revocation_list(&self) -> &[u8] {
        &self.list
    }

    /// The dispenser's certificate, DER, and private key, PKCS #8 DER.
    #[must_use]
    pub fn dispenser(&self) -> (&[u8], &[u8]) {
        (&self.dispenser.certificate, &self.dispenser.key)
    }

    /// The broker's certificate, DER, and private key, PKCS #8 DER. Its name is `localhost`.
    #[must_use]
    pub fn broker(&self) -> (&[u8], &[u8]) {
        (&self.broker.certificate, &self.broker.key)
    }
}

fn empty_list(authority: &Authority, now: OffsetDateTime) -> Result<Vec<u8>, PkiError> {
    authority.list((now - BACKDATED, now + LIST_LIFE), 1, Vec::new())
}

#[cfg(test)]
mod tests;
