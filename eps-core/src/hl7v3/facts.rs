//! What a `ParentPrescription` says of the things that Spine asks when it is created, however broken the rest is.

use super::parent_prescription;
use crate::codes::oid;
use crate::model::Timestamp;
use crate::problem::{Place, Problem};
use crate::rules::create::{Fact, Facts, ItemFacts, check};
use crate::xml::{Document, Element};

/// A node that says something: an element, or an attribute of it.
#[derive(Clone, Copy)]
struct Spot<'d, 'a> {
    element: Element<'d, 'a>,
    attribute: Option<&'static str>,
}

impl Spot<'_, '_> {
    fn place(self) -> Place {
        match self.attribute {
            Some(name) => self.element.attribute_place(name),
            None => self.element.place(),
        }
    }
}

type Said<'d, 'a> = Fact<'d, Spot<'d, 'a>>;

/// Every create-time rule that a message breaks; none where it carries no prescription.
pub(crate) fn create_problems(document: &Document<'_>, now: Timestamp) -> Vec<Problem> {
    let Some(payload) = super::parent_prescription(document) else { return Vec::new() };
    let breaches = check(&facts(payload), now);
    let problem = |breach: crate::rules::create::Breach<Spot<'_, '_>>| {
        let problem = Problem::new(breach.rule, breach.at.place()).message(breach.text);
        match breach.at.attribute.and_then(|name| breach.at.element.attribute(name)) {
            Some(value) => problem.found(value),
            None => problem,
        }
    };
    breaches.into_iter().map(problem).collect()
}

/// The element at the end of a path, or the last one on it that is there.
fn walk<'d, 'a>(from: Element<'d, 'a>, path: &[&str]) -> Result<Element<'d, 'a>, Element<'d, 'a>> {
    path.iter().try_fold(from, |element, name| element.child(name).ok_or(element))
}

fn attribute<'d, 'a>(from: Element<'d, 'a>, path: &[&str], name: &'static str) -> Said<'d, 'a> {
    match walk(from, path) {
        Ok(element) => match element.attribute(name) {
            Some(value) => Fact::said(value, Spot { element, attribute: Some(name) }),
            None => Fact::missing(Spot { element, attribute: None }),
        },
        Err(element) => Fact::missing(Spot { element, attribute: None }),
    }
}

/// Something that may be left out.
fn optional<'d, 'a>(from: Element<'d, 'a>, path: &[&str], name: &'static str) -> Option<Said<'d, 'a>> {
    Some(attribute(from, path, name)).filter(|fact| fact.value.is_some())
}

fn facts<'d, 'a>(payload: Element<'d, 'a>) -> Facts<'d, Spot<'d, 'a>> {
    let prescription = match walk(payload, &["pertinentInformation1", "pertinentPrescription"]) {
        Ok(element) | Err(element) => element,
    };
    let patient = &["recordTarget", "Patient", "patientPerson"];
    let practice =
        ["playedProviderPatient", "subjectOf", "patientCareProvision", "responsibleParty", "healthCareProvider", "id"];
    let person = walk(payload, patient);
    let practice = match person {
        Ok(person) => attribute(person, &practice, "extension"),
        Err(element) => Fact::missing(Spot { element, attribute: None }),
    };
    let agent = |path: &[&str], name| {
        let whole = [&["author", "AgentPerson"], path].concat();
        attribute(prescription, &whole, name)
    };
    let [treatment, prescription_type, site] = parent_prescription::CODED;
    let supply = ["component1", "daysSupply"];
    let low = [&supply[..], &["effectiveTime", "low"]].concat();
    let high = [&supply[..], &["effectiveTime", "high"]].concat();
    let days = [&supply[..], &["expectedUseTime", "width"]].concat();
    Facts {
        person: Some(agent(&["agentPerson", "id"], "extension")),
        organisation: Some(agent(&["representedOrganization", "id"], "extension")),
        role_profile: Some(agent(&["id"], "extension")),
        role: Some(agent(&["code"], "code")),
        licence: Some(agent(
            &["representedOrganization", "healthCareProviderLicense", "Organization", "id"],
            "extension",
        )),
        practice: Some(practice),
        nhs_number: Some(attribute(payload, &["recordTarget", "Patient", "id"], "extension")),
        birth: Some(attribute(payload, &[&patient[..], &["birthTime"]].concat(), "value")),
        id: Some(short_id(prescription)),
        prescribed: Some(attribute(payload, &["effectiveTime"], "value")),
        treatment: Some(attribute(prescription, &treatment, "code")),
        prescription_type: Some(attribute(prescription, &prescription_type, "code")),
        signed: Some(attribute(prescription, &["author", "time"], "value")),
        signature: Some(signature(prescription)),
        event: Some(attribute(payload, &["id"], "root")),
        repeat_low: attribute(prescription, &["repeatNumber", "low"], "value"),
        repeat_high: attribute(prescription, &["repeatNumber", "high"], "value"),
        performer: optional(prescription, &["performer", "AgentOrgSDS", "agentOrganizationSDS", "id"], "extension"),
        performer_type: optional(prescription, &site, "code"),
        days: attribute(prescription, &days, "value"),
        window_low: attribute(prescription, &low, "value"),
        window_high: attribute(prescription, &high, "value"),
        items: items(prescription),
        prescription: Spot { element: prescription, attribute: None },
    }
}

/// The id with the root of short forms, or with any extension.
fn short_id<'d, 'a>(prescription: Element<'d, 'a>) -> Said<'d, 'a> {
    let mut ids = prescription.children().filter(|child| child.name() == "id");
    let short =
        ids.find(|id| id.attribute("root") == Some(oid::PRESCRIPTION_ID) || id.attribute("extension").is_some());
    match short {
        Some(id) => attribute(id, &[], "extension"),
        None => Fact::missing(Spot { element: prescription, attribute: None }),
    }
}

fn signature<'d, 'a>(prescription: Element<'d, 'a>) -> Said<'d, 'a> {
    match walk(prescription, &["author", "signatureText"]) {
        Ok(element) if element.child("Signature").is_some() => Fact::said("", Spot { element, attribute: None }),
        Ok(element) | Err(element) => Fact::missing(Spot { element, attribute: None }),
    }
}

fn items<'d, 'a>(prescription: Element<'d, 'a>) -> Vec<ItemFacts<'d, Spot<'d, 'a>>> {
    let lines = prescription.children().filter(|child| child.name() == "pertinentInformation2");
    let items = lines.filter_map(|line| line.child("pertinentLineItem"));
    items
        .map(|item| ItemFacts {
            id: attribute(item, &["id"], "root"),
            repeat_low: attribute(item, &["repeatNumber", "low"], "value"),
            repeat_high: attribute(item, &["repeatNumber", "high"], "value"),
        })
        .collect()
}
