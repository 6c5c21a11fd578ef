//! The table of Claim and `DispenseClaim`, amendments too.

use crate::mapping::Row;

const OF_LINE: &str = "of the same line item";
const COUNT: &str = "FHIR counts the repeats after the first issue, HL7 v3 the issues";
const SYSTEM: &str = "says what the code is";
const NOT_READ: &str = "not read: no field of the HL7 v3 message says it";
const LAST: &str = "where the prescription has no repeat information of its own";

/// The rows, in the order of the payload.
pub(super) const ROWS: &[Row] = &[
    Row::carried("Claim.identifier(rfc4122).value", "//DispenseClaim/id/@root", "the message id"),
    Row::carried("Claim.identifier(rfc4122).value", "//pertinentSupplyHeader/id/@root", "the message id"),
    Row::carried("Claim.identifier(rfc4122).value", "//interaction/id/@root", "the message id"),
    Row::carried("Claim.created", "//DispenseClaim/effectiveTime/@value", "without the marks of a time"),
    Row::carried("Claim.created", "//legalAuthenticator/time/@value", "without the marks of a time"),
    Row::selects(
        "Claim.insurance.coverage.identifier.value",
        "whoever is named, the claim goes to NHS Wales's authority",
    ),
    Row::carried("Claim.insurance.coverage.display", "//agentOrganization/name/text()", "who pays"),
    Row::carried(
        "Claim.prescription.extension(Extension-DM-GroupIdentifier).extension(shortForm).valueIdentifier.value",
        "//pertinentPrescriptionID/value/@extension",
        "the short form of the prescription's id",
    ),
    Row::carried(
        "Claim.prescription.extension(Extension-DM-GroupIdentifier).extension(UUID).valueIdentifier.value",
        "//priorOriginalPrescriptionRef/id/@root",
        "the long form of the prescription's id",
    ),
    Row::derived(
        "Claim.item.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueInteger",
        "//pertinentSupplyHeader/repeatNumber/low/@value",
        COUNT,
    ),
    Row::derived(
        "Claim.item.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).valueInteger",
        "//pertinentSupplyHeader/repeatNumber/high/@value",
        COUNT,
    ),
    Row::carried(
        "Claim.item.extension(Extension-EPS-TaskBusinessStatusReason).valueCoding.code",
        "//pertinentSupplyHeader/pertinentInformation2/pertinentNonDispensingReason/value/@code",
        "of the prescription",
    ),
    Row::carried(
        "Claim.item.extension(Extension-EPS-TaskBusinessStatusReason).valueCoding.display",
        "//pertinentSupplyHeader/pertinentInformation2/pertinentNonDispensingReason/value/@displayName",
        "of the prescription",
    ),
    Row::carried(
        "Claim.item.extension(Extension-EPS-TaskBusinessStatus).valueCoding.code",
        "//pertinentPrescriptionStatus/value/@code",
        "of the prescription",
    ),
    Row::carried(
        "Claim.item.extension(Extension-EPS-TaskBusinessStatus).valueCoding.display",
        "//pertinentPrescriptionStatus/value/@displayName",
        "of the prescription",
    ),
    Row::carried("Claim.item.programCode.coding.code", "//coveringChargeExempt/value/@code", "the exemption"),
    Row::derived(
        "Claim.item.programCode.coding.code",
        "//coveringChargeExempt/@negationInd",
        "whether a charge is paid",
    ),
    Row::derived(
        "Claim.item.programCode.coding.code",
        "//authorizingEvidenceSeen/@negationInd",
        "no-evidence-seen negates having seen it",
    ),
    Row::selects("Claim.item.programCode.coding.system", SYSTEM),
    Row::carried(
        "Claim.item.detail.extension(Extension-ClaimSequenceIdentifier).valueIdentifier.value",
        "//pertinentSuppliedLineItem/id/@root",
        OF_LINE,
    ),
    Row::carried(
        "Claim.item.detail.extension(Extension-ClaimMedicationRequestReference).valueReference.identifier.value",
        "//priorOriginalItemRef/id/@root",
        OF_LINE,
    ),
    Row::derived(
        "Claim.item.detail.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueInteger",
        "//pertinentSuppliedLineItem/repeatNumber/low/@value",
        COUNT,
    ),
    Row::derived(
        "Claim.item.detail.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueInteger",
        "//pertinentSupplyHeader/repeatNumber/low/@value",
        LAST,
    ),
    Row::derived(
        "Claim.item.detail.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).valueInteger",
        "//pertinentSuppliedLineItem/repeatNumber/high/@value",
        COUNT,
    ),
    Row::derived(
        "Claim.item.detail.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).valueInteger",
        "//pertinentSupplyHeader/repeatNumber/high/@value",
        LAST,
    ),
    Row::derived(
        "Claim.item.detail.subDetail.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueInteger",
        "//pertinentSuppliedLineItem/repeatNumber/low/@value",
        COUNT,
    ),
    Row::derived(
        "Claim.item.detail.subDetail.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).valueInteger",
        "//pertinentSuppliedLineItem/repeatNumber/high/@value",
        COUNT,
    ),
    Row::carried("Claim.item.detail.modifier.coding.code", "//pertinentItemStatus/value/@code", OF_LINE),
    Row::carried("Claim.item.detail.modifier.coding.display", "//pertinentItemStatus/value/@displayName", OF_LINE),
    Row::selects("Claim.item.detail.modifier.coding.system", SYSTEM),
    Row::carried(
        "Claim.item.detail.programCode.coding.code",
        "//pertinentDispensingEndorsement/value/@code",
        "an endorsement",
    ),
    Row::derived(
        "Claim.item.detail.programCode.coding.code",
        "//pertinentChargePayment/value/@value",
        "whether a charge is paid",
    ),
    Row::selects("Claim.item.detail.programCode.coding.system", SYSTEM),
    Row::carried(
        "Claim.item.detail.programCode.text",
        "//pertinentDispensingEndorsement/text/text()",
        "of an endorsement",
    ),
    Row::carried(
        "Claim.item.detail.subDetail.productOrService.coding.code",
        "//manufacturedSuppliedMaterial/code/@code",
        OF_LINE,
    ),
    Row::carried(
        "Claim.item.detail.subDetail.productOrService.coding.display",
        "//manufacturedSuppliedMaterial/code/@displayName",
        OF_LINE,
    ),
    Row::selects("Claim.item.detail.subDetail.productOrService.coding.system", SYSTEM),
    Row::carried("Claim.item.detail.subDetail.quantity.value", "//suppliedLineItemQuantity/quantity/@value", OF_LINE),
    Row::carried(
        "Claim.item.detail.subDetail.quantity.value",
        "//suppliedLineItemQuantity/quantity/translation/@value",
        OF_LINE,
    ),
    Row::carried(
        "Claim.item.detail.subDetail.quantity.unit",
        "//suppliedLineItemQuantity/quantity/translation/@displayName",
        OF_LINE,
    ),
    Row::carried(
        "Claim.item.detail.subDetail.quantity.code",
        "//suppliedLineItemQuantity/quantity/translation/@code",
        OF_LINE,
    ),
    Row::carried(
        "Claim.extension(Extension-replacementOf).valueIdentifier.value",
        "//replacementOf/priorMessageRef/id/@root",
        "the claim that is amended",
    ),
    Row::selects("PractitionerRole.id", "joins resources; HL7 v3 nests them"),
    Row::selects("Organization.id", "joins resources; HL7 v3 nests them"),
    Row::dropped("Claim.extension(Extension-Provenance-agent).*", NOT_READ),
    Row::dropped("Claim.insurance.focal", NOT_READ),
    Row::dropped("Claim.insurance.sequence", NOT_READ),
    Row::dropped("Claim.item.extension(Extension-DM-SuppliedItemIdentifier).*", NOT_READ),
    Row::dropped("Claim.item.modifier.*", NOT_READ),
    Row::dropped("Claim.item.detail.subDetail.extension(Extension-ClaimMedicationDispenseReference).*", NOT_READ),
    Row::dropped("Claim.item.sequence", NOT_READ),
    Row::dropped("Claim.item.productOrService.*", NOT_READ),
    Row::dropped("Claim.item.detail.sequence", NOT_READ),
    Row::dropped("Claim.item.detail.productOrService.*", NOT_READ),
    Row::dropped("Claim.item.detail.quantity.*", NOT_READ),
    Row::dropped("Claim.item.detail.subDetail.sequence", NOT_READ),
    Row::dropped("Claim.patient.*", NOT_READ),
    Row::dropped("Claim.payee.type.*", NOT_READ),
    Row::dropped("Claim.payee.party.reference", NOT_READ),
    Row::dropped("Claim.prescription.display", NOT_READ),
    Row::dropped("Claim.priority.*", NOT_READ),
    Row::dropped("Claim.status", NOT_READ),
    Row::dropped("Claim.type.*", NOT_READ),
    Row::dropped("Claim.use", NOT_READ),
    Row::defaulted("//agentOrganization/id/@extension", "NHS Wales's authority, as the NHS service writes"),
    Row::defaulted("//priorPrescriptionReleaseEventRef/id/@root", "an id that the NHS service makes up"),
];
