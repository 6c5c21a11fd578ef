//! A strict reader of the few DER structures that the certificate parser leaves unread.

/// What DER requires was not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the expected DER structure")]
#[non_exhaustive]
pub struct NotDer;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
/// `[0]`, constructed.
pub(crate) const CONTEXT_0: u8 = 0xa0;

/// Reads elements one after the other; nothing is copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The content of the one element that `bytes` are.
    pub(crate) fn only(bytes: &'a [u8], tag: u8) -> Result<Self, NotDer> {
        let mut outer = Self(bytes);
        let content = outer.take(tag)?;
        outer.end()?;
        Ok(Self(content))
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag of the next element.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The content of the next element, which must have this tag (low tag numbers only).
    pub(crate) fn take(&mut self, tag: u8) -> Result<&'a [u8], NotDer> {
        let (&found, rest) = self.0.split_first().ok_or(NotDer)?;
        if found != tag {
            return Err(NotDer);
        }
        let (length, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(length).ok_or(NotDer)?;
        self.0 = rest;
        Ok(content)
    }

    /// The next element with its header.
    pub(crate) fn take_whole(&mut self, tag: u8) -> Result<&'a [u8], NotDer> {
        let before = self.0;
        self.take(tag)?;
        before.get(..before.len() - self.0.len()).ok_or(NotDer)
    }

    /// The next element if it has this tag.
    pub(crate) fn take_optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, NotDer> {
        if self.peek() == Some(tag) { self.take(tag).map(Some) } else { Ok(None) }
    }

    /// Nothing may follow.
    pub(crate) fn end(self) -> Result<(), NotDer> {
        if self.0.is_empty() { Ok(()) } else { Err(NotDer) }
    }

    /// The magnitude of a non-negative INTEGER, without leading zero octets.
    pub(crate) fn take_unsigned(&mut self) -> Result<&'a [u8], NotDer> {
        match self.take(INTEGER)? {
            [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => Err(NotDer),
            [0, rest @ ..] => Ok(rest),
            positive => Ok(positive),
        }
    }
}

/// A definite length in its shortest form, of at most four octets, and what follows it.
fn length(bytes: &[u8]) -> Result<(usize, &[u8]), NotDer> {
    let (&first, rest) = bytes.split_first().ok_or(NotDer)?;
    let octets = match first {
        0..=0x7f => return Ok((usize::from(first), rest)),
        0x81..=0x84 => usize::from(first & 0x0f),
        _ => return Err(NotDer),
    };
    let (digits, rest) = rest.split_at_checked(octets).ok_or(NotDer)?;
    match digits {
        [0, ..] | [0..=0x7f] => Err(NotDer),
        _ => Ok((digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_must_be_minimal_and_definite() {
        assert_eq!(Der::new(&[0x04, 0x01, 0xaa]).take(OCTET_STRING), Ok(&[0xaa_u8][..]));
        assert_eq!(Der::new(&[0x04, 0x81, 0x01, 0xaa]).take(OCTET_STRING), Err(NotDer));
        assert_eq!(Der::new(&[0x04, 0x82, 0x00, 0x01, 0xaa]).take(OCTET_STRING), Err(NotDer));
        assert_eq!(Der::new(&[0x24, 0x80, 0x00, 0x00]).take(0x24), Err(NotDer));
        assert_eq!(Der::new(&[0x04, 0x02, 0xaa]).take(OCTET_STRING), Err(NotDer));
        assert_eq!(Der::new(&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff, 0]).take(OCTET_STRING), Err(NotDer));
        let long = [&[0x04, 0x82, 0x01, 0x00][..], &[7; 256]].concat();
        assert_eq!(Der::only(&long, OCTET_STRING).map(|content| content.0.len()), Ok(256));
    }

    #[test]
    fn an_integer_must_be_minimal_and_not_negative() {
        assert_eq!(Der::new(&[2, 2, 0, 0x80]).take_unsigned(), Ok(&[0x80_u8][..]));
        assert_eq!(Der::new(&[2, 1, 0x80]).take_unsigned(), Err(NotDer));
        assert_eq!(Der::new(&[2, 2, 0, 1]).take_unsigned(), Err(NotDer));
        assert_eq!(Der::new(&[2, 0]).take_unsigned(), Err(NotDer));
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_value_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..40), tag: u8) {
            let mut reader = Der::new(&bytes);
            while !reader.is_empty() {
                let before = reader;
                if reader.take_whole(tag).is_err() {
                    break;
                }
                prop_assert!(before.0.len() > reader.0.len());
            }
        }
    }
}
