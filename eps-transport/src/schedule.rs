//! What happens by itself: prescriptions become ready, expire, can no longer be claimed, are deleted and forgotten.
//!
//! ```text
//!   Clock ──▶ run ──▶ Broker::pass_time: the next batch in the order of the days ──▶ one commit ──▶ … until nothing is due
//! ```
//!
//! [`run`] does all that is due; a [`Schedule`] runs it again and again on a thread of its own. Either can be stopped at any
//! moment, by a power cut too: what was done is no longer due, and the rest still is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::broker::{Broker, BrokerError, TimePassed};
use crate::store::Store;

/// Does all that is due by the broker's clock, batch by batch.
///
/// # Errors
/// [`BrokerError`] when the store or what it holds fails. The batches before are done then.
pub fn run<S: Store>(broker: &Broker<S>) -> Result<TimePassed, BrokerError> {
    run_unless(broker, &AtomicBool::new(false))
}

/// Does all that is due, or as much as it gets to before it is stopped.
fn run_unless<S: Store>(broker: &Broker<S>, stop: &AtomicBool) -> Result<TimePassed, BrokerError> {
    let mut all = TimePassed::default();
    loop {
        let batch = broker.pass_time(all.next.as_ref())?;
        all.changed += batch.changed;
        all.deleted += batch.deleted;
        all.purged += batch.purged;
        all.stuck += batch.stuck;
        all.next = batch.next;
        if all.next.is_none() || stop.load(Ordering::Relaxed) {
            return Ok(all);
        }
    }
}

/// A thread that does what is due. It ends when this is dropped, after the batch it is at.
pub struct Schedule {
    /// `None` only while it is dropped.
    wake: Option<SyncSender<()>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Schedule {
    /// Runs now and then after every so long; `told` gets the outcome of each run.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start<S: Store + 'static>(
        broker: Arc<Broker<S>>,
        every: Duration,
        told: impl Fn(Result<TimePassed, BrokerError>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("eps-schedule".to_owned()).spawn(move || {
            loop {
                told(run_unless(&broker, &stopped));
                match woken.recv_timeout(every) {
                    Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        })?;
        Ok(Self { wake: Some(wake), stop, thread: Some(thread) })
    }

    /// Runs at once: the clock was moved.
    pub fn wake(&self) {
        // Where the channel is full, a run is about to begin anyway.
        let _ = self.wake.as_ref().map(|wake| wake.try_send(()));
    }
}

impl Drop for Schedule {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.wake.take());
        // A run that panicked has told so on standard error.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
