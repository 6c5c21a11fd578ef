//! What Spine asks of a prescription when it is created, in Spine's words.
//!
//! Each wire gathers the [`Facts`] of a document as they are written, so that everything that is wrong is told at once even
//! where another part of the message cannot be read; the [record](crate::record) gathers them from the typed command and
//! takes the first breach, as Spine does.

use std::borrow::Cow;

use crate::problem::Rule;

mod check;

pub use check::check;

/// The most line items of a prescription.
pub const MAX_ITEMS: usize = 4;
/// The most issues of a prescription.
pub const MAX_REPEATS: u32 = 99;
/// The most days that an issue may last.
pub const MAX_DAYS_SUPPLY: u32 = 366;
/// A prescription may be dispensed for a year after it arrived, or for as long as it says within that.
pub const WINDOW_MONTHS: u8 = 12;

const MANDATORY: &str = "NHSDigital/eps-spine-shared, validation/create.py: mandatory members";
const CREATE: &str = "NHSDigital/eps-spine-shared, validation/create.py";
const COMMON: &str = "NHSDigital/eps-spine-shared, validation/common.py";
const DOCUMENTED: &str = "EPS Prescribing Systems Compliance Specification 6.11, error codes of the upload";

rules! {
    /// Nothing that Spine stores is missing.
    MISSING = Error("create.missing", "required") {
        requires: "Mandatory field missing",
        applies: "every prescription; the message names the field as Spine does",
        fix: "Send the field that the message names.",
        source: MANDATORY,
    }
    /// The prescription is signed.
    SIGNATURE = Error("create.signature", "required") {
        requires: "Digital signature not found",
        applies: "every prescription that is sent to be stored",
        fix: "Prepare, sign and embed the Signature element.",
        source: DOCUMENTED,
    }
    /// The prescriber's professional code is short.
    PERSON_LENGTH = Warning("create.agent-person.length", "value") {
        requires: "agentPersonSDSPerson is 8 letters, digits or hyphens at most (EPS0323a)",
        applies: "the author's professional code with 9 to 12 characters",
        fix: "Send the code as the professional body writes it.",
        source: CREATE,
    }
    /// The prescriber's professional code has its form.
    PERSON = Error("create.agent-person", "value") {
        requires: "agentPersonSDSPerson has invalid format",
        applies: "the author's professional code",
        fix: "Send 1 to 12 letters, digits or hyphens.",
        source: CREATE,
    }
    /// The prescriber's organisation has an ODS code.
    ORGANISATION = Error("create.agent-organisation", "value") {
        requires: "agentOrganization has invalid format",
        applies: "the author's organisation",
        fix: "Send an ODS code of 1 to 8 letters, digits or hyphens.",
        source: CREATE,
    }
    /// The role profile is digits.
    ROLE_PROFILE = Warning("create.role-profile", "value") {
        requires: "agentRoleProfileCodeId is 1 to 15 digits (EPS0323b)",
        applies: "the author's role profile",
        fix: "Send the SDS role profile id.",
        source: CREATE,
    }
    /// The job role has its form.
    ROLE = Warning("create.role", "value") {
        requires: "agentSdsRole has the form X0000:X0000:X0000 or X0000 (EPS0323)",
        applies: "the author's job role",
        fix: "Send the job role code of the Spine Directory Service.",
        source: CREATE,
    }
    /// The job role is given.
    ROLE_NOT_PROVIDED = Warning("create.role.not-provided", "value") {
        requires: "agentSdsRole is provided (EPS0330)",
        applies: "the author's job role",
        fix: "Send the job role code of the Spine Directory Service instead of NotProvided.",
        source: CREATE,
    }
    /// The NHS number is right.
    NHS_NUMBER = Error("create.nhs-number", "value") {
        requires: "nhsNumber is not valid",
        applies: "the patient",
        fix: "Send 10 digits, the last one their modulus 11 check digit.",
        source: COMMON,
    }
    /// The prescription's time can be read.
    PRESCRIPTION_TIME = Error("create.prescription-time", "value") {
        requires: "prescriptionTime is not a valid time or in the valid format; expected format %Y%m%d%H%M%S",
        applies: "the effective time of the prescription",
        fix: "Send 14 digits in UTC, or 19 characters with the offset.",
        source: COMMON,
    }
    /// The treatment type is known.
    TREATMENT_TYPE = Error("create.treatment-type", "code-invalid") {
        requires: "prescriptionTreatmentType is not of expected type",
        applies: "every prescription",
        fix: "Send 0001 (acute), 0002 (repeat prescribing) or 0003 (repeat dispensing).",
        source: CREATE,
    }
    /// The prescription type is known.
    PRESCRIPTION_TYPE = Warning("create.prescription-type", "code-invalid") {
        requires: "prescriptionType is one that Spine knows (EPS0619)",
        applies: "every prescription; an unknown type is stored as NotProvided",
        fix: "Send a prescription type of the vocabulary.",
        source: CREATE,
    }
    /// A prescription that is not acute has both repeat numbers; an acute one has both or none.
    REPEATS = Error("create.repeats", "required") {
        requires: "prescriptionRepeatHigh and prescriptionRepeatLow values must both be provided if not Acute prescription",
        applies: "every prescription that is not acute, and every acute one with one repeat number",
        fix: "Send both repeat numbers.",
        source: CREATE,
    }
    /// The number of issues is a number.
    REPEAT_HIGH_NUMBER = Error("create.repeat-high.number", "value") {
        requires: "prescriptionRepeatHigh is not an integer",
        applies: "every prescription with repeat numbers",
        fix: "Send digits.",
        source: CREATE,
    }
    /// The current issue is a number.
    REPEAT_LOW_NUMBER = Error("create.repeat-low.number", "value") {
        requires: "prescriptionRepeatLow is not an integer",
        applies: "every prescription with repeat numbers",
        fix: "Send digits.",
        source: CREATE,
    }
    /// The first issue is 1.
    REPEAT_LOW = Error("create.repeat-low", "value") {
        requires: "prescriptionRepeatLow must be 1",
        applies: "every prescription with repeat numbers",
        fix: "Send 1.",
        source: CREATE,
    }
    /// There are 99 issues at most.
    REPEAT_HIGH = Error("create.repeat-high", "value") {
        requires: "prescriptionRepeatHigh must not be over configured maximum of 99",
        applies: "every prescription with repeat numbers",
        fix: "Prescribe fewer issues.",
        source: CREATE,
    }
    /// There is an issue at least.
    REPEAT_ORDER = Error("create.repeat-order", "value") {
        requires: "prescriptionRepeatLow is greater than prescriptionRepeatHigh",
        applies: "every prescription with repeat numbers",
        fix: "Prescribe one issue at least.",
        source: CREATE,
    }
    /// Repeat prescribing has one issue.
    REPEAT_PRESCRIBING = Warning("create.repeat-prescribing", "value") {
        requires: "A repeat prescribing prescription has one issue (EPS0509)",
        applies: "prescriptions and line items of treatment type 0002",
        fix: "Send the repeat number 1 to 1.",
        source: CREATE,
    }
    /// The date of birth can be read.
    BIRTH_TIME = Error("create.birth-time", "value") {
        requires: "birthTime is not a valid time or in the valid format; expected format %Y%m%d",
        applies: "the patient",
        fix: "Send 8 digits, a day that exists.",
        source: COMMON,
    }
    /// The patient is born.
    BIRTH_FUTURE = Error("create.birth-time.future", "value") {
        requires: "birthTime is in the future",
        applies: "the patient",
        fix: "Send the patient's date of birth.",
        source: CREATE,
    }
    /// The message's id is a UUID in capitals.
    EVENT_ID = Error("create.event-id", "value") {
        requires: "hl7EventID has invalid format",
        applies: "every prescription message",
        fix: "Send a UUID in capitals.",
        source: CREATE,
    }
    /// A line item's id is a UUID in capitals.
    ITEM_ID = Error("create.item.id", "value") {
        requires: "is not a valid GUID format",
        applies: "each line item; the message begins with the id",
        fix: "Send a UUID in capitals.",
        source: CREATE,
    }
    /// A line item of a repeat has both repeat numbers.
    ITEM_REPEATS = Error("create.item.repeats", "required") {
        requires: "repeat.High and repeat.Low values must both be provided for lineItem N if not acute prescription",
        applies: "each line item of a prescription that is not acute",
        fix: "Send both repeat numbers.",
        source: CREATE,
    }
    /// A line item has both repeat numbers or none.
    ITEM_LOW_ONLY = Error("create.item.repeat-low-only", "required") {
        requires: "repeat.Low provided but not repeat.High for line item N",
        applies: "each line item",
        fix: "Send both repeat numbers.",
        source: CREATE,
    }
    /// A line item has both repeat numbers or none.
    ITEM_HIGH_ONLY = Error("create.item.repeat-high-only", "required") {
        requires: "repeat.High provided but not repeat.Low for line item N",
        applies: "each line item",
        fix: "Send both repeat numbers.",
        source: CREATE,
    }
    /// Items repeat only on prescriptions that do.
    ITEM_WITHOUT_PRESCRIPTION = Error("create.item.repeat-of-none", "value") {
        requires: "Line Item N repeat value provided for non-repeat prescription",
        applies: "each line item of a prescription without repeat numbers",
        fix: "Give the prescription its repeat numbers, or the item none.",
        source: CREATE,
    }
    /// An item's number of issues is a number.
    ITEM_HIGH_NUMBER = Error("create.item.repeat-high.number", "value") {
        requires: "repeat.High for line item N is not an integer",
        applies: "each line item with repeat numbers",
        fix: "Send digits.",
        source: CREATE,
    }
    /// An item has an issue at least.
    ITEM_HIGH_ZERO = Error("create.item.repeat-high.zero", "value") {
        requires: "repeat.High for line item N must be greater than zero",
        applies: "each line item with repeat numbers",
        fix: "Prescribe one issue at least.",
        source: CREATE,
    }
    /// An item has no more issues than its prescription.
    ITEM_HIGH = Error("create.item.repeat-high", "value") {
        requires: "repeat.High of X for line item N must not be greater than prescriptionRepeatHigh of Y",
        applies: "each line item with repeat numbers",
        fix: "Give the item no more issues than the prescription.",
        source: CREATE,
    }
    /// An item's current issue is a number.
    ITEM_LOW_NUMBER = Error("create.item.repeat-low.number", "value") {
        requires: "repeat.Low for line item N is not an integer",
        applies: "each line item with repeat numbers",
        fix: "Send digits.",
        source: CREATE,
    }
    /// An item begins with issue 1.
    ITEM_LOW = Error("create.item.repeat-low", "value") {
        requires: "repeat.Low for line item N is not set to 1",
        applies: "each line item with repeat numbers",
        fix: "Send 1.",
        source: CREATE,
    }
    /// There is a line item.
    NO_ITEMS = Error("create.items.none", "required") {
        requires: "No valid line items found",
        applies: "every prescription",
        fix: "Send 1 to 4 line items.",
        source: CREATE,
    }
    /// There are 4 line items at most.
    TOO_MANY_ITEMS = Error("create.items.too-many", "value") {
        requires: "lineItems over expected max count of 4",
        applies: "every prescription",
        fix: "Spread the items over several prescriptions.",
        source: CREATE,
    }
    /// Some item has as many issues as the prescription.
    REPEATS_BEYOND_ITEMS = Error("create.repeats.beyond-items", "value") {
        requires: "Prescription repeat count must not be greater than all Line Item repeat counts",
        applies: "every prescription whose line items have repeat numbers",
        fix: "Give the prescription as many issues as its longest line item.",
        source: CREATE,
    }
    /// No two line items share an id.
    DUPLICATE_ITEM = Error("create.item.duplicate", "duplicate") {
        requires: "Duplicate item ID exists",
        applies: "each line item after the first with the same id",
        fix: "Give each line item a UUID of its own.",
        source: DOCUMENTED,
    }
    /// The commissioning organisation has an ODS code.
    LICENCE = Error("create.licence", "value") {
        requires: "hcplOrgCode has invalid format",
        applies: "the organisation that licenses the author's",
        fix: "Send an ODS code of 1 to 8 letters, digits or hyphens.",
        source: CREATE,
    }
    /// The nominated pharmacy has an ODS code.
    PERFORMER = Error("create.performer", "value") {
        requires: "nominatedPerformer has invalid format",
        applies: "every prescription with a nominated pharmacy and its type",
        fix: "Send an ODS code of 1 to 8 letters, digits or hyphens.",
        source: CREATE,
    }
    /// The type of the nominated pharmacy is known.
    PERFORMER_TYPE = Error("create.performer.type", "code-invalid") {
        requires: "nominatedPerformer has invalid type",
        applies: "every prescription with a nominated pharmacy and its type",
        fix: "Send P1, P2 or P3.",
        source: CREATE,
    }
    /// The nominated pharmacy is not empty.
    PERFORMER_EMPTY = Error("create.performer.empty", "value") {
        requires: "nominatedPerformer is present but empty",
        applies: "every prescription with a nominated pharmacy and its type",
        fix: "Send the code, or leave the nominated pharmacy out.",
        source: CREATE,
    }
    /// The short form of the id has its form.
    ID = Error("create.prescription-id", "value") {
        requires: "prescriptionID has invalid format",
        applies: "every prescription",
        fix: "Send the short form, with hyphens.",
        source: CREATE,
    }
    /// The id's check character is right.
    ID_CHECK = Error("create.prescription-id.check-character", "value") {
        requires: "prescriptionID has invalid checksum",
        applies: "every prescription",
        fix: "Compute the check character with ISO 7064 MOD 37-2.",
        source: CREATE,
    }
    /// The time of signing can be read.
    SIGNED_TIME = Error("create.signed-time", "value") {
        requires: "signedTime is not a valid time or in the valid format; expected format %Y%m%d%H%M%S",
        applies: "the author's time",
        fix: "Send the timestamp of the prepare operation.",
        source: COMMON,
    }
    /// The days' supply is a number.
    DAYS_NUMBER = Error("create.days-supply.number", "value") {
        requires: "daysSupply is not an integer",
        applies: "every prescription with a days' supply",
        fix: "Send digits.",
        source: CREATE,
    }
    /// An issue lasts a year at most.
    DAYS = Error("create.days-supply", "value") {
        requires: "daysSupply cannot exceed 366",
        applies: "every prescription with a days' supply",
        fix: "Prescribe 366 days at most for one issue.",
        source: CREATE,
    }
    /// Repeat dispensing says when.
    WINDOW = Error("create.window", "required") {
        requires: "daysSupply effective time not provided but prescription treatment type is repeat",
        applies: "every repeat dispensing prescription",
        fix: "Send the first and the last day of dispensing.",
        source: CREATE,
    }
    /// The last day can be read.
    WINDOW_HIGH_DATE = Error("create.window-high.date", "value") {
        requires: "daysSupplyValidHigh is not a valid time or in the valid format; expected format %Y%m%d",
        applies: "every repeat dispensing prescription",
        fix: "Send 8 digits, a day that exists.",
        source: COMMON,
    }
    /// The first day can be read.
    WINDOW_LOW_DATE = Error("create.window-low.date", "value") {
        requires: "daysSupplyValidLow is not a valid time or in the valid format; expected format %Y%m%d",
        applies: "every repeat dispensing prescription",
        fix: "Send 8 digits, a day that exists.",
        source: COMMON,
    }
    /// The last day is within a year.
    WINDOW_LONG = Error("create.window-high.too-late", "value") {
        requires: "daysSupplyValidHigh is more than 12 months beyond current day",
        applies: "every repeat dispensing prescription",
        fix: "End the window within 12 months.",
        source: CREATE,
    }
    /// The last day is not over.
    WINDOW_PAST = Error("create.window-high.past", "value") {
        requires: "daysSupplyValidHigh is in the past",
        applies: "every repeat dispensing prescription",
        fix: "End the window today or later.",
        source: CREATE,
    }
    /// The first day is not after the last.
    WINDOW_ORDER = Error("create.window.order", "value") {
        requires: "daysSupplyValid low is after daysSupplyValidHigh",
        applies: "every repeat dispensing prescription",
        fix: "Begin the window before it ends.",
        source: CREATE,
    }
}

