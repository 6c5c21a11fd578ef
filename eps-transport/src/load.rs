//! Load: prescriptions that arrive at a rate, whatever the service does, and go through their lives; how long each answer
//! took; and a ledger of what was answered, against which the service is checked afterwards.
//!
//! ```text
//!  sign ahead ─▶ Prepared ─▶ one each 1/rate s ─▶ create ─▶ release ─▶ dispense ─▶ claim ─▶ track
//!                                                   │ cancel    return
//!                                                   └────────── Tally (latencies, errors), Ledger
//! ```
//!
//! The arrivals are an open loop: a service that is slow gets no fewer of them, and the latency of a creation counts from
//! when it was due and not from when there was time to send it.

use std::future::Future;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use eps_core::codes::{CancellationReason, ReturnReason};
use eps_core::ids::{LineItemId, MessageId, PrescriptionId, SdsUserId};
use eps_core::model::{Prescription, ReleaseKind, Timestamp};
use eps_core::signature::Policy;
use eps_core::signature::provider::Provider;
use eps_core::signature::signer::Signer;
use hyper::body::Bytes;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::client::{ClientError, PharmacyClient, PrescriberClient, RequestId, cancellation};
use crate::clock::{Clock as _, SystemClock};
use crate::generate::{GenerateError, Kind, Recipe, order};
use crate::pharmacy::{Held, Pharmacy};
use crate::signers::NotSigned;

mod histogram;
mod ledger;
mod plot;
mod tally;

pub use histogram::Histogram;
pub use ledger::{Checked, Ledger, LedgerError, check, check_store};
pub use plot::svg;
pub use tally::{Second, Snapshot, Tally};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes load decides each of these")]
pub struct Plan {
    /// Prescriptions that arrive in a second.
    pub rate: u32,
    /// How long they arrive.
    pub duration: Duration,
    /// What is done with each.
    pub mix: Mix,
    /// The most prescriptions that are on their way at once; those that would be more do not start, which is told.
    pub in_flight: usize,
}

impl Plan {
    /// How many prescriptions arrive.
    #[must_use]
    pub fn arrivals(&self) -> u64 {
        u64::from(self.rate).saturating_mul(self.duration.as_secs())
    }
}

/// What is done with each prescription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are these two kinds of load")]
pub enum Mix {
    /// It is created.
    Create,
    /// It is created. Of twenty, 18 are released, 17 dispensed and 16 claimed for; one is given back and one cancelled; six are
    /// looked up.
    Lives,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a life has these steps")]
pub enum Step {
    /// A signed order is sent.
    Create,
    /// It is released by its id.
    Release,
    /// Everything is supplied.
    Dispense,
    /// It is claimed for.
    Claim,
    /// It is given back undispensed.
    Return,
    /// An item of it is cancelled.
    Cancel,
    /// It is looked up.
    Track,
}

impl Step {
    /// Its name in reports and ledgers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Release => "release",
            Self::Dispense => "dispense",
            Self::Claim => "claim",
            Self::Return => "return",
            Self::Cancel => "cancel",
            Self::Track => "track",
        }
    }
}

/// A signed order that is ready to be sent.
#[derive(Clone, Debug)]
pub struct Prepared {
    number: u64,
    id: PrescriptionId,
    bundle: Bytes,
    /// What it prescribes, where it will be cancelled.
    cancelled: Option<Box<Prescription>>,
}

