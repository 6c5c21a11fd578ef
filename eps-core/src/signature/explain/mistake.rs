//! The mistakes that happen in practice, each with what it does to the digest input.

use std::fmt;

use super::draft::{Case, Declared, Escaping, Form};

/// A mistake of the signer's software, or of a system on the way, that explains a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// White space between the elements was hashed.
    BlankKept,
    /// White space at the ends of values was not hashed.
    Trimmed,
    /// A line end in a value, with the indentation after it, was hashed as one blank.
    LinesJoined,
    /// Each run of white space in a value was hashed as one blank.
    Collapsed,
    /// Line ends in texts were hashed as CR and LF.
    LineEnds,
    /// The digest input was pretty-printed; with what it was indented.
    Indented(&'static str),
    /// The id was hashed before the time.
    IdBeforeTime,
    /// Siblings of one name were put together.
    Grouped,
    /// Two neighbouring elements were hashed the other way round; where the first of them stands now.
    Swapped(String),
    /// The line items were hashed in another order: their positions, from 1.
    ItemOrder(Vec<usize>),
    /// The attributes were hashed in the order in which they are written.
    AttributesAsWritten,
    /// The status of line items was hashed.
    StatusKept,
    /// `repeatNumber/low` of line items was hashed.
    LowKept,
    /// `repeatNumber/high` of line items was not hashed.
    RepeatDropped,
    /// The parts were hashed without their namespace.
    NoNamespace,
    /// The namespace was declared on `FragmentsToBeHashed` only.
    NamespaceOnRoot,
    /// The namespace was declared on every element.
    NamespaceEverywhere,
    /// Inclusive canonicalisation: declarations that the parts do not use were hashed.
    Inclusive,
    /// Empty elements were written `<a/>`.
    SelfClosed,
    /// There was an XML declaration.
    Declaration,
    /// There was a line end after the last tag.
    FinalNewline,
    /// The parts were hashed without `FragmentsToBeHashed` around them.
    Unwrapped,
    /// The whole `ParentPrescription` was hashed.
    WholePrescription,
    /// Markup characters were escaped twice.
    EscapedTwice,
    /// Markup characters were not escaped.
    NotEscaped,
    /// Quotes in texts were escaped.
    QuotesEscaped,
    /// What arrived was unescaped once too often.
    TextEscaped,
    /// What arrived was escaped once too often.
    TextUnescaped,
    /// The digest input was encoded as ISO 8859-1.
    Latin1,
    /// UUIDs were hashed in lower case.
    UuidLower,
    /// UUIDs were hashed in upper case.
    UuidUpper,
    /// Another time was hashed.
    Time(TimeMistake),
    /// The digest is that of the other hash than its `DigestMethod` says.
    OtherHash,
    /// The digest was written in hexadecimal before its base64 was made.
    Hexadecimal,
}

