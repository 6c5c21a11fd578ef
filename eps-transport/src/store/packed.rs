//! Compressed values: 4 bytes, little-endian, of length and format; then the compressed bytes.
//!
//! What is stored is mostly the same text again: element names, object identifiers, the names of members. So it is
//! compressed against a dictionary of such text, made of the messages and the record of an invented journey.

use std::io::Read;
use std::sync::{Mutex, OnceLock, PoisonError};

use flate2::read::DeflateDecoder;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use super::StoreError;

/// The largest value that is stored or read back: far above the largest message the Spine takes (5 MB), so that a
/// damaged length cannot ask for all memory.
const MAX_LENGTH: usize = 64 << 20;

/// What stored values are compressed against. Never change it: every store needs it to be read. A better one is another
/// file and another format.
const DICTIONARY: &[u8] = include_bytes!("../../data/store-1.dictionary");

/// Marks a value that was compressed by Zstandard against [`DICTIONARY`]. Without the mark it is raw DEFLATE, as the first
/// schema wrote it.
const ZSTANDARD: u32 = 1 << 31;

/// Above level 1, more time gains little that the dictionary does not give.
const LEVEL: i32 = 1;

/// Contexts that are kept for the next value. Each holds some hundred kilobytes.
const IDLE: usize = 8;

static COMPRESSORS: Mutex<Vec<Compressor<'static>>> = Mutex::new(Vec::new());
static DECOMPRESSORS: Mutex<Vec<Decompressor<'static>>> = Mutex::new(Vec::new());

fn compressor() -> std::io::Result<Compressor<'static>> {
    static DIGESTED: OnceLock<EncoderDictionary<'static>> = OnceLock::new();
    let dictionary = DIGESTED.get_or_init(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
    Compressor::with_prepared_dictionary(dictionary)
}

fn decompressor() -> std::io::Result<Decompressor<'static>> {
    static DIGESTED: OnceLock<DecoderDictionary<'static>> = OnceLock::new();
    let dictionary = DIGESTED.get_or_init(|| DecoderDictionary::copy(DICTIONARY));
    Decompressor::with_prepared_dictionary(dictionary)
}

/// Works with an idle context or with a new one. One that failed is not kept.
fn with<C, T>(
    idle: &Mutex<Vec<C>>,
    new: fn() -> std::io::Result<C>,
    work: impl FnOnce(&mut C) -> std::io::Result<T>,
) -> std::io::Result<T> {
    let context = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut context = context.map_or_else(new, Ok)?;
    let result = work(&mut context)?;
    let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
    if idle.len() < IDLE {
        idle.push(context);
    }
    Ok(result)
}

/// Compresses a value.
///
/// # Errors
/// [`StoreError::Engine`] for a value over the limit.
pub(super) fn pack(value: &[u8]) -> Result<Vec<u8>, StoreError> {
    let too_long = || std::io::Error::from(std::io::ErrorKind::FileTooLarge);
    let length = u32::try_from(value.len()).ok().filter(|_| value.len() <= MAX_LENGTH);
    let head = length.ok_or_else(too_long).map_err(failed)? | ZSTANDARD;
    let packed = with(&COMPRESSORS, compressor, |compressor| compressor.compress(value)).map_err(failed)?;
    Ok([&head.to_le_bytes(), packed.as_slice()].concat())
}

fn failed(source: std::io::Error) -> StoreError {
    StoreError::Engine { doing: "compressed a value", source: std::sync::Arc::new(source) }
}

/// Gives back what [`pack`] was given, in this release or an older one.
///
/// # Errors
/// [`StoreError::Damaged`] where the bytes do not come from [`pack`].
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let (head, compressed) = packed.split_first_chunk().ok_or(StoreError::Damaged)?;
    let head = u32::from_le_bytes(*head);
    let length = usize::try_from(head & !ZSTANDARD).map_err(|_| StoreError::Damaged)?;
    if length > MAX_LENGTH {
        return Err(StoreError::Damaged);
    }
    let value = if head & ZSTANDARD == 0 {
        inflate(compressed, length)
    } else {
        with(&DECOMPRESSORS, decompressor, |decompressor| decompressor.decompress(compressed, length))
    };
    value.ok().filter(|value| value.len() == length).ok_or(StoreError::Damaged)
}

fn inflate(deflated: &[u8], length: usize) -> std::io::Result<Vec<u8>> {
    let mut value = Vec::with_capacity(length);
    DeflateDecoder::new(deflated).take(length as u64 + 1).read_to_end(&mut value)?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn deflated(value: &[u8]) -> Vec<u8> {
        let mut packed = u32::try_from(value.len()).unwrap().to_le_bytes().to_vec();
        let mut encoder = DeflateEncoder::new(&mut packed, Compression::new(3));
        encoder.write_all(value).unwrap();
        encoder.finish().unwrap();
        packed
    }

    #[test]
    fn what_is_packed_comes_back() {
        for value in [&b""[..], b"a", &[7; 100_000]] {
            assert_eq!(unpack(&pack(value).unwrap()).unwrap(), value);
            assert_eq!(unpack(&deflated(value)).unwrap(), value);
        }
    }

    #[test]
    fn a_damaged_value_is_an_error() {
        for packed in [pack(b"<ParentPrescription/>").unwrap(), deflated(b"<ParentPrescription/>")] {
            assert!(unpack(&packed[..packed.len() - 1]).is_err());
            assert!(unpack(&packed[..3]).is_err());
            let mut longer = packed.clone();
            longer[0] += 1;
            assert!(unpack(&longer).is_err());
            let mut shorter = packed;
            shorter[0] -= 1;
            assert!(unpack(&shorter).is_err());
        }
        assert!(unpack(&[0xff; 16]).is_err());
    }

    #[test]
    fn the_dictionary_is_the_one_that_stores_were_written_with() {
        let digest: String = Sha256::digest(DICTIONARY).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, "5bb53ec83be2071fd2478075edd1ffdc2212896c18823da34a60a4ea919ce54d");
    }
}
