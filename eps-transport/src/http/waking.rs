//! Waking a pharmacy: it is told that prescriptions wait for it, and nothing about them; then it releases them as ever.
//!
//! ```text
//!  journal ─▶ tail (while anybody listens) ─▶ who was woken last, by which entry ─▶ events, long polls
//! ```
//!
//! The id of an event is the number of a journal entry. Who comes back with the last one that he saw is told at once if
//! prescriptions wait and any may have come since: rather once too often than once too few.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use eps_core::ids::OdsCode;
use eps_core::record::Effect;
use hyper::body::Frame;
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::answer::{Answer, Problem};
use super::scope::{Access, Denied};
use super::token::{NotAccepted, Tokens};
use super::{Service, caller, query};
use crate::broker::JournalEntry;
use crate::store::{Store, StoreError};

/// How often the journal is looked at while anybody listens.
const EVERY: Duration = Duration::from_millis(100);
/// Entries that are read at once.
const PAGE: u32 = 256;
/// How often something is sent to a listener, so that both sides know the connection is there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The longest that a poll waits, and how long it waits where it does not say.
const LONGEST: Duration = Duration::from_secs(60);
const USUAL: Duration = Duration::from_secs(30);

/// What the journal told so far.
#[derive(Default)]
struct Woken {
    /// The last entry that was read.
    upto: u64,
    /// The last entry that woke each pharmacy, since somebody listens.
    by: HashMap<OdsCode, u64>,
}

/// Who was woken.
pub(super) struct Waking {
    woken: Mutex<Woken>,
    /// Changes with every entry that woke somebody; `true` at the end.
    changed: watch::Sender<(u64, bool)>,
}

impl Default for Waking {
    fn default() -> Self {
        Self { woken: Mutex::default(), changed: watch::Sender::new((0, false)) }
    }
}

impl Waking {
    fn woken(&self) -> MutexGuard<'_, Woken> {
        // It is whole between any two statements.
        self.woken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends everybody away.
    pub(super) fn end(&self) {
        self.changed.send_modify(|(_, ended)| *ended = true);
    }

    /// Reads on in the journal; where nobody listened, from its end.
    fn read_on(&self, store: &dyn Store, anew: bool) -> Result<(), StoreError> {
        if anew {
            let upto = end_of(store)?;
            *self.woken() = Woken { upto, by: HashMap::new() };
        }
        loop {
            let upto = self.woken().upto;
            let rows = store.journal(upto, PAGE)?;
            let Some(last) = rows.last() else { return Ok(()) };
            let mut woken = self.woken();
            woken.upto = last.number;
            for row in &rows {
                let Ok(entry) = JournalEntry::from_bytes(&row.entry) else { continue };
                for effect in entry.records.iter().flat_map(|record| &record.effects) {
                    if let Effect::Wake(pharmacy) = effect {
                        woken.by.insert(pharmacy.clone(), row.number);
                    }
                }
            }
            drop(woken);
            self.changed.send_modify(|(number, _)| *number = last.number);
        }
    }
}

/// The number of the last entry, found in few steps however long the journal is.
fn end_of(store: &dyn Store) -> Result<u64, StoreError> {
    let is_there = |number: u64| Ok::<_, StoreError>(!store.journal(number.saturating_sub(1), 1)?.is_empty());
    let mut beyond = 1_u64;
    while is_there(beyond)? {
        beyond = beyond.saturating_mul(2);
    }
    let mut last = beyond / 2;
    while last + 1 < beyond {
        let middle = last + (beyond - last) / 2;
        if is_there(middle)? {
            last = middle;
        } else {
            beyond = middle;
        }
    }
    Ok(last)
}

/// Follows the journal for those who listen, until the end.
pub(super) async fn tail<S: Store + 'static>(service: Arc<Service<S>>) {
    let mut listened = false;
    loop {
        tokio::time::sleep(EVERY).await;
        let listens = service.waking.changed.receiver_count() > 0;
        if listens {
            let (reader, anew) = (Arc::clone(&service), !listened);
            let read = tokio::task::spawn_blocking(move || reader.waking.read_on(reader.broker.store(), anew)).await;
            if !matches!(read, Ok(Ok(()))) {
                tracing::error!("the journal could not be followed");
            }
        }
        listened = listens;
    }
}

/// A pharmacy that listens.
struct Listener<S> {
    service: Arc<Service<S>>,
    pharmacy: OdsCode,
    /// The last event that it has seen.
    seen: Option<u64>,
    changed: watch::Receiver<(u64, bool)>,
}

