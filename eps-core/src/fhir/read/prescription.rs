//! A prescription-order as a `Prescription`.

use super::bundle::Bundle;
use super::findings::Findings;
use super::json::Node;
use super::practitioner::{self, Part};
use super::{line_item, patient, rules, signature, system};
use crate::codes::{CourseOfTherapy, DispensingSitePreference, fixed};
use crate::ids::{MessageId, OdsCode, PrescriptionUuid, WrittenPrescriptionId};
use crate::model::{AgentPerson, Author, Code, Date, DaysSupply, Exemptions, Prescription, RepeatNumber, Timestamp};

/// Reads the prescription of a Bundle.
pub(super) fn prescription(
    findings: &mut Findings,
    bundle: &Bundle<'_>,
    message_id: Option<MessageId>,
    now: Timestamp,
) -> Option<Prescription> {
    let requests: Vec<_> = bundle.resources("MedicationRequest").collect();
    let Some(first) = requests.first().copied() else {
        findings.breach(&rules::NO_MEDICATION_REQUEST, bundle.root);
        return None;
    };
    let patient = bundle.only(findings, "Patient").and_then(|node| patient::patient(findings, node));
    let ids = ids(findings, first);
    let course = course_of_therapy(findings, &requests);
    let repeat = course.and_then(|course| repeat_number(findings, first, course));
    let dispense = findings.required(first, "dispenseRequest");
    let author = author(findings, bundle, first, now);
    let responsible_party = responsible_party(findings, bundle, first);
    let schedule = dispense.and_then(|dispense| schedule(findings, dispense, course, author.as_ref()));
    let performer = dispense.and_then(|dispense| nominated_performer(findings, dispense));
    let site_preference = dispense.and_then(|dispense| site_preference(findings, dispense));
    let prescription_type = prescription_type(findings, first);
    let review_date = review_date(findings, first);
    let line_items = line_item::line_items(findings, bundle, &requests, repeat.flatten());
    let (uuid, id) = ids?;
    let (effective_time, days_supply) = schedule?;
    Some(Prescription {
        message_id: message_id?,
        effective_time,
        patient: patient?,
        uuid,
        id,
        repeat: repeat?,
        nominated_performer: performer?,
        author: author?,
        responsible_party: responsible_party?,
        days_supply,
        review_date: review_date?,
        treatment_type: course?.treatment(),
        status: None,
        exemptions: Exemptions::default(),
        site_preference: site_preference?,
        line_items: line_items?,
        token_issued: false,
        prescription_type: prescription_type?,
        previous_issue_date: None,
        legal_authenticator: None,
        care_event: None,
        temporary_exemption: None,
        fulfils: None,
    })
}

/// The long and the short form of the prescription's id.
pub(super) fn ids(findings: &mut Findings, request: Node<'_>) -> Option<(PrescriptionUuid, WrittenPrescriptionId)> {
    let group = findings.required(request, "groupIdentifier")?;
    let long = findings.extension(group, system::PRESCRIPTION_ID).and_then(|extension| {
        let identifier = findings.required(extension, "valueIdentifier")?;
        let value = findings.required(identifier, "value")?;
        findings.id(value)
    });
    let short = findings.required(group, "value").and_then(|value| findings.prescription_id(value));
    Some((long?, short?))
}

