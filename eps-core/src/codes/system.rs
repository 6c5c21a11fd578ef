//! The URLs that FHIR names identifiers, code systems and extensions by, each once.

/// NHS numbers.
pub(crate) const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// Organisations and services.
pub(crate) const ODS: &str = "https://fhir.nhs.uk/Id/ods-organization-code";
/// SDS role profiles.
pub(crate) const ROLE_PROFILE: &str = "https://fhir.nhs.uk/Id/sds-role-profile-id";
/// Line items as prescribed.
pub(crate) const ORDER_ITEM: &str = "https://fhir.nhs.uk/Id/prescription-order-item-number";
/// SDS users.
pub(crate) const SDS_USER: &str = "https://fhir.nhs.uk/Id/sds-user-id";
/// Line items as supplied.
pub(crate) const DISPENSE_ITEM: &str = "https://fhir.nhs.uk/Id/prescription-dispense-item-number";
/// UUIDs of messages.
pub(crate) const UUID: &str = "https://tools.ietf.org/html/rfc4122";
/// Prescribing codes of the Drug (or doctor) Index Number.
pub(crate) const DIN: &str = "https://fhir.hl7.org.uk/Id/din-number";
/// Prescribing codes that the NHS Business Services Authority makes up for a role.
pub(crate) const SPURIOUS_CODE: &str = "https://fhir.hl7.org.uk/Id/nhsbsa-spurious-code";
/// GMC numbers.
pub(crate) const GMC: &str = "https://fhir.hl7.org.uk/Id/gmc-number";
/// General medical practitioners' prescribing codes.
pub(crate) const GMP: &str = "https://fhir.hl7.org.uk/Id/gmp-number";
/// NMC numbers.
pub(crate) const NMC: &str = "https://fhir.hl7.org.uk/Id/nmc-number";
/// HCPC numbers.
pub(crate) const HCPC: &str = "https://fhir.hl7.org.uk/Id/hcpc-number";
/// Professional codes of other kinds.
pub(crate) const PROFESSIONAL_CODE: &str = "https://fhir.hl7.org.uk/Id/professional-code";
/// The professional codes of a prescriber, in the order in which they are looked for.
pub(crate) const PROFESSIONAL_CODES: [&str; 6] =
    [GMC, GMP, NMC, "https://fhir.hl7.org.uk/Id/gphc-number", HCPC, PROFESSIONAL_CODE];

/// SNOMED CT and dm+d.
pub(crate) const SNOMED: &str = "http://snomed.info/sct";
/// SDS job roles, the preferred system first.
pub(crate) const JOB_ROLES: [&str; 2] = [
    "https://fhir.nhs.uk/CodeSystem/NHSDigital-SDS-JobRoleCode",
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName",
];
/// Charge exemptions.
pub(crate) const EXEMPTION: &str = "https://fhir.nhs.uk/CodeSystem/prescription-charge-exemption";

/// Prescription type.
pub(crate) const PRESCRIPTION_TYPE: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionType";
/// Responsible practitioner.
pub(crate) const RESPONSIBLE: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-DM-ResponsiblePractitioner";
/// Prescriber endorsement.
pub(crate) const ENDORSEMENT: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionEndorsement";
/// Controlled drug.
pub(crate) const CONTROLLED_DRUG: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-DM-ControlledDrug";
/// Repeat information of a request.
pub(crate) const REPEAT_REVIEW: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationRepeatInformation";
/// Long form of the prescription's id.
pub(crate) const PRESCRIPTION_ID: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionId";
/// Dispensing site preference.
pub(crate) const SITE_TYPE: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PerformerSiteType";
/// Which issue of how many.
pub(crate) const REPEAT: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-RepeatInformation";
/// The prescription's status after a dispense event.
pub(crate) const PRESCRIPTION_STATUS: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-TaskBusinessStatus";
/// Why a claimed item or prescription was not dispensed.
pub(crate) const STATUS_REASON: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-TaskBusinessStatusReason";
/// Why nothing was dispensed.
pub(crate) const NOT_DISPENSED: &str =
    "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionNonDispensingReason";
/// The message that is amended.
pub(crate) const REPLACEMENT_OF: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-replacementOf";
/// Who pays a pharmacy.
pub(crate) const ODS_RELATIONSHIPS: &str =
    "https://fhir.nhs.uk/StructureDefinition/Extension-ODS-OrganisationRelationships";
/// Both forms of the prescription's id in a claim.
pub(crate) const GROUP_IDENTIFIER: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-DM-GroupIdentifier";
/// The id of a claimed line.
pub(crate) const CLAIM_SEQUENCE: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-ClaimSequenceIdentifier";
/// The line item that is claimed.
pub(crate) const CLAIM_REQUEST: &str =
    "https://fhir.nhs.uk/StructureDefinition/Extension-ClaimMedicationRequestReference";

