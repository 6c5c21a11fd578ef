//! The object identifiers of EPS, each once.

/// Root of the National Programme's OIDs; the constants below that begin with it are written out in full.
pub const NHS_NUMBER: &str = "2.16.840.1.113883.2.1.4.1";
/// Interaction ids.
pub const INTERACTION: &str = "2.16.840.1.113883.2.1.3.2.4.12";
/// SNOMED CT and dm+d.
pub const SNOMED_CT: &str = "2.16.840.1.113883.2.1.3.2.4.15";
/// Template ids.
pub const TEMPLATE: &str = "2.16.840.1.113883.2.1.3.2.4.18.2";
/// Message type ids.
pub const MESSAGE_TYPE: &str = "2.16.840.1.113883.2.1.3.2.4.18.7";
/// Short-form prescription ids.
pub const PRESCRIPTION_ID: &str = "2.16.840.1.113883.2.1.3.2.4.18.8";
/// Prescription ids of Release 1, where a claim or a prescription tells one.
pub const RELEASE_1_PRESCRIPTION_ID: &str = "2.16.840.1.113883.2.1.3.2.4.18.4";
/// General practices, in Release 1.
pub const RELEASE_1_PRACTICE: &str = "2.16.840.1.113883.2.1.3.2.4.11";
/// Templates of the components of a release response.
pub const RELEASE_TEMPLATE: &str = "2.16.840.1.113883.2.1.3.2.4.17.120";
/// Templates of the components of a rebuilt dispense history.
pub const HISTORY_TEMPLATE: &str = "2.16.840.1.113883.2.1.3.2.4.17.113";
/// Batch information of a release response.
pub const BATCH_INFO: &str = "2.16.840.1.113883.2.1.3.2.4.17.14";
/// Errors of prescribing, dispensing and claiming.
pub const PROCESSING_ERROR: &str = "2.16.840.1.113883.2.1.3.2.4.17.22";
/// Annotations: the `code` of every observation in an EPS message.
pub const ANNOTATION: &str = "2.16.840.1.113883.2.1.3.2.4.17.30";
/// Errors of the message layer.
pub const ACKNOWLEDGEMENT_ERROR: &str = "2.16.840.1.113883.2.1.3.2.4.17.32";
/// Kinds of care provision.
pub const CARE_PROVISION: &str = "2.16.840.1.113883.2.1.3.2.4.17.37";
/// Kinds of organisation.
pub const ORGANISATION_TYPE: &str = "2.16.840.1.113883.2.1.3.2.4.17.94";
/// Prescription types: who prescribes, in which setting.
pub const PRESCRIPTION_TYPE: &str = "2.16.840.1.113883.2.1.3.2.4.17.25";
/// Charge exemptions.
pub const CHARGE_EXEMPTION: &str = "2.16.840.1.113883.2.1.3.2.4.16.33";
/// Organisations of the Organisation Data Service.
pub const ODS: &str = "1.2.826.0.1285.0.1.10";
/// SDS users.
pub const SDS_USER: &str = "1.2.826.0.1285.0.2.0.65";
/// SDS role profiles.
pub const SDS_ROLE_PROFILE: &str = "1.2.826.0.1285.0.2.0.67";
/// SDS job roles.
pub const SDS_JOB_ROLE: &str = "1.2.826.0.1285.0.2.1.104";
/// Professional and prescribing codes (GMC, NMC, GPhC, HCPC, DIN and so on).
pub const PROFESSIONAL_CODE: &str = "1.2.826.0.1285.0.2.1.54";
/// What kind of organisation asks a tracker query.
pub const REQUESTER_ORGANISATION_TYPE: &str = "2.16.840.1.113883.2.1.3.2.4.17.128";
/// Accredited systems.
pub const ASID: &str = "1.2.826.0.1285.0.2.0.107";
