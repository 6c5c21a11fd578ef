//! `DispenseClaim`.

use crate::mapping::Row;

const OF_LINE: &str = "of the same line item";
const COUNT: &str = "HL7 v3 counts the issues, FHIR the repeats after the first";
const NOWHERE: &str = "has no place in the FHIR that is written";
const FIXED: &str = "fixed by the message type";
const PROGRAMME: &str = "one of the programme codes of the line";

/// The rows, in the order of the payload.
pub(super) const ROWS: &[Row] = &[
    Row::carried("//DispenseClaim/id/@root", "Claim.identifier(rfc4122).value", "the message id"),
    Row::carried("//DispenseClaim/effectiveTime/@value", "Claim.created", "with the marks of a time"),
    Row::carried("//agentOrganization/id/@extension", "Claim.insurance.coverage.identifier.value", "who pays"),
    Row::carried("//agentOrganization/name/text()", "Claim.insurance.coverage.display", "who pays"),
    Row::dropped("*/DispenseClaim/receiver/*", "who collected has no place in the FHIR that is written"),
    Row::dropped("//pertinentSupplyHeader/id/@root", "the message has one id"),
    Row::dropped("//legalAuthenticator/time/@value", "the claim has one time"),
    Row::derived(
        "//pertinentSupplyHeader/repeatNumber/low/@value",
        "Claim.item.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueInteger",
        COUNT,
    ),
    Row::derived(
        "//pertinentSupplyHeader/repeatNumber/high/@value",
        "Claim.item.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).valueInteger",
        COUNT,
    ),
    Row::carried(
        "//pertinentSupplyHeader/pertinentInformation2/pertinentNonDispensingReason/value/@code",
        "Claim.item.extension(Extension-EPS-TaskBusinessStatusReason).valueCoding.code",
        "of the prescription",
    ),
    Row::carried(
        "//pertinentSupplyHeader/pertinentInformation2/pertinentNonDispensingReason/value/@displayName",
        "Claim.item.extension(Extension-EPS-TaskBusinessStatusReason).valueCoding.display",
        "of the prescription",
    ),
    Row::carried(
        "//pertinentPrescriptionStatus/value/@code",
        "Claim.item.extension(Extension-EPS-TaskBusinessStatus).valueCoding.code",
        "of the prescription",
    ),
    Row::carried(
        "//pertinentPrescriptionStatus/value/@displayName",
        "Claim.item.extension(Extension-EPS-TaskBusinessStatus).valueCoding.display",
        "of the prescription",
    ),
    Row::carried(
        "//pertinentPrescriptionID/value/@extension",
        "Claim.prescription.extension(Extension-DM-GroupIdentifier).extension(shortForm).valueIdentifier.value",
        "the short form of the prescription's id",
    ),
    Row::carried(
        "//priorOriginalPrescriptionRef/id/@root",
        "Claim.prescription.extension(Extension-DM-GroupIdentifier).extension(UUID).valueIdentifier.value",
        "the long form of the prescription's id",
    ),
    Row::dropped("//priorSupplyHeaderRef/id/@root", NOWHERE),
    Row::carried(
        "//pertinentSuppliedLineItem/id/@root",
        "Claim.item.detail.extension(Extension-ClaimSequenceIdentifier).valueIdentifier.value",
        OF_LINE,
    ),
    Row::derived(
        "//pertinentSuppliedLineItem/repeatNumber/low/@value",
        "Claim.item.detail.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueInteger",
        COUNT,
    ),
    Row::derived(
        "//pertinentSuppliedLineItem/repeatNumber/high/@value",
        "Claim.item.detail.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).valueInteger",
        COUNT,
    ),
    Row::carried(
        "//manufacturedSuppliedMaterial/code/@code",
        "Claim.item.detail.subDetail.productOrService.coding.code",
        OF_LINE,
    ),
    Row::carried(
        "//manufacturedSuppliedMaterial/code/@code",
        "Claim.item.detail.productOrService.coding.code",
        "the first product of the line",
    ),
    Row::carried(
        "//manufacturedSuppliedMaterial/code/@displayName",
        "Claim.item.detail.subDetail.productOrService.coding.display",
        OF_LINE,
    ),
    Row::carried(
        "//manufacturedSuppliedMaterial/code/@displayName",
        "Claim.item.detail.productOrService.coding.display",
        "the first product of the line",
    ),
    Row::carried("//suppliedLineItemQuantity/quantity/@value", "Claim.item.detail.subDetail.quantity.value", OF_LINE),
    Row::carried(
        "//suppliedLineItemQuantity/quantity/translation/@displayName",
        "Claim.item.detail.subDetail.quantity.unit",
        OF_LINE,
    ),
    Row::carried(
        "//suppliedLineItemQuantity/quantity/translation/@code",
        "Claim.item.detail.subDetail.quantity.code",
        OF_LINE,
    ),
    Row::derived("//pertinentChargePayment/value/@value", "Claim.item.detail.programCode.coding.code", PROGRAMME),
    Row::derived("//pertinentChargePayment/value/@value", "Claim.item.detail.programCode.coding.display", PROGRAMME),
    Row::carried(
        "//pertinentDispensingEndorsement/value/@code",
        "Claim.item.detail.programCode.coding.code",
        PROGRAMME,
    ),
    Row::derived(
        "//pertinentDispensingEndorsement/value/@code",
        "Claim.item.detail.programCode.coding.display",
        "the words of the code",
    ),
    Row::carried("//pertinentDispensingEndorsement/text/text()", "Claim.item.detail.programCode.text", OF_LINE),
    Row::carried("//pertinentRunningTotal/value/@value", "Claim.item.detail.quantity.value", OF_LINE),
    Row::carried("//pertinentRunningTotal/value/translation/@displayName", "Claim.item.detail.quantity.unit", OF_LINE),
    Row::carried("//pertinentRunningTotal/value/translation/@code", "Claim.item.detail.quantity.code", OF_LINE),
    Row::dropped("//pertinentRunningTotal/value/@unit", "1: the unit that counts stands in the translation"),
    Row::carried(
        "//pertinentSuppliedLineItem/pertinentInformation2/pertinentNonDispensingReason/value/@code",
        "Claim.item.detail.extension(Extension-EPS-TaskBusinessStatusReason).valueCoding.code",
        OF_LINE,
    ),
    Row::carried(
        "//pertinentSuppliedLineItem/pertinentInformation2/pertinentNonDispensingReason/value/@displayName",
        "Claim.item.detail.extension(Extension-EPS-TaskBusinessStatusReason).valueCoding.display",
        OF_LINE,
    ),
    Row::carried("//pertinentItemStatus/value/@code", "Claim.item.detail.modifier.coding.code", OF_LINE),
    Row::carried("//pertinentItemStatus/value/@displayName", "Claim.item.detail.modifier.coding.display", OF_LINE),
    Row::carried(
        "//priorOriginalItemRef/id/@root",
        "Claim.item.detail.extension(Extension-ClaimMedicationRequestReference).valueReference.identifier.value",
        OF_LINE,
    ),
    Row::dropped("//priorSuppliedLineItemRef/id/@root", NOWHERE),
    Row::dropped("*/pertinentReimbursementClaimRejectRef/*", NOWHERE),
    Row::carried(
        "//replacementOf/priorMessageRef/id/@root",
        "Claim.extension(Extension-replacementOf).valueIdentifier.value",
        "the claim that is amended",
    ),
    Row::carried("//coveringChargeExempt/value/@code", "Claim.item.programCode.coding.code", "the exemption"),
    Row::dropped("//coveringChargeExempt/@negationInd", "the code of the exemption says it"),
    Row::derived(
        "//authorizingEvidenceSeen/@negationInd",
        "Claim.item.programCode.coding.code",
        "evidence-seen, or no-evidence-seen where it is negated",
    ),
    Row::derived(
        "//authorizingEvidenceSeen/@negationInd",
        "Claim.item.programCode.coding.display",
        "the words of the code",
    ),
    Row::dropped("//priorPrescriptionReleaseEventRef/id/@root", NOWHERE),
    Row::defaulted("Claim.status", FIXED),
    Row::defaulted("Claim.type.coding.code", FIXED),
    Row::defaulted("Claim.use", FIXED),
    Row::defaulted("Claim.priority.coding.code", FIXED),
    Row::defaulted("Claim.payee.type.coding.code", FIXED),
    Row::defaulted("Claim.insurance.sequence", FIXED),
    Row::defaulted("Claim.insurance.focal", FIXED),
    Row::defaulted("Claim.item.sequence", FIXED),
    Row::defaulted("Claim.item.productOrService.coding.code", "a prescription"),
    Row::defaulted("Claim.item.detail.sequence", "the number of the line"),
    Row::defaulted("Claim.item.detail.subDetail.sequence", "the number of the product"),
    Row::defaulted("Claim.item.detail.productOrService.coding.code", "a medicinal product, where nothing was supplied"),
    Row::defaulted("Claim.item.detail.programCode.coding.code", "not endorsed, where nothing was supplied"),
];
