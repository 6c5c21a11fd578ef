//! The rules that a FHIR message can break, in words of the NHS service where it has them.
//!
//! Codes in `issue.details` and severities are those of the service: what its translation throws is `fatal` and has a
//! Spine code; what its validation lists is an `error`.

use crate::problem::DetailCode;

pub(super) mod dispensing;
pub(super) mod message;
pub(super) mod people;
pub(super) mod prescribing;
pub(super) mod querying;
pub(super) mod writing;

pub use dispensing::*;
pub use message::*;
pub use people::*;
pub use prescribing::*;
pub use querying::*;
pub use writing::*;

/// The code system of processing errors.
const SPINE_R4: &str = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode";
const INVALID_VALUE: DetailCode = DetailCode::new(SPINE_R4, "INVALID_VALUE", None);
const TOO_FEW: DetailCode = DetailCode::new(SPINE_R4, "TOO_FEW_VALUES_SUBMITTED", None);
const TOO_MANY: DetailCode = DetailCode::new(SPINE_R4, "TOO_MANY_VALUES_SUBMITTED", None);

/// The repository of the NHS service is `NHSDigital/electronic-prescription-service-api`; `coordinator` and `models` are
/// packages of it.
const BUNDLE_VALIDATOR: &str = "NHS EPS FHIR API, coordinator: services/validation/bundle-validator.ts";
const PARAMETERS_VALIDATOR: &str = "NHS EPS FHIR API, coordinator: services/validation/parameters-validator.ts";
const TASK_VALIDATOR: &str = "NHS EPS FHIR API, coordinator: services/validation/task-validator.ts";
const QUERY_VALIDATOR: &str = "NHS EPS FHIR API, coordinator: services/validation/query-validator.ts";
const CLAIM_VALIDATOR: &str = "NHS EPS FHIR API, coordinator: services/validation/claim-validator.ts";
const PROCESSING_ERRORS: &str = "NHS EPS FHIR API, models: errors/processing.ts";
const TRANSLATE_PRACTITIONER: &str = "NHS EPS FHIR API, coordinator: services/translation/request/practitioner.ts";
const TRANSLATE_ORGANISATION: &str = "NHS EPS FHIR API, coordinator: services/translation/request/organization.ts";
const TRANSLATE_SIGNATURE: &str = "NHS EPS FHIR API, coordinator: services/translation/request/signature.ts";
const TRANSLATE_COURSE: &str = "NHS EPS FHIR API, coordinator: services/translation/request/course-of-therapy-type.ts";
const TRANSLATE_PRESCRIPTION: &str = "NHS EPS FHIR API, coordinator: services/translation/request/prescription.ts";
const TRANSLATE_DISPENSE: &str =
    "NHS EPS FHIR API, coordinator: services/translation/request/dispense/dispense-notification.ts";
const TRANSLATE_CLAIM: &str = "NHS EPS FHIR API, coordinator: services/translation/request/dispense/dispense-claim.ts";
const PROFILE: &str = "NHS Digital Medicines implementation guide, profile of the prescription-order Bundle";
const FHIR_TYPES: &str = "FHIR R4 (4.0.1), 2.24 Data Types";
const NAME_USE_SET: &str = "FHIR R4 (4.0.1), value set name-use";
const CONTACT_USE_SET: &str = "FHIR R4 (4.0.1), value set contact-point-use";
const ADDRESS_USE_SET: &str = "FHIR R4 (4.0.1), value set address-use";
const GENDER_SET: &str = "FHIR R4 (4.0.1), value set administrative-gender";
const MIM_VOCABULARY: &str =
    "Message Implementation Manual 4.2.00, vocabularies, and the code systems of the NHS profiles";
const XML_CHARACTERS: &str = "XML 1.0 (fifth edition), 2.2 Characters: what HL7 v3 cannot hold";
const LIMITS: &str = "this library: what bounds memory and time";
const SCOPE: &str = "this library: what this version reads";
const SIGNED: &str = "this library: what a signature covers is carried byte for byte, and never made up";
const TOTAL: &str = "this library: a reader gives a value or a problem";
