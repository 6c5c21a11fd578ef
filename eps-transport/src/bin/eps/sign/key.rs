//! Which key signs.

use std::path::PathBuf;
#[cfg(feature = "remote-signing")]
use std::{sync::Arc, time::Duration};

use clap::{ArgGroup, Args};
use eps_core::signature::Policy;
use eps_core::signature::pem;
use eps_core::signature::signer::{AwsLcSigner, Signer};
#[cfg(feature = "remote-signing")]
use eps_transport::clock::{Clock, FixedClock, SystemClock};

#[cfg(any(feature = "pkcs11", feature = "remote-signing"))]
use super::secret::secret;
use super::throw_away_signer;
use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::pki;

/// Which key signs.
#[derive(Args)]
#[command(group(ArgGroup::new("signer").required(true)))]
pub(super) struct Options {
    /// A private key, PKCS #8 in PEM or DER
    #[arg(long, value_name = "FILE", group = "signer", requires = "certificate")]
    key: Option<PathBuf>,
    /// The certificate of the key, PEM or DER
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// Sign with keys made for the occasion
    #[arg(long, group = "signer")]
    throw_away: bool,
    /// Save root.pem, signing-ca.pem, root.crl and signing-ca.crl of the throw-away PKI in this folder
    #[arg(long, value_name = "FOLDER", requires = "throw_away")]
    save_trust: Option<PathBuf>,
    #[cfg(feature = "pkcs11")]
    #[command(flatten)]
    token: Token,
    #[cfg(feature = "remote-signing")]
    #[command(flatten)]
    remote: Remote,
}

/// A smartcard or other token.
#[cfg(feature = "pkcs11")]
#[derive(Args)]
struct Token {
    /// Sign with a smartcard or token: its PKCS #11 library. The PIN is in --pin-file or EPS_PIN, or is asked for
    #[arg(long, value_name = "MODULE", group = "signer", requires = "token")]
    pkcs11: Option<PathBuf>,
    /// The label of the token
    #[arg(long, value_name = "LABEL", requires = "pkcs11")]
    token: Option<String>,
    /// The file that holds the PIN
    #[arg(long, value_name = "FILE", requires = "pkcs11")]
    pin_file: Option<PathBuf>,
}

/// The remote signing service.
#[cfg(feature = "remote-signing")]
#[derive(Args)]
struct Remote {
    /// Sign with the remote signing service at this address. The user's access token is in --access-token-file or
    /// EPS_ACCESS_TOKEN, or is asked for
    #[arg(long, value_name = "URL", group = "signer", requires_all = ["client_id", "key_id", "client_key", "user_id"])]
    remote: Option<String>,
    /// The client id of the application
    #[arg(long, value_name = "ID", requires = "remote")]
    client_id: Option<String>,
    /// The id of the application's registered key
    #[arg(long, value_name = "KID", requires = "remote")]
    key_id: Option<String>,
    /// The application's private key, PKCS #8 in PEM or DER, at least 4096 bits
    #[arg(long, value_name = "FILE", requires = "remote")]
    client_key: Option<PathBuf>,
    /// The user who signs
    #[arg(long, value_name = "ID", requires = "remote")]
    user_id: Option<String>,
    /// The file that holds the user's access token
    #[arg(long, value_name = "FILE", requires = "remote")]
    access_token_file: Option<PathBuf>,
    /// The public address of the service, where it differs [default: that of --remote]
    #[arg(long, value_name = "URL", requires = "remote")]
    audience: Option<String>,
    /// The port of this machine to which the browser returns; 0 is a free one
    #[arg(long, value_name = "PORT", requires = "remote", default_value_t = 0)]
    callback_port: u16,
    /// Trust only servers below these certificates, PEM
    #[arg(long, value_name = "FILE", requires = "remote")]
    remote_ca: Option<PathBuf>,
}

/// A key, and what its certificate must be good for.
type Chosen = (Box<dyn Signer>, Policy);

