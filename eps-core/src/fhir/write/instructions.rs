//! The one text of additional instructions, taken apart again: other medicines, notices to the patient, the quantity of a
//! controlled drug in words, and the note to the dispenser.

use std::borrow::Cow;

use crate::model::AdditionalInstructions;

/// What the text of a line item says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Instructions<'m> {
    /// The patient's other medicines.
    pub(super) medicines: Vec<Cow<'m, str>>,
    /// Notices to the patient.
    pub(super) notices: Vec<Cow<'m, str>>,
    /// The quantity of a controlled drug in words.
    pub(super) quantity_words: Option<Cow<'m, str>>,
    /// The note to the dispenser.
    pub(super) note: Option<Cow<'m, str>>,
}

impl<'m> Instructions<'m> {
    /// Takes a text apart. What is no element at the start, and no `CD:` line after the elements, is the note; every part
    /// is unescaped, since it is a fragment of XML inside the text.
    pub(super) fn parse(text: Option<&'m AdditionalInstructions>) -> Self {
        let mut instructions = Self::default();
        let mut rest = text.map(|AdditionalInstructions(text)| text.as_str()).unwrap_or_default();
        loop {
            if let Some((medicine, after)) = element(rest, "<medication>", "</medication>") {
                instructions.medicines.push(unescaped(medicine));
                rest = after;
            } else if let Some((notice, after)) = element(rest, "<patientInfo>", "</patientInfo>") {
                instructions.notices.push(unescaped(notice));
                rest = after;
            } else {
                break;
            }
        }
        if let Some(words) = rest.trim_start().strip_prefix("CD: ") {
            let (words, after) = words.split_once('\n').unwrap_or((words, ""));
            // A line without words says nothing about a quantity, and would not come back.
            if !words.is_empty() {
                instructions.quantity_words = Some(unescaped(words));
                rest = after;
            }
        }
        instructions.note = Some(rest).filter(|rest| !rest.is_empty()).map(unescaped);
        instructions
    }
}

/// The content of an element at the start, and what comes after it.
fn element<'m>(text: &'m str, start: &str, end: &str) -> Option<(&'m str, &'m str)> {
    text.trim_start().strip_prefix(start)?.split_once(end)
}

/// The text with the predefined entities and character references of XML taken for what they mean; others stay.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        match after.split_once(';').and_then(|(name, after)| Some((meant(name)?, after))) {
            Some((character, after)) => {
                plain.push(character);
                rest = after;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The character that an entity's name, or a character reference, means.
fn meant(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    fn parsed(text: &str) -> (Vec<String>, Vec<String>, Option<String>, Option<String>) {
        let text = AdditionalInstructions(Text::new(text).unwrap());
        let Instructions { medicines, notices, quantity_words, note } = Instructions::parse(Some(&text));
        let owned = |texts: Vec<Cow<'_, str>>| texts.into_iter().map(Cow::into_owned).collect();
        (owned(medicines), owned(notices), quantity_words.map(Cow::into_owned), note.map(Cow::into_owned))
    }

    #[test]
    fn every_part_is_found() {
        let text = "<medication>Aspirin &amp; co</medication><patientInfo>Ring &lt;us&gt;</patientInfo>CD: twenty\nA note\nof two lines";
        assert_eq!(
            parsed(text),
            (
                vec!["Aspirin & co".into()],
                vec!["Ring <us>".into()],
                Some("twenty".into()),
                Some("A note\nof two lines".into())
            )
        );
    }

    #[test]
    fn what_is_no_part_is_the_note() {
        for text in ["<medication>open", "CDs: two", "a <medication>b</medication>", "CD: ", "A &copy; B & C &#xZ;"] {
            assert_eq!(parsed(text), (vec![], vec![], None, Some(text.into())), "{text}");
        }
        assert_eq!(parsed("&quot;&apos;&#38;&#x26;").3, Some("\"'&&".into()));
    }

    #[test]
    fn elements_come_in_any_order_with_blanks_between() {
        let (medicines, notices, _, note) =
            parsed(" <patientInfo>a</patientInfo>\n<medication>b</medication> <patientInfo>c</patientInfo>");
        assert_eq!((medicines, notices, note), (vec!["b".into()], vec!["a".into(), "c".into()], None));
    }
}
