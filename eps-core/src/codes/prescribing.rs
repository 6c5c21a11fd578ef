//! Vocabularies of prescribing.

use super::table::vocabulary;

vocabulary! {
    /// How a prescription is issued.
    TreatmentType("2.16.840.1.113883.2.1.3.2.4.16.36") {
        Acute = "0001", "Acute Prescription";
        RepeatPrescribing = "0002", "Repeat Prescribing";
        RepeatDispensing = "0003", "Repeat Dispensing";
    }
}

/// Whether Spine knows a prescription type; what it does not know it stores as `NotProvided`.
#[must_use]
pub fn is_prescription_type(code: &str) -> bool {
    let digits = code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit());
    let (Some(prefix), Some(Ok(suffix))) = (code.get(..2), code.get(2..).map(str::parse::<u8>)) else { return false };
    digits
        && match prefix {
            "00" => matches!(suffix, 1..=11),
            "01" => matches!(suffix, 1..=10 | 13 | 14 | 16 | 17 | 19..=25),
            "03" => matches!(suffix, 4..=7),
            "04" => suffix == 6,
            "06" => suffix == 7,
            "07" => matches!(suffix, 7..=9 | 13 | 14 | 16..=19 | 21 | 22),
            "09" => matches!(suffix, 1 | 4 | 8 | 13..=16),
            "02" | "05" | "10" | "11" | "12" | "20" | "50" => {
                matches!(suffix, 1 | 4 | 5 | 8 | 13 | 14 | 16 | 17 | 24 | 25)
            }
            _ => false,
        }
}

impl DispensingSitePreference {
    /// Whether Spine takes it as the type of a nominated dispenser.
    #[must_use]
    pub const fn is_performer_type(self) -> bool {
        match self {
            Self::Other | Self::ApplianceContractor | Self::DispensingDoctor => true,
            Self::None => false,
        }
    }
}

vocabulary! {
    /// What kind of dispenser the patient prefers.
    DispensingSitePreference("2.16.840.1.113883.2.1.3.2.4.17.21", "https://fhir.nhs.uk/CodeSystem/dispensing-site-preference") {
        Other = "P1", "Other (e.g. Community Pharmacy)";
        ApplianceContractor = "P2", "Appliance Contractor";
        DispensingDoctor = "P3", "Dispensing Doctor";
        None = "0004", "None";
    }
}

vocabulary! {
    /// The prescriber's endorsement of a line item.
    PrescriberEndorsement("2.16.840.1.113883.2.1.3.2.4.16.32", "https://fhir.nhs.uk/CodeSystem/medicationrequest-endorsement") {
        BorderlineSubstance = "ACBS", "Advisory Committee on Borderline Substances";
        FoodSupplement = "AF", "Food replacement/food supplement products";
        Contraceptive = "CC", "Contraceptive";
        SexualHealth = "FS", "Sexual Health", fhir "FS", "Free Supply for Specified Use";
        SelectedListScheme = "SLS", "Selected List Scheme";
    }
}

vocabulary! {
    /// Administrative gender.
    Gender("2.16.840.1.113883.2.1.3.2.4.16.25", "http://hl7.org/fhir/administrative-gender") {
        NotKnown = "0", "Not known", fhir "unknown", "Unknown";
        Male = "1", "Male", fhir "male";
        Female = "2", "Female", fhir "female";
        NotSpecified = "9", "Not specified", fhir "other", "Other";
    }
}

impl Gender {
    /// The code that Spine's trackers have for it: they count the last two otherwise than HL7 v3 does.
    #[must_use]
    pub const fn tracker_code(self) -> &'static str {
        match self {
            Self::Male => "1",
            Self::Female => "2",
            Self::NotSpecified => "3",
            Self::NotKnown => "4",
        }
    }
}

vocabulary! {
    /// FHIR `MedicationRequest.courseOfTherapyType`; HL7 v3 knows the [`TreatmentType`] only.
    CourseOfTherapy(fhir "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy") {
        Acute = "acute", "Short course (acute) therapy";
        Continuous = "continuous", "Continuous long term therapy";
        ContinuousRepeatDispensing = "continuous-repeat-dispensing", "Continuous long term (repeat dispensing)";
    }
}

impl CourseOfTherapy {
    /// The code system of [`Self::ContinuousRepeatDispensing`]; the others are of [`Self::SYSTEM`].
    pub const REPEAT_DISPENSING_SYSTEM: &'static str =
        "https://fhir.nhs.uk/CodeSystem/medicationrequest-course-of-therapy";

    /// The code system of this code.
    #[must_use]
    pub const fn system(self) -> &'static str {
        match self {
            Self::Acute | Self::Continuous => Self::SYSTEM,
            Self::ContinuousRepeatDispensing => Self::REPEAT_DISPENSING_SYSTEM,
        }
    }

    /// The treatment type that a prescription with this course has in HL7 v3.
    #[must_use]
    pub const fn treatment(self) -> TreatmentType {
        match self {
            Self::Acute => TreatmentType::Acute,
            Self::Continuous => TreatmentType::RepeatPrescribing,
            Self::ContinuousRepeatDispensing => TreatmentType::RepeatDispensing,
        }
    }

    /// The course of a prescription whose items have these two: items that are repeated and items that are not go
    /// together as acute, and nothing goes with repeat dispensing.
    #[must_use]
    pub const fn mixed_with(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Acute | Self::Continuous, Self::Acute) | (Self::Acute, Self::Continuous) => Some(Self::Acute),
            (Self::Continuous, Self::Continuous) => Some(Self::Continuous),
            (Self::ContinuousRepeatDispensing, Self::ContinuousRepeatDispensing) => {
                Some(Self::ContinuousRepeatDispensing)
            }
            (Self::ContinuousRepeatDispensing, _) | (_, Self::ContinuousRepeatDispensing) => None,
        }
    }
}
