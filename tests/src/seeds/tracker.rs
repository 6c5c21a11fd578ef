//! What Spine's answers about prescriptions can get wrong.

use serde_json::Value;

use super::json::At::{Here, Owner};
use super::json::Change::{Remove, Set};
use super::json::{Row, seeds_of};
use super::{Judged, Seed, xml};

pub(super) fn details() -> Value {
    serde_json::from_str(include_str!("../../../fuzz/seeds/tracker_read/details.json")).unwrap()
}

pub(super) fn search() -> Value {
    serde_json::from_str(include_str!("../../../fuzz/seeds/tracker_read/search.json")).unwrap()
}

pub(super) fn metadata() -> String {
    include_str!("../../../fuzz/seeds/hl7v3_read/prescription-metadata.xml").to_owned()
}

fn search_results() -> String {
    metadata().replace("PORX_IN000006UK99", "PRESCRIPTIONSEARCHRESPONSE_SM01")
}

/// A member of the prescription of [`details`].
macro_rules! of {
    ($path:literal) => {
        concat!("/9142DC-A99968-11EB9M/", $path)
    };
}

const TRACKER: &[Row] = &[
    ("tracker.answer", details, "", Set("[]"), Here),
    ("tracker.missing", details, "/statusCode", Remove, Owner),
    ("tracker.missing", details, of!("prescriptionStatus"), Remove, Owner),
    ("tracker.missing", details, of!("patientNhsNumber"), Remove, Owner),
    ("tracker.missing", details, of!("prescriptionTreatmentType"), Remove, Owner),
    ("tracker.missing", details, of!("repeatInstance/currentIssue"), Remove, Owner),
    ("tracker.missing", details, of!("repeatInstance/totalAuthorised"), Remove, Owner),
    ("tracker.type", details, "/statusCode", Set("[]"), Here),
    ("tracker.type", details, of!("prescriptionStatus"), Set("{}"), Here),
    ("tracker.type", details, of!("repeatInstance"), Set("[]"), Here),
    ("tracker.type", details, of!("prescriber"), Set("\"A99968\""), Here),
    ("tracker.type", details, of!("lineItems"), Set("[]"), Here),
    ("tracker.text", details, "/statusCode", Set("\"0 0\""), Here),
    ("tracker.text", details, of!("prescriber/name"), Set("\"\\u0001\""), Here),
    ("tracker.words", details, of!("prescriptionStatus"), Set("\"Lost\""), Here),
    ("tracker.words", details, of!("prescriptionTreatmentType"), Set("\"Lost\""), Here),
    ("tracker.words", details, of!("lineItems/ea66ee9d-a981-432f-8c27-6907cbd99219/itemStatus"), Set("\"Lost\""), Here),
    ("tracker.time", details, of!("lastEventDate"), Set("\"2026\""), Here),
    ("tracker.time", details, of!("prescriptionIssueDate"), Set("\"20260230\""), Here),
    ("tracker.time", details, of!("prescriptionDownloadDate"), Set("\"2026-03-01\""), Here),
    ("tracker.number", details, of!("repeatInstance/currentIssue"), Set("\"two\""), Here),
    ("tracker.number", details, of!("repeatInstance/totalAuthorised"), Set("\"-1\""), Here),
    ("tracker.number", details, of!("lineItems/ea66ee9d-a981-432f-8c27-6907cbd99219/quantity"), Set("\"many\""), Here),
    ("tracker.flag", details, of!("pendingCancellations"), Set("\"yes\""), Here),
];

const SEARCH: &[Row] = &[
    ("tracker.code", search, "/Response/prescriptions/*/issueDetail/*/prescriptionStatus", Set("\"1\""), Here),
    ("tracker.code", search, "/Response/prescriptions/*/prescriptionTreatmentType", Set("\"1\""), Here),
    ("tracker.flag", search, "/Response/prescriptions/*/issueDetail/*/prescCancPending", Set("\"yes\""), Here),
    ("tracker.missing", search, "/Response/prescriptions/*/issueDetail", Remove, Owner),
    ("tracker.time", search, "/Response/prescriptions/*/prescribedDate", Set("\"now\""), Here),
];

const METADATA: &[xml::Row] = &[
    (
        "tracker.components",
        metadata,
        "dispenseNotification/componentsLineItem1",
        xml::Change::Become("<componentsLineItem1>[{product}]</componentsLineItem1>"),
        xml::At::Here,
    ),
    (
        "tracker.code",
        metadata,
        "epsRecord/prescriptionStatus",
        xml::Change::Become("<prescriptionStatus>1</prescriptionStatus>"),
        xml::At::Here,
    ),
];

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = seeds_of(TRACKER, Judged::Tracker);
    seeds.extend(seeds_of(SEARCH, Judged::Search));
    seeds.extend(xml::seeds_of(METADATA, Judged::Validate));
    seeds.extend(xml::seeds_of(RESULTS, Judged::Validate));
    seeds
}

const RESULTS: &[xml::Row] = &[(
    "hl7v3.search-results",
    search_results,
    "ControlActEvent/subject",
    xml::Change::Become("<subject/>"),
    xml::At::Here,
)];
