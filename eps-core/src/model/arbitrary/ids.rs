//! Identifiers.

use proptest::prelude::*;

use crate::ids::{
    Asid, Guid, LineItemId, MessageId, NhsNumber, OdsCode, PrescriptionId, PrescriptionUuid, SdsRoleProfileId,
    SdsUserId, WrittenPrescriptionId,
};

/// Any UUID.
pub fn guid() -> impl Strategy<Value = Guid> {
    any::<[u8; 16]>().prop_map(Guid::from_bytes)
}

/// The id of a message or payload.
pub fn message_id() -> impl Strategy<Value = MessageId> {
    guid().prop_map(MessageId)
}

/// The long form of a prescription's id.
pub fn prescription_uuid() -> impl Strategy<Value = PrescriptionUuid> {
    guid().prop_map(PrescriptionUuid)
}

/// The id of a line item.
pub fn line_item_id() -> impl Strategy<Value = LineItemId> {
    guid().prop_map(LineItemId)
}

/// Nine random digits and their check digit; the numbers whose check would be 10 are never issued.
pub fn nhs_number() -> impl Strategy<Value = NhsNumber> {
    (0..1_000_000_000_u32).prop_filter_map("has a check digit", |number| {
        let digits = format!("{number:09}");
        let sum: u32 = digits.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        format!("{digits}{}", (11 - sum % 11) % 11).parse().ok()
    })
}

/// An organisation code.
pub fn ods_code() -> impl Strategy<Value = OdsCode> {
    "[A-Z0-9]{1,6}|[A-Z]{3}-[A-Z0-9]{4}".prop_filter_map("an ODS code", |code| code.parse().ok())
}

/// A short-form prescription id with the right check character.
pub fn prescription_id() -> impl Strategy<Value = PrescriptionId> {
    (any::<u32>(), ods_code(), any::<u32>()).prop_map(|(first, ods, last)| PrescriptionId::new(first, &ods, last))
}

/// A short-form prescription id as somebody wrote it: sometimes its check character is wrong.
pub fn written_prescription_id() -> impl Strategy<Value = WrittenPrescriptionId> {
    prop_oneof![
        3 => prescription_id().prop_map(|id| id.written().clone()),
        1 => "[0-9A-F]{6}-[0-9A-Z]{6}-[0-9A-F]{5}[0-9A-Z+]".prop_filter_map("a form", |id| id.parse().ok()),
    ]
}

/// A prescription id in a message about a prescription of either release.
pub fn any_prescription_id() -> impl Strategy<Value = WrittenPrescriptionId> {
    prop_oneof![
        4 => written_prescription_id(),
        1 => (guid(), "[0-9A-Z+]?").prop_filter_map("a form", |(id, check)| {
            WrittenPrescriptionId::of_release_1(&format!("{id}{check}")).ok()
        }),
    ]
}

/// The id of an accredited system.
pub fn asid() -> impl Strategy<Value = Asid> {
    "[0-9]{12}".prop_filter_map("an ASID", |id| id.parse().ok())
}

/// The id of an SDS user.
pub fn user_id() -> impl Strategy<Value = SdsUserId> {
    "[0-9]{12}".prop_filter_map("an SDS user id", |id| id.parse().ok())
}

/// The id of an SDS role profile.
pub fn role_profile_id() -> impl Strategy<Value = SdsRoleProfileId> {
    "[0-9]{12}".prop_filter_map("an SDS role profile id", |id| id.parse().ok())
}
