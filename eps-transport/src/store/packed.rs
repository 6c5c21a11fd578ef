//! Compressed values: 4 bytes of length, little-endian, then raw DEFLATE.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::StoreError;

/// The largest value that is stored or read back: far above the largest message the Spine takes (5 MB), so that a
/// damaged length cannot ask for all memory.
const MAX_LENGTH: usize = 64 << 20;

/// Prescriptions are text full of repeated names: level 3 gets nearly all of what level 9 does, at a third of its cost.
const LEVEL: u32 = 3;

/// Compresses a value.
///
/// # Errors
/// [`StoreError::Engine`] for a value over the limit.
pub(super) fn pack(value: &[u8]) -> Result<Vec<u8>, StoreError> {
    let too_long = || std::io::Error::from(std::io::ErrorKind::FileTooLarge);
    let length = u32::try_from(value.len()).ok().filter(|_| value.len() <= MAX_LENGTH);
    let mut packed = Vec::with_capacity(value.len() / 2 + 16);
    packed.extend_from_slice(&length.ok_or_else(too_long).map_err(failed)?.to_le_bytes());
    let mut encoder = DeflateEncoder::new(packed, Compression::new(LEVEL));
    encoder.write_all(value).map_err(failed)?;
    encoder.finish().map_err(failed)
}

fn failed(source: std::io::Error) -> StoreError {
    StoreError::Engine { doing: "compressed a value", source: std::sync::Arc::new(source) }
}

/// Gives back what [`pack`] was given.
///
/// # Errors
/// [`StoreError::Damaged`] where the bytes do not come from [`pack`].
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let (length, deflated) = packed.split_first_chunk().ok_or(StoreError::Damaged)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| StoreError::Damaged)?;
    if length > MAX_LENGTH {
        return Err(StoreError::Damaged);
    }
    let mut value = Vec::with_capacity(length);
    let mut decoder = DeflateDecoder::new(deflated).take(length as u64 + 1);
    decoder.read_to_end(&mut value).map_err(|_| StoreError::Damaged)?;
    if value.len() == length { Ok(value) } else { Err(StoreError::Damaged) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        for value in [&b""[..], b"a", &[7; 100_000]] {
            assert_eq!(unpack(&pack(value).unwrap()).unwrap(), value);
        }
    }

    #[test]
    fn a_damaged_value_is_an_error() {
        let packed = pack(b"<ParentPrescription/>").unwrap();
        assert!(unpack(&packed[..packed.len() - 1]).is_err());
        assert!(unpack(&packed[..3]).is_err());
        let mut longer = packed.clone();
        longer[0] += 1;
        assert!(unpack(&longer).is_err());
        let mut shorter = packed;
        shorter[0] -= 1;
        assert!(unpack(&shorter).is_err());
        assert!(unpack(&[0xff; 16]).is_err());
    }
}
