//! What a prescription-order says of the things that Spine asks when it is created, however broken the rest is.
//!
//! Values are told as HL7 v3 will write them. What the translation makes up or leaves to signing is not asked of FHIR.

use super::json::{Json, Node};
use super::read::date;
use crate::codes::{CourseOfTherapy, MessageEvent, system};
use crate::model::Timestamp;
use crate::problem::Problem;
use crate::rules::create::{Breach, Fact, Facts, ItemFacts, check};

type Said<'d> = Fact<'d, Node<'d>>;

/// Every create-time rule that a message breaks; none where it is no prescription-order.
pub(crate) fn create_problems(json: &Json<'_>, now: Timestamp) -> Vec<Problem> {
    let order = Order { root: json.root() };
    let event = order.resource("MessageHeader").and_then(|header| header.get("eventCoding")?.str("code"));
    if event.and_then(MessageEvent::from_fhir) != Some(MessageEvent::PrescriptionOrder) {
        return Vec::new();
    }
    let requests: Vec<_> = order.resources("MedicationRequest").collect();
    let Some(first) = requests.first() else { return Vec::new() };
    let problem = |breach: Breach<Node<'_>>| {
        let problem = Problem::new(breach.rule, breach.at.place()).message(breach.text);
        match breach.at.as_str().or(breach.at.as_number()) {
            Some(value) => problem.found(value),
            None => problem,
        }
    };
    check(&order.facts(*first, &requests), now).into_iter().map(problem).collect()
}

#[derive(Clone, Copy)]
struct Order<'d> {
    root: Node<'d>,
}

/// What a member says; where it is missing, its owner is the place.
fn said<'d>(owner: Node<'d>, path: &[&str]) -> Said<'d> {
    let mut at = owner;
    for key in path {
        match at.get(key) {
            Some(next) => at = next,
            None => return Fact::missing(at),
        }
    }
    match at.as_str().or(at.as_number()) {
        Some(value) => Fact::said(value, at),
        None => Fact::missing(at),
    }
}

/// Something that may be left out.
fn optional<'d>(owner: Node<'d>, path: &[&str]) -> Option<Said<'d>> {
    Some(said(owner, path)).filter(|fact| fact.value.is_some())
}

/// Ids are written in small letters in FHIR, and in capitals in HL7 v3.
fn in_capitals(fact: Said<'_>) -> Said<'_> {
    Fact { value: fact.value.map(|id| id.to_ascii_uppercase().into()), at: fact.at }
}

fn identifier<'d>(owner: Node<'d>, system: &str) -> Option<Node<'d>> {
    let one = owner.get("identifier").filter(|node| node.is_object());
    let mut all = owner.list("identifier").chain(one);
    all.find(|identifier| identifier.str("system") == Some(system))
}

fn extension<'d>(owner: Node<'d>, url: &str) -> Option<Node<'d>> {
    owner.list("extension").find(|extension| extension.str("url") == Some(url))
}