impl<S: Store + 'static> Listener<S> {
    /// The number of the event that it is to be told now.
    async fn due(&mut self) -> Option<u64> {
        self.changed.mark_unchanged();
        let (upto, last) = {
            let woken = self.service.waking.woken();
            (woken.upto, woken.by.get(&self.pharmacy).copied())
        };
        match (last, self.seen) {
            (Some(last), Some(seen)) if last <= seen => None,
            (Some(last), _) => Some(last),
            // Nothing came since somebody listens, and this one was told of what was there then.
            (None, Some(seen)) if seen >= upto => None,
            (None, _) => self.is_waited_for().await.then_some(upto.max(self.seen.unwrap_or(0))),
        }
    }

    async fn is_waited_for(&self) -> bool {
        let (service, pharmacy) = (Arc::clone(&self.service), self.pharmacy.clone());
        let waiting = tokio::task::spawn_blocking(move || service.broker.store().waiting(&pharmacy, None, 1)).await;
        waiting.is_ok_and(|waiting| waiting.is_ok_and(|waiting| !waiting.is_empty()))
    }

    /// The next event; `None` once the time is over or the server ends.
    async fn next(&mut self, until: Instant) -> Option<u64> {
        loop {
            if let Some(number) = self.due().await {
                self.seen = Some(number);
                return Some(number);
            }
            let change = tokio::time::timeout_at(until, self.changed.changed()).await;
            if !matches!(change, Ok(Ok(()))) || self.has_ended() {
                return None;
            }
        }
    }

    fn has_ended(&self) -> bool {
        self.changed.borrow().1
    }

    /// Sends events until the pharmacy is gone or the server ends.
    async fn stream(mut self, to: mpsc::Sender<Bytes>) {
        let mut first = true;
        while !self.has_ended() {
            let until = Instant::now() + HEARTBEAT;
            let text = match self.next(until).await {
                Some(number) => {
                    format!("id: {number}\nevent: waiting\ndata: {}\n\n", json!({ "ods": self.pharmacy.as_str() }))
                }
                None => ":\n\n".to_owned(),
            };
            if to.send(text.into()).await.is_err() {
                return;
            }
            if std::mem::take(&mut first) && self.seen.is_none() {
                // From now on only what is new.
                self.seen = Some(self.service.waking.woken().upto);
            }
        }
    }
}

/// What a listener is sent, as it comes.
struct Events(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// Answers a pharmacy that wants to be woken: with events if it takes them, else with the next one.
pub(super) async fn answer<S: Store + 'static>(
    service: &Arc<Service<S>>,
    parts: &Parts,
    pharmacy: &str,
) -> Result<Answer, Answer> {
    let claims = caller::claims(&parts.headers, service).map_err(|NotAccepted| Problem::NoToken.answer())?;
    Access::NominatedRelease.allowed(&claims.scopes()).map_err(|denied| Problem::Denied(denied).answer())?;
    let pharmacy: OdsCode = pharmacy.parse().map_err(|_| Problem::NoRoute.answer())?;
    if !matches!(service.tokens, Tokens::Believed) && !claims.acts_for(pharmacy.as_str()) {
        return Err(Problem::Denied(Denied("Your token is not of this organisation.")).answer());
    }
    let pairs = query::pairs(parts.uri.query().unwrap_or_default());
    let seen = caller::header(&parts.headers, "last-event-id").or_else(|| query::value(&pairs, "after"));
    let wrong = || {
        Problem::WrongMessage("after and Last-Event-ID are the id of an event, wait is a number of seconds.").answer()
    };
    let seen = seen.map(|seen| seen.parse().map_err(|_| wrong())).transpose()?;
    let changed = service.waking.changed.subscribe();
    let mut listener = Listener { service: Arc::clone(service), pharmacy, seen, changed };
    if caller::header(&parts.headers, "accept").is_some_and(|accept| accept.contains("text/event-stream")) {
        let (to, events) = mpsc::channel(1);
        tokio::spawn(listener.stream(to));
        let answer = Answer::new(StatusCode::OK, "text/event-stream", Vec::new());
        return Ok(answer.with(header::CACHE_CONTROL, "no-cache").streamed(Body::new(Events(events))));
    }
    let wait = query::value(&pairs, "wait").map(|wait| wait.parse().map(Duration::from_secs).map_err(|_| wrong()));
    let until = Instant::now() + wait.transpose()?.unwrap_or(USUAL).min(LONGEST);
    let told = listener.next(until).await;
    let id = told.or(listener.seen).map(|id| id.to_string());
    let body = json!({ "waiting": told.is_some(), "id": id });
    Ok(Answer::json(StatusCode::OK, &body).with(header::CACHE_CONTROL, "no-cache"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Commit;
    use crate::store::memory::MemoryStore;

    #[test]
    fn the_end_of_a_journal_is_found() {
        let store = MemoryStore::default();
        for entries in 0..40 {
            assert_eq!(end_of(&store).unwrap(), entries);
            let (sent, records, released) = (Vec::new(), Vec::new(), Vec::new());
            store.commit(Commit { message: None, sent, records, released, journal: vec![1] }).unwrap();
        }
    }
}
