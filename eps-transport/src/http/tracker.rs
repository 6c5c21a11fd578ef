//! The tracker: a search for prescriptions, and one prescription with its history.
//!
//! Source: `NHSDigital/electronic-prescription-service-clinical-prescription-tracker`.

use std::fmt;

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use eps_core::fhir;
use eps_core::ids::{Guid, NhsNumber, PrescriptionId, WrittenPrescriptionId, is_check_character_right};
use eps_core::model::{Date, Timestamp};
use eps_core::record::IssueNumber;
use serde_json::json;

use super::Service;
use super::answer::{Answer, HTTP_CODES};
use super::caller;
use super::exchange::failed;
use super::query;
use super::scope::Access;
use super::settings::Leniency;
use super::token::NotAccepted;
use crate::broker::{Ids as _, RandomIds, Wanted};
use crate::store::Store;

/// The type of every answer of the tracker.
const FHIR: &str = "application/fhir+json";

/// How far back a search looks that names no day: two years, one of which may be a leap year.
const DAYS: i64 = 731;

/// What is asked of the tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Prescriptions of these days.
    Search { wanted: Wanted, from: Option<Date>, to: Option<Date> },
    /// One issue of a prescription.
    Details { id: PrescriptionId, issue: AskedIssue },
}

/// Which issue is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AskedIssue {
    Current,
    Number(IssueNumber),
    /// One that there cannot be.
    Impossible,
}

impl AskedIssue {
    fn of(text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::Current };
        let number = text.parse::<u8>().ok().and_then(|number| IssueNumber::try_from(number).ok());
        number.map_or(Self::Impossible, Self::Number)
    }
}

/// What is wrong with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Header(&'static str),
    NoParameter,
    BothParameters,
    Form(&'static str),
    Check(&'static str),
    NoId,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "Missing required header, {name}."),
            Self::NoParameter => {
                let words =
                    "Missing required query string parameter; either prescriptionId or nhsNumber must be included.";
                f.write_str(words)
            }
            Self::BothParameters => {
                let words =
                    "Invalid query string parameters; only prescriptionId or nhsNumber must be provided, not both.";
                f.write_str(words)
            }
            Self::Form(name) => write!(f, "{name} does not match required format."),
            Self::Check(name) => write!(f, "{name} checksum is invalid."),
            Self::NoId => f.write_str("Missing required path parameter: prescriptionId."),
        }
    }
}

/// The problems of a question as they are found.
#[derive(Default)]
struct Found(Vec<Wrong>);

impl Found {
    fn id(&mut self, text: &str) -> Option<PrescriptionId> {
        let text = text.to_ascii_uppercase();
        let id = text.parse::<WrittenPrescriptionId>().ok();
        self.0.extend(id.is_none().then_some(Wrong::Form("prescriptionId")));
        self.0.extend((!is_check_character_right(&text)).then_some(Wrong::Check("prescriptionId")));
        id.and_then(|id| id.checked().ok())
    }

    fn number(&mut self, text: &str) -> Option<NhsNumber> {
        let is_form = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit());
        self.0.extend((!is_form).then_some(Wrong::Form("nhsNumber")));
        let number = text.parse().ok();
        self.0.extend(number.is_none().then_some(Wrong::Check("nhsNumber")));
        number
    }

    fn date(&mut self, pairs: &[(String, String)], name: &'static str) -> Option<Date> {
        let date = query::value(pairs, name).map(|text| Date::parse_hl7(text).map_err(|_| Wrong::Form(name)));
        date?.map_err(|wrong| self.0.push(wrong)).ok()
    }
}

impl Question {
    /// What a search asks.
    fn search(query: &str, today: Date, found: &mut Found) -> Option<Self> {
        let pairs = query::pairs(query);
        let (id, number) = (query::value(&pairs, "prescriptionId"), query::value(&pairs, "nhsNumber"));
        found.0.extend((id.is_none() && number.is_none()).then_some(Wrong::NoParameter));
        found.0.extend((id.is_some() && number.is_some()).then_some(Wrong::BothParameters));
        let id = id.and_then(|id| found.id(id)).map(Wanted::Prescription);
        let number = number.and_then(|number| found.number(number)).map(Wanted::OfPatient);
        let (mut from, to) = (found.date(&pairs, "lowDate"), found.date(&pairs, "highDate"));
        if from.is_none() && to.is_none() {
            from = Some(today.plus_days(-DAYS));
        }
        Some(Self::Search { wanted: id.or(number)?, from, to })
    }

    /// What is asked of one prescription.
    fn details(id: &str, query: &str, found: &mut Found) -> Option<Self> {
        found.0.extend(id.is_empty().then_some(Wrong::NoId));
        let id = found.id(id)?;
        let pairs = query::pairs(query);
        let issue = AskedIssue::of(query::value(&pairs, "issueNumber"));
        Some(Self::Details { id, issue })
    }
}

/// A question as it comes in.
pub(super) struct Asking<'r> {
    pub(super) headers: &'r HeaderMap,
    /// The id in the path; `None` in a search.
    pub(super) id: Option<&'r str>,
    pub(super) query: &'r str,
    pub(super) leniency: Leniency,
    pub(super) now: Timestamp,
}

