use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA384, RsaParameters, RsaPublicKeyComponents,
};

use super::{BadSignature, Hash, Provider};
use crate::signature::key::RsaKey;

/// The fast provider, over AWS-LC.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct AwsLc;

impl AwsLc {
    /// The provider; it has no state.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

/// The smallest key that AWS-LC allows for each hash; the policy of the verification sets the real floor.
const fn parameters(hash: Hash) -> &'static RsaParameters {
    match hash {
        Hash::Sha1 => &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        Hash::Sha384 => &RSA_PKCS1_2048_8192_SHA384,
        Hash::Sha512 => &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    }
}

/// Copies a digest whose length the algorithm fixes.
fn fixed<const LENGTH: usize>(from: &[u8]) -> [u8; LENGTH] {
    let mut to = [0; LENGTH];
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    to
}

impl Provider for AwsLc {
    fn sha1(&self, data: &[u8]) -> [u8; 20] {
        fixed(digest(&SHA1_FOR_LEGACY_USE_ONLY, data).as_ref())
    }

    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        fixed(digest(&SHA256, data).as_ref())
    }

    fn rsa_verify(&self, key: &RsaKey<'_>, hash: Hash, data: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let components = RsaPublicKeyComponents { n: key.modulus(), e: key.exponent() };
        components.verify(parameters(hash), data, signature).map_err(|_| BadSignature)
    }
}
