//! What the query of GET Task can get wrong. A URL has no lines: its problems name the document.

use super::{Broken, Judged, Lands, Seed};

const QUERIES: &[(&str, &str)] = &[
    ("fhir.task-query.empty", ""),
    ("fhir.task-query.empty", "business-status=0001&authored-on=eq2026-03-01&_id=1"),
    ("fhir.task-query.repeated", "identifier=9142DC-A99968-11EB9M&identifier=9142DC-A99968-11EB9M"),
    ("fhir.task-query.repeated", "patient:identifier=9449304130&business-status=0001&business-status=0002"),
    ("fhir.task-query.system", "focus:identifier=https://fhir.nhs.uk/Id/nhs-number|9142DC-A99968-11EB9M"),
    ("fhir.task-query.system", "patient:identifier=https://fhir.nhs.uk/Id/prescription-order-number|9449304130"),
    ("fhir.task-query.system", "identifier=9142DC-A99968-11EB9M&authored-on=http://hl7.org|eq2026-03-01"),
    ("fhir.task-query.date", "identifier=9142DC-A99968-11EB9M&authored-on=2026-03-01"),
    ("fhir.task-query.date", "identifier=9142DC-A99968-11EB9M&authored-on=ge2026-02-30"),
];

pub(super) fn seeds() -> Vec<Seed> {
    let broken =
        |query: &str| Broken { bytes: query.as_bytes().to_vec(), lands: Lands::Document, judged: Judged::TaskQuery };
    let seed = |(rule, query): &(&'static str, &str)| Seed {
        rule,
        what: format!("asks for `{query}`"),
        broken: vec![broken(query)],
    };
    QUERIES.iter().map(seed).collect()
}
