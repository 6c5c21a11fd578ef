//! PEM, the text form of certificates and keys (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Why a text holds no such block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PemError {
    /// There is no block with this label.
    #[error("there is no {label} block")]
    Missing {
        /// What was looked for: `CERTIFICATE`, `PRIVATE KEY`.
        label: &'static str,
    },
    /// A block begins and does not end.
    #[error("the PEM block on line {line} has no end")]
    Unterminated {
        /// Line of the block's beginning, from 1.
        line: usize,
    },
    /// A block's text is not base64.
    #[error("the PEM block on line {line} is not base64")]
    Base64 {
        /// Line of the block's beginning, from 1.
        line: usize,
    },
}

/// Whether a text looks like PEM and not like DER.
#[must_use]
pub fn is_pem(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"-----BEGIN ").is_some()
}

/// Every certificate of a PEM text, as DER, in order.
///
/// # Errors
/// [`PemError`] by variant; [`PemError::Missing`] when there is none.
pub fn certificates(text: &str) -> Result<Vec<Vec<u8>>, PemError> {
    let blocks = blocks(text, "CERTIFICATE")?;
    Ok(blocks.into_iter().map(|block| block.to_vec()).collect())
}

/// Every revocation list of a PEM text, as DER, in order.
///
/// # Errors
/// [`PemError`] by variant; [`PemError::Missing`] when there is none.
pub fn revocation_lists(text: &str) -> Result<Vec<Vec<u8>>, PemError> {
    let blocks = blocks(text, "X509 CRL")?;
    Ok(blocks.into_iter().map(|block| block.to_vec()).collect())
}

/// The first PKCS #8 private key of a PEM text, as DER; it is wiped when dropped.
///
/// # Errors
/// [`PemError`] by variant; [`PemError::Missing`] when there is none.
pub fn private_key(text: &str) -> Result<Zeroizing<Vec<u8>>, PemError> {
    const LABEL: &str = "PRIVATE KEY";
    blocks(text, LABEL)?.into_iter().next().ok_or(PemError::Missing { label: LABEL })
}

/// Every block with this label; the bytes are wiped when dropped.
pub(crate) fn blocks(text: &str, label: &'static str) -> Result<Vec<Zeroizing<Vec<u8>>>, PemError> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut found = Vec::new();
    let mut open: Option<(usize, Zeroizing<Vec<u8>>)> = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        match open.take() {
            None if line == begin => open = Some((at + 1, Zeroizing::new(Vec::with_capacity(text.len())))),
            None => {}
            Some((start, body)) if line == end => {
                let bytes = STANDARD.decode(&*body).map_err(|_| PemError::Base64 { line: start })?;
                found.push(Zeroizing::new(bytes));
            }
            Some((start, mut body)) => {
                body.extend_from_slice(line.as_bytes());
                open = Some((start, body));
            }
        }
    }
    match open {
        Some((line, _)) => Err(PemError::Unterminated { line }),
        None if found.is_empty() => Err(PemError::Missing { label }),
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "words\n-----BEGIN CERTIFICATE-----\r\nAQID\r\n-----END CERTIFICATE-----\n\
                       -----BEGIN CERTIFICATE-----\nBA\n==\n-----END CERTIFICATE-----\n";

    #[test]
    fn every_certificate_of_a_text_is_found() {
        assert_eq!(certificates(TWO), Ok(vec![vec![1, 2, 3], vec![4]]));
        assert!(is_pem(TWO.as_bytes()));
    }

    #[test]
    fn a_broken_block_is_refused_with_its_line() {
        assert_eq!(certificates(""), Err(PemError::Missing { label: "CERTIFICATE" }));
        assert_eq!(certificates("\n-----BEGIN CERTIFICATE-----\nAQ=="), Err(PemError::Unterminated { line: 2 }));
        let bad = "-----BEGIN CERTIFICATE-----\nA*==\n-----END CERTIFICATE-----";
        assert_eq!(certificates(bad), Err(PemError::Base64 { line: 1 }));
    }
}