/// Why an order could not be prepared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// It was not made.
    #[error(transparent)]
    Generated(#[from] GenerateError),
    /// It was not signed.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// It could not be written.
    #[error("the order could not be written")]
    Written(#[from] eps_core::problem::Problems),
    /// Its id is none.
    #[error(transparent)]
    Id(#[from] eps_core::ids::PrescriptionIdError),
}

/// The kinds of prescriptions, in turn. Of repeat dispensing the first issue is dispensed.
const KINDS: [Kind; 7] =
    [Kind::Acute, Kind::Repeat, Kind::RepeatDispensing, Kind::Repeat, Kind::Acute, Kind::Repeat, Kind::ControlledDrug];

/// What becomes of a prescription after it was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Stays,
    Cancelled,
    Returned,
    Dispensed { claimed: bool },
}

impl Course {
    /// Of twenty: one stays, one is cancelled, one is given back, one is dispensed only, and sixteen are claimed for.
    const fn of(number: u64) -> Self {
        match number % 20 {
            0 => Self::Cancelled,
            10 => Self::Stays,
            11 => Self::Returned,
            share => Self::Dispensed { claimed: share != 1 },
        }
    }
}

/// Signs order `number` of a recipe.
///
/// # Errors
/// [`PrepareError`].
pub fn prepared(
    recipe: &Recipe,
    number: u64,
    signer: &dyn Signer,
    provider: &dyn Provider,
) -> Result<Prepared, PrepareError> {
    let kind = KINDS.iter().cycle().nth((number % KINDS.len() as u64) as usize).copied();
    let mut order = order(&Recipe { kind, nominated: Some(false), ..*recipe }, number)?;
    order.sign(signer, &Policy::production(), provider)?;
    let id = order.prescription().id.checked()?;
    let is_cancelled = Course::of(number) == Course::Cancelled;
    let cancelled = is_cancelled.then(|| Box::new(order.prescription().clone()));
    Ok(Prepared { number, id, bundle: order.bundle()?.into(), cancelled })
}

/// Prepares the orders with these numbers until nobody takes them any more.
///
/// # Errors
/// [`PrepareError`].
pub fn prepare_all(
    recipe: &Recipe,
    numbers: impl Iterator<Item = u64>,
    signer: &dyn Signer,
    provider: &dyn Provider,
    to: &SyncSender<Prepared>,
) -> Result<(), PrepareError> {
    for number in numbers {
        if to.send(prepared(recipe, number, signer, provider)?).is_err() {
            break;
        }
    }
    Ok(())
}

/// Who acts.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "load needs each of these")]
pub struct Actors {
    /// The prescribers' system.
    pub prescriber: PrescriberClient,
    /// Who cancels.
    pub user: SdsUserId,
    /// The pharmacies' system.
    pub pharmacy: PharmacyClient,
    /// The pharmacy that dispenses.
    pub shop: Pharmacy,
}

/// A run of load.
struct Run {
    actors: Actors,
    mix: Mix,
    tally: Arc<Tally>,
    ledger: Option<Ledger>,
}

/// Lets prescriptions arrive as planned, and waits for the last one's life to end.
///
/// # Errors
/// [`LedgerError`] where the ledger cannot be written; the run goes on to its end before that.
pub async fn run(
    plan: Plan,
    actors: Actors,
    mut orders: impl FnMut() -> Option<Prepared>,
    tally: Arc<Tally>,
    ledger: Option<Ledger>,
) -> Result<(), LedgerError> {
    let run = Arc::new(Run { actors, mix: plan.mix, tally, ledger });
    let room = Arc::new(Semaphore::new(plan.in_flight));
    let start = Instant::now();
    run.tally.begin(start);
    let mut lives = JoinSet::new();
    for arrival in 0..plan.arrivals() {
        let due = start + due(arrival, plan.rate);
        tokio::time::sleep_until(due.into()).await;
        let Some(order) = orders() else { break };
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            run.tally.failed("not started");
            continue;
        };
        let run = Arc::clone(&run);
        lives.spawn(async move {
            run.live(order, due).await;
            drop(place);
        });
        while lives.try_join_next().is_some() {}
    }
    while lives.join_next().await.is_some() {}
    run.tally.end();
    run.ledger.as_ref().map_or(Ok(()), Ledger::end)
}

/// A message that is written now, under the id of its request.
fn new_message() -> (RequestId, (MessageId, Timestamp)) {
    let request = RequestId::new();
    (request, (MessageId(request.guid()), SystemClock.now()))
}

