//! The table of prescription-order-update and `CancellationRequest`.

use crate::mapping::Row;

const NOT_READ: &str = "not read: what is cancelled is named by its ids";

/// The rows, in the order of the payload.
pub(super) const ROWS: &[Row] = &[
    Row::carried("Bundle.identifier.value", "//CancellationRequest/id/@root", "the message id"),
    Row::carried("Bundle.identifier.value", "//interaction/id/@root", "the message id"),
    Row::carried(
        "MedicationRequest.statusReason.coding.code",
        "//pertinentCancellationReason/value/@code",
        "the reason",
    ),
    Row::carried(
        "MedicationRequest.statusReason.coding.display",
        "//pertinentCancellationReason/text/text()",
        "the words of the sender",
    ),
    Row::selects("MedicationRequest.statusReason.coding.system", "says what the code is"),
    Row::carried(
        "MedicationRequest.identifier(prescription-order-item-number).value",
        "//pertinentLineItemRef/id/@root",
        "the item that is cancelled",
    ),
    Row::carried(
        "MedicationRequest.groupIdentifier.value",
        "//pertinentPrescriptionID/value/@extension",
        "the short form of the prescription's id",
    ),
    Row::carried(
        "MedicationRequest.groupIdentifier.extension(Extension-DM-PrescriptionId).valueIdentifier.value",
        "//pertinentOriginalPrescriptionRef/id/@root",
        "the long form of the prescription's id",
    ),
    Row::selects("MedicationRequest.status", "what is cancelled says so"),
    Row::dropped("MedicationRequest.basedOn.*", NOT_READ),
    Row::dropped("MedicationRequest.category.*", NOT_READ),
    Row::dropped("MedicationRequest.courseOfTherapyType.*", NOT_READ),
    Row::dropped("MedicationRequest.dispenseRequest.*", NOT_READ),
    Row::dropped("MedicationRequest.dosageInstruction.*", NOT_READ),
    Row::dropped("MedicationRequest.extension(Extension-DM-PrescriptionType).*", NOT_READ),
    Row::dropped("MedicationRequest.extension(Extension-UKCore-MedicationRepeatInformation).*", NOT_READ),
    Row::dropped("MedicationRequest.groupIdentifier.system", NOT_READ),
    Row::dropped("MedicationRequest.intent", NOT_READ),
    Row::dropped("MedicationRequest.medicationCodeableConcept.*", NOT_READ),
    Row::dropped("MedicationRequest.subject.reference", NOT_READ),
    Row::dropped("MedicationRequest.substitution.*", NOT_READ),
    Row::dropped("Provenance.resourceType", "a cancellation is not signed"),
    Row::dropped("Provenance.agent.*", "a cancellation is not signed"),
    Row::dropped("Provenance.recorded", "a cancellation is not signed"),
    Row::dropped("Provenance.signature.*", "a cancellation is not signed"),
    Row::dropped("Provenance.target.*", "a cancellation is not signed"),
    Row::defaulted("//effectiveTime/@value", "the time of conversion"),
];
