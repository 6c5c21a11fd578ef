//! What follows the `?` of a URL.

/// The parameters in their order, names and values decoded: a `+` is a blank.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let blank = |text: &str| decoded(&text.replace('+', " "));
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (blank(name), blank(value))
    };
    query.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}

/// The first value of a parameter; an empty one is none.
pub(super) fn value<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
}

/// A text whose `%XX` are decoded. What is no escape stays as it is, and what is not UTF-8 becomes U+FFFD.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let (byte, after) = match more {
            [high, low, after @ ..] if *first == b'%' => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high * 16 + low, after),
                (Some(_) | None, Some(_) | None) => (b'%', more),
            },
            _ => (*first, more),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let pairs = pairs("nhsNumber=&a=1+2%2B3&a=4&&b&c=%zz%4&%61=%E2%82%AC%ff");
        let all: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(all, [("nhsNumber", ""), ("a", "1 2+3"), ("a", "4"), ("b", ""), ("c", "%zz%4"), ("a", "€\u{FFFD}")]);
        assert_eq!((value(&pairs, "a"), value(&pairs, "nhsNumber"), value(&pairs, "x")), (Some("1 2+3"), None, None));
    }
}
