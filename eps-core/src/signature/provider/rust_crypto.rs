use rsa::{BoxedUint, Pkcs1v15Sign, PublicKey};
use sha1::{Digest as _, Sha1};
use sha2::{Sha256, Sha384, Sha512};

use super::{BadSignature, Hash, Provider};
use crate::signature::key::RsaKey;

/// The portable provider, in Rust throughout.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct RustCrypto;

impl RustCrypto {
    /// The provider; it has no state.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Provider for RustCrypto {
    fn sha1(&self, data: &[u8]) -> [u8; 20] {
        Sha1::digest(data).into()
    }

    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        Sha256::digest(data).into()
    }

    fn rsa_verify(&self, key: &RsaKey<'_>, hash: Hash, data: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        if hash == Hash::Sha384 && key.bits() < 2048 {
            return Err(BadSignature);
        }
        let modulus = BoxedUint::from_be_slice_vartime(key.modulus());
        let exponent = BoxedUint::from_be_slice_vartime(key.exponent());
        let key = PublicKey::new(modulus, exponent).map_err(|_| BadSignature)?;
        let verdict = match hash {
            Hash::Sha1 => key.verify(Pkcs1v15Sign::new::<Sha1>(), &Sha1::digest(data), signature),
            Hash::Sha256 => key.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(data), signature),
            Hash::Sha384 => key.verify(Pkcs1v15Sign::new::<Sha384>(), &Sha384::digest(data), signature),
            Hash::Sha512 => key.verify(Pkcs1v15Sign::new::<Sha512>(), &Sha512::digest(data), signature),
        };
        verdict.map_err(|_| BadSignature)
    }
}