/// The one course of therapy of all requests: acute and continuous ones together count as acute.
pub(super) fn course_of_therapy(findings: &mut Findings, requests: &[Node<'_>]) -> Option<CourseOfTherapy> {
    let mut codes: Vec<(&str, Node<'_>)> = Vec::new();
    for request in requests {
        let concept = findings.required(*request, "courseOfTherapyType")?;
        for coding in findings.list(concept, "coding") {
            let node = findings.required(coding, "code")?;
            let code = node.as_str().unwrap_or_default();
            if codes.len() < 3 && codes.iter().all(|(known, _)| *known != code) {
                codes.push((code, node));
            }
        }
    }
    match codes.as_slice() {
        [] => {
            findings.missing(*requests.first()?, "courseOfTherapyType.coding");
            None
        }
        [(_, node)] => {
            let words = "Unhandled course of therapy type code";
            findings.known(*node, CourseOfTherapy::from_fhir, &rules::COURSE_UNKNOWN, words)
        }
        [(one, _), (two, second), rest @ ..] => {
            let two_known = CourseOfTherapy::from_fhir(one).zip(CourseOfTherapy::from_fhir(two));
            let mixed = two_known.and_then(|(one, two)| one.mixed_with(two)).filter(|_| rest.is_empty());
            if mixed.is_none() {
                findings.breach(&rules::COURSE_MIXED, *second);
            }
            mixed
        }
    }
}

/// Which issue of how many; `Some(None)` for acute prescriptions. FHIR counts the repeats after the first issue.
fn repeat_number(findings: &mut Findings, request: Node<'_>, course: CourseOfTherapy) -> Option<Option<RepeatNumber>> {
    match course {
        CourseOfTherapy::Acute => Some(None),
        CourseOfTherapy::Continuous => Some(Some(RepeatNumber { low: 1, high: 1 })),
        CourseOfTherapy::ContinuousRepeatDispensing => {
            let dispense = findings.required(request, "dispenseRequest")?;
            if dispense.get("numberOfRepeatsAllowed").is_none() {
                findings.breach(&rules::REPEATS_ALLOWED, dispense);
                return None;
            }
            let allowed = findings.count(dispense, "numberOfRepeatsAllowed");
            let allowed = repeats_of_base(findings, request).unwrap_or(allowed);
            Some(Some(RepeatNumber { low: 1, high: allowed?.saturating_add(1) }))
        }
    }
}

/// The repeats that `basedOn` gives, where it gives any: released prescriptions are sent back so.
fn repeats_of_base(findings: &mut Findings, request: Node<'_>) -> Option<Option<u32>> {
    let extensions = findings.list(request, "basedOn").flat_map(|base| base.list("extension"));
    let repeats = extensions.filter(|extension| extension.str("url") == Some(system::REPEAT));
    let repeat = findings.at_most_one(repeats, super::findings::Condition::Url(system::REPEAT))?;
    let allowed = findings.optional_extension(repeat, system::part::REPEATS_ALLOWED)?;
    findings.required(allowed, "valueInteger");
    Some(findings.count(allowed, "valueInteger"))
}

fn author(findings: &mut Findings, bundle: &Bundle<'_>, request: Node<'_>, now: Timestamp) -> Option<Author> {
    let signed = signature_of(findings, bundle, request, now);
    let person = findings.required(request, "requester").and_then(|requester| {
        let role = bundle.resolve(findings, requester)?;
        practitioner::agent_person(findings, bundle, role, Part::Author)
    });
    let (time, signature) = signed?;
    Some(Author { time, signature, person: person? })
}

/// The requester's signature. The Bundle and the request have the same document.
fn signature_of<'d>(
    findings: &mut Findings,
    bundle: &Bundle<'d>,
    request: Node<'d>,
    now: Timestamp,
) -> Option<(Timestamp, crate::model::SignatureText)> {
    signature::signature(findings, bundle, request, now)
}

/// The responsible practitioner; the requester where none is named.
fn responsible_party(findings: &mut Findings, bundle: &Bundle<'_>, request: Node<'_>) -> Option<AgentPerson> {
    let element = match findings.optional_extension(request, system::RESPONSIBLE) {
        Some(extension) => findings.required(extension, "valueReference")?,
        None => request.get("requester")?,
    };
    let role = bundle.resolve(findings, element)?;
    practitioner::agent_person(findings, bundle, role, Part::ResponsibleParty)
}

/// The kind of dispenser preferred.
pub(super) fn site_preference(findings: &mut Findings, dispense: Node<'_>) -> Option<DispensingSitePreference> {
    let extension = findings.extension(dispense, system::SITE_TYPE)?;
    let coding = findings.required(extension, "valueCoding")?;
    findings.code_of(coding, "code")
}

/// Who prescribes in which setting.
pub(super) fn prescription_type(findings: &mut Findings, request: Node<'_>) -> Option<Code> {
    let extension = findings.extension(request, system::PRESCRIPTION_TYPE)?;
    let coding = findings.required(extension, "valueCoding")?;
    findings.code(coding, "code")
}

/// The nominated dispenser.
pub(super) fn nominated_performer(findings: &mut Findings, dispense: Node<'_>) -> Option<Option<OdsCode>> {
    let Some(performer) = dispense.get("performer") else { return Some(None) };
    let identifier = findings.required(performer, "identifier")?;
    let value = findings.required(identifier, "value")?;
    findings.id(value).map(Some)
}

/// From when the prescription is valid, and for repeat dispensing how long an issue lasts.
fn schedule(
    findings: &mut Findings,
    dispense: Node<'_>,
    course: Option<CourseOfTherapy>,
    author: Option<&Author>,
) -> Option<(Timestamp, Option<DaysSupply>)> {
    let period = dispense.get("validityPeriod");
    let effective_time = match period {
        Some(period) => findings.date_time(period, "start"),
        None => author.map(|author| author.time),
    };
    let days_supply = match course? {
        CourseOfTherapy::Acute | CourseOfTherapy::Continuous => Some(None),
        CourseOfTherapy::ContinuousRepeatDispensing => days_supply(findings, dispense).map(Some),
    };
    Some((effective_time?, days_supply?))
}

/// `daysSupply`; that both elements are there is a rule of validation.
fn days_supply(findings: &mut Findings, dispense: Node<'_>) -> Option<DaysSupply> {
    let period = dispense.get("validityPeriod")?;
    let low = findings.date_time(period, "start").map(Timestamp::date);
    let high = findings.date_time(period, "end").map(Timestamp::date);
    let duration = dispense.get("expectedSupplyDuration")?;
    if duration.str("code") != Some(fixed::DAYS) {
        findings.breach(&rules::SUPPLY_DURATION, duration.get("code").unwrap_or(duration));
    }
    findings.required(duration, "value");
    let days = findings.count(duration, "value");
    Some(DaysSupply { low: Some(low?), high: Some(high?), days: Some(days?) })
}

/// When the repeat is to be reviewed; `Some(None)` where nothing says so.
pub(super) fn review_date(findings: &mut Findings, request: Node<'_>) -> Option<Option<Date>> {
    let Some(information) = findings.optional_extension(request, system::REPEAT_REVIEW) else { return Some(None) };
    let Some(expiry) = findings.optional_extension(information, system::part::REVIEW_DATE) else { return Some(None) };
    findings.date(expiry, "valueDateTime").map(Some)
}
