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

vocabulary! {
    /// What kind of dispenser the patient prefers.
    DispensingSitePreference("2.16.840.1.113883.2.1.3.2.4.17.21") {
        Other = "P1", "Other (e.g. Community Pharmacy)";
        ApplianceContractor = "P2", "Appliance Contractor";
        DispensingDoctor = "P3", "Dispensing Doctor";
        None = "0004", "None";
    }
}

vocabulary! {
    /// The prescriber's endorsement of a line item.
    PrescriberEndorsement("2.16.840.1.113883.2.1.3.2.4.16.32") {
        BorderlineSubstance = "ACBS", "Advisory Committee on Borderline Substances";
        FoodSupplement = "AF", "Food replacement/food supplement products";
        Contraceptive = "CC", "Contraceptive";
        SexualHealth = "FS", "Sexual Health";
        SelectedListScheme = "SLS", "Selected List Scheme";
    }
}

vocabulary! {
    /// Administrative gender.
    Gender("2.16.840.1.113883.2.1.3.2.4.16.25") {
        NotKnown = "0", "Not known";
        Male = "1", "Male";
        Female = "2", "Female";
        NotSpecified = "9", "Not specified";
    }
}

vocabulary! {
    /// FHIR `MedicationRequest.courseOfTherapyType`; HL7 v3 knows the [`TreatmentType`] only.
    CourseOfTherapy("") {
        Acute = "acute", "Short course (acute) therapy";
        Continuous = "continuous", "Continuous long term therapy";
        ContinuousRepeatDispensing = "continuous-repeat-dispensing", "Continuous long term (repeat dispensing)";
    }
}

impl Gender {
    /// The gender with this FHIR `administrative-gender` code.
    #[must_use]
    pub fn from_fhir(code: &str) -> Option<Self> {
        match code {
            "male" => Some(Self::Male),
            "female" => Some(Self::Female),
            "other" => Some(Self::NotSpecified),
            "unknown" => Some(Self::NotKnown),
            _ => None,
        }
    }
}