/// How the time that was hashed differs from the author time that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeMistake {
    /// So many seconds later (negative: earlier). Whole hours are a matter of time zones.
    Shifted(i64),
    /// Without its seconds.
    NoSeconds,
    /// With its seconds set to zero.
    SecondsZero,
    /// With this after it.
    Suffix(&'static str),
    /// As FHIR writes it, with this after it.
    Fhir(&'static str),
}

impl Mistake {
    /// Its name for programs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::BlankKept => "blank-text-hashed",
            Self::Trimmed => "values-trimmed",
            Self::LinesJoined => "lines-joined",
            Self::Collapsed => "white-space-collapsed",
            Self::LineEnds => "line-ends-crlf",
            Self::Indented(_) => "pretty-printed",
            Self::IdBeforeTime => "id-before-time",
            Self::Grouped => "siblings-grouped",
            Self::Swapped(_) => "siblings-swapped",
            Self::ItemOrder(_) => "line-items-reordered",
            Self::AttributesAsWritten => "attributes-unsorted",
            Self::StatusKept => "status-hashed",
            Self::LowKept => "repeat-low-hashed",
            Self::RepeatDropped => "repeat-high-not-hashed",
            Self::NoNamespace => "namespace-missing",
            Self::NamespaceOnRoot => "namespace-on-root",
            Self::NamespaceEverywhere => "namespace-everywhere",
            Self::Inclusive => "inclusive-canonicalisation",
            Self::SelfClosed => "empty-elements-closed",
            Self::Declaration => "xml-declaration",
            Self::FinalNewline => "final-line-end",
            Self::Unwrapped => "fragments-not-wrapped",
            Self::WholePrescription => "whole-prescription-hashed",
            Self::EscapedTwice => "escaped-twice",
            Self::NotEscaped => "not-escaped",
            Self::QuotesEscaped => "quotes-escaped",
            Self::TextEscaped => "text-unescaped-on-the-way",
            Self::TextUnescaped => "text-escaped-on-the-way",
            Self::Latin1 => "encoding",
            Self::UuidLower => "uuids-lower-case",
            Self::UuidUpper => "uuids-upper-case",
            Self::Time(TimeMistake::Shifted(_)) => "time-shifted",
            Self::Time(TimeMistake::NoSeconds) => "time-without-seconds",
            Self::Time(TimeMistake::SecondsZero) => "time-seconds-zero",
            Self::Time(TimeMistake::Suffix(_)) => "time-with-zone",
            Self::Time(TimeMistake::Fhir(_)) => "time-in-fhir-form",
            Self::OtherHash => "other-hash",
            Self::Hexadecimal => "digest-hexadecimal",
        }
    }

    /// Makes the mistake. Those that are not about the form of the parts leave it as it is.
    pub(super) fn make(&self, form: &mut Form, time: &str) {
        match self {
            Self::BlankKept => form.blank_kept = true,
            Self::Trimmed => form.trimmed = true,
            Self::LinesJoined => form.joined = true,
            Self::Collapsed => form.collapsed = true,
            Self::LineEnds => form.crlf = true,
            Self::Indented(indent) => form.indent = Some(indent),
            Self::IdBeforeTime => form.id_first = true,
            Self::Grouped => form.grouped = true,
            Self::ItemOrder(order) => form.items = Some(order.iter().map(|at| at.saturating_sub(1)).collect()),
            Self::AttributesAsWritten => form.attributes_as_written = true,
            Self::StatusKept => form.status_kept = true,
            Self::LowKept => form.low_kept = true,
            Self::RepeatDropped => form.repeat_dropped = true,
            Self::NoNamespace => form.declared = Declared::Nowhere,
            Self::NamespaceOnRoot => form.declared = Declared::Root,
            Self::NamespaceEverywhere => form.declared = Declared::Everywhere,
            Self::Inclusive => form.inherited = true,
            Self::SelfClosed => form.self_closed = true,
            Self::Declaration => form.declaration = true,
            Self::FinalNewline => form.final_newline = true,
            Self::Unwrapped => form.unwrapped = true,
            Self::EscapedTwice => form.escaping = Escaping::Twice,
            Self::NotEscaped => form.escaping = Escaping::None,
            Self::QuotesEscaped => form.escaping = Escaping::Quotes,
            Self::TextEscaped => form.text_escapes = 1,
            Self::TextUnescaped => form.text_escapes = -1,
            Self::Latin1 => form.latin1 = true,
            Self::UuidLower => form.uuids = Some(Case::Lower),
            Self::UuidUpper => form.uuids = Some(Case::Upper),
            Self::Time(mistake) => form.time = mistake.of(time),
            Self::Swapped(_) | Self::WholePrescription | Self::OtherHash | Self::Hexadecimal => {}
        }
    }
}