/// When an arrival is due, after the start.
fn due(arrival: u64, rate: u32) -> Duration {
    let nanoseconds = u128::from(arrival) * 1_000_000_000 / u128::from(rate.max(1));
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

impl Run {
    /// The life of a prescription. It ends at the first step that fails.
    async fn live(&self, order: Prepared, due: Instant) {
        let Prepared { number, id, bundle, cancelled } = order;
        let request = RequestId::new();
        let created = self.actors.prescriber.send(request, bundle);
        if self.step(Step::Create, &id, request, due, created).await.is_none() || self.mix == Mix::Create {
            return;
        }
        let _ = match Course::of(number) {
            Course::Stays => Some(()),
            Course::Cancelled => self.cancel(&id, cancelled).await,
            Course::Returned => self.give_back(&id).await,
            Course::Dispensed { claimed } => self.dispense(&id, claimed).await,
        };
        if number % 10 < 3 {
            let looked_up = self.actors.prescriber.track(&id);
            let _ = self.step(Step::Track, &id, RequestId::new(), Instant::now(), looked_up).await;
        }
    }

    /// The prescriber cancels the first item.
    async fn cancel(&self, id: &PrescriptionId, prescription: Option<Box<Prescription>>) -> Option<()> {
        let prescription = prescription?;
        let (request, made) = new_message();
        let item = prescription.line_items.first()?.id;
        let user = &self.actors.user;
        let asked = cancellation(&prescription, made, item, CancellationReason::ClinicalGrounds, user)?;
        let cancelled = self.actors.prescriber.cancel(request, &asked);
        self.step(Step::Cancel, id, request, Instant::now(), cancelled).await.map(drop)
    }

    /// The pharmacy releases it.
    async fn release(&self, id: &PrescriptionId) -> Option<Held> {
        let Actors { pharmacy, shop, .. } = &self.actors;
        let (request, (message, now)) = new_message();
        let asked = shop.release_request(message, now, ReleaseKind::Patient(id.written().clone()));
        let released = pharmacy.release(request, &asked);
        Held::all_of(&self.step(Step::Release, id, request, Instant::now(), released).await??).pop()
    }

    /// The pharmacy releases it and gives it back.
    async fn give_back(&self, id: &PrescriptionId) -> Option<()> {
        let Actors { pharmacy, shop, .. } = &self.actors;
        let held = self.release(id).await?;
        let (request, made) = new_message();
        let returned = shop.give_back(made, &held.prescription, held.release, ReturnReason::PatientRequest);
        let told = pharmacy.give_back(request, &returned);
        self.step(Step::Return, id, request, Instant::now(), told).await.map(drop)
    }

    /// The pharmacy releases it, dispenses everything and may claim.
    async fn dispense(&self, id: &PrescriptionId, claims: bool) -> Option<()> {
        let Actors { pharmacy, shop, .. } = &self.actors;
        let held = self.release(id).await?;
        let (status, supplied) = held.all();
        let supplied = supplied.into_iter().map(|one| (LineItemId(RequestId::new().guid()), one)).collect();
        let (request, made) = new_message();
        let notification = shop.dispense_notification(made, &held.prescription, held.release, status, supplied);
        let told = pharmacy.dispense(request, &notification);
        self.step(Step::Dispense, id, request, Instant::now(), told).await?;
        if !claims {
            return Some(());
        }
        let (request, made) = new_message();
        let ids = || RequestId::new().guid();
        let claim = shop.claim(made, &held.prescription, held.release, ids)?;
        let claimed = pharmacy.claim(request, &claim);
        self.step(Step::Claim, id, request, Instant::now(), claimed).await.map(drop)
    }

    /// One step: measured from `since`, and written into the ledger before it is sent and after it is answered.
    async fn step<T>(
        &self,
        step: Step,
        id: &PrescriptionId,
        request: RequestId,
        since: Instant,
        call: impl Future<Output = Result<T, ClientError>>,
    ) -> Option<T> {
        let ledger = self.ledger.as_ref().filter(|_| step != Step::Track);
        if let Some(ledger) = ledger {
            ledger.sent(step, id, request);
        }
        let answered = call.await;
        let took = since.elapsed();
        if let Some(ledger) = ledger {
            ledger.answered(step, id, request, answered.as_ref().err());
        }
        match answered {
            Ok(answer) => {
                self.tally.answered(step, took);
                Some(answer)
            }
            Err(error) => {
                self.tally.failed(&error.kind());
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_course_is_taken_by_its_share() {
        let share = |course| (0..20).filter(|number| Course::of(*number) == course).count();
        let all = [Course::Stays, Course::Cancelled, Course::Returned].map(share);
        assert_eq!((all, share(Course::Dispensed { claimed: true })), ([1, 1, 1], 16));
    }

    #[test]
    fn arrivals_are_evenly_spread() {
        assert_eq!(due(0, 3), Duration::ZERO);
        assert_eq!(due(3, 3), Duration::from_secs(1));
        assert_eq!(due(1, 1000), Duration::from_millis(1));
        assert_eq!(due(5, 0), Duration::from_secs(5));
    }
}
