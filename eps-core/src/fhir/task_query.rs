//! The query of GET Task: what is asked for, what Spine's tracker is asked, and which Tasks answer it.

use std::fmt;

use super::rules;
use crate::codes::{PrescriptionStatus, system};
use crate::model::{Date, TrackedPrescription};
use crate::problem::{Place, Problem, Problems};

/// The parameters that a query may have; others are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parameter {
    Focus,
    Identifier,
    Patient,
    Status,
    AuthoredOn,
}

impl Parameter {
    const ALL: [Self; 5] = [Self::Focus, Self::Identifier, Self::Patient, Self::Status, Self::AuthoredOn];

    const fn name(self) -> &'static str {
        match self {
            Self::Focus => "focus:identifier",
            Self::Identifier => "identifier",
            Self::Patient => "patient:identifier",
            Self::Status => "business-status",
            Self::AuthoredOn => "authored-on",
        }
    }

    /// The system that a value may name.
    const fn system(self) -> Option<&'static str> {
        match self {
            Self::Focus | Self::Identifier => Some(system::PRESCRIPTION_NUMBER),
            Self::Patient => Some(system::NHS_NUMBER),
            Self::Status => Some(PrescriptionStatus::SYSTEM),
            Self::AuthoredOn => None,
        }
    }

    /// Whether it says enough to be asked alone.
    const fn stands_alone(self) -> bool {
        match self {
            Self::Focus | Self::Identifier | Self::Patient => true,
            Self::Status | Self::AuthoredOn => false,
        }
    }
}

/// When a prescription was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the NHS service takes these prefixes of FHIR and no other")]
pub enum AskedDate {
    /// On this day.
    On(Date),
    /// On this day or before.
    Until(Date),
    /// On this day or after.
    Since(Date),
}

impl AskedDate {
    fn holds(self, date: Date) -> bool {
        let date = date.calendar();
        match self {
            Self::On(day) => date == day.calendar(),
            Self::Until(last) => date <= last.calendar(),
            Self::Since(first) => date >= first.calendar(),
        }
    }

    fn first(self) -> Option<Date> {
        match self {
            Self::On(date) | Self::Since(date) => Some(date),
            Self::Until(_) => None,
        }
    }

    fn last(self) -> Option<Date> {
        match self {
            Self::On(date) | Self::Until(date) => Some(date),
            Self::Since(_) => None,
        }
    }

    /// A prefix and a day anywhere in the text: the NHS service does not look at what stands around them.
    fn read(text: &str) -> Option<Self> {
        let date = |bytes: &[u8]| {
            let (prefix, day) = bytes.split_at_checked(2)?;
            let make = match prefix {
                b"eq" => Self::On,
                b"le" => Self::Until,
                b"ge" => Self::Since,
                _ => return None,
            };
            let fits = |(at, byte): (usize, &u8)| matches!(at, 4 | 7) == (*byte == b'-');
            let digits: String = day.iter().filter(|byte| **byte != b'-').map(|byte| char::from(*byte)).collect();
            day.iter().enumerate().all(fits).then_some(())?;
            Date::parse_hl7(&digits).ok().map(make)
        };
        text.as_bytes().windows(12).find_map(date)
    }
}

/// What GET Task asks for. Ids and codes are kept as they were asked: what is none finds nothing. `Debug` withholds the
/// patient.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TaskQuery {
    focus: Option<Box<str>>,
    identifier: Option<Box<str>>,
    patient: Option<Box<str>>,
    status: Option<Box<str>>,
    authored: Vec<AskedDate>,
}

impl fmt::Debug for TaskQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { focus, identifier, patient, status, authored } = self;
        f.debug_struct("TaskQuery")
            .field("focus", focus)
            .field("identifier", identifier)
            .field("patient", &patient.as_ref().map(|_| "withheld"))
            .field("status", status)
            .field("authored", authored)
            .finish()
    }
}

/// What Spine's NHS 111 tracker is asked to answer a [`TaskQuery`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "Spine has two such services")]
pub enum TrackerQuestion<'q> {
    /// `nhs111itemdetails`, of the first issue.
    Details {
        /// `prescriptionId`
        prescription_id: &'q str,
    },
    /// `nhs111itemsummary`
    Summary {
        /// `nhsNumber`
        nhs_number: &'q str,
        /// `prescriptionStatus`
        status: Option<&'q str>,
        /// `earliestDate`
        earliest: Option<Date>,
        /// `latestDate`
        latest: Option<Date>,
    },
}

