//! A prescription as a dispenser gets it.

use super::super::bundle::Bundle;
use super::super::findings::Findings;
use super::super::json::Node;
use super::super::prescription::{
    course_of_therapy, ids, nominated_performer, prescription_type, review_date, site_preference,
};
use super::super::{bundle_id, line_item, repeat, rules, signature, system};
use super::people::{self, Prefers};
use super::{answered, last_updated};
use crate::codes::ItemStatus;
use crate::ids::MessageId;
use crate::model::{
    AgentPerson, Author, Coded, DaysSupply, Exemptions, LineItem, Prescription, RepeatNumber, Timestamp,
};

/// Reads a released prescription, and the request that it answers.
pub(super) fn released(findings: &mut Findings, root: Node<'_>) -> Option<(Prescription, Option<MessageId>)> {
    let bundle = Bundle::new(findings, root)?;
    let header = bundle.only(findings, "MessageHeader")?;
    let request = match header.get("response") {
        Some(_) => answered(findings, header).map(Some),
        None => Some(None),
    };
    let requests: Vec<_> = bundle.resources("MedicationRequest").collect();
    let Some(first) = requests.first().copied() else {
        findings.breach(&rules::NO_MEDICATION_REQUEST, root);
        return None;
    };
    let message_id = bundle_id(findings, root);
    let effective_time = last_updated(findings, root)?;
    let patient = bundle.only(findings, "Patient").and_then(|node| people::patient(findings, node));
    let ids = ids(findings, first);
    let course = course_of_therapy(findings, &requests);
    let base = requests.iter().find_map(|request| request.list("basedOn").next());
    let repeat = base.map_or(Some(None), |base| repeat::of_information(findings, base));
    let dispense = findings.required(first, "dispenseRequest")?;
    let performer = nominated_performer(findings, dispense);
    // Who signed nothing says no time either.
    let signed = signature::signature(findings, &bundle, first, effective_time);
    let author = findings.required(first, "requester");
    let author = author.and_then(|reference| people::agent(findings, &bundle, reference, Prefers::Acting));
    let responsible_party = responsible_party(findings, &bundle, first);
    let days_supply = days_supply(findings, dispense);
    let site_preference = site_preference(findings, dispense);
    let prescription_type = prescription_type(findings, first);
    let review_date = review_date(findings, first);
    let previous_issue_date = last_dispensed(findings, first);
    let line_items = line_item::line_items(findings, &bundle, &requests, None);
    let line_items = line_items.and_then(|items| {
        let items: Vec<_> = items.into_iter().zip(&requests).map(|(item, node)| told(findings, item, *node)).collect();
        items.into_iter().collect::<Option<Vec<_>>>()
    });
    let (uuid, id) = ids?;
    let (time, signature) = signed?;
    let prescription = Prescription {
        message_id: message_id?,
        effective_time,
        patient: patient?,
        uuid,
        id,
        repeat: repeat?,
        nominated_performer: performer?,
        author: Author { time, signature, person: author? },
        responsible_party: responsible_party?,
        days_supply: days_supply?,
        review_date: review_date?,
        treatment_type: course?.treatment(),
        status: None,
        exemptions: Exemptions::default(),
        site_preference: site_preference?,
        line_items: line_items?,
        token_issued: false,
        prescription_type: prescription_type?,
        previous_issue_date: previous_issue_date?,
        legal_authenticator: None,
        care_event: None,
        temporary_exemption: None,
        fulfils: None,
    };
    Some((prescription, request?))
}

fn responsible_party<'d>(findings: &mut Findings, bundle: &Bundle<'d>, request: Node<'d>) -> Option<AgentPerson> {
    let extension = findings.extension(request, system::RESPONSIBLE)?;
    let reference = findings.required(extension, "valueReference")?;
    people::agent(findings, bundle, reference, Prefers::Answering)
}

/// How long an issue lasts; `Some(None)` where only the first day is told, which any prescription may have.
fn days_supply(findings: &mut Findings, dispense: Node<'_>) -> Option<Option<DaysSupply>> {
    let duration = dispense.get("expectedSupplyDuration");
    let period = dispense.get("validityPeriod");
    let end = period.filter(|period| period.get("end").is_some());
    if duration.is_none() && end.is_none() {
        return Some(None);
    }
    let start = period.filter(|period| period.get("start").is_some());
    let mut day = |period: Option<Node<'_>>, field| match period {
        Some(period) => findings.date_time(period, field).map(|time| Some(time.date())),
        None => Some(None),
    };
    let (low, high) = (day(start, "start"), day(end, "end"));
    let days = match duration {
        Some(duration) => {
            findings.required(duration, "value");
            findings.count(duration, "value").map(Some)
        }
        None => Some(None),
    };
    Some(Some(DaysSupply { low: low?, high: high?, days: days? }))
}

/// When the previous issue was dispensed.
fn last_dispensed(findings: &mut Findings, request: Node<'_>) -> Option<Option<Timestamp>> {
    let information = findings.optional_extension(request, system::DISPENSING_INFORMATION);
    let last = information.and_then(|one| findings.optional_extension(one, system::part::LAST_DISPENSED));
    match last {
        Some(last) => findings.date_time(last, "valueDateTime").map(Some),
        None => Some(None),
    }
}

/// An item with its own issue and its status.
fn told(findings: &mut Findings, item: LineItem, request: Node<'_>) -> Option<LineItem> {
    let information = findings.optional_extension(request, system::DISPENSING_INFORMATION);
    let status = information.and_then(|one| findings.optional_extension(one, system::part::DISPENSE_STATUS));
    let status: Option<Option<Coded<ItemStatus>>> = match status {
        Some(status) => findings.required(status, "valueCoding").and_then(|coding| findings.coded(coding)).map(Some),
        None => Some(None),
    };
    let repeat = issue(findings, request);
    Some(LineItem { status: status?, repeat: repeat?, ..item })
}

/// Which issue of an item it is, from 1, and of how many.
fn issue(findings: &mut Findings, request: Node<'_>) -> Option<Option<RepeatNumber>> {
    let information = findings.optional_extension(request, system::REPEAT_REVIEW);
    let issued = information.and_then(|one| findings.optional_extension(one, system::part::PRESCRIPTIONS_ISSUED));
    let Some(issued) = issued else { return Some(None) };
    findings.required(issued, "valueUnsignedInt");
    let low = findings.count(issued, "valueUnsignedInt");
    let dispense = findings.required(request, "dispenseRequest")?;
    findings.required(dispense, "numberOfRepeatsAllowed");
    let allowed = findings.count(dispense, "numberOfRepeatsAllowed");
    Some(Some(RepeatNumber { low: low?, high: allowed?.saturating_add(1) }))
}