// What only written messages name.

/// The short form of a prescription's id.
pub(crate) const PRESCRIPTION_NUMBER: &str = "https://fhir.nhs.uk/Id/prescription-order-number";
/// The long form of a prescription's id.
pub(crate) const PRESCRIPTION_UUID: &str = "https://fhir.nhs.uk/Id/prescription";
/// Claimed lines.
pub(crate) const CLAIM_ITEM: &str = "https://fhir.nhs.uk/Id/claim-sequence-identifier";

/// Prescription types.
pub(crate) const PRESCRIPTION_TYPES: &str = "https://fhir.nhs.uk/CodeSystem/prescription-type";
/// Units of measure.
pub(crate) const UCUM: &str = "http://unitsofmeasure.org";
/// What a signature is for.
pub(crate) const SIGNATURE_TYPE: &str = "urn:iso-astm:E1762-95:2013";
/// Kinds of organisation.
pub(crate) const ORGANISATION_ROLE: &str = "https://fhir.nhs.uk/CodeSystem/organisation-role";
/// Kinds of claim.
pub(crate) const CLAIM_TYPE: &str = "http://terminology.hl7.org/CodeSystem/claim-type";
/// How urgent a claim is.
pub(crate) const CLAIM_PRIORITY: &str = "http://terminology.hl7.org/CodeSystem/processpriority";
/// Who is paid.
pub(crate) const PAYEE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/payeetype";
/// Errors of EPS.
pub(crate) const EPS_ISSUE: &str = "https://fhir.nhs.uk/CodeSystem/EPS-IssueCode";
/// Errors of Spine.
pub(crate) const SPINE_ISSUE: &str = "https://fhir.nhs.uk/CodeSystem/Spine-ErrorOrWarningCode";

/// The status and the last date of dispensing.
pub const DISPENSING_INFORMATION: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-DispensingInformation";
/// What became of a cancellation.
pub const STATUS_HISTORY: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionStatusHistory";
/// Who dispenses.
pub(crate) const DISPENSING_PERFORMER: &str =
    "https://fhir.nhs.uk/StructureDefinition/Extension-DM-DispensingPerformer";
/// The id of a message.
pub(crate) const MESSAGE_ID: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-MessageHeader-messageId";
/// What an outcome is about.
pub(crate) const SUPPORTING_INFO: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-Spine-supportingInfo";
/// The prescription that an outcome is about.
pub(crate) const SUPPORTING_PRESCRIPTION: &str =
    "https://fhir.nhs.uk/StructureDefinition/Extension-Spine-supportingInfo-prescription";

// What only answers about prescriptions name.

/// The course of therapy of a tracked prescription.
pub(crate) const EPS_PRESCRIPTION: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-Prescription";
/// When a tracked item was released, dispensed and claimed.
pub(crate) const RELEASE_INFORMATION: &str =
    "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-DispensingReleaseInformation";
/// Whether cancellations wait for the dispenser.
pub(crate) const PENDING_CANCELLATION: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-PendingCancellation";
/// Who took part in an action, in the words of FHIR R5.
pub(crate) const PARTICIPANT_REFERENCE: &str =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-RequestOrchestration.action.participant.typeReference";

/// The names of extensions inside other extensions, which have no URL of their own.
pub(crate) mod part {
    /// How many repeats there may be.
    pub(crate) const REPEATS_ALLOWED: &str = "numberOfRepeatsAllowed";
    /// How many repeats there were.
    pub(crate) const REPEATS_ISSUED: &str = "numberOfRepeatsIssued";
    /// How many issues there were.
    pub(crate) const PRESCRIPTIONS_ISSUED: &str = "numberOfPrescriptionsIssued";
    /// When a repeat is to be reviewed.
    pub(crate) const REVIEW_DATE: &str = "authorisationExpiryDate";
    /// The status of a dispensed item.
    pub(crate) const DISPENSE_STATUS: &str = "dispenseStatus";
    /// When something was dispensed last.
    pub(crate) const LAST_DISPENSED: &str = "dateLastDispensed";
    /// Whether a cancellation of the prescription waits.
    pub(crate) const PRESCRIPTION_PENDING: &str = "prescriptionPendingCancellation";
    /// Whether a cancellation of an item waits.
    pub(crate) const ITEM_PENDING: &str = "lineItemPendingCancellation";
    /// A controlled drug's quantity.
    pub(crate) const QUANTITY_IN_WORDS: &str = "quantityWords";
    /// Who pays a pharmacy.
    pub(crate) const REIMBURSEMENT_AUTHORITY: &str = "reimbursementAuthority";
    /// The short form of a prescription's id.
    pub(crate) const SHORT_FORM: &str = "shortForm";
    /// The long form of a prescription's id.
    pub(crate) const LONG_FORM: &str = "UUID";
}
