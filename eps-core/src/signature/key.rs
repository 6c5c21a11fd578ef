//! RSA public keys.

use super::der::{BIT_STRING, Der, NULL, NotDer, OBJECT_IDENTIFIER, SEQUENCE};

/// The smallest modulus that is a key at all, in bits. Policies ask for more; test cards of 2020 to 2023 have this.
pub const MIN_MODULUS_BITS: u32 = 1024;
/// The largest modulus, in bits. Verification time grows with its square; no NHS key is larger.
pub const MAX_MODULUS_BITS: u32 = 4096;
/// The longest public exponent, in octets: a long one makes verification slow and nobody needs it.
const MAX_EXPONENT_OCTETS: usize = 4;

/// The content octets of the object identifier 1.2.840.113549.1.1.1.
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// Why a public key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The key is not an RSA key.
    #[error("the public key is not an RSA key")]
    NotRsa,
    /// The key's DER is wrong.
    #[error("the public key is malformed")]
    Malformed,
    /// The modulus is even, or outside [`MIN_MODULUS_BITS`]..=[`MAX_MODULUS_BITS`].
    #[error("an RSA modulus of {bits} bits is not accepted")]
    Modulus {
        /// Its length.
        bits: u32,
    },
    /// The public exponent is even, below 3, or longer than four octets.
    #[error("the RSA public exponent is not accepted")]
    Exponent,
}

impl From<NotDer> for KeyError {
    fn from(_: NotDer) -> Self {
        Self::Malformed
    }
}

/// An RSA public key, borrowed: an odd modulus of 1024 to 4096 bits and an odd exponent of at least 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RsaKey<'a> {
    modulus: &'a [u8],
    exponent: &'a [u8],
}

impl<'a> RsaKey<'a> {
    /// A key from its two numbers, big-endian.
    ///
    /// # Errors
    /// [`KeyError::Modulus`] or [`KeyError::Exponent`].
    pub fn from_components(modulus: &'a [u8], exponent: &'a [u8]) -> Result<Self, KeyError> {
        let (modulus, exponent) = (without_leading_zeros(modulus), without_leading_zeros(exponent));
        let bits = bits(modulus);
        let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        if !odd(modulus) || !(MIN_MODULUS_BITS..=MAX_MODULUS_BITS).contains(&bits) {
            return Err(KeyError::Modulus { bits });
        }
        if !odd(exponent) || exponent == [1] || exponent.len() > MAX_EXPONENT_OCTETS {
            return Err(KeyError::Exponent);
        }
        Ok(Self { modulus, exponent })
    }

    /// A key from a DER `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7).
    ///
    /// # Errors
    /// [`KeyError`] by variant.
    pub fn from_spki(spki: &'a [u8]) -> Result<Self, KeyError> {
        let mut outer = Der::new(spki);
        let mut info = Der::new(outer.take(SEQUENCE)?);
        outer.end()?;
        let mut algorithm = Der::new(info.take(SEQUENCE)?);
        if algorithm.take(OBJECT_IDENTIFIER)? != RSA_ENCRYPTION {
            return Err(KeyError::NotRsa);
        }
        if !algorithm.take(NULL)?.is_empty() {
            return Err(KeyError::Malformed);
        }
        algorithm.end()?;
        let [0, key @ ..] = info.take(BIT_STRING)? else {
            return Err(KeyError::Malformed);
        };
        info.end()?;
        Self::from_pkcs1(key)
    }

    /// A key from a DER `RSAPublicKey` (RFC 8017 appendix A.1.1).
    ///
    /// # Errors
    /// [`KeyError`] by variant.
    pub fn from_pkcs1(key: &'a [u8]) -> Result<Self, KeyError> {
        let mut outer = Der::new(key);
        let mut numbers = Der::new(outer.take(SEQUENCE)?);
        outer.end()?;
        let (modulus, exponent) = (numbers.take_unsigned()?, numbers.take_unsigned()?);
        numbers.end()?;
        Self::from_components(modulus, exponent)
    }

    /// The modulus, big-endian without leading zero octets.
    #[must_use]
    pub const fn modulus(&self) -> &'a [u8] {
        self.modulus
    }

    /// The public exponent, big-endian without leading zero octets.
    #[must_use]
    pub const fn exponent(&self) -> &'a [u8] {
        self.exponent
    }

    /// The length of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> u32 {
        bits(self.modulus)
    }

    /// The length of a signature in bytes.
    #[must_use]
    pub const fn signature_len(&self) -> usize {
        self.modulus.len()
    }

    /// The exponent as a number.
    #[must_use]
    pub fn exponent_value(&self) -> u32 {
        self.exponent.iter().fold(0, |value, octet| value << 8 | u32::from(*octet))
    }
}

pub(crate) fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}

fn bits(number: &[u8]) -> u32 {
    let octets = u32::try_from(number.len()).unwrap_or(u32::MAX / 8);
    number.first().map_or(0, |first| octets * 8 - first.leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modulus_outside_the_limits_is_refused() {
        let number = |octets: usize| vec![0xff; octets];
        assert_eq!(RsaKey::from_components(&number(127), &[3]), Err(KeyError::Modulus { bits: 1016 }));
        assert_eq!(RsaKey::from_components(&number(513), &[3]), Err(KeyError::Modulus { bits: 4104 }));
        assert_eq!(RsaKey::from_components(&number(128), &[3]).unwrap().bits(), 1024);
        let mut even = number(256);
        even[255] = 0xfe;
        assert_eq!(RsaKey::from_components(&even, &[3]), Err(KeyError::Modulus { bits: 2048 }));
    }

    #[test]
    fn an_exponent_that_is_even_one_or_long_is_refused() {
        let modulus = vec![0xff; 256];
        for exponent in [&[][..], &[0], &[1], &[2], &[1, 0, 0], &[1, 0, 0, 0, 1]] {
            assert_eq!(RsaKey::from_components(&modulus, exponent), Err(KeyError::Exponent), "{exponent:?}");
        }
        assert_eq!(RsaKey::from_components(&modulus, &[1, 0, 1]).unwrap().exponent_value(), 65537);
    }

    #[test]
    fn a_key_of_another_kind_is_not_rsa() {
        // AlgorithmIdentifier id-ecPublicKey, prime256v1, with a one-octet point.
        let ec = [
            0x30, 0x19, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
            0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x02, 0x00, 0x04,
        ];
        assert_eq!(RsaKey::from_spki(&ec), Err(KeyError::NotRsa));
        assert_eq!(RsaKey::from_spki(&[]), Err(KeyError::Malformed));
    }
}
