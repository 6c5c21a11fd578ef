//! `eps load`: how much a server takes, and that it loses nothing.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use clap::{Args, ValueEnum};
use eps_core::signature::signer::AwsLcSigner;
use eps_transport::generate::Recipe;
use eps_transport::load::{Actors, Histogram, Ledger, LedgerError, Mix, Plan, Prepared, Snapshot, Tally};
use eps_transport::load::{check, check_store, prepare_all, run, svg};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::held::pharmacy;
use crate::options::Global;
use crate::remote::{Server, wait};
use crate::trust::PROVIDER;
use crate::{files, pki, sign, track};

/// The pharmacy that dispenses everything.
const PHARMACY: &str = "FZ417";
/// Threads that sign ahead.
const SIGNERS: u64 = 2;
/// How often the progress is shown.
const TICK: Duration = Duration::from_millis(250);

/// Let prescriptions arrive at a server at a rate, and measure its answers
///
/// The arrivals do not wait for the answers. Latencies of creations count from when they were due. With --ledger every message
/// is written down before it is sent and after it is answered; --check then looks all of them up, be it after the server was
/// killed and started again, or in its store, and fails where a message that was accepted is lost or one was done twice.
///
/// eps load --rate 100 --seconds 30 --pki pki --ledger ledger --svg load.svg
/// eps load --check ledger
/// eps load --check ledger --store eps-data/eps.db
#[derive(Args)]
pub(crate) struct Load {
    /// Prescriptions a second
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
    /// For so long
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// What is done with each
    #[arg(long, value_enum, default_value_t = Wanted::Lives)]
    mix: Wanted,
    /// Which prescriptions; the same ones are duplicates [default: random]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Sign with the prescriber's key in this folder, which `eps pki init` made [default: keys made for the occasion]
    #[arg(long, value_name = "DIR")]
    pki: Option<PathBuf>,
    /// The most orders that are signed before the start; further ones are signed on the way
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    ahead: usize,
    /// The most prescriptions on their way at once; what would be more does not start
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    in_flight: usize,
    /// Write every message down here
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// Draw the run
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Look everything of a ledger up, and send nothing
    #[arg(long, value_name = "LEDGER", conflicts_with_all = ["rate", "seconds", "mix", "seed", "ledger", "svg"])]
    check: Option<PathBuf>,
    /// Look it up in the store of a server, which need not run
    #[arg(long, value_name = "FILE", requires = "check", conflicts_with = "server")]
    store: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
}

/// What is done with each prescription.
#[derive(Clone, Copy, ValueEnum)]
enum Wanted {
    /// Create it
    Create,
    /// Create all kinds; of twenty release 18, dispense 17, claim 16, give 1 back, cancel 1, look 6 up
    Lives,
}

impl Load {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        match &self.check {
            Some(ledger) => self.check(ledger, global),
            None => self.load(global),
        }
    }

    fn check(&self, ledger: &Path, global: &Global) -> Result<(), Failure> {
        let checked = match &self.store {
            None => wait(check(ledger, &self.server.prescriber()?))?,
            Some(path) => check_store(ledger, &track::open(path, global)?),
        };
        let checked = checked.map_err(failed)?;
        let (lost, doubled) = (checked.lost.len(), checked.doubled.len());
        if global.json {
            files::print_json(&checked)?;
        } else {
            let (all, accepted, unknown, arrived) =
                (checked.prescriptions, checked.accepted, checked.unknown, checked.arrived);
            let ids: String = checked.lost.iter().chain(&checked.doubled).map(|id| format!("\n  {id}")).collect();
            files::print(
                format!(
                    "{all} prescriptions, {accepted} messages accepted, {unknown} without an answer ({arrived} of them \
                     arrived)\nlost {lost}, doubled {doubled}{ids}"
                )
                .as_bytes(),
            )?;
        }
        if lost + doubled == 0 { Ok(()) } else { Err(Failure::Refused) }
    }

    fn load(&self, global: &Global) -> Result<(), Failure> {
        let seed = self.seed.unwrap_or_else(random);
        let mix = match self.mix {
            Wanted::Create => Mix::Create,
            Wanted::Lives => Mix::Lives,
        };
        let plan =
            Plan { rate: self.rate, duration: Duration::from_secs(self.seconds), mix, in_flight: self.in_flight };
        let actors = Actors {
            prescriber: self.server.prescriber()?,
            user: pki::INVENTED_USER.parse().map_err(|_| Failure::Usage("the user has no SDS id"))?,
            pharmacy: self.server.pharmacy()?,
            shop: pharmacy(&PHARMACY.parse().map_err(|_| Failure::Usage("the pharmacy has no ODS code"))?)?,
        };
        let ledger = self.ledger.as_deref().map(Ledger::open).transpose().map_err(failed)?;
        let mut orders = self.prepared(Recipe::new(seed, global.now()), plan.arrivals(), global)?;
        let tally = Arc::new(Tally::default());
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let done = runtime.block_on(async {
            let shown = tokio::spawn(show(plan, Arc::clone(&tally)));
            let done = run(plan, actors, move || orders.next(), Arc::clone(&tally), ledger).await;
            shown.abort();
            done
        });
        tell("");
        done.map_err(failed)?;
        let snapshot = tally.snapshot();
        if let Some(path) = &self.svg {
            std::fs::write(path, svg(&snapshot))?;
        }
        if global.json {
            files::print_json(&report(&snapshot, self.rate, seed))
        } else {
            files::print(told(&snapshot, self.rate, seed).as_bytes())
        }
    }

    /// The orders, signed by threads of their own: as many as are wanted ahead are ready when this returns.
    fn prepared(&self, recipe: Recipe, count: u64, global: &Global) -> Result<Orders, Failure> {
        let signer = match &self.pki {
            Some(folder) => sign::folder_signer(folder)?,
            None => sign::throw_away_signer(&pki::throw_away(global, global.now())?)?,
        };
        let signer = Arc::new(signer);
        let (to, from) = sync_channel(SIGNERS as usize);
        for first in 0..SIGNERS {
            let (to, signer) = (to.clone(), Arc::clone(&signer));
            std::thread::spawn(move || {
                let signer: &AwsLcSigner = &signer;
                // An order that cannot be made ends the arrivals, which the report shows.
                prepare_all(&recipe, (first..count).step_by(SIGNERS as usize), signer, &PROVIDER, &to)
            });
        }
        let ahead = usize::try_from(count).unwrap_or(usize::MAX).min(self.ahead);
        tell("signing ahead");
        Ok(Orders { ready: from.iter().take(ahead).collect::<Vec<_>>().into_iter(), from })
    }
}

