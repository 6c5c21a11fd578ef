//! Answers, and the words of every refusal that is not about the content of a message.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use eps_core::model::Timestamp;
use eps_core::problem::{Problems, operation_outcome};
use serde_json::{Value, json};

use super::scope::Denied;

/// `application/fhir+json` as the NHS service spells it.
pub(super) const FHIR: &str = "application/fhir+json; fhirVersion=4.0";
const JSON: &str = "application/json";
const XML: &str = "application/xml";

const SPINE_ISSUE: &str = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode";
pub(super) const HTTP_CODES: &str = "https://fhir.nhs.uk/CodeSystem/http-error-codes";

/// What is sent back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
    more: Vec<(HeaderName, HeaderValue)>,
    /// What is sent in place of the body, as it comes.
    stream: Option<Body>,
}

impl Answer {
    /// A body of this type.
    pub(super) fn new(status: StatusCode, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, body: body.into(), more: Vec::new(), stream: None }
    }

    /// A FHIR resource that is written already.
    pub(super) fn fhir(status: StatusCode, body: Vec<u8>) -> Self {
        Self::new(status, FHIR, body)
    }

    /// A FHIR resource.
    pub(super) fn resource(status: StatusCode, resource: &Value) -> Self {
        Self::fhir(status, resource.to_string().into_bytes())
    }

    /// JSON that is not FHIR.
    pub(super) fn json(status: StatusCode, value: &Value) -> Self {
        Self::new(status, JSON, value.to_string())
    }

    /// XML.
    pub(super) fn xml(body: Vec<u8>) -> Self {
        Self::new(StatusCode::OK, XML, body)
    }

    /// The same with one more header.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.more.push((name, value));
        }
        self
    }

    /// The same with a body that comes bit by bit.
    pub(super) fn streamed(self, stream: Body) -> Self {
        Self { stream: Some(stream), ..self }
    }

    /// Adds the headers of another answer.
    pub(super) fn keep_headers_of(&mut self, other: Self) {
        self.more.extend(other.more);
    }

    /// Everything that is wrong with a message.
    pub(super) fn problems(problems: &Problems, now: Timestamp) -> Self {
        let mut outcome = operation_outcome(problems);
        if let Some(outcome) = outcome.as_object_mut() {
            outcome.insert("meta".to_owned(), json!({ "lastUpdated": now.to_string() }));
        }
        Self::resource(StatusCode::BAD_REQUEST, &outcome)
    }

    pub(super) fn response(self) -> Response<Body> {
        let mut response = Response::new(self.stream.unwrap_or_else(|| Body::from(self.body)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.extend(self.more);
        response
    }
}

/// What stops a request before its message is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// No bearer token, or one that is not accepted.
    NoToken,
    /// The token is not good for this.
    Denied(Denied),
    /// Neither header nor token names a role.
    NoRole,
    /// The role is not one of the token's.
    WrongRole(String),
    /// There is no `X-Request-ID`.
    NoRequestId,
    /// The `X-Request-ID` is no UUID.
    WrongRequestId(String),
    /// There is nothing at this path.
    NoRoute,
    /// The body is too long.
    TooLong,
    /// The body did not arrive in time.
    TooSlow,
    /// There is too much to do.
    Busy,
    /// The message is not of a kind that is answered here.
    WrongMessage(&'static str),
    /// Polling is never needed.
    NoPolling,
    /// The server failed.
    Server,
}

/// The time after which a caller may try again, in seconds.
const RETRY_AFTER: &str = "1";

impl Problem {
    /// The answer. Source: `fhir.md` 1.3 and 1.6.
    pub(super) fn answer(self) -> Answer {
        use StatusCode as S;
        let spine = |status, severity, issue, code, display, diagnostics: Option<String>| {
            let coding = json!({ "system": SPINE_ISSUE, "version": "1", "code": code, "display": display });
            outcome(status, severity, issue, Some(coding), diagnostics)
        };
        match self {
            Self::NoToken => {
                let told = Some("Invalid access token".to_owned());
                spine(S::UNAUTHORIZED, "error", "forbidden", "ACCESS_DENIED", "Access Denied - Unauthorised", told)
                    .with(header::WWW_AUTHENTICATE, "Bearer")
            }
            Self::Denied(Denied(words)) => outcome(S::FORBIDDEN, "fatal", "forbidden", None, Some(words.to_owned())),
            Self::NoRole => {
                let told = Some("Missing value in header 'NHSD-Session-URID'".to_owned());
                spine(S::BAD_REQUEST, "error", "value", "MISSING_VALUE", "Required value is missing", told)
            }
            Self::WrongRole(value) => wrong_header(&value, "NHSD-Session-URID"),
            Self::NoRequestId => {
                let words = "X-Request-ID header missing or malformed";
                spine(S::BAD_REQUEST, "fatal", "value", "MISSING_FIELD", words, None)
            }
            Self::WrongRequestId(value) => wrong_header(&value, "X-Request-ID"),
            Self::NoRoute => {
                let coding = http_code("NOT_FOUND", "404: The Server was unable to find the specified resource.");
                outcome(S::NOT_FOUND, "error", "not-found", Some(coding), None)
            }
            Self::TooLong => {
                let told = Some("The body is longer than this server takes.".to_owned());
                outcome(S::PAYLOAD_TOO_LARGE, "error", "too-long", None, told)
            }
            Self::TooSlow => {
                let coding = http_code("TIMEOUT", "408: The server has timed out whilst processing the request.");
                outcome(S::REQUEST_TIMEOUT, "error", "timeout", Some(coding), None)
            }
            Self::Busy => spine(S::TOO_MANY_REQUESTS, "error", "value", "TOO_MANY_REQUESTS", "Too many requests", None)
                .with(header::RETRY_AFTER, RETRY_AFTER),
            Self::WrongMessage(words) => outcome(S::BAD_REQUEST, "fatal", "invalid", None, Some(words.to_owned())),
            Self::NoPolling => {
                let words = "Interaction not supported";
                spine(S::BAD_REQUEST, "information", "informational", "INTERACTION_NOT_SUPPORTED", words, None)
            }
            Self::Server => {
                let words = "500: The Server has encountered an error processing the request.";
                outcome(S::INTERNAL_SERVER_ERROR, "fatal", "exception", Some(http_code("SERVER_ERROR", words)), None)
            }
        }
    }
}

fn wrong_header(value: &str, name: &str) -> Answer {
    let coding = json!({ "system": SPINE_ISSUE, "version": "1", "code": "INVALID_VALUE", "display": "Provided value is invalid" });
    let told = format!("Invalid value - '{value}' in header '{name}'");
    outcome(StatusCode::BAD_REQUEST, "error", "value", Some(coding), Some(told))
}

fn http_code(code: &str, display: &str) -> Value {
    json!({ "system": HTTP_CODES, "code": code, "display": display })
}

/// An OperationOutcome with one issue.
fn outcome(
    status: StatusCode,
    severity: &str,
    code: &str,
    coding: Option<Value>,
    diagnostics: Option<String>,
) -> Answer {
    let mut issue = json!({ "severity": severity, "code": code });
    if let Some(members) = issue.as_object_mut() {
        members.extend(coding.map(|coding| ("details".to_owned(), json!({ "coding": [coding] }))));
        members.extend(diagnostics.map(|told| ("diagnostics".to_owned(), told.into())));
    }
    Answer::resource(status, &json!({ "resourceType": "OperationOutcome", "issue": [issue] }))
}

/// An OperationOutcome that says that all is well.
pub(super) fn success() -> Value {
    json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "information", "code": "informational" }] })
}
