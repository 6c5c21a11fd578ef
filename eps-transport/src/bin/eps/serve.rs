//! `eps serve`: the broker behind the REST face, in one data folder.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use eps_transport::broker::{Broker, PolicyCheck};
use eps_transport::clock::{Clock, MovableClock, SystemClock};
use eps_transport::http::token::Issuers;
use eps_transport::http::{Clients, Leniency, Limits, Service, Settings, SignatureOnCreate, Tls, Tokens};
use eps_transport::store::sqlite::SqliteStore;
use eps_transport::updates::UpdateLog;
use tokio::net::TcpListener;
use tracing_subscriber::filter::Targets;

use crate::failure::Failure;
use crate::files;
use crate::observe;
use crate::options::Global;
use crate::trust::{Loaded, PROVIDER, Trust};

/// How often what is due by itself is done; a test server also does it when its clock is moved.
const EVERY: Duration = Duration::from_secs(60);

/// The name of the store in the data folder.
const STORE: &str = "eps.db";
/// The name of the status updates there.
const UPDATES: &str = "status-updates.db";
/// The name of the key of the tokens that the server gives, with the assertions that were used.
const ACCESS: &str = "access.db";

/// Serve the EPS REST APIs from one data folder
///
/// Prescriptions survive a restart. Callers need a token that a key of --jwks signed; with --insecure-dev any token is
/// believed, and the server listens on loopback only. With --trust, signatures are verified on create and on release;
/// without it they are not, and standard error says so.
///
/// eps serve --data eps-data --insecure-dev
#[derive(Args)]
pub(crate) struct Serve {
    /// Settings, TOML: each of these options under its own name. What is said here, or in the environment (EPS_SERVE_DATA
    /// for --data), wins
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The data folder; it is made where there is none
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The keys that sign tokens: a JSON Web Key Set
    #[arg(long, value_name = "FILE", required_unless_present = "insecure_dev", conflicts_with = "insecure_dev")]
    jwks: Option<PathBuf>,
    /// The issuer that tokens must name
    #[arg(long, value_name = "URL", requires = "jwks")]
    issuer: Option<String>,
    /// The audience that tokens must name
    #[arg(long, value_name = "URL", requires = "jwks")]
    audience: Option<String>,
    /// Applications that are given tokens at /oauth2/token for an assertion they sign: a JSON file of ids, scopes and keys
    #[arg(long, value_name = "FILE")]
    clients: Option<PathBuf>,
    /// What their assertions must name as their audience, usually the address of /oauth2/token
    #[arg(long, value_name = "URL", requires = "clients")]
    token_url: Option<String>,
    /// Speak TLS with this certificate chain, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Callers must show a certificate that this authority issued, PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    client_ca: Option<PathBuf>,
    /// Be as strict here as the specification, although existing clients need more. Repeatable
    #[arg(long, value_name = "WHAT", value_enum)]
    strict: Vec<Strict>,
    /// Take status updates from applications only that their token names
    #[arg(long)]
    named_applications: bool,
    /// Bytes that a body may have
    #[arg(long, value_name = "N", default_value_t = Limits::default().body)]
    max_body: usize,
    /// Connections at once
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections)]
    max_connections: usize,
    /// Messages that are worked on at once
    #[arg(long, value_name = "N", default_value_t = Limits::default().concurrent)]
    max_concurrent: usize,
    /// Messages of one caller that are worked on at once, while its further ones wait; three quarters of --max-concurrent
    /// unless said. A caller is the application that its token names, or else the address that it calls from
    #[arg(long, value_name = "N")]
    max_per_caller: Option<usize>,
    /// Messages of one caller that may wait; further ones are answered 429
    #[arg(long, value_name = "N", default_value_t = Limits::default().waiting_per_caller)]
    max_waiting_per_caller: usize,
    /// Requests a second that one caller may send; further ones are answered 429
    #[arg(long, value_name = "N")]
    rate_per_caller: Option<NonZeroU32>,
    /// The least severe of what is logged: error, warn, info, debug or trace
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: Targets,
    /// Send spans of requests to the OpenTelemetry collector here, as OTLP over HTTP; OTEL_EXPORTER_OTLP_ENDPOINT unless said
    #[cfg(feature = "opentelemetry")]
    #[arg(long, value_name = "URL")]
    otlp_endpoint: Option<String>,
    /// Believe any token. For development on this machine only
    #[arg(long)]
    insecure_dev: bool,
    /// Let clients read and move the clock and plan faults, under /_eps. For tests only
    #[arg(long)]
    test_controls: bool,
    /// Applications whose prescriptions are signed with SHA-1, by id
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    sha1_apps: Vec<String>,
    /// Take orders unverified, as the live service does; a release verifies them all the same
    #[arg(long)]
    accept_unverified: bool,
    /// Where clients find the service, which replies name
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    #[command(flatten)]
    trust: Trust,
}