impl Options {
    pub(super) fn signer(&self, global: &Global) -> Result<Chosen, Failure> {
        if let (Some(key), Some(certificate)) = (&self.key, &self.certificate) {
            let key = zeroize::Zeroizing::new(files::read(key)?);
            let signer = AwsLcSigner::new(&key, &certificate_of(&files::read(certificate)?)?)
                .map_err(|error| Failure::because("the signing key")(error.into()))?;
            return Ok((Box::new(signer), Policy::test_profile()));
        }
        #[cfg(feature = "pkcs11")]
        if let Some(chosen) = self.token.signer(global)? {
            return Ok(chosen);
        }
        #[cfg(feature = "remote-signing")]
        if let Some(chosen) = self.remote.signer(global)? {
            return Ok(chosen);
        }
        let made = pki::throw_away(global, global.now())?;
        if let Some(folder) = &self.save_trust {
            made.write_trust(folder)?;
        }
        Ok((Box::new(throw_away_signer(&made)?), Policy::production()))
    }
}

/// The first certificate of a PEM file, or the DER.
pub(super) fn certificate_of(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    match std::str::from_utf8(bytes) {
        Ok(text) if pem::is_pem(bytes) => {
            let all = pem::certificates(text).map_err(|error| Failure::because("the certificate")(error.into()))?;
            Ok(all.into_iter().next().unwrap_or_default())
        }
        Ok(_) | Err(_) => Ok(bytes.to_vec()),
    }
}

#[cfg(feature = "pkcs11")]
impl Token {
    fn signer(&self, global: &Global) -> Result<Option<Chosen>, Failure> {
        use eps_transport::signers::token::{Module, Pin, TokenSigner};

        let (Some(library), Some(label)) = (&self.pkcs11, &self.token) else { return Ok(None) };
        let failed = |error: eps_transport::signers::token::TokenError| Failure::because("the token")(error.into());
        let module = Module::load(library).map_err(failed)?;
        let mut pin = secret(self.pin_file.as_deref(), "EPS_PIN", "PIN: ")?;
        let pin = Pin::new(std::mem::take(&mut *pin));
        let policy = Policy::production();
        let signer = TokenSigner::open(&module, label, pin, &policy, global.now()).map_err(failed)?;
        Ok(Some((Box::new(signer), policy)))
    }
}

/// How long the user has to sign in the browser: as long as a request is good for.
#[cfg(feature = "remote-signing")]
const PATIENCE: Duration = Duration::from_secs(600);

#[cfg(feature = "remote-signing")]
impl Remote {
    fn signer(&self, global: &Global) -> Result<Option<Chosen>, Failure> {
        use eps_transport::signers::remote::{Application, Callback, RemoteError, RemoteSigner, Service, User};

        let (Some(base), Some(client), Some(kid), Some(key), Some(user)) =
            (&self.remote, &self.client_id, &self.key_id, &self.client_key, &self.user_id)
        else {
            return Ok(None);
        };
        let failed = |error: RemoteError| Failure::because("the remote signing service")(error.into());
        let roots = match &self.remote_ca {
            None => Vec::new(),
            Some(path) => pem::certificates(&String::from_utf8_lossy(&files::read(path)?))
                .map_err(|error| Failure::because("the certificates of --remote-ca")(error.into()))?,
        };
        let service = Service::new(base, &roots).map_err(failed)?;
        let key = zeroize::Zeroizing::new(files::read(key)?);
        let audience = self.audience.clone().unwrap_or_else(|| base.clone());
        let application = Application::new(client.clone(), kid.clone(), audience, &key).map_err(failed)?;
        let mut token = secret(self.access_token_file.as_deref(), "EPS_ACCESS_TOKEN", "Access token: ")?;
        let user = User::new(user.clone(), std::mem::take(&mut *token));
        let callback = Callback::listen(self.callback_port, PATIENCE, Box::new(show)).map_err(failed)?;
        let clock: Arc<dyn Clock> = match global.fixed_now() {
            Some(now) => Arc::new(FixedClock(now)),
            None => Arc::new(SystemClock),
        };
        let signer = RemoteSigner::new(service, application, user, Box::new(callback), clock);
        Ok(Some((Box::new(signer), Policy::production())))
    }
}

#[cfg(feature = "remote-signing")]
#[expect(clippy::print_stderr, reason = "the user must know where to sign, and standard output is for the message")]
fn show(address: &str) {
    eprintln!("eps: sign in the browser: {address}");
}
