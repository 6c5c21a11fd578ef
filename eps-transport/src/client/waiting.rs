//! Waiting until prescriptions wait for a pharmacy, by events that the service sends (server-sent events) or by long polls.
//!
//! ```text
//!            ┌──────────── broken: again, from the last event on ───────────┐
//!  Events ───┴─▶ GET waiting/{ods}, text/event-stream ─▶ id, event, data ─▶ next
//!    │ something between does not let events through
//!  LongPoll ───▶ GET waiting/{ods}?wait=25&after=id ─▶ {waiting, id} ─▶ next
//! ```

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use eps_core::ids::OdsCode;
use http_body_util::BodyExt as _;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Deserialize;

use super::error::ClientError;
use super::session::{Asked, RequestId, Session, may_pass, refusal, retry_after, text};
use super::transport::{Arriving, TransportError};

const PATH: &str = "/fhir-dispensing/waiting/";
const EVENT_STREAM: &str = "text/event-stream";
/// How long a stream may be silent: the service sends something every 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// The longest that one poll waits; half of what an answer may take, where that is less.
const LONGEST_POLL: Duration = Duration::from_secs(25);
/// The longest line of a stream that is taken; those of the service are a tenth of it.
const LONGEST_LINE: usize = 1024;

/// The number of an event, by which a client that comes back says what it has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(u64);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for EventId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

enum Way {
    Events(Option<Stream>),
    LongPoll,
}

/// Waits until prescriptions wait for a pharmacy; then they are to be released.
///
/// It comes back by itself where the connection breaks, and takes to long polls where something between it and the service
/// does not let events through.
pub struct Waiting {
    session: Session,
    path: String,
    seen: Option<EventId>,
    way: Way,
    /// Connections in a row that brought nothing.
    failures: u32,
}

impl Waiting {
    pub(super) fn new(session: Session, pharmacy: &OdsCode) -> Self {
        Self { session, path: format!("{PATH}{pharmacy}"), seen: None, way: Way::Events(None), failures: 0 }
    }

    /// Goes on after an event that was seen earlier, by another process even.
    #[must_use]
    pub fn after(self, event: EventId) -> Self {
        Self { seen: Some(event), ..self }
    }

    /// Waits by long polls from the beginning.
    #[must_use]
    pub fn by_long_poll(self) -> Self {
        Self { way: Way::LongPoll, ..self }
    }

    /// Waits until prescriptions wait, and gives the event to go on after. At first it comes at once where any wait already;
    /// then when more have come. It may be dropped and called again at any time.
    ///
    /// # Errors
    /// [`ClientError`], where the service refuses, or gave no answer as often as [`Patience`](super::Patience) has it; it can
    /// be called again.
    pub async fn next(&mut self) -> Result<EventId, ClientError> {
        loop {
            let told = match &mut self.way {
                Way::LongPoll => self.poll().await,
                Way::Events(None) => self.connect().await.map(|()| None),
                Way::Events(Some(stream)) => {
                    let read = tokio::time::timeout(SILENCE, stream.next()).await;
                    self.streamed(read.unwrap_or(Err(TransportError::TooSlow))).await
                }
            };
            if let Some(event) = told? {
                self.seen = Some(event);
                return Ok(event);
            }
        }
    }

    async fn poll(&mut self) -> Result<Option<EventId>, ClientError> {
        #[derive(Deserialize)]
        struct Polled {
            waiting: bool,
            id: Option<String>,
        }
        let patience = self.session.patience;
        let wait = LONGEST_POLL.min(patience.each / 2).as_secs();
        let after = self.seen.map(|event| format!("&after={event}")).unwrap_or_default();
        let asked = Asked::get(format!("{}?wait={wait}{after}", self.path), HeaderMap::new());
        let response = self.session.ask(RequestId::new(), &asked).await?;
        let status = response.status();
        if !status.is_success() {
            return Err(refusal(&response));
        }
        let polled: Polled = serde_json::from_slice(response.body()).map_err(|_| ClientError::Other { status })?;
        let event = polled.id.and_then(|id| id.parse().ok());
        if polled.waiting {
            return event.map(Some).ok_or(ClientError::Other { status });
        }
        tokio::time::sleep(patience.pause).await;
        Ok(None)
    }

    /// Opens the stream, or goes over to polls where none is given.
    async fn connect(&mut self) -> Result<(), ClientError> {
        let token = self.session.token().await?;
        let response = match self.open(&token).await? {
            Ok(response) if response.status() == StatusCode::UNAUTHORIZED => {
                if !self.session.credentials.forget(&token).await {
                    return Err(refusal(&whole(response).await?));
                }
                let token = self.session.token().await?;
                self.open(&token).await?
            }
            opened => opened,
        };
        match response {
            Ok(response) if may_pass(response.status()) => {
                let (status, wanted) = (response.status(), retry_after(response.headers()));
                self.failed(ClientError::Unavailable { status }, wanted).await
            }
            Ok(response) if !response.status().is_success() => Err(refusal(&whole(response).await?)),
            Ok(response) => {
                let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
                let is_stream = kind.is_some_and(|kind| kind.starts_with(EVENT_STREAM));
                self.way = if is_stream { Way::Events(Some(Stream::of(response.into_body()))) } else { Way::LongPoll };
                Ok(())
            }
            Err(error) => self.failed(error.into(), None).await,
        }
    }