/// Where a server can be strict.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Strict {
    /// All of these
    All,
    /// Only the dispenser that has a prescription returns it
    Returns,
    /// The statuses of an amendment agree
    Amendments,
    /// The repeats of a notification are those of its repeat prescription
    RepeatCounts,
    /// Every message of a user has NHSD-Session-URID, whatever the token says
    RoleHeader,
    /// Only users release a prescription by its id
    ReleaseById,
    /// The tracker takes none of its headers from the token
    TrackerHeaders,
}

impl Serve {
    fn leniency(&self) -> Leniency {
        let lenient = |about| !self.strict.contains(&about) && !self.strict.contains(&Strict::All);
        Leniency {
            returned_by_anybody: lenient(Strict::Returns),
            amended_as_told: lenient(Strict::Amendments),
            repeat_counts_as_told: lenient(Strict::RepeatCounts),
            role_of_token: lenient(Strict::RoleHeader),
            release_by_application: lenient(Strict::ReleaseById),
            headers_of_token: lenient(Strict::TrackerHeaders),
        }
    }

    /// The service with TLS and with the applications that it knows.
    fn secured(&self, service: Service<SqliteStore>) -> Result<Service<SqliteStore>, Failure> {
        let mut service = service;
        if let Some(tls) = self.transport()? {
            service = service.tls(tls);
        }
        if let Some(clients) = self.applications()? {
            let clients = clients.kept_in(&self.data.join(ACCESS));
            service = service.clients(clients.map_err(|error| Failure::because(ACCESS)(error.into()))?);
        }
        Ok(service)
    }

    fn transport(&self) -> Result<Option<Tls>, Failure> {
        let (Some(certificate), Some(key)) = (&self.tls_certificate, &self.tls_key) else { return Ok(None) };
        let callers = self.client_ca.as_ref().map(|path| files::read(path)).transpose()?;
        let tls = Tls::new(&files::read(certificate)?, &files::read(key)?, callers.as_deref());
        tls.map(Some).map_err(|error| Failure::because("TLS")(error.into()))
    }

    fn applications(&self) -> Result<Option<Clients>, Failure> {
        let Some(path) = &self.clients else { return Ok(None) };
        let clients = Clients::read(&files::read(path)?, self.token_url.clone());
        clients.map(Some).map_err(|error| Failure::because("the clients")(error.into()))
    }

