//! RSA keys: new ones for an occasion, or the same ones again from a seed.

use chacha20::ChaCha20Rng;
use rcgen::{KeyPair, PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::SeedableRng as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::PkiError;

/// Where keys come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "keys are secret or they are repeatable")]
pub enum Randomness {
    /// The system's source of randomness: nobody can make the keys again.
    System,
    /// A number: everybody who knows it makes the same keys. For test material only.
    Seed(u64),
}

/// The length of the keys of people and CAs, in bits.
pub(crate) const BITS: usize = 2048;

impl Randomness {
    /// A key of [`BITS`] for each label, made side by side: each takes a noticeable part of a second. From a seed, a
    /// label always has the same key.
    pub(crate) fn keys<const N: usize>(self, labels: [&str; N]) -> Result<[KeyPair; N], PkiError> {
        let mut made = std::thread::scope(|scope| {
            let threads = labels.map(|label| scope.spawn(move || self.key(label)));
            threads.map(|thread| thread.join().map_err(|_| PkiError::Thread).flatten().map(Some))
        });
        let mut keys = Vec::with_capacity(N);
        for made in &mut made {
            keys.extend(std::mem::replace(made, Ok(None))?);
        }
        keys.try_into().map_err(|_| PkiError::Thread)
    }

    fn key(self, label: &str) -> Result<KeyPair, PkiError> {
        match self {
            Self::System => Ok(KeyPair::generate_for(&PKCS_RSA_SHA256)?),
            Self::Seed(seed) => {
                let pkcs8 = seeded(seed, label, BITS, STANDARD_EXPONENT)?;
                Ok(KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.as_slice().into(), &PKCS_RSA_SHA256)?)
            }
        }
    }
}

/// The public exponent of every ordinary key.
pub(crate) const STANDARD_EXPONENT: u64 = 65537;

/// A private key from a seed, PKCS #8 DER.
pub(crate) fn seeded(seed: u64, label: &str, bits: usize, exponent: u64) -> Result<Zeroizing<Vec<u8>>, PkiError> {
    // The label keeps the streams apart, so that one key more or less does not change the others.
    let stream = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(label).finalize();
    let mut random = ChaCha20Rng::from_seed(stream.into());
    let key = rsa::PrivateKey::new_with_exp(&mut random, bits, exponent.into())?;
    let document = key.to_pkcs8_der().map_err(|_| PkiError::Key)?;
    Ok(Zeroizing::new(document.as_bytes().to_vec()))
}

/// A public key for a certificate, whoever has the private one.
#[derive(Clone, Debug)]
pub(crate) struct PublicKey {
    der: Vec<u8>,
    algorithm: &'static SignatureAlgorithm,
}

impl PublicKey {
    /// The subject public key bits, without the algorithm around them.
    pub(crate) fn new(der: Vec<u8>, algorithm: &'static SignatureAlgorithm) -> Self {
        Self { der, algorithm }
    }
}

impl PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        &self.der
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.algorithm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_and_a_label_give_the_same_key_again_and_others_another() {
        let key = |seed, label| seeded(seed, label, 1024, STANDARD_EXPONENT).unwrap();
        let first = key(1, "root");
        assert_eq!(*first, *key(1, "root"));
        assert_ne!(*first, *key(2, "root"));
        assert_ne!(*first, *key(1, "signing CA"));
    }
}
