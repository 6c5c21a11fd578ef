//! Base64 as it stands in a `Signature`: strict, but white space inside the text does not count.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Not base64: a foreign character, wrong padding, or data after the padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not standard base64")]
pub(crate) struct NotBase64;

/// Decodes standard base64 after deleting space, tab, CR and LF. Java and Windows signers wrap at 76 columns.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, NotBase64> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let bytes = text.as_bytes();
    let compact: Cow<'_, [u8]> = if bytes.iter().any(is_space) {
        bytes.iter().copied().filter(|byte| !is_space(byte)).collect::<Vec<_>>().into()
    } else {
        bytes.into()
    };
    STANDARD.decode(compact).map_err(|_| NotBase64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_text_is_decoded() {
        assert_eq!(decode("\r\n  AQ\tI\r\n D\n"), Ok(vec![1, 2, 3]));
    }

    #[test]
    fn lenient_forms_are_refused() {
        for bad in ["AQ", "AQ==AQ==", "AQ==x", "_-8=", "AQ=", "AR==", "A\u{a0}QI=", "AQID*"] {
            assert_eq!(decode(bad), Err(NotBase64), "{bad}");
        }
    }
}
