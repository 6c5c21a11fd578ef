//! Calling a server: where it is, who calls, and how its answers are told.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use eps_core::ids::SdsRoleProfileId;
use eps_core::model::{Outcome, OutcomeIssue, Text};
use eps_core::signature::pem;
use eps_transport::client::{
    Application, ClientError, Credentials, Http, Identity, Patience, PharmacyClient, PrescriberClient, RequestId, Tls,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::files;

/// Where a token is looked for that no option names.
const TOKEN: &str = "EPS_TOKEN";

/// The server, and who calls it.
#[derive(Args)]
pub(crate) struct Server {
    /// The server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    pub(crate) server: String,
    /// The file that holds the access token [default: EPS_TOKEN, or none for a server with --insecure-dev]
    #[arg(long, visible_alias = "token", value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Fetch the token for this application, by its client id
    #[arg(long, value_name = "ID", requires = "application_key", conflicts_with = "token_file")]
    application: Option<String>,
    /// The application's private key, RSA, PKCS #8 in PEM or DER
    #[arg(long, value_name = "FILE", requires = "application")]
    application_key: Option<PathBuf>,
    /// The id under which the application's key is registered
    #[arg(long, value_name = "KID", default_value = "one", requires = "application")]
    application_key_id: String,
    /// The public address of the token endpoint [default: /oauth2/token of the server]
    #[arg(long, value_name = "URL", requires = "application")]
    token_url: Option<String>,
    /// The role profile to act under, where the token has several
    #[arg(long, value_name = "ID")]
    role: Option<SdsRoleProfileId>,
    /// Trust only servers below these certificates, PEM
    #[arg(long, value_name = "FILE")]
    server_ca: Option<PathBuf>,
    /// The client's certificate for mutual TLS, PEM, with those above it
    #[arg(long, value_name = "FILE", requires = "client_key")]
    client_certificate: Option<PathBuf>,
    /// The client's private key for mutual TLS, PKCS #8 in PEM
    #[arg(long, value_name = "FILE", requires = "client_certificate")]
    client_key: Option<PathBuf>,
    /// Seconds that one answer may take
    #[arg(long, value_name = "N", default_value_t = 30)]
    timeout: u64,
    /// How often to ask, under the same request id, where no answer comes
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    attempts: u32,
}

impl Server {
    /// The way to the server.
    pub(crate) fn transport(&self) -> Result<Arc<Http>, Failure> {
        let roots = match &self.server_ca {
            None => Vec::new(),
            Some(path) => certificates(path)?,
        };
        let identity = match (&self.client_certificate, &self.client_key) {
            (Some(certificate), Some(key)) => {
                let text = Zeroizing::new(files::read(key)?);
                let text = std::str::from_utf8(&text).map_err(|_| Failure::Usage("--client-key is no PEM file"))?;
                let key = pem::private_key(text).map_err(|error| Failure::because("--client-key")(error.into()))?;
                Some(Identity { certificates: certificates(certificate)?, key })
            }
            (_, _) => None,
        };
        let http = Http::new(&self.server, &Tls { roots, identity });
        Ok(Arc::new(http.map_err(|error| Failure::because("--server")(error.into()))?))
    }

    fn credentials(&self) -> Result<Credentials, Failure> {
        let credentials = match self.application()? {
            Some(application) => Credentials::application(application),
            None => self.token()?.map_or_else(Credentials::anybody, |token| Credentials::token(token.trim())),
        };
        Ok(match &self.role {
            Some(role) => credentials.role(role.clone()),
            None => credentials,
        })
    }

    /// The application that a token is fetched for.
    fn application(&self) -> Result<Option<Application>, Failure> {
        let (Some(id), Some(key)) = (&self.application, &self.application_key) else { return Ok(None) };
        let key = Zeroizing::new(files::read(key)?);
        let own = || format!("{}/oauth2/token", self.server.trim_end_matches('/'));
        let audience = self.token_url.clone().unwrap_or_else(own);
        let made = Application::new(id.clone(), self.application_key_id.clone(), audience, &key);
        made.map(Some).map_err(|error| Failure::because("--application-key")(error.into()))
    }

    fn token(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        let Some(path) = &self.token_file else { return Ok(std::env::var(TOKEN).ok().map(Zeroizing::new)) };
        let bytes = Zeroizing::new(files::read(path)?);
        let text = std::str::from_utf8(&bytes).map_err(|_| Failure::Usage("the token is not UTF-8"))?;
        Ok(Some(Zeroizing::new(text.to_owned())))
    }

    fn patience(&self) -> Patience {
        Patience { attempts: self.attempts, each: Duration::from_secs(self.timeout), ..Patience::default() }
    }

    /// The prescriber's side.
    pub(crate) fn prescriber(&self) -> Result<PrescriberClient, Failure> {
        Ok(PrescriberClient::new(self.transport()?, self.credentials()?).patience(self.patience()))
    }

    /// The pharmacy's side.
    pub(crate) fn pharmacy(&self) -> Result<PharmacyClient, Failure> {
        Ok(PharmacyClient::new(self.transport()?, self.credentials()?).patience(self.patience()))
    }
}

fn certificates(path: &std::path::Path) -> Result<Vec<Vec<u8>>, Failure> {
    pem::certificates(&String::from_utf8_lossy(&files::read(path)?))
        .map_err(|error| Failure::because("the certificates")(error.into()))
}

/// Waits for what is asked of a server.
pub(crate) fn wait<T>(asked: impl Future<Output = T>) -> Result<T, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(asked))
}

