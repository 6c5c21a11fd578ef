//! Patients, practitioners, their roles and organisations.

use serde_json::json;

use super::*;

#[test]
fn telecoms_are_complete() {
    refused(
        &[(ORGANISATION, "/telecom/0/use", Value::Null)],
        "fhir.telecom.incomplete",
        "/entry/6/resource/telecom/0",
        "Required field bundle.entry[6].resource.telecom[0].use is missing.",
    );
    refused(
        &[(ROLE, "/telecom/0/value", Value::Null)],
        "fhir.telecom.incomplete",
        "/entry/4/resource/telecom/0",
        "Required field bundle.entry[4].resource.telecom[0].value is missing.",
    );
    refused(
        &[(ROLE, "/telecom", Value::Null)],
        "fhir.practitioner-role.telecom",
        ROLE,
        "ResponsiblePractitioner must have at least one telecom.",
    );
    // Without its own, the role has those of a practitioner in the Bundle.
    let telecoms = json!([{"system": "phone", "value": "01632 960999", "use": "mobile"}]);
    let json = changed(&[(format!("{ROLE}/telecom"), Value::Null), (format!("{PRACTITIONER}/telecom"), telecoms)]);
    let prescription = prescription_of(&json);
    assert_eq!(prescription.author.person.telecoms[0].value.as_ref().unwrap().as_str(), "tel:01632960999");
}