/// One thing that a prescription says, or fails to say.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a fact is what is said, and where")]
pub struct Fact<'a, N> {
    /// What is said, as HL7 v3 writes it; `None` where it is missing.
    pub value: Option<Cow<'a, str>>,
    /// The node that says it; where it is missing, the one that should hold it.
    pub at: N,
}

impl<'a, N> Fact<'a, N> {
    /// Something said.
    pub fn said(value: impl Into<Cow<'a, str>>, at: N) -> Self {
        Self { value: Some(value.into()), at }
    }

    /// Something missing from a node.
    pub fn missing(at: N) -> Self {
        Self { value: None, at }
    }
}

/// A line item.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "what Spine asks of a line item")]
pub struct ItemFacts<'a, N> {
    /// Its id.
    pub id: Fact<'a, N>,
    /// The current issue.
    pub repeat_low: Fact<'a, N>,
    /// The number of issues.
    pub repeat_high: Fact<'a, N>,
}

/// What Spine asks of a prescription. A field is `None` where the source cannot be wrong about it: where its type has
/// proved it, or where the wire has no such thing.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever gathers the facts decides about each")]
pub struct Facts<'a, N> {
    /// `agentPersonSDSPerson`: the author's professional code.
    pub person: Option<Fact<'a, N>>,
    /// `agentOrganization`: the author's organisation.
    pub organisation: Option<Fact<'a, N>>,
    /// `agentRoleProfileCodeId`.
    pub role_profile: Option<Fact<'a, N>>,
    /// `agentSdsRole`.
    pub role: Option<Fact<'a, N>>,
    /// `hcplOrgCode`: who licenses the organisation.
    pub licence: Option<Fact<'a, N>>,
    /// `prescribingGpCode`: the patient's practice.
    pub practice: Option<Fact<'a, N>>,
    /// `nhsNumber`.
    pub nhs_number: Option<Fact<'a, N>>,
    /// `birthTime`.
    pub birth: Option<Fact<'a, N>>,
    /// `prescriptionID`: the short form.
    pub id: Option<Fact<'a, N>>,
    /// `prescriptionTime`.
    pub prescribed: Option<Fact<'a, N>>,
    /// `prescriptionTreatmentType`.
    pub treatment: Option<Fact<'a, N>>,
    /// `prescriptionType`.
    pub prescription_type: Option<Fact<'a, N>>,
    /// `signedTime`.
    pub signed: Option<Fact<'a, N>>,
    /// The Signature element; only whether it is there counts.
    pub signature: Option<Fact<'a, N>>,
    /// `hl7EventID`: the message's id.
    pub event: Option<Fact<'a, N>>,
    /// `prescriptionRepeatLow`.
    pub repeat_low: Fact<'a, N>,
    /// `prescriptionRepeatHigh`.
    pub repeat_high: Fact<'a, N>,
    /// `nominatedPerformer`.
    pub performer: Option<Fact<'a, N>>,
    /// `nominatedPerformerType`.
    pub performer_type: Option<Fact<'a, N>>,
    /// `daysSupply`.
    pub days: Fact<'a, N>,
    /// `daysSupplyValidLow`.
    pub window_low: Fact<'a, N>,
    /// `daysSupplyValidHigh`.
    pub window_high: Fact<'a, N>,
    /// The line items in their order.
    pub items: Vec<ItemFacts<'a, N>>,
    /// What should hold line items.
    pub prescription: N,
}

/// One rule that a prescription breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Breach<N> {
    /// The rule.
    pub rule: &'static Rule,
    /// Spine's text for it.
    pub text: Cow<'static, str>,
    /// The node.
    pub at: N,
}
