//! The status updates: pharmacies tell patients of their items, and, in tests, read what they told.
//!
//! Source: `NHSDigital/eps-prescription-status-update-api`.

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use eps_core::fhir::{StatusUpdate, StatusUpdateEntry, StatusUpdates, read_status_updates, supplier_status_updates};
use eps_core::model::Timestamp;
use serde_json::{Value, json};

use super::answer::{Answer, HTTP_CODES, Problem};
use super::query;
use super::scope::Access;
use super::token::{Claims, NotAccepted};
use super::{Service, caller};
use crate::derived::ids_of;
use crate::store::Store;
use crate::updates::{Logged, Looked, Outcome};

/// The type of the answers to updates.
const FHIR: &str = "application/fhir+json";

/// The most updates of one answer.
const PAGE: u32 = 15;

/// What is said of an application that its token does not name.
const UNKNOWN: &str = "unknown";

/// The headers in which an answer says where the next one begins, and in which that is sent back.
const LAST: [HeaderName; 2] =
    [HeaderName::from_static("lastevaluatedkey-prescriptionid"), HeaderName::from_static("lastevaluatedkey-taskid")];
const START: [&str; 2] = ["exclusivestartkey-prescriptionid", "exclusivestartkey-taskid"];

/// An application that may send and read updates.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    name: Option<String>,
    id: Option<String>,
    /// Whether it reads what others sent.
    shows_all: bool,
}

impl Sender {
    /// The sender of a request, if it may.
    pub(super) fn of(claims: Result<Claims, NotAccepted>) -> Result<Self, Answer> {
        let claims = claims.map_err(|NotAccepted| Problem::NoToken.answer())?;
        Access::StatusUpdate.allowed(&claims.scopes()).map_err(|denied| Problem::Denied(denied).answer())?;
        let Claims { application_name, client_id, application_id, show_all_suppliers, .. } = claims;
        Ok(Self { name: application_name.or(client_id), id: application_id, shows_all: show_all_suppliers })
    }

    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(UNKNOWN)
    }
}

/// What is said of one entry, or of all of them.
enum Said<'s> {
    Created,
    Fine,
    Wrong(&'s str),
    Known { task: &'s str, modified: &'s str },
    Busy,
    Failed,
    Late,
}

impl Said<'_> {
    fn status(&self) -> &'static str {
        match self {
            Self::Created => "201 Created",
            Self::Fine => "200 OK",
            Self::Wrong(_) => "400 Bad Request",
            Self::Known { .. } => "409 Conflict",
            Self::Busy => "429 Too Many Requests",
            Self::Failed => "500 Internal Server Error",
            Self::Late => "504 The request timed out",
        }
    }

    fn issue(&self) -> Value {
        match self {
            Self::Created => issue("information", "success", "No issues detected during validation."),
            Self::Fine => issue("information", "informational", "Data not committed due to issues in other entries."),
            Self::Wrong(words) => issue("error", "value", words),
            Self::Known { .. } => {
                let words =
                    "Request contains a task id and prescription id identical to a record already in the data store.";
                let mut issue = issue("error", "duplicate", words);
                let display = "409: The Receiver identified a conflict.";
                let coding = json!({ "system": HTTP_CODES, "code": "REC_CONFLICT", "display": display });
                if let Some(members) = issue.as_object_mut() {
                    members.insert("details".to_owned(), json!({ "coding": [coding] }));
                }
                issue
            }
            Self::Busy => json!({ "severity": "error", "code": "temporarily-forbidden" }),
            Self::Failed => issue("fatal", "exception", "The Server has encountered an error processing the request."),
            Self::Late => {
                issue("fatal", "timeout", "The Server has timed out while processing the request sent by the client.")
            }
        }
    }

    /// The entry that says it.
    fn entry(&self, full_url: Option<&str>, now: Timestamp) -> Value {
        let outcome = json!({
            "resourceType": "OperationOutcome",
            "meta": { "lastUpdated": now.to_string() },
            "issue": [self.issue()],
        });
        let mut response = json!({ "status": self.status(), "outcome": outcome });
        if let (Self::Known { task, modified }, Some(members)) = (self, response.as_object_mut()) {
            members.insert("location".to_owned(), format!("Task/{task}").into());
            members.insert("lastModified".to_owned(), (*modified).into());
        }
        match full_url {
            Some(full_url) => json!({ "fullUrl": full_url, "response": response }),
            None => json!({ "response": response }),
        }
    }
}