#[test]
fn a_role_refers_to_resources_of_the_bundle() {
    let named = json!({"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "Y90217"}, "display": "X"});
    let json = changed(&[(format!("{ROLE}/organization"), named)]);
    let problems = told(&read_value(&json).unwrap_err());
    let message = format!("practitionerRole.organization {INCORRECT}");
    assert_eq!(problems[0], ("fhir.practitioner-role.reference", "/entry/4/resource/organization".into(), message));
    let doctor = json!({"identifier": {"system": "https://fhir.hl7.org.uk/Id/gmc-number", "value": "9914273"}, "display": "DR X"});
    refused(
        &[(ROLE, "/practitioner", doctor)],
        "fhir.practitioner-role.reference",
        "/entry/4/resource/practitioner",
        &format!("practitionerRole.practitioner {INCORRECT}"),
    );
    refused(
        &[(ROLE, "/organization/reference", json!("urn:uuid:nowhere"))],
        "fhir.element.too-few",
        "/entry/4/resource/organization",
        "Too few values submitted. Expected 1 element where fullUrl == 'urn:uuid:nowhere'.",
    );
    refused(
        &[("", "/entry/3/fullUrl", json!("urn:uuid:e4c1a5d8-9b2f-4e7c-8d6a-1b3f5c7e9a96"))],
        "fhir.element.too-many",
        ORGANISATION,
        "Too many values submitted. Expected 1 element where fullUrl == 'urn:uuid:e4c1a5d8-9b2f-4e7c-8d6a-1b3f5c7e9a96'.",
    );
}

#[test]
fn the_responsible_practitioner_is_named_in_one_way() {
    let role = "urn:uuid:5a8e6c1d-0b43-4d1a-a7d5-2e9f8c7b6974";
    let party = json!({"url": PARTY, "valueReference": {"reference": role}});
    let both = json!({"system": "https://fhir.hl7.org.uk/Id/gmc-number", "value": "9914273"});
    refused(
        &[
            (FIRST, "/extension/-", party.clone()),
            (SECOND, "/extension/-", party.clone()),
            (ROLE, "/practitioner/identifier", both.clone()),
        ],
        "fhir.responsible-practitioner.reference",
        "/entry/4/resource/practitioner",
        "Responsible practitioner must be either a reference to a Practitioner resource or an identifier reference.",
    );
    // Where only an organisation answers for it, the person goes by its name.
    let json = changed(&[
        (format!("{FIRST}/extension/-"), party.clone()),
        (format!("{SECOND}/extension/-"), party),
        (format!("{ROLE}/practitioner"), json!({"identifier": both, "display": "IGNORED"})),
    ]);
    let prescription = prescription_of(&json);
    let name = prescription.responsible_party.person.unwrap().name.unwrap();
    assert!(matches!(name, PersonName::Unstructured { text, .. } if text.as_str() == "FERN HILL SURGERY"));
    let name = prescription.author.person.person.unwrap().name.unwrap();
    assert!(matches!(name, PersonName::Unstructured { text, .. } if text.as_str() == "IGNORED"));
}

#[test]
fn primary_care_prescribes_for_a_commissioned_practice() {
    refused(
        &[(ORGANISATION, "/partOf", Value::Null)],
        "fhir.organization.part-of",
        ORGANISATION,
        "Required field organization.partOf is missing.",
    );
    let json = changed(&[(format!("{ROLE}/healthcareService"), json!([{"reference": "urn:uuid:nowhere"}]))]);
    let problems = told(&read_value(&json).unwrap_err());
    let unexpected = "Unexpected field of practitionerRole.healthcareService.";
    assert_eq!(
        problems[0],
        ("fhir.practitioner-role.unexpected-service", "/entry/4/resource/healthcareService".into(), unexpected.into())
    );
}

#[test]
fn a_prescriber_has_one_professional_code() {
    let system = "/identifier/1/system";
    let gmp = "Bundle resource Practitioner.identifier expected exactly one professional code from GMC|NMC|GPhC|HCPC|professional-code.";
    refused(
        &[(PRACTITIONER, system, json!("https://fhir.hl7.org.uk/Id/gmp-number"))],
        "fhir.practitioner.gmp",
        "/entry/5/resource/identifier/1",
        gmp,
    );
    refused(
        &[(PRACTITIONER, system, json!("https://example.org/other"))],
        "fhir.practitioner.no-professional-code",
        PRACTITIONER,
        "Expected exactly one professional code. One of GMC|GMP|NMC|GPhC|HCPC|unknown. ",
    );
    refused(
        &[(
            PRACTITIONER,
            "/identifier/-",
            json!({"system": "https://fhir.hl7.org.uk/Id/nmc-number", "value": "12A3456E"}),
        )],
        "fhir.practitioner.professional-codes",
        PRACTITIONER,
        "Expected exactly one professional code. One of GMC|GMP|NMC|GPhC|HCPC|unknown. But got: 9914273, 12A3456E",
    );
    let json = changed(&[(format!("{PRACTITIONER}/identifier/1/value"), json!("C9914273"))]);
    assert_eq!(prescription_of(&json).author.person.person.unwrap().id.as_str(), "9914273");
}

#[test]
fn a_service_prescribes_from_its_location() {
    let service = json!({"fullUrl": "urn:uuid:s", "resource": {
        "resourceType": "HealthcareService", "name": "BLOOD CLINIC", "location": [{"reference": "urn:uuid:l"}],
        "identifier": [{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "Y91000"}],
        "telecom": [{"value": "01632 960300", "use": "work"}]
    }});
    let location =
        json!({"fullUrl": "urn:uuid:l", "resource": {"resourceType": "Location", "address": {"line": ["WING 2"]}}});
    let mut changes = vec![
        ("/entry/-".to_owned(), service),
        ("/entry/-".to_owned(), location),
        (format!("{ROLE}/healthcareService"), json!([{"reference": "urn:uuid:s"}])),
    ];
    changes.extend([FIRST, SECOND].map(|base| (format!("{base}/extension/0/valueCoding/code"), json!("1001"))));
    let organisation = prescription_of(&changed(&changes)).author.person.organisation;
    assert_eq!(organisation.ods.unwrap().as_str(), "Y91000");
    assert_eq!(organisation.address.unwrap().lines[0].as_str(), "WING 2");
    assert_eq!(organisation.licence.unwrap().ods.unwrap().as_str(), "QZ9");
    changes.push(("/entry/8/resource/address".to_owned(), Value::Null));
    let problems = told(&read_value(&changed(&changes)).unwrap_err());
    assert_eq!(problems, [("fhir.location.address", "/entry/8/resource".into(), "Address must be provided.".into())]);
}

#[test]
fn a_patient_without_a_practice_has_the_code_for_none() {
    let json = changed(&[(format!("{PATIENT}/generalPractitioner"), Value::Null)]);
    assert_eq!(prescription_of(&json).patient.general_practice.unwrap().as_str(), "V81999");
    let two = json!({"identifier": {"value": "Y90218"}});
    refused(
        &[(PATIENT, "/generalPractitioner/-", two)],
        "fhir.element.too-many",
        "/entry/3/resource/generalPractitioner/1",
        "Too many values submitted. Expected 1 element.",
    );
}
