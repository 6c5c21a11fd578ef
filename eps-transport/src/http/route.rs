//! Paths: which product, which call.

use super::query;

/// The products, told apart by the first segment of a path. The first three are names of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Product {
    /// `/electronic-prescriptions`, and no prefix at all.
    Combined,
    /// `/fhir-prescribing`.
    Prescribing,
    /// `/fhir-dispensing`.
    Dispensing,
    /// `/clinical-prescription-tracker`.
    Tracker,
    /// `/prescription-status-update`.
    StatusUpdate,
}

impl Product {
    /// Its name in traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Combined => "electronic-prescriptions",
            Self::Prescribing => "fhir-prescribing",
            Self::Dispensing => "fhir-dispensing",
            Self::Tracker => "clinical-prescription-tracker",
            Self::StatusUpdate => "prescription-status-update",
        }
    }
}

/// What is called.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Call {
    /// Is anybody there.
    Ping,
    /// The CapabilityStatement.
    Metadata,
    /// How the service is, for callers.
    Status,
    /// How the service is, for the machine it runs on.
    Healthcheck,
    /// What has been answered, for a monitor.
    Metrics,
    /// The OpenAPI document.
    OpenApi,
    /// The digest of a prescription to be signed.
    Prepare,
    /// An order, a cancellation or a dispense notification.
    ProcessMessage,
    /// A release.
    Release,
    /// A return or a withdrawal.
    Task,
    /// A claim or its amendment.
    Claim,
    /// FHIR to HL7 v3 and back.
    Convert,
    /// Every problem of a message.
    Validate,
    /// Whether prescriptions are signed as they must be.
    VerifySignature,
    /// A structured dosage in words.
    DoseToText,
    /// A search for prescriptions.
    Search,
    /// One prescription with its history; as its id was written, and empty where none was.
    Details(String),
    /// What pharmacies tell patients of their items.
    Update,
    /// The same in the format of one supplier.
    SupplierUpdate,
    /// What was told of them.
    CheckUpdates,
    /// Being woken when prescriptions wait for this pharmacy.
    Waiting(String),
    /// An access token for an application.
    Token,
    /// Asking again for an answer, which never has to be done here.
    Poll,
    /// The clock of a test server.
    Clock,
    /// The faults of a test server.
    Faults,
}

/// The method of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// GET, and HEAD.
    Get,
    /// POST.
    Post,
    /// GET to read and POST to change.
    GetAndPost,
}

impl Call {
    /// Its name in logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ping => "_ping",
            Self::Metadata => "metadata",
            Self::Status => "_status",
            Self::Healthcheck => "_healthcheck",
            Self::Metrics => "metrics",
            Self::OpenApi => "openapi.json",
            Self::Prepare => "$prepare",
            Self::ProcessMessage => "$process-message",
            Self::Release => "Task/$release",
            Self::Task => "Task",
            Self::Claim => "Claim",
            Self::Convert => "$convert",
            Self::Validate => "$validate",
            Self::VerifySignature => "$verify-signature",
            Self::DoseToText => "$dose-to-text",
            Self::Search => "RequestGroup",
            Self::Details(_) => "RequestGroup/{id}",
            Self::Update => "status-update",
            Self::SupplierUpdate => "custom-status-update",
            Self::CheckUpdates => "checkprescriptionstatusupdates",
            Self::Waiting(_) => "waiting/{ods}",
            Self::Token => "oauth2/token",
            Self::Poll => "_poll",
            Self::Clock => "_eps/clock",
            Self::Faults => "_eps/faults",
        }
    }

    /// The method it takes.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::Ping
            | Self::Metadata
            | Self::Status
            | Self::Healthcheck
            | Self::Metrics
            | Self::OpenApi
            | Self::Search
            | Self::Details(_)
            | Self::CheckUpdates
            | Self::Waiting(_)
            | Self::Poll => Method::Get,
            Self::Prepare
            | Self::ProcessMessage
            | Self::Release
            | Self::Task
            | Self::Claim
            | Self::Convert
            | Self::Validate
            | Self::VerifySignature
            | Self::DoseToText
            | Self::Update
            | Self::SupplierUpdate
            | Self::Token => Method::Post,
            Self::Clock | Self::Faults => Method::GetAndPost,
        }
    }
}

/// What a path leads to; a `$` may be written `%24`, and one slash may follow. Without a prefix, each call that only one
/// product has is that product's.
#[must_use]
pub fn route(path: &str) -> Option<(Product, Call)> {
    if path.strip_suffix('/').unwrap_or(path) == "/custom-prescription-status-update/format-1" {
        return Some((Product::StatusUpdate, Call::SupplierUpdate));
    }
    let (product, whole) = product(path);
    let rest = whole.strip_suffix('/').unwrap_or(whole);
    let call = match product {
        Product::Combined | Product::Prescribing | Product::Dispensing => message_call(rest),
        Product::Tracker => about(rest).or_else(|| tracker_call(whole)),
        Product::StatusUpdate if rest.is_empty() => Some(Call::Update),
        Product::StatusUpdate => about(rest).or_else(|| check_call(rest)),
    };
    let only_here = || {
        let tracker = tracker_call(whole).map(|call| (Product::Tracker, call));
        tracker.or_else(|| check_call(rest).map(|call| (Product::StatusUpdate, call)))
    };
    match call {
        None if whole == path => only_here(),
        None => None,
        Some(call) => Some((product, call)),
    }
}

fn check_call(path: &str) -> Option<Call> {
    (path == "/checkprescriptionstatusupdates").then_some(Call::CheckUpdates)
}