    /// Reads every file that the settings name, as a start would, and starts nothing.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.is_safe()?;
        self.tokens()?;
        self.transport()?;
        self.applications()?;
        if self.trust.given() {
            self.trust.load()?;
        }
        Ok(())
    }

    fn is_safe(&self) -> Result<(), Failure> {
        if self.insecure_dev && !self.listen.ip().is_loopback() {
            return Err(Failure::Usage("--insecure-dev listens on loopback only"));
        }
        Ok(())
    }

    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        self.is_safe()?;
        #[cfg(feature = "opentelemetry")]
        let telemetry = observe::begin(&self.log, self.collector().as_deref())?;
        #[cfg(not(feature = "opentelemetry"))]
        observe::begin(&self.log);
        let service = Arc::new(self.service(global)?);
        let _schedule = service.schedule(EVERY)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::bind(self.listen).await?;
            self.announce(listener.local_addr()?);
            service.serve(listener, stopped()).await
        })?;
        #[cfg(feature = "opentelemetry")]
        if let Some(telemetry) = telemetry {
            telemetry.end();
        }
        Ok(())
    }

    /// Where spans are sent.
    #[cfg(feature = "opentelemetry")]
    fn collector(&self) -> Option<String> {
        let general = || std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").ok();
        self.otlp_endpoint.clone().or_else(general).filter(|endpoint| !endpoint.is_empty())
    }

    fn service(&self, global: &Global) -> Result<Service<SqliteStore>, Failure> {
        std::fs::create_dir_all(&self.data)?;
        let store = SqliteStore::open(self.data.join(STORE))?;
        let movable = Arc::new(MovableClock::new(Arc::new(SystemClock)));
        if let Some(now) = global.fixed_now() {
            movable.set(now);
        }
        let clock: Arc<dyn Clock> =
            if self.test_controls { Arc::clone(&movable) as Arc<dyn Clock> } else { Arc::new(SystemClock) };
        let settings = self.settings();
        let broker = Broker::new(store, global.to().clone()).clock(Arc::clone(&clock)).periods(settings.periods());
        let updates = UpdateLog::open(self.data.join(UPDATES)).map_err(|error| Failure::Store(error.into()))?;
        let service = Service::new(broker, clock, global.to().clone(), self.tokens()?, settings);
        let mut service = service.updates(updates);
        if self.trust.given() {
            let Loaded { trust, lists, policy } = self.trust.load()?;
            service = service.signatures(PolicyCheck { provider: Arc::new(PROVIDER), trust, lists, policy });
        }
        let service = self.secured(service)?;
        Ok(if self.test_controls { service.for_tests(movable) } else { service })
    }

    fn tokens(&self) -> Result<Tokens, Failure> {
        let Some(path) = &self.jwks else { return Ok(Tokens::Believed) };
        let issuers = Issuers::new(&files::read(path)?, self.issuer.as_deref(), self.audience.as_deref());
        let issuers = issuers.map_err(|error| Failure::because("the key set")(error.into()))?;
        Ok(Tokens::Verified(Box::new(issuers)))
    }

    fn settings(&self) -> Settings {
        let limits = Limits {
            body: self.max_body,
            connections: self.max_connections,
            concurrent: self.max_concurrent,
            per_caller: self.max_per_caller.unwrap_or(Limits::share(self.max_concurrent)),
            waiting_per_caller: self.max_waiting_per_caller,
            rate_per_caller: self.rate_per_caller,
            ..Limits::default()
        };
        let mut settings = Settings {
            sha1_applications: self.sha1_apps.clone(),
            leniency: self.leniency(),
            named_applications: self.named_applications,
            limits,
            ..Settings::default()
        };
        if self.accept_unverified {
            settings.verify_on_create = SignatureOnCreate::LeftToRelease;
        }
        if let Some(url) = &self.base_url {
            settings.base_path.clone_from(url);
        }
        settings
    }

    #[expect(clippy::print_stderr, reason = "who starts a server must see where it is and what it does not check")]
    fn announce(&self, address: SocketAddr) {
        if let Some(config) = &self.config {
            eprintln!("eps: settings of {}", config.display());
        }
        if self.insecure_dev {
            eprintln!("eps: INSECURE: any token is believed (--insecure-dev)");
        }
        if self.test_controls {
            eprintln!("eps: anybody may move the clock and plan faults (--test-controls)");
        }
        if !self.trust.given() {
            eprintln!("eps: signatures are not verified (verify with --trust)");
        }
        let scheme = if self.tls_certificate.is_some() { "https" } else { "http" };
        eprintln!("eps: listening on {scheme}://{address}, data in {}", self.data.display());
    }
}

/// Ready when the process is asked to end.
async fn stopped() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