impl<'d> Order<'d> {
    fn resources(self, kind: &str) -> impl Iterator<Item = Node<'d>> {
        let resources = self.root.list("entry").filter_map(|entry| entry.get("resource"));
        resources.filter(move |resource| resource.str("resourceType") == Some(kind))
    }

    fn resource(self, kind: &str) -> Option<Node<'d>> {
        self.resources(kind).next()
    }

    fn resolve(self, reference: Node<'d>) -> Option<Node<'d>> {
        let url = reference.str("reference")?;
        self.root.list("entry").find(|entry| entry.str("fullUrl") == Some(url))?.get("resource")
    }

    fn facts(self, first: Node<'d>, requests: &[Node<'d>]) -> Facts<'d, Node<'d>> {
        let role = first.get("requester").and_then(|requester| self.resolve(requester));
        let organisation =
            role.and_then(|role| role.get("organization")).and_then(|organisation| self.resolve(organisation));
        let patient = self.resource("Patient");
        let dispense = first.get("dispenseRequest").unwrap_or(first);
        let course = course(first);
        let [repeat_low, repeat_high] = repeats(first, dispense, course);
        let repeats_of = |fact: &Said<'d>, at| Fact { value: fact.value.clone(), at };
        Facts {
            // Which of the prescriber's codes this will be is decided by the translation.
            person: None,
            organisation: organisation.and_then(|node| optional(identifier(node, system::ODS)?, &["value"])),
            role_profile: role.and_then(|node| optional(identifier(node, system::ROLE_PROFILE)?, &["value"])),
            role: role.and_then(job_role),
            licence: organisation.and_then(|node| optional(node, &["partOf", "identifier", "value"])),
            practice: patient.map(practice),
            nhs_number: patient.and_then(|node| optional(identifier(node, system::NHS_NUMBER)?, &["value"])),
            birth: patient.map(|node| as_date(said(node, &["birthDate"]), Day::Date)),
            id: Some(said(first, &["groupIdentifier", "value"])),
            // The reader judges FHIR's form of a time, and what HL7 v3 writes is always right.
            prescribed: None,
            treatment: course.map(|(course, at)| Fact::said(course.treatment().code(), at)),
            prescription_type: extension(first, system::PRESCRIPTION_TYPE)
                .map(|extension| said(extension, &["valueCoding", "code"])),
            // An order is validated before it is signed, too.
            signed: None,
            signature: None,
            event: Some(in_capitals(said(self.root, &["identifier", "value"]))),
            performer: optional(dispense, &["performer", "identifier", "value"]),
            performer_type: extension(dispense, system::SITE_TYPE)
                .and_then(|extension| optional(extension, &["valueCoding", "code"])),
            days: said(dispense, &["expectedSupplyDuration", "value"]),
            window_low: as_date(said(dispense, &["validityPeriod", "start"]), Day::Time),
            window_high: as_date(said(dispense, &["validityPeriod", "end"]), Day::Time),
            items: requests
                .iter()
                .map(|request| ItemFacts {
                    id: in_capitals(
                        identifier(*request, system::ORDER_ITEM)
                            .map_or(Fact::missing(*request), |id| said(id, &["value"])),
                    ),
                    repeat_low: repeats_of(&repeat_low, *request),
                    repeat_high: repeats_of(&repeat_high, *request),
                })
                .collect(),
            repeat_low,
            repeat_high,
            prescription: self.root,
        }
    }
}

fn practice(patient: Node<'_>) -> Said<'_> {
    match patient.list("generalPractitioner").next() {
        Some(practitioner) => said(practitioner, &["identifier", "value"]),
        None => Fact::missing(patient),
    }
}

fn job_role(role: Node<'_>) -> Option<Said<'_>> {
    let codings = || role.list("code").flat_map(|code| code.list("coding"));
    let in_system = |system| codings().find(|coding| coding.str("system") == Some(system));
    optional(system::JOB_ROLES.into_iter().find_map(in_system)?, &["code"])
}

fn course(request: Node<'_>) -> Option<(CourseOfTherapy, Node<'_>)> {
    let coding = request.get("courseOfTherapyType")?.list("coding").next()?;
    let code = coding.get("code")?;
    Some((code.as_str()?.parse().ok()?, code))
}

/// The repeat numbers that the translation gives a prescription.
fn repeats<'d>(request: Node<'d>, dispense: Node<'d>, course: Option<(CourseOfTherapy, Node<'d>)>) -> [Said<'d>; 2] {
    match course {
        None | Some((CourseOfTherapy::Acute, _)) => [Fact::missing(request), Fact::missing(request)],
        Some((CourseOfTherapy::Continuous, at)) => [Fact::said("1", at), Fact::said("1", at)],
        Some((CourseOfTherapy::ContinuousRepeatDispensing, at)) => {
            let allowed = said(dispense, &["numberOfRepeatsAllowed"]);
            // FHIR counts the repeats after the first issue.
            let high = allowed.value.map(|count| match count.parse::<u32>() {
                Ok(count) => count.saturating_add(1).to_string().into(),
                Err(_) => count,
            });
            [Fact::said("1", at), Fact { value: high, at: allowed.at }]
        }
    }
}

/// Which form a day has.
#[derive(Clone, Copy)]
enum Day {
    Date,
    Time,
}

/// A day as HL7 v3 writes it; what cannot be read stays as it is, and is wrong in either form.
fn as_date(fact: Said<'_>, day: Day) -> Said<'_> {
    let value = fact.value.map(|text| {
        let read = match day {
            Day::Date => date::date(&text).ok(),
            Day::Time => date::date_time(&text).ok().map(Timestamp::date),
        };
        read.map_or(text, |read| read.to_hl7().into())
    });
    Fact { value, at: fact.at }
}