impl fmt::Debug for TrackerQuestion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Details { prescription_id } => {
                f.debug_struct("Details").field("prescription_id", prescription_id).finish()
            }
            Self::Summary { nhs_number: _, status, earliest, latest } => f
                .debug_struct("Summary")
                .field("status", status)
                .field("earliest", earliest)
                .field("latest", latest)
                .finish_non_exhaustive(),
        }
    }
}

impl TaskQuery {
    /// What to ask Spine: a prescription's id wins over a patient's.
    #[must_use]
    pub fn question(&self) -> TrackerQuestion<'_> {
        let Self { focus, identifier, patient, status, authored } = self;
        match focus.as_deref().or(identifier.as_deref()) {
            Some(prescription_id) => TrackerQuestion::Details { prescription_id },
            None => TrackerQuestion::Summary {
                // A query names one of the three.
                nhs_number: patient.as_deref().unwrap_or_default(),
                status: status.as_deref(),
                earliest: authored.iter().find_map(|date| date.first()),
                latest: authored.iter().find_map(|date| date.last()),
            },
        }
    }

    /// Whether a prescription is one that the query asks for: everything that it says must hold.
    #[must_use]
    pub fn matches(&self, prescription: &TrackedPrescription) -> bool {
        let Self { focus, identifier, patient, status, authored } = self;
        let is = |wanted: &Option<Box<str>>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        is(focus, prescription.id.as_str())
            && is(identifier, prescription.id.as_str())
            && is(patient, prescription.nhs_number.as_str())
            && is(status, prescription.status.code())
            && authored.iter().all(|date| prescription.issued.is_some_and(|issued| date.holds(issued.date())))
    }

    fn value(&mut self, parameter: Parameter, value: &str) {
        let slot = match parameter {
            Parameter::Focus => &mut self.focus,
            Parameter::Identifier => &mut self.identifier,
            Parameter::Patient => &mut self.patient,
            Parameter::Status => &mut self.status,
            Parameter::AuthoredOn => return self.authored.extend(AskedDate::read(value)),
        };
        slot.get_or_insert_with(|| value.into());
    }
}

/// Reads the parameters of a query, names and values decoded, in the order of the URL.
///
/// ```
/// use eps_core::fhir::{TrackerQuestion, task_query};
/// let query = task_query([("patient:identifier", "9449304130"), ("authored-on", "ge2026-03-01")])?;
/// assert!(matches!(query.question(), TrackerQuestion::Summary { nhs_number: "9449304130", .. }));
/// assert!(task_query([("authored-on", "2026-03-01")]).is_err());
/// # Ok::<(), eps_core::problem::Problems>(())
/// ```
///
/// # Errors
/// Everything that is wrong with them under `fhir.task-query.*`, in the words of the NHS service and in its order: what is
/// missing, then parameter after parameter as each is first named. A URL has no lines, so the place is the document.
pub fn task_query<'q>(parameters: impl IntoIterator<Item = (&'q str, &'q str)>) -> Result<TaskQuery, Problems> {
    let mut asked: Vec<(Parameter, Vec<&str>)> = Vec::with_capacity(Parameter::ALL.len());
    for (name, value) in parameters {
        let Some(parameter) = Parameter::ALL.into_iter().find(|known| known.name() == name) else { continue };
        match asked.iter_mut().find(|(known, _)| *known == parameter) {
            Some((_, values)) => values.push(value),
            None => asked.push((parameter, vec![value])),
        }
    }
    let mut problems = Vec::new();
    if !asked.iter().any(|(parameter, _)| parameter.stands_alone()) {
        problems.push(Problem::new(&rules::QUERY_EMPTY, Place::Document));
    }
    let mut query = TaskQuery::default();
    for (parameter, values) in asked {
        if values.len() > 1 && parameter != Parameter::AuthoredOn {
            let problem = Problem::new(&rules::QUERY_REPEATED, Place::Document);
            problems.push(problem.found(parameter.name()));
        }
        for value in values {
            problems.extend(problem_of(parameter, value));
            query.value(parameter, split(value).1);
        }
    }
    match Problems::from_vec(problems) {
        Some(problems) => Err(problems),
        None => Ok(query),
    }
}

/// The system that a value names, and the value itself.
fn split(value: &str) -> (Option<&str>, &str) {
    match value.split_once('|') {
        Some((system, value)) if !system.is_empty() => (Some(system), value),
        Some(_) | None => (None, value),
    }
}