/// The id of a request: that of the options, to ask again for an answer that was lost, or a new one.
pub(crate) fn request(asked: Option<RequestId>) -> RequestId {
    asked.unwrap_or_default()
}

/// What became of a message, for programs.
pub(crate) fn told_json(request: RequestId, told: &Result<Outcome, ClientError>) -> Value {
    let (accepted, issues, error) = match told {
        Ok(outcome) => (true, issues_json(outcome), None),
        Err(ClientError::Refused { outcome, .. }) => (false, issues_json(outcome), None),
        Err(error) => (false, Value::Null, Some(error.to_string())),
    };
    json!({ "accepted": accepted, "requestId": request.guid().lower(), "issues": issues, "error": error })
}

/// Each issue of an outcome, for programs.
pub(crate) fn issues_json(outcome: &Outcome) -> Value {
    let issue = |issue: &OutcomeIssue| {
        json!({
            "severity": issue.severity.code(),
            "code": issue.code.as_str(),
            "details": issue.coding.as_ref().map(|coding| coding.code.as_str()),
            "display": issue.coding.as_ref().and_then(|coding| coding.display.as_ref()).map(Text::as_str),
            "diagnostics": issue.diagnostics.as_ref().map(Text::as_str),
            "expression": issue.expressions.iter().map(Text::as_str).collect::<Vec<_>>(),
        })
    };
    outcome.issues.iter().map(issue).collect()
}

/// Each issue of an outcome, for people, one a line.
fn issues(outcome: &Outcome) -> String {
    let line = |issue: &OutcomeIssue| {
        let display = issue.coding.as_ref().and_then(|coding| coding.display.as_ref()).map(Text::as_str);
        let words = issue.diagnostics.as_ref().map(Text::as_str).or(display).unwrap_or(issue.code.as_str());
        let place = issue.expressions.iter().map(|place| format!(" at {}", place.as_str())).collect::<String>();
        format!("  {}: {words}{place}", issue.severity.code())
    };
    outcome.issues.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What became of a message, for people.
pub(crate) fn told_text(what: &str, told: &Result<Outcome, ClientError>) -> String {
    match told {
        Ok(_) => format!("accepted  {what}"),
        Err(ClientError::Refused { outcome, .. }) => format!("refused   {what}\n{}", issues(outcome)),
        Err(error) => format!("failed    {what}: {error}"),
    }
}

/// Tells what became of one message, and ends in failure where it was not accepted.
pub(crate) fn tell(
    what: &str,
    request: RequestId,
    told: Result<Outcome, ClientError>,
    as_json: bool,
) -> Result<(), Failure> {
    if as_json {
        files::print_json(&told_json(request, &told))?;
    } else if told.is_ok() || matches!(told, Err(ClientError::Refused { .. })) {
        files::print(told_text(what, &told).as_bytes())?;
    }
    told.map(drop).map_err(failure)
}

/// The failure of a call. What was refused has been told.
pub(crate) fn failure(error: ClientError) -> Failure {
    if matches!(error, ClientError::Refused { .. }) {
        Failure::Refused
    } else if matches!(error, ClientError::NotFound) {
        Failure::NotFound
    } else if matches!(error, ClientError::NoAnswer(_) | ClientError::Unavailable { .. }) {
        Failure::NoAnswer(error.into())
    } else {
        Failure::because("the call")(error.into())
    }
}