    async fn open(&self, token: &str) -> Result<Result<Response<Arriving>, TransportError>, ClientError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(EVENT_STREAM));
        if let Some(event) = self.seen {
            headers.insert("last-event-id", text(&event.to_string())?);
        }
        let request = self.session.request(RequestId::new(), &Asked::get(self.path.clone(), headers), token)?;
        let opened = tokio::time::timeout(self.session.patience.each, self.session.transport.open(request));
        Ok(opened.await.unwrap_or(Err(TransportError::TooSlow)))
    }

    /// What a stream brought, or how it ended.
    async fn streamed(
        &mut self,
        read: Result<Option<EventId>, TransportError>,
    ) -> Result<Option<EventId>, ClientError> {
        match read {
            Ok(event) => {
                self.failures = 0;
                Ok(event)
            }
            // It keeps everything back until the stream ends, which it never does.
            Err(TransportError::TooSlow) if self.has_brought_nothing() => {
                self.way = Way::LongPoll;
                Ok(None)
            }
            Err(error) => {
                self.way = Way::Events(None);
                self.failed(error.into(), None).await.map(|()| None)
            }
        }
    }

    const fn has_brought_nothing(&self) -> bool {
        matches!(&self.way, Way::Events(Some(stream)) if !stream.has_begun)
    }

    /// Pauses before another attempt, unless it was the last.
    async fn failed(&mut self, error: ClientError, wanted: Option<Duration>) -> Result<(), ClientError> {
        let patience = self.session.patience;
        self.failures += 1;
        if self.failures >= patience.attempts {
            self.failures = 0;
            return Err(error);
        }
        tokio::time::sleep(patience.pause_after(RequestId::new(), self.failures, wanted)).await;
        Ok(())
    }
}

async fn whole(response: Response<Arriving>) -> Result<Response<hyper::body::Bytes>, ClientError> {
    super::transport::whole(response).await.map_err(ClientError::from)
}

/// Events as they come, in the form of HTML's server-sent events.
struct Stream {
    body: Arriving,
    lines: Lines,
    has_begun: bool,
}

impl Stream {
    fn of(body: Arriving) -> Self {
        Self { body, lines: Lines::default(), has_begun: false }
    }

    /// The next event that says that prescriptions wait; `None` where something else came, which says that the service is
    /// there.
    async fn next(&mut self) -> Result<Option<EventId>, TransportError> {
        if let Some(event) = self.lines.event()? {
            return Ok(Some(event));
        }
        let ended = || TransportError::Broken("the stream ended".into());
        let frame = self.body.frame().await.ok_or_else(ended)?.map_err(TransportError::Broken)?;
        self.has_begun = true;
        if let Some(data) = frame.data_ref() {
            self.lines.rest.extend_from_slice(data);
        }
        self.lines.event()
    }
}

/// The lines of a stream.
#[derive(Default)]
struct Lines {
    rest: Vec<u8>,
    /// What the lines of the event so far say.
    id: Option<EventId>,
    is_waiting: bool,
}

impl Lines {
    fn event(&mut self) -> Result<Option<EventId>, TransportError> {
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            if let Some(event) = self.line(line.trim_end_matches(['\r', '\n'])) {
                return Ok(Some(event));
            }
        }
        if self.rest.len() > LONGEST_LINE {
            return Err(TransportError::TooLong);
        }
        Ok(None)
    }

    fn line(&mut self, line: &str) -> Option<EventId> {
        if line.is_empty() {
            let event = self.id.filter(|_| self.is_waiting);
            self.is_waiting = false;
            return event;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => self.id = value.parse().ok(),
            "event" => self.is_waiting = value == "waiting",
            // Comments, data, and what may come to be.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(parts: &[&str]) -> Result<Vec<u64>, TransportError> {
        let mut lines = Lines::default();
        let mut events = Vec::new();
        for part in parts {
            lines.rest.extend(part.as_bytes());
            while let Some(EventId(id)) = lines.event()? {
                events.push(id);
            }
        }
        Ok(events)
    }

    #[test]
    fn events_are_read_however_they_are_cut() {
        let stream = ":\n\nid: 7\nevent: waiting\ndata: {}\n\nid: 9\r\nevent: waiting\r\ndata: {}\r\n\r\n";
        assert_eq!(events(&[stream]).unwrap(), [7, 9]);
        for at in 0..stream.len() {
            let (first, second) = stream.split_at(at);
            assert_eq!(events(&[first, second]).unwrap(), [7, 9], "cut at {at}");
        }
    }

    #[test]
    fn what_does_not_say_that_prescriptions_wait_is_passed_over() {
        for other in
            ["id: 7\ndata: {}\n\n", "event: waiting\n\n", "id: x\nevent: waiting\n\n", "id: 7\nevent: news\n\n"]
        {
            assert!(events(&[other]).unwrap().is_empty(), "{other}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_not_kept_for_ever() {
        assert!(matches!(events(&["x".repeat(2000).as_str()]), Err(TransportError::TooLong)));
    }
}