/// A slash behind `RequestGroup` asks for a prescription, and names none.
fn tracker_call(path: &str) -> Option<Call> {
    let rest = path.strip_prefix("/RequestGroup")?;
    if rest.is_empty() {
        return Some(Call::Search);
    }
    let id = rest.strip_prefix('/')?;
    let id = id.strip_suffix('/').unwrap_or(id);
    (!id.contains('/')).then(|| Call::Details(query::decoded(id)))
}

fn product(path: &str) -> (Product, &str) {
    const PREFIXES: [(&str, Product); 5] = [
        ("/electronic-prescriptions", Product::Combined),
        ("/fhir-prescribing", Product::Prescribing),
        ("/fhir-dispensing", Product::Dispensing),
        ("/clinical-prescription-tracker", Product::Tracker),
        ("/prescription-status-update", Product::StatusUpdate),
    ];
    let after = |prefix| path.strip_prefix(prefix).filter(|rest: &&str| rest.is_empty() || rest.starts_with('/'));
    let found = PREFIXES.iter().find_map(|(prefix, product)| Some((*product, after(*prefix)?)));
    found.unwrap_or((Product::Combined, path))
}

fn about(path: &str) -> Option<Call> {
    match path {
        "/_ping" => Some(Call::Ping),
        "/metadata" => Some(Call::Metadata),
        "/_status" => Some(Call::Status),
        _ => None,
    }
}

fn message_call(path: &str) -> Option<Call> {
    let Some(fhir) = path.strip_prefix("/FHIR/R4/") else {
        return match path {
            "/_healthcheck" => Some(Call::Healthcheck),
            "/metrics" => Some(Call::Metrics),
            "/openapi.json" => Some(Call::OpenApi),
            "/oauth2/token" => Some(Call::Token),
            "/_eps/clock" => Some(Call::Clock),
            "/_eps/faults" => Some(Call::Faults),
            _ if path.starts_with("/_poll/") => Some(Call::Poll),
            _ => about(path).or_else(|| path.strip_prefix("/waiting/").map(|ods| Call::Waiting(query::decoded(ods)))),
        };
    };
    // The one character of these names that clients escape.
    match fhir.replacen("%24", "$", 1).as_str() {
        "$prepare" => Some(Call::Prepare),
        "$process-message" => Some(Call::ProcessMessage),
        "Task/$release" => Some(Call::Release),
        "Task" => Some(Call::Task),
        "Claim" => Some(Call::Claim),
        "$convert" => Some(Call::Convert),
        "$validate" => Some(Call::Validate),
        "$verify-signature" => Some(Call::VerifySignature),
        "$dose-to-text" => Some(Call::DoseToText),
        "metadata" => Some(Call::Metadata),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_has_the_calls_of_its_service() {
        for (prefix, product) in [
            ("", Product::Combined),
            ("/electronic-prescriptions", Product::Combined),
            ("/fhir-prescribing", Product::Prescribing),
            ("/fhir-dispensing", Product::Dispensing),
        ] {
            for (path, call) in [
                ("/_ping", Call::Ping),
                ("/metadata", Call::Metadata),
                ("/_status", Call::Status),
                ("/FHIR/R4/$prepare", Call::Prepare),
                ("/FHIR/R4/%24prepare", Call::Prepare),
                ("/FHIR/R4/$process-message", Call::ProcessMessage),
                ("/FHIR/R4/Task/$release", Call::Release),
                ("/FHIR/R4/Task/%24release/", Call::Release),
                ("/FHIR/R4/Task", Call::Task),
                ("/FHIR/R4/Claim/", Call::Claim),
                ("/FHIR/R4/$validate", Call::Validate),
            ] {
                assert_eq!(route(&format!("{prefix}{path}")), Some((product, call)), "{prefix}{path}");
            }
        }
        assert_eq!(route("/clinical-prescription-tracker/_ping"), Some((Product::Tracker, Call::Ping)));
        assert_eq!(route("/prescription-status-update/metadata"), Some((Product::StatusUpdate, Call::Metadata)));
        for path in ["/prescription-status-update", "/prescription-status-update/"] {
            assert_eq!(route(path), Some((Product::StatusUpdate, Call::Update)));
        }
        let supplier = route("/custom-prescription-status-update/format-1/");
        assert_eq!(supplier, Some((Product::StatusUpdate, Call::SupplierUpdate)));
        let check = Some((Product::StatusUpdate, Call::CheckUpdates));
        assert_eq!(route("/prescription-status-update/checkprescriptionstatusupdates/"), check);
        assert_eq!(route("/checkprescriptionstatusupdates"), check);
        for prefix in ["", "/clinical-prescription-tracker"] {
            let tracked =
                |path: &str| route(&format!("{prefix}{path}")).filter(|(product, _)| *product == Product::Tracker);
            let details = |id: &str| Some((Product::Tracker, Call::Details(id.to_owned())));
            assert_eq!(tracked("/RequestGroup"), Some((Product::Tracker, Call::Search)));
            assert_eq!(tracked("/RequestGroup/"), details(""));
            assert_eq!(tracked("/RequestGroup/9142DC-A99968-11EB9+"), details("9142DC-A99968-11EB9+"));
            assert_eq!(tracked("/RequestGroup/9142DC-A99968-11EB9%2B/"), details("9142DC-A99968-11EB9+"));
        }
    }

    #[test]
    fn anything_else_is_no_route() {
        for path in [
            "/",
            "",
            "/FHIR/R4",
            "/FHIR/R4/",
            "/FHIR/R4/$prepare//",
            "/FHIR/R4/../_ping",
            "/fhir-prescribingx/_ping",
            "/clinical-prescription-tracker/FHIR/R4/$prepare",
            "/fhir-prescribing/FHIR/R4/%2524prepare",
            "/fhir-prescribing/RequestGroup",
            "/RequestGroup/a/b",
            "/RequestGroups",
        ] {
            assert_eq!(route(path), None, "{path}");
        }
    }
}