impl TimeMistake {
    /// The time as it was hashed, of one of 14 digits.
    pub(super) fn of(&self, time: &str) -> Option<String> {
        let digits = time.get(..14).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        let (minutes, _) = digits.split_at_checked(12)?;
        Some(match self {
            Self::Shifted(seconds) => {
                let shifted = crate::model::Timestamp::parse_hl7(time).ok()?.plus_seconds(*seconds);
                shifted.to_string().chars().filter(char::is_ascii_digit).take(14).collect()
            }
            Self::NoSeconds => minutes.to_owned(),
            Self::SecondsZero => format!("{minutes}00"),
            Self::Suffix(suffix) => format!("{digits}{suffix}"),
            Self::Fhir(suffix) => {
                let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
                let (date, clock) = ([part(0, 4), part(4, 6), part(6, 8)], [part(8, 10), part(10, 12), part(12, 14)]);
                format!("{}T{}{suffix}", date.join("-"), clock.join(":"))
            }
        })
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BlankKept => "white space between the elements was hashed; it must be left out",
            Self::Trimmed => "white space at the ends of values was not hashed; values must be hashed as they are",
            Self::LinesJoined => {
                "a line end in a value was hashed as one blank: white space in a text was re-indented after signing"
            }
            Self::Collapsed => "each run of white space in a value was hashed as one blank",
            Self::LineEnds => "line ends in texts were hashed as CR LF; they must be LF",
            Self::Indented(_) => "the fragments were pretty-printed before they were hashed",
            Self::IdBeforeTime => "the id was hashed before the time; the time comes first",
            Self::Grouped => "siblings of one name were put together; they must be hashed in document order",
            Self::Swapped(place) => {
                return write!(f, "two neighbouring elements were hashed the other way round: {place} and the next");
            }
            Self::ItemOrder(order) => {
                return write!(f, "the line items were hashed in another order: {order:?} of those that arrived");
            }
            Self::AttributesAsWritten => "attributes were hashed as they are written; they must be sorted by name",
            Self::StatusKept => "the status of line items was hashed; pertinentInformation4 must be left out",
            Self::LowKept => "repeatNumber/low of line items was hashed; it must be left out",
            Self::RepeatDropped => "repeatNumber/high of line items was not hashed; only low is left out",
            Self::NoNamespace => "the parts were hashed without xmlns=\"urn:hl7-org:v3\"",
            Self::NamespaceOnRoot => "xmlns=\"urn:hl7-org:v3\" was declared on FragmentsToBeHashed, not on each part",
            Self::NamespaceEverywhere => {
                "xmlns=\"urn:hl7-org:v3\" was declared on every element, not once on each part"
            }
            Self::Inclusive => {
                "inclusive canonicalisation: namespace declarations that the parts do not use were hashed"
            }
            Self::SelfClosed => "empty elements were hashed as <a/>; they must be <a></a>",
            Self::Declaration => "an XML declaration was hashed before the fragments",
            Self::FinalNewline => "a line end was hashed after the fragments",
            Self::Unwrapped => "the parts were hashed without FragmentsToBeHashed and Fragment around them",
            Self::WholePrescription => "the whole ParentPrescription was hashed, not the parts that are signed",
            Self::EscapedTwice => "markup characters in values were escaped twice before they were hashed",
            Self::NotEscaped => "markup characters in values were hashed without being escaped",
            Self::QuotesEscaped => "quotes in texts were hashed as references; they stay as they are",
            Self::TextEscaped => "values were unescaped once too often after signing",
            Self::TextUnescaped => "values were escaped once too often after signing",
            Self::Latin1 => "the fragments were encoded as ISO 8859-1; they must be UTF-8",
            Self::UuidLower => "UUIDs were hashed in lower case",
            Self::UuidUpper => "UUIDs were hashed in upper case",
            Self::Time(TimeMistake::Shifted(seconds)) if seconds % 3600 == 0 => {
                return write!(
                    f,
                    "the time that was hashed is {} h later: a time zone; it must be UTC",
                    seconds / 3600
                );
            }
            Self::Time(TimeMistake::Shifted(seconds)) => {
                return write!(f, "the time that was hashed is {seconds} s later than the author time");
            }
            Self::Time(TimeMistake::NoSeconds) => "the time was hashed without its seconds",
            Self::Time(TimeMistake::SecondsZero) => "the time was hashed with its seconds set to zero",
            Self::Time(TimeMistake::Suffix(suffix)) => return write!(f, "the time was hashed with {suffix} after it"),
            Self::Time(TimeMistake::Fhir(suffix)) => {
                return write!(f, "the time was hashed as FHIR writes it, with {suffix:?} after it");
            }
            Self::OtherHash => "the digest was made with the other hash than DigestMethod says",
            Self::Hexadecimal => "the digest was written in hexadecimal before its base64 was made",
        })
    }
}