impl Asking<'_> {
    /// What is asked, if its sender may ask it and everything is there.
    pub(super) fn question<S>(&self, service: &Service<S>) -> Result<Question, Answer> {
        let claims =
            caller::claims(self.headers, service).map_err(|NotAccepted| refusal(Refusal::Unauthorised, self.now))?;
        let access = Access::Tracker.allowed(&claims.scopes());
        access.map_err(|_| refusal(Refusal::Forbidden, self.now))?;
        let mut found = Found::default();
        let question = match self.id {
            None => Question::search(self.query, self.now.date(), &mut found),
            Some(id) => Question::details(id, self.query, &mut found),
        };
        let header = |name: &str| caller::header(self.headers, name).is_some();
        // The gateway of the live service takes two of them from the token.
        let taken = self.leniency.headers_of_token;
        let required = [
            ("x-request-id", header("x-request-id")),
            ("nhsd-organization-uuid", header("nhsd-organization-uuid")),
            ("nhsd-session-urid", header("nhsd-session-urid") || taken && claims.role().is_some()),
            ("nhsd-identity-uuid", header("nhsd-identity-uuid") || taken && claims.user().is_some()),
            ("nhsd-session-jobrole", header("nhsd-session-jobrole")),
        ];
        found.0.extend(required.into_iter().filter(|(_, there)| !there).map(|(name, _)| Wrong::Header(name)));
        match question {
            Some(question) if found.0.is_empty() => Ok(question),
            Some(_) | None => Err(wrong(&found.0, self.now)),
        }
    }
}

/// Why nothing is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    Wrong,
    Unauthorised,
    Forbidden,
    NotFound,
    TooSlow,
    Failed,
}

impl Refusal {
    const fn severity(self) -> &'static str {
        match self {
            Self::Wrong | Self::Unauthorised | Self::Forbidden | Self::NotFound | Self::TooSlow => "error",
            Self::Failed => "fatal",
        }
    }

    /// Status, issue, and code and display of the detail.
    const fn words(self) -> (StatusCode, &'static str, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::Wrong => {
                (S::BAD_REQUEST, "value", "BAD_REQUEST", "400: The Server was unable to process the request.")
            }
            Self::Unauthorised => {
                let words = "401: The Server deemed you unauthorized to make this request.";
                (S::UNAUTHORIZED, "forbidden", "UNAUTHORIZED", words)
            }
            Self::Forbidden => (S::FORBIDDEN, "forbidden", "FORBIDDEN", "403: Failed to Authenticate with the Server."),
            Self::NotFound => {
                let words = "404: The Server was unable to find the specified resource.";
                (S::NOT_FOUND, "not-found", "NOT_FOUND", words)
            }
            Self::TooSlow => {
                let words = "408: The server has timed out whilst processing the request.";
                (S::REQUEST_TIMEOUT, "timeout", "TIMEOUT", words)
            }
            Self::Failed => {
                let words = "500: The Server has encountered an error processing the request.";
                (S::INTERNAL_SERVER_ERROR, "exception", "SERVER_ERROR", words)
            }
        }
    }

    fn answer(self, diagnostics: impl Iterator<Item = Option<String>>, now: Timestamp) -> Answer {
        let (status, code, detail, display) = self.words();
        let issue = |told: Option<String>| {
            let details = json!({ "coding": [{ "system": HTTP_CODES, "code": detail, "display": display }] });
            let mut issue = json!({ "code": code, "severity": self.severity(), "details": details });
            if let (Some(members), Some(told)) = (issue.as_object_mut(), told) {
                members.insert("diagnostics".to_owned(), told.into());
            }
            issue
        };
        let outcome = json!({
            "resourceType": "OperationOutcome",
            "meta": { "lastUpdated": now.to_string() },
            "issue": diagnostics.map(issue).collect::<Vec<_>>(),
        });
        answer(status, outcome.to_string().into_bytes())
    }
}

fn refusal(refusal: Refusal, now: Timestamp) -> Answer {
    refusal.answer(std::iter::once(None), now)
}

/// The same refusal in the form of this product, where it has one.
pub(super) fn in_own_form(other: Answer, now: Timestamp) -> Answer {
    let own = match other.status {
        StatusCode::REQUEST_TIMEOUT => Refusal::TooSlow,
        StatusCode::INTERNAL_SERVER_ERROR => Refusal::Failed,
        _ => return other,
    };
    let mut own = refusal(own, now);
    own.keep_headers_of(other);
    own
}

fn wrong(found: &[Wrong], now: Timestamp) -> Answer {
    Refusal::Wrong.answer(found.iter().map(|wrong| Some(wrong.to_string())), now)
}

fn answer(status: StatusCode, body: Vec<u8>) -> Answer {
    Answer::new(status, FHIR, body).with(header::CACHE_CONTROL, "no-cache")
}

impl<S: Store + 'static> Service<S> {
    /// Answers a question.
    pub(super) fn tell(&self, question: &Question, now: Timestamp) -> Result<Answer, Answer> {
        let mut ids = || -> Guid { RandomIds.next().0 };
        let body = match question {
            Question::Search { wanted, from, to } => {
                let found = self.broker.search(wanted, *from, *to).map_err(|error| failed(&error))?;
                fhir::write_request_groups(&found, &mut ids)
            }
            Question::Details { id, issue } => {
                let unknown =
                    || Refusal::NotFound.answer(std::iter::once(Some("Prescription not found".to_owned())), now);
                let issue = match issue {
                    AskedIssue::Current => None,
                    AskedIssue::Number(number) => Some(*number),
                    AskedIssue::Impossible => return Err(unknown()),
                };
                let metadata = self.broker.metadata(id, issue).map_err(|error| failed(&error))?.ok_or_else(unknown)?;
                // Without what the patient was told, the details are still the details.
                let pharmacy = metadata.supply.dispenser.as_ref();
                let told = pharmacy.map(|pharmacy| self.updates.latest(id.as_str(), pharmacy, now));
                fhir::write_request_group(&metadata, &told.and_then(Result::ok).unwrap_or_default(), &mut ids)
            }
        };
        Ok(answer(StatusCode::OK, body))
    }
}

/// The header that the tracker sends back even where none came.
pub(super) const CORRELATION: HeaderName = HeaderName::from_static("x-correlation-id");