fn problem_of(parameter: Parameter, whole: &str) -> Option<Problem> {
    let (system, value) = split(whole);
    let name = parameter.name();
    let message = match (parameter.system(), system) {
        (Some(wanted), Some(system)) if system != wanted => {
            format!("Query parameter {name} must have system {wanted} if specified.")
        }
        (None, Some(_)) => format!("Query parameter {name} must not have a system specified."),
        (None, None) if AskedDate::read(value).is_none() => {
            return Some(Problem::new(&rules::QUERY_DATE, Place::Document).found(value));
        }
        (Some(_) | None, Some(_) | None) => return None,
    };
    Some(Problem::new(&rules::QUERY_SYSTEM, Place::Document).message(message).found(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: &str = "https://fhir.nhs.uk/Id/prescription-order-number";

    fn told(parameters: &[(&str, &str)]) -> Vec<String> {
        let problems = task_query(parameters.iter().copied()).unwrap_err();
        problems.iter().map(|problem| problem.message.as_str().to_owned()).collect()
    }

    #[test]
    fn every_breach_is_told_in_the_order_of_the_url() {
        assert_eq!(
            told(&[
                ("authored-on", "2022-01-01"),
                ("business-status", "https://example.org|0001"),
                ("_id", "ignored"),
                ("business-status", "0002"),
                ("authored-on", "https://example.org|ge2022-01-01"),
            ]),
            [
                "At least one of the following query parameters must be provided: focus:identifier, identifier, \
                 patient:identifier.",
                "Value for date param authored-on should match pattern /(eq|le|ge)\\d{4}-\\d{2}-\\d{2}/.",
                "Query parameter authored-on must not have a system specified.",
                "Invalid combination of query parameters.",
                "Query parameter business-status must have system \
                 https://fhir.nhs.uk/CodeSystem/EPS-task-business-status if specified.",
            ]
        );
        assert_eq!(
            told(&[("patient:identifier", &format!("{ORDER}|9449304130"))]),
            ["Query parameter patient:identifier must have system https://fhir.nhs.uk/Id/nhs-number if specified."]
        );
        assert_eq!(told(&[]).len(), 1);
    }

    #[test]
    fn a_prescription_wins_over_a_patient() {
        let id = format!("{ORDER}|9142DC-A99968-11EB9M");
        for name in ["focus:identifier", "identifier"] {
            let query = task_query([("patient:identifier", "9449304130"), (name, &*id)]).unwrap();
            assert_eq!(query.question(), TrackerQuestion::Details { prescription_id: "9142DC-A99968-11EB9M" });
        }
        let both = [("identifier", "B"), ("focus:identifier", "A")];
        assert_eq!(task_query(both).unwrap().question(), TrackerQuestion::Details { prescription_id: "A" });
    }

    #[test]
    fn the_first_dates_bound_the_summary() {
        let day = |text| Some(Date::parse_hl7(text).unwrap());
        let asked = |dates: &[&'static str]| {
            let dates = dates.iter().map(|date| ("authored-on", *date));
            let query = task_query(
                [("patient:identifier", "9449304130"), ("business-status", "0006")].into_iter().chain(dates),
            );
            match query.unwrap().question() {
                TrackerQuestion::Summary { nhs_number: "9449304130", status: Some("0006"), earliest, latest } => {
                    (earliest, latest)
                }
                other @ (TrackerQuestion::Summary { .. } | TrackerQuestion::Details { .. }) => panic!("{other:?}"),
            }
        };
        assert_eq!(asked(&["eq2022-01-01"]), (day("20220101"), day("20220101")));
        assert_eq!(asked(&["le2022-02-01", "ge2022-01-01", "ge2022-01-02"]), (day("20220101"), day("20220201")));
        assert_eq!(asked(&["xge2022-01-01T00:00"]), (day("20220101"), None));
        assert_eq!(asked(&[]), (None, None));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for bad in
            ["", "2022-01-01", "gt2022-01-01", "ge2022-1-01", "ge2022-13-01", "ge20220101--", "ge2022-01-0é", "é"]
        {
            assert_eq!(AskedDate::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_pipe_in_front_is_part_of_the_value() {
        assert_eq!(split("|v"), (None, "|v"));
        assert_eq!(split("s|v|w"), (Some("s"), "v|w"));
        assert_eq!(split("v"), (None, "v"));
    }

    #[test]
    fn the_patient_is_not_shown() {
        let query = task_query([("patient:identifier", "9449304130")]).unwrap();
        assert!(!format!("{query:?} {:?}", query.question()).contains("9449304130"));
    }
}