fn issue(severity: &str, code: &str, words: &str) -> Value {
    json!({ "severity": severity, "code": code, "diagnostics": words })
}

fn answer(status: StatusCode, entries: Vec<Value>) -> Answer {
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": entries });
    Answer::new(status, FHIR, bundle.to_string()).with(header::CACHE_CONTROL, "no-cache")
}

fn alone(status: StatusCode, said: &Said<'_>, now: Timestamp) -> Answer {
    answer(status, vec![said.entry(None, now)])
}

/// The same refusal in the form of this product, where it has one.
pub(super) fn in_own_form(refusal: Answer, now: Timestamp) -> Answer {
    let said = match refusal.status {
        StatusCode::TOO_MANY_REQUESTS => Said::Busy,
        StatusCode::INTERNAL_SERVER_ERROR => Said::Failed,
        StatusCode::GATEWAY_TIMEOUT => Said::Late,
        _ => return refusal,
    };
    let mut own = alone(refusal.status, &said, now);
    own.keep_headers_of(refusal);
    own
}

/// That updates could not be read.
pub(super) fn not_read() -> Answer {
    Answer::json(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "message": "A system error has occurred" }))
}

impl<S: Store + 'static> Service<S> {
    /// Logs updates: all of a Bundle or none.
    pub(super) fn log_updates(
        &self,
        sender: &Sender,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Answer, Answer> {
        let wrong = |words: &str| alone(StatusCode::BAD_REQUEST, &Said::Wrong(words), now);
        let request = caller::header(headers, "x-request-id");
        let request = request.ok_or_else(|| wrong("Missing or empty x-request-id header."))?;
        if sender.name.is_none() && self.settings.named_applications {
            return Err(answer(StatusCode::BAD_REQUEST, Vec::new()));
        }
        let read = read_status_updates(body, now).map_err(|found| Answer::problems(&found, now))?;
        let entries = match read {
            StatusUpdates::Entries(entries) => entries,
            StatusUpdates::NoTransaction => {
                let words = "Request body does not have resourceType of 'Bundle' and type of 'transaction'.";
                return Err(wrong(words));
            }
        };
        if entries.is_empty() {
            return Ok(answer(StatusCode::OK, Vec::new()));
        }
        let good = all_good(&entries, now)?;
        let name = (sender.name(), sender.id.as_deref().unwrap_or(UNKNOWN));
        let log: Vec<_> =
            good.iter().map(|update| Logged::new((*update).clone(), request, name.0, name.1, now)).collect();
        match self.updates.add(&log, now) {
            Ok(Outcome::Logged) => {
                let said = entries.iter().map(|entry| Said::Created.entry(entry.full_url.as_deref(), now));
                Ok(answer(StatusCode::CREATED, said.collect()))
            }
            Ok(Outcome::Known(known)) => Err(conflict(&entries, &good, &known, now)),
            Err(error) => {
                tracing::error!(%error, "status updates could not be kept");
                Err(Problem::Server.answer())
            }
        }
    }

    /// Logs updates in the format of one supplier. A message that is sent again is one that is known.
    pub(super) fn log_supplier_updates(
        &self,
        sender: &Sender,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Answer, Answer> {
        let mut ids = ids_of(body);
        let bundle = supplier_status_updates(body, &mut ids).map_err(|found| Answer::problems(&found, now))?;
        match bundle {
            None => Ok(Answer::json(StatusCode::ACCEPTED, &json!("Message Ignored"))),
            Some(bundle) => self.log_updates(sender, headers, &bundle, now),
        }
    }

    /// Updates that were told before.
    pub(super) fn read_updates(&self, sender: &Sender, headers: &HeaderMap, query: &str) -> Answer {
        let pairs = query::pairs(query);
        let value = |name| query::value(&pairs, name);
        let other = caller::header(headers, "x-override-application-name");
        let application = if sender.shows_all { other } else { Some(sender.name()) };
        let [prescription, task] = START.map(|name| caller::header(headers, name));
        let looked = Looked {
            prescription: value("prescriptionid"),
            patient: value("nhsnumber"),
            pharmacy: value("odscode"),
            application,
            after: prescription.zip(task),
        };
        let Ok(mut found) = self.updates.find(&looked, PAGE + 1) else { return not_read() };
        let more = found.len() > PAGE as usize;
        found.truncate(PAGE as usize);
        let status = if found.is_empty() { StatusCode::NOT_FOUND } else { StatusCode::OK };
        let mut answer = Answer::json(status, &json!({ "items": found.iter().map(item).collect::<Vec<_>>() }));
        if let Some(last) = found.last().filter(|_| more) {
            let [prescription, task] = LAST;
            answer = answer.with(prescription, &last.update.prescription).with(task, &last.update.task);
        }
        answer
    }
}

/// The updates, if nothing is wrong with any.
fn all_good(entries: &[StatusUpdateEntry], now: Timestamp) -> Result<Vec<&StatusUpdate>, Answer> {
    let good: Vec<_> = entries.iter().filter_map(|entry| entry.update.as_ref().ok()).collect();
    if good.len() < entries.len() {
        let said = entries.iter().map(|entry| {
            let words = entry.update.as_ref().err().map(|words| words.join(" "));
            words.as_deref().map_or(Said::Fine, Said::Wrong).entry(entry.full_url.as_deref(), now)
        });
        return Err(answer(StatusCode::BAD_REQUEST, said.collect()));
    }
    let is_code =
        |code: &str| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let bad: Vec<_> = good.iter().map(|update| update.pharmacy.as_str()).filter(|code| !is_code(code)).collect();
    if bad.is_empty() {
        return Ok(good);
    }
    let words = format!("Received invalid ODS codes: {}", json!(bad));
    Err(alone(StatusCode::BAD_REQUEST, &Said::Wrong(&words), now))
}

fn conflict(
    entries: &[StatusUpdateEntry],
    updates: &[&StatusUpdate],
    known: &[(usize, String)],
    now: Timestamp,
) -> Answer {
    let said = entries.iter().zip(updates).enumerate().map(|(at, (entry, update))| {
        match known.iter().find(|(place, _)| *place == at) {
            Some((_, modified)) => Said::Known { task: &update.task, modified }.entry(None, now),
            None => Said::Fine.entry(entry.full_url.as_deref(), now),
        }
    });
    answer(StatusCode::CONFLICT, said.collect())
}

/// An update in the words of the NHS service.
fn item(logged: &Logged) -> Value {
    let Logged { update, request, application, application_id, expires } = logged;
    let mut item = json!({
        "PrescriptionID": update.prescription,
        "LineItemID": update.item,
        "PatientNHSNumber": update.patient.as_str(),
        "PharmacyODSCode": update.pharmacy,
        "Status": update.status,
        "TerminalStatus": if update.is_last { "completed" } else { "in-progress" },
        "TaskID": update.task,
        "LastModified": update.modified,
        "RequestID": request,
        "ApplicationName": application,
        "ApplicationID": application_id,
        "ExpiryTime": expires,
    });
    if let Some(members) = item.as_object_mut() {
        members.extend(update.issue.map(|issue| ("RepeatNo".to_owned(), issue.into())));
        let predicted = update.predicted.as_deref();
        members.extend(predicted.map(|made| ("PostDatedLastModifiedSetAt".to_owned(), made.into())));
    }
    item
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_refusal_for_load_or_failure_is_told_in_a_bundle_with_its_headers() {
        let now = Timestamp::from_unix(0);
        let told = in_own_form(Problem::Busy.answer(), now).response();
        assert_eq!(told.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(told.headers().get(header::RETRY_AFTER), Some(&HeaderValue::from_static("1")));
        for (refusal, words) in [(Problem::Busy, "temporarily-forbidden"), (Problem::Server, "fatal")] {
            let body = in_own_form(refusal.answer(), now).body;
            assert!(String::from_utf8(body).unwrap().contains(words), "{words}");
        }
        let mut late = Problem::Server.answer();
        late.status = StatusCode::GATEWAY_TIMEOUT;
        let body = String::from_utf8(in_own_form(late, now).body).unwrap();
        assert!(body.contains("504 The request timed out"), "{body}");
    }
}
