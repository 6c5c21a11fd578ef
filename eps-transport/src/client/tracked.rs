//! What the tracker tells of a prescription (`GET RequestGroup/{id}`).

use eps_core::codes::{DISPENSING_INFORMATION, STATUS_HISTORY};
use eps_core::ids::PrescriptionId;
use eps_core::record::IssueNumber;
use hyper::StatusCode;
use hyper::header::HeaderMap;
use serde::Serialize;
use serde_json::Value;

use super::error::ClientError;
use super::session::{Asked, RequestId, Session, refusal, text};

const DETAILS: &str = "/clinical-prescription-tracker/RequestGroup/";
/// The organisation that looks, and its user's role: the tracker wants both and checks neither.
const LOOKING: [(&str, &str); 2] = [("nhsd-organization-uuid", "EPS"), ("nhsd-session-jobrole", "UNKNOWN")];

/// What has become of a prescription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tracked {
    /// The code of its status.
    pub status: String,
    /// Its items.
    pub items: Vec<TrackedItem>,
    /// What happened, oldest first.
    pub history: Vec<Event>,
}

/// What has become of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TrackedItem {
    /// Its id.
    pub id: String,
    /// The code of its status.
    pub status: String,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// When.
    pub time: String,
    /// What.
    pub title: String,
    /// The code of the prescription's status after it.
    pub status: String,
    /// By which organisation.
    pub organisation: Option<String>,
}

/// Asks for the details of an issue of a prescription, of the current one where none is named.
pub(super) async fn tracked(
    session: &Session,
    id: &PrescriptionId,
    issue: Option<IssueNumber>,
) -> Result<Tracked, ClientError> {
    let mut headers = HeaderMap::new();
    for (name, value) in LOOKING {
        headers.insert(name, text(value)?);
    }
    // A plus sign may end an id, and is a blank in some readers' paths.
    let issue = issue.map(|issue| format!("?issueNumber={}", issue.get())).unwrap_or_default();
    let path = format!("{DETAILS}{}{issue}", id.as_str().replace('+', "%2B"));
    let asked = Asked::get(path, headers);
    let response = session.ask(RequestId::new(), &asked).await?;
    let status = response.status();
    if status == StatusCode::NOT_FOUND {
        return Err(ClientError::NotFound);
    }
    if !status.is_success() {
        return Err(refusal(&response));
    }
    serde_json::from_slice(response.body()).ok().and_then(|bundle| read(&bundle)).ok_or(ClientError::Other { status })
}

fn read(bundle: &Value) -> Option<Tracked> {
    let group = resources(bundle, "RequestGroup").next()?;
    let coding = inner(group, STATUS_HISTORY, "status")?.get("valueCoding")?;
    let items = resources(bundle, "MedicationRequest").map(item).collect::<Option<_>>()?;
    let actions = group.get("action").and_then(Value::as_array).into_iter().flatten();
    let inner_actions = actions.filter_map(|action| action.get("action")?.as_array()).flatten();
    // Those without a time list the items.
    let events = inner_actions.filter(|action| action.get("timingDateTime").is_some());
    let history = events.map(event).collect::<Option<_>>()?;
    Some(Tracked { status: string(coding, "code")?, items, history })
}

fn resources<'b>(bundle: &'b Value, kind: &'static str) -> impl Iterator<Item = &'b Value> {
    let entries = bundle.get("entry").and_then(Value::as_array).into_iter().flatten();
    let resources = entries.filter_map(|entry| entry.get("resource"));
    resources.filter(move |resource| resource.get("resourceType").and_then(Value::as_str) == Some(kind))
}

/// An extension within an extension.
fn inner<'v>(owner: &'v Value, outer: &str, inner: &str) -> Option<&'v Value> {
    let named = |owner: &'v Value, url: &str| {
        let mut all = owner.get("extension")?.as_array()?.iter();
        all.find(|extension| extension.get("url").and_then(Value::as_str) == Some(url))
    };
    named(named(owner, outer)?, inner)
}

fn string(owner: &Value, name: &str) -> Option<String> {
    owner.get(name)?.as_str().map(str::to_owned)
}

fn item(request: &Value) -> Option<TrackedItem> {
    let status = inner(request, DISPENSING_INFORMATION, "dispenseStatus")?.get("valueCoding")?;
    let id = request.pointer("/identifier/0")?;
    Some(TrackedItem { id: string(id, "value")?, status: string(status, "code")? })
}

fn event(action: &Value) -> Option<Event> {
    let status = action.pointer("/code/0/coding/0")?;
    let by = action.pointer("/participant/0/extension/0/valueReference/identifier");
    Some(Event {
        time: string(action, "timingDateTime")?,
        title: string(action, "title")?,
        status: string(status, "code")?,
        organisation: by.and_then(|identifier| string(identifier, "value")),
    })
}
