//! What FHIR has no form for.

use super::{BUNDLE_VALIDATOR, CLAIM_VALIDATOR, SCOPE};

rules! {
    /// FHIR has a form for the message.
    NO_FORM = Fatal("fhir.write.no-form", "not-supported") {
        requires: "A rebuilt dispense history, a query and a stored document have no form in FHIR.",
        applies: "messages that are written as FHIR",
        fix: "Send it as HL7 v3; to ask in FHIR, send a GET.",
        source: SCOPE,
    }
    /// A cancellation in FHIR is of one item.
    CANCELS_ALL = Fatal("fhir.write.cancellation.item", "not-supported") {
        requires: "A cancellation in FHIR names the one item that it cancels.",
        applies: "cancellations that are written as FHIR",
        fix: "Cancel the items one by one, or send the cancellation as HL7 v3.",
        source: BUNDLE_VALIDATOR,
    }
    /// A cancellation in FHIR has one reason.
    CANCELS_FOR_MORE = Fatal("fhir.write.cancellation.reason", "not-supported") {
        requires: "A cancellation in FHIR has exactly one reason.",
        applies: "cancellations that are written as FHIR",
        fix: "Give the chief reason, or send the cancellation as HL7 v3.",
        source: BUNDLE_VALIDATOR,
    }
    /// A withdrawal in FHIR is of the last notification.
    WITHDRAWS_MORE = Fatal("fhir.write.withdrawal", "not-supported") {
        requires: "A withdrawal in FHIR takes the last dispense notification back.",
        applies: "withdrawals that are written as FHIR",
        fix: "Withdraw the notifications one by one, or send the withdrawal as HL7 v3.",
        source: SCOPE,
    }
    /// A line of a FHIR claim has one charge and one list of endorsements.
    CLAIM_UNEVEN = Fatal("fhir.write.claim.line", "not-supported") {
        requires: "A line of a FHIR Claim has one charge and one list of endorsements for all that was supplied on it.",
        applies: "claims that are written as FHIR",
        fix: "Claim the supplies as lines of their own, or send the claim as HL7 v3.",
        source: CLAIM_VALIDATOR,
    }
}
