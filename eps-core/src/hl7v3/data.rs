//! The data types of the Message Implementation Manual, and the identifiers, each as the content of an element.

use super::input::{In, display};
use super::out::Out;
use super::parts::Content;
use super::rules;
use crate::codes::{Severity, Vocabulary, oid};
use crate::ids::{
    Asid, Guid, LineItemId, MessageId, NhsNumber, OdsCode, PrescriptionUuid, SdsRoleProfileId, SdsUserId,
};
use crate::model::{
    AdditionalInstructions, Code, Coded, Concept, Date, Decimal, ErrorCode, Moment, NamedCode, Quantity, RepeatNumber,
    Text, Timestamp,
};
use crate::problem::Problem;
use crate::xml::Element;

/// What the model's type says by itself: a time, a count, a text, a coded value, a UUID.
#[derive(Clone, Copy)]
pub(super) struct Data;

/// An element whose content the model's type says by itself.
pub(super) const fn data(name: &'static str) -> super::parts::At<Data> {
    super::parts::at(name, Data)
}

/// `<id root="UUID"/>` of each kind of UUID.
macro_rules! uuids {
    ($($kind:ident)*) => {$(
        impl Content<$kind> for Data {
            fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n $kind) {
                self.write(out, name, &value.0);
            }

            fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<$kind> {
                self.read(input, element).map($kind)
            }
        }
    )*};
}

uuids!(MessageId PrescriptionUuid LineItemId);

impl Content<Guid> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n Guid) {
        out.empty(name, &[("root", value.encode_upper(&mut [0; 36]))]);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Guid> {
        input.identifier(element, "root")
    }
}

impl Content<Timestamp> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n Timestamp) {
        out.time(name, *value);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Timestamp> {
        input.time(element)
    }
}

impl Content<Date> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n Date) {
        out.date(name, *value);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Date> {
        input.date(element)
    }
}

impl Content<Moment> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n Moment) {
        match value {
            Moment::Day(day) => out.date(name, *day),
            Moment::Instant(instant) => out.time(name, *instant),
        }
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Moment> {
        input.parsed(element, "value", Moment::parse_hl7, |_| &rules::TIME)
    }
}

impl Content<u32> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n u32) {
        out.value(name, value);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<u32> {
        input.count(element)
    }
}

impl Content<bool> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n bool) {
        out.empty(name, &[("value", if *value { "true" } else { "false" })]);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<bool> {
        input.boolean(element, "value")
    }
}

impl Content<Text> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n Text) {
        out.text(name, value);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Text> {
        input.text(element)
    }

    /// A text without a character says nothing, whatever its attributes.
    fn is_there(&self, element: Element<'_, '_>) -> bool {
        !element.text().is_empty()
    }
}

impl Content<AdditionalInstructions> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n AdditionalInstructions) {
        out.text(name, &value.0);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<AdditionalInstructions> {
        input.text(element).map(AdditionalInstructions)
    }
}

/// A code of a closed vocabulary, without words.
impl<T: Vocabulary> Content<T> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n T) {
        out.code(name, T::OID, value.as_code());
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<T> {
        input.vocabulary(element)
    }
}

/// A code of a closed vocabulary, with the sender's words.
impl<T: Vocabulary> Content<Coded<T>> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n Coded<T>) {
        out.coded(name, T::OID, value.code.as_code(), value.display.as_ref());
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Coded<T>> {
        input.coded(element)
    }
}

/// A concept of SNOMED CT.
impl Content<Concept> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n Concept) {
        out.concept(name, value);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Concept> {
        let code = input.open_code(element, "code");
        Some(Coded { display: display(element), code: code? })
    }
}

/// A code of any vocabulary: an error, or why something was refused.
impl Content<ErrorCode> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n ErrorCode) {
        out.coded(name, value.system.as_str(), value.code.as_str(), value.display.as_ref());
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<ErrorCode> {
        let system = input.open_code(element, "codeSystem");
        let code = input.open_code(element, "code");
        Some(ErrorCode { system: system?, code: code?, display: display(element), severity: Severity::Error })
    }
}

