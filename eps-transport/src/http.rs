//! The REST face of the service: what existing clients of the NHS's EPS APIs call, answered by a [`Broker`].
//!
//! ```text
//!  request ─▶ route ─▶ caller (who may) ─▶ exchange: FHIR ─▶ HL7 v3 ─▶ Broker ─▶ FHIR ─▶ answer
//!                            │                    │
//!                       401, 403, 400      400 with every problem and its place
//! ```
//!
//! | To | look at |
//! |---|---|
//! | find a path | `route` |
//! | decide who may | `caller`, `token`, `scope` |
//! | hold a caller back that floods | `callers` |
//! | find the words of a refusal | `answer` |
//! | follow a message | `exchange` |
//! | say what the FHIR validator says | `validator` |
//! | find a prescription | `tracker` |
//! | wake a pharmacy | `waking` |
//! | give a token to an application | `access` |
//! | tell patients of their items | `status_updates` |
//! | change what is lenient or switched on | [`Settings`] |
//! | count for a monitor | `metrics` |
//! | listen | `server` |
//!
//! Source: `NHSDigital/electronic-prescription-service-api` (coordinator, gateway and OpenAPI) and the clients of its APIs.

use std::sync::Arc;
use std::time::Duration;

use eps_core::ids::Asid;
use tokio::sync::Semaphore;

use crate::broker::{Broker, PolicyCheck, Watch};
use crate::clock::{Clock, MovableClock};
use crate::schedule::Schedule;
use crate::store::Store;
use crate::updates::UpdateLog;

mod about;
pub mod access;
pub mod answer;
pub mod caller;
mod callers;
mod control;
mod exchange;
mod faults;
mod handle;
mod metrics;
mod openapi;
mod prescribing;
mod query;
pub mod route;
pub mod scope;
pub mod server;
mod settings;
mod status_updates;
pub mod tls;
pub mod token;
mod tracker;
mod validator;
mod waking;

pub use access::Clients;
pub use faults::Fault;
#[cfg(feature = "client")]
pub(crate) use handle::is_withheld;
pub use settings::{Leniency, Limits, Settings, SignatureOnCreate};
pub use tls::Tls;
pub use token::Tokens;

/// Everything that answers requests.
pub struct Service<S> {
    broker: Arc<Broker<S>>,
    settings: Settings,
    tokens: Tokens,
    signatures: Option<PolicyCheck>,
    clock: Arc<dyn Clock>,
    movable: Option<Arc<MovableClock>>,
    asid: Asid,
    work: Arc<Semaphore>,
    callers: Arc<callers::Callers>,
    /// Memory for bodies.
    room: Arc<Semaphore>,
    faults: faults::Faults,
    metrics: Arc<metrics::Metrics>,
    updates: UpdateLog,
    tls: Option<Tls>,
    clients: Option<Clients>,
    waking: waking::Waking,
}

impl<S: Store + 'static> Service<S> {
    /// A service in front of this broker, which must tell the time by the same clock. Its own ASID is `asid`.
    pub fn new(broker: Broker<S>, clock: Arc<dyn Clock>, asid: Asid, tokens: Tokens, settings: Settings) -> Self {
        let metrics = Arc::new(metrics::Metrics::new());
        let broker = broker.watch(Arc::clone(&metrics) as Arc<dyn Watch>);
        Self {
            broker: Arc::new(broker),
            work: Arc::new(Semaphore::new(settings.limits.concurrent)),
            callers: callers::Callers::new(&settings.limits),
            room: Arc::new(Semaphore::new(settings.limits.bodies / handle::UNIT)),
            settings,
            tokens,
            signatures: None,
            clock,
            movable: None,
            asid,
            faults: faults::Faults::default(),
            metrics,
            updates: UpdateLog::default(),
            tls: None,
            clients: None,
            waking: waking::Waking::default(),
        }
    }

    /// Judges the signatures of prescriptions by this check: those of a release always, those of an order as
    /// [`Settings::verify_on_create`] says.
    #[must_use]
    pub fn signatures(self, check: PolicyCheck) -> Self {
        Self { signatures: Some(check), ..self }
    }

    /// Keeps status updates here; they are gone with the process otherwise.
    #[must_use]
    pub fn updates(self, updates: UpdateLog) -> Self {
        Self { updates, ..self }
    }

    /// Speaks TLS.
    #[must_use]
    pub fn tls(self, tls: Tls) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// Gives access tokens to these applications.
    #[must_use]
    pub fn clients(self, clients: Clients) -> Self {
        Self { clients: Some(clients), ..self }
    }

    /// Lets clients read and move this clock, which is the broker's too, and switch faults on: for tests only.
    #[must_use]
    pub fn for_tests(self, clock: Arc<MovableClock>) -> Self {
        Self { clock: Arc::clone(&clock) as Arc<dyn Clock>, movable: Some(clock), ..self }
    }

    /// Does what is due by itself every so long, until the schedule is dropped.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn schedule(&self, every: Duration) -> std::io::Result<Schedule> {
        Schedule::start(Arc::clone(&self.broker), every, |done| match done {
            Ok(passed) if passed.changed + passed.deleted + passed.purged == 0 => {}
            Ok(passed) => {
                let (changed, deleted, purged) = (passed.changed, passed.deleted, passed.purged);
                tracing::info!(changed, deleted, purged, "time passed");
            }
            Err(error) => tracing::error!(%error, "what was due could not be done"),
        })
    }

    /// The broker behind it.
    pub fn broker(&self) -> &Broker<S> {
        &self.broker
    }
}