/// Orders that are ready, and those that will be.
struct Orders {
    ready: std::vec::IntoIter<Prepared>,
    from: Receiver<Prepared>,
}

impl Orders {
    fn next(&mut self) -> Option<Prepared> {
        self.ready.next().or_else(|| self.from.recv().ok())
    }
}

fn random() -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = crate::held::new_id().to_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

fn failed(error: LedgerError) -> Failure {
    if let LedgerError::Asked(error) = error {
        crate::remote::failure(error)
    } else if let LedgerError::Store(error) = error {
        Failure::Store(error.into())
    } else {
        Failure::because("the ledger")(error.into())
    }
}

/// Says on a terminal what goes on, in place of what was said before.
#[expect(clippy::print_stderr, reason = "progress is for who looks on, and standard output is for the report")]
fn tell(line: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r{line:<100}");
        let _ = std::io::stderr().flush();
    }
}

/// Shows the progress until it is stopped.
async fn show(plan: Plan, tally: Arc<Tally>) {
    const BAR: u64 = 30;
    loop {
        let now = tally.snapshot();
        let (at, all) = (now.elapsed.as_secs(), plan.duration.as_secs());
        let full = usize::try_from(at.min(all) * BAR / all.max(1)).unwrap_or_default();
        let latencies = now.all();
        let p99 = millis(latencies.per_mille(990));
        let bar = format!("{:<30}", "#".repeat(full));
        tell(&format!("[{bar}] {at}/{all} s  {} answers  {} failed  p99 {p99} ms", latencies.count(), now.failed()));
        tokio::time::sleep(TICK).await;
    }
}

/// Milliseconds with three digits after the point.
fn millis(took: Option<Duration>) -> String {
    let micros = took.unwrap_or_default().as_micros();
    format!("{}.{:03}", micros / 1000, micros % 1000)
}

fn per_second(count: u64, elapsed: Duration) -> u128 {
    u128::from(count) * 1000 / elapsed.as_millis().max(1)
}

fn told(snapshot: &Snapshot, rate: u32, seed: u64) -> String {
    let all = snapshot.all();
    let elapsed = snapshot.elapsed;
    let mut lines = vec![
        format!(
            "{rate} prescriptions a second for {:.1?}: {} answers, {} a second, {} failed (seed {seed})",
            elapsed,
            all.count(),
            per_second(all.count(), elapsed),
            snapshot.failed()
        ),
        format!("{:<12}{:>10}{:>12}{:>12}{:>12}{:>12}  ms", "", "answers", "p50", "p99", "p99.9", "longest"),
    ];
    let steps = snapshot.steps.iter().map(|(step, latencies)| (step.name(), latencies));
    lines.extend(steps.chain([("all", &all)]).map(|(name, latencies)| row(name, latencies)));
    lines.extend(snapshot.errors.iter().map(|(kind, count)| format!("failed: {count} {kind}")));
    lines.join("\n")
}

fn row(name: &str, latencies: &Histogram) -> String {
    let [p50, p99, p999] = [500, 990, 999].map(|share| millis(latencies.per_mille(share)));
    let longest = millis(latencies.longest());
    format!("{name:<12}{:>10}{p50:>12}{p99:>12}{p999:>12}{longest:>12}", latencies.count())
}

fn report(snapshot: &Snapshot, rate: u32, seed: u64) -> Value {
    let all = snapshot.all();
    let steps = snapshot.steps.iter().map(|(step, latencies)| (step.name().to_owned(), latencies_json(latencies)));
    json!({
        "rate": rate,
        "seed": seed,
        "milliseconds": u64::try_from(snapshot.elapsed.as_millis()).unwrap_or(u64::MAX),
        "answers": all.count(),
        "answersPerSecond": u64::try_from(per_second(all.count(), snapshot.elapsed)).unwrap_or(u64::MAX),
        "failed": snapshot.failed(),
        "errors": snapshot.errors,
        "steps": steps.collect::<serde_json::Map<_, _>>(),
        "all": latencies_json(&all),
    })
}

fn latencies_json(latencies: &Histogram) -> Value {
    let micros = |took: Option<Duration>| took.map(|took| u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    json!({
        "answers": latencies.count(),
        "p50Microseconds": micros(latencies.per_mille(500)),
        "p99Microseconds": micros(latencies.per_mille(990)),
        "p999Microseconds": micros(latencies.per_mille(999)),
        "longestMicroseconds": micros(latencies.longest()),
    })
}
