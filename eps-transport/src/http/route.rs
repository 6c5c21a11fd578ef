//! Paths: which product, which call.

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
            Self::Prepare => "$prepare",
            Self::ProcessMessage => "$process-message",
            Self::Release => "Task/$release",
            Self::Task => "Task",
            Self::Claim => "Claim",
            Self::Convert => "$convert",
            Self::Validate => "$validate",
            Self::VerifySignature => "$verify-signature",
            Self::DoseToText => "$dose-to-text",
            Self::Poll => "_poll",
            Self::Clock => "_eps/clock",
            Self::Faults => "_eps/faults",
        }
    }

    /// The method it takes.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::Ping | Self::Metadata | Self::Status | Self::Healthcheck | Self::Metrics | Self::Poll => Method::Get,
            Self::Prepare
            | Self::ProcessMessage
            | Self::Release
            | Self::Task
            | Self::Claim
            | Self::Convert
            | Self::Validate
            | Self::VerifySignature
            | Self::DoseToText => Method::Post,
            Self::Clock | Self::Faults => Method::GetAndPost,
        }
    }
}

/// What a path leads to; a `$` may be written `%24`, and one slash may follow.
#[must_use]
pub fn route(path: &str) -> Option<(Product, Call)> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let (product, rest) = product(path);
    let call = match product {
        Product::Combined | Product::Prescribing | Product::Dispensing => message_call(rest)?,
        Product::Tracker | Product::StatusUpdate => about(rest)?,
    };
    Some((product, call))
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
            "/_eps/clock" => Some(Call::Clock),
            "/_eps/faults" => Some(Call::Faults),
            _ if path.starts_with("/_poll/") => Some(Call::Poll),
            _ => about(path),
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
        ] {
            assert_eq!(route(path), None, "{path}");
        }
    }
}