/// A code of a vocabulary that the message names.
impl Content<NamedCode> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n NamedCode) {
        out.coded(name, value.system.as_str(), value.code.as_str(), value.display.as_ref());
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<NamedCode> {
        let system = input.open_code(element, "codeSystem");
        let code = input.open_code(element, "code");
        Some(NamedCode { system: system?, code: code?, display: display(element) })
    }
}

impl Content<Quantity> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n Quantity) {
        out.quantity(name, value);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Quantity> {
        let value = input.parsed(element, "value", str::parse::<Decimal>, |_| &rules::NUMBER);
        let unit = match input.optional(element, "translation") {
            Some(translation) => Some(Some(Content::<Concept>::read(self, input, translation)?)),
            None => Some(None),
        };
        Some(Quantity { value: value?, unit: unit? })
    }
}

/// Which issue of how many; a digest input leaves out the current issue, which Spine rewrites.
impl Content<RepeatNumber> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n RepeatNumber) {
        out.within(name, &[], |out| {
            if !out.is_digest() {
                out.value("low", value.low);
            }
            out.value("high", value.high);
        });
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<RepeatNumber> {
        let low = input.one(element, "low").and_then(|low| input.count(low));
        let high = input.one(element, "high").and_then(|high| input.count(high));
        Some(RepeatNumber { low: low?, high: high? })
    }
}

/// A text without white space that a message carries in one attribute.
pub(super) trait Token: Sized {
    /// The text.
    fn token(&self) -> &str;

    /// Reads the attribute.
    fn from_attribute(input: &mut In, element: Element<'_, '_>, attribute: &'static str) -> Option<Self>;
}

macro_rules! tokens {
    ($($kind:ident)*) => {$(
        impl Token for $kind {
            fn token(&self) -> &str {
                self.as_str()
            }

            fn from_attribute(input: &mut In, element: Element<'_, '_>, attribute: &'static str) -> Option<Self> {
                input.identifier(element, attribute)
            }
        }
    )*};
}

tokens!(NhsNumber OdsCode Asid SdsUserId SdsRoleProfileId);

impl Token for Code {
    fn token(&self) -> &str {
        self.as_str()
    }

    fn from_attribute(input: &mut In, element: Element<'_, '_>, attribute: &'static str) -> Option<Self> {
        input.open_code(element, attribute)
    }
}

/// `<id extension= root="OID"/>` under this OID.
#[derive(Clone, Copy)]
pub(super) struct Extension(pub(super) &'static str);

/// The NHS number of a patient.
pub(super) const NHS_NUMBER: Extension = Extension(oid::NHS_NUMBER);
/// The code of an organisation.
pub(super) const ODS_CODE: Extension = Extension(oid::ODS);

impl<T: Token> Content<T> for Extension {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n T) {
        out.empty(name, &[("extension", value.token()), ("root", self.0)]);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<T> {
        T::from_attribute(input, element, "extension")
    }
}

/// A code of the open vocabulary with this OID.
#[derive(Clone, Copy)]
pub(super) struct OpenCode(pub(super) &'static str);

impl Content<Code> for OpenCode {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n Code) {
        out.code(name, self.0, value.as_str());
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Code> {
        input.open_code(element, "code")
    }

    /// Without its code it says nothing, whatever its other attributes.
    fn is_there(&self, element: Element<'_, '_>) -> bool {
        element.attribute("code").is_some()
    }
}

/// `@code` alone, of a vocabulary that its place fixes (`CS`).
#[derive(Clone, Copy)]
pub(super) struct PlainCode;

impl Content<Code> for PlainCode {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n Code) {
        out.empty(name, &[("code", value.as_str())]);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Code> {
        input.open_code(element, "code")
    }

    /// Without its code it says nothing, whatever its other attributes.
    fn is_there(&self, element: Element<'_, '_>) -> bool {
        element.attribute("code").is_some()
    }
}

/// `@use`, if it is there.
pub(super) fn read_use<T: std::str::FromStr>(input: &mut In, element: Element<'_, '_>) -> Option<Option<T>> {
    let Some(code) = element.attribute("use") else { return Some(None) };
    let parsed = code.parse().ok();
    if parsed.is_none() {
        input.report(Problem::new(&rules::CODE, element.attribute_place("use")).found(code));
    }
    parsed.map(Some)
}
