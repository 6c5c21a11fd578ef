//! One request, from its first line to its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method as HttpMethod, Response, StatusCode, header};
use eps_core::ids::Guid;
use eps_core::model::Timestamp;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Body as _;
use tokio::sync::OwnedSemaphorePermit;
use tracing::{Instrument as _, Span};

use super::Service;
use super::answer::{Answer, Problem};
use super::caller::{self, Caller};
use super::callers::{Key, Place, TooMany, Turn};
use super::exchange::Exchange;
use super::faults::Fault;
use super::route::{Call, Method, Product, route};
use super::status_updates::{self, Sender};
use super::token::{Claims, NotAccepted};
use super::tracker::{self, Asking, CORRELATION, Question};
use super::waking;
use crate::spans::{self, step};
use crate::store::Store;

/// The headers that are mirrored.
const MIRRORED: [&str; 2] = ["x-request-id", "x-correlation-id"];

/// Marks a response that must not be sent: the connection is closed in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dropped;

/// Whether this response must not be sent: the connection is closed in its place.
pub(crate) fn is_withheld(response: &Response<Body>) -> bool {
    response.extensions().get::<Dropped>().is_some()
}

/// Answers one request, with the mirrored headers.
pub(super) async fn handle<S: Store + 'static>(
    State(service): State<Arc<Service<S>>>,
    request: Request,
) -> Response<Body> {
    let mirrored: HeaderMap = MIRRORED
        .iter()
        .filter_map(|name| Some((HeaderName::from_static(name), request.headers().get(*name)?.clone())))
        .collect();
    let head = request.method() == HttpMethod::HEAD;
    let (started, _here) = (Instant::now(), service.metrics.here());
    let routed = route(request.uri().path());
    let call = routed.as_ref().map_or("none", |(_, call)| call.name());
    let span = traced(&request, routed.as_ref());
    let answer = answer(&service, request).instrument(span.clone()).await;
    let (answer, dropped) = match answer {
        Ok(Done { answer, dropped }) => (answer, dropped),
        Err(refusal) => (in_own_form(refusal, routed.as_ref(), service.clock.now()), false),
    };
    let took = started.elapsed();
    service.metrics.answered(routed.as_ref(), answer.status.as_u16(), took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(call, status = answer.status.as_u16(), milliseconds, dropped, "answered");
    span.record("http.response.status_code", answer.status.as_u16());
    if answer.status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    let mut response = answer.response();
    if routed.is_some_and(|(product, _)| product == Product::Tracker) {
        response.headers_mut().insert(CORRELATION, HeaderValue::from_static(""));
    }
    response.headers_mut().extend(mirrored);
    if head {
        *response.body_mut() = Body::empty();
    }
    if dropped {
        response.extensions_mut().insert(Dropped);
    }
    response
}

/// The span of a request: its path is told by the name of the call, for what a client wrote in it may be a patient's.
fn traced(request: &Request, routed: Option<&(Product, Call)>) -> Span {
    let method = match *request.method() {
        HttpMethod::GET => "GET",
        HttpMethod::HEAD => "HEAD",
        HttpMethod::POST => "POST",
        // Any word is a method.
        _ => "_OTHER",
    };
    let span = tracing::info_span!(
        target: spans::TARGET,
        "request",
        otel.name = tracing::field::Empty,
        otel.kind = "server",
        otel.status_code = tracing::field::Empty,
        http.request.method = method,
        http.route = routed.map(|(_, call)| call.name()),
        http.response.status_code = tracing::field::Empty,
        eps.product = routed.map(|(product, _)| product.name()),
    );
    if !span.is_disabled() {
        span.record("otel.name", format!("{method} {}", routed.map_or("none", |(_, call)| call.name())));
    }
    #[cfg(feature = "opentelemetry")]
    crate::telemetry::follow(&span, request.headers());
    span
}

/// A refusal as the product words it that was called.
fn in_own_form(refusal: Answer, called: Option<&(Product, Call)>, now: Timestamp) -> Answer {
    let Some((product, call)) = called else { return refusal };
    match product {
        Product::Tracker => tracker::in_own_form(refusal, now),
        Product::StatusUpdate if *call == Call::CheckUpdates => {
            if refusal.status == StatusCode::INTERNAL_SERVER_ERROR {
                status_updates::not_read()
            } else {
                refusal
            }
        }
        Product::StatusUpdate => status_updates::in_own_form(refusal, now),
        Product::Combined | Product::Prescribing | Product::Dispensing => refusal,
    }
}

/// An answer, and whether it is withheld on purpose.
struct Done {
    answer: Answer,
    dropped: bool,
}

impl From<Answer> for Done {
    fn from(answer: Answer) -> Self {
        Self { answer, dropped: false }
    }
}

async fn answer<S: Store + 'static>(service: &Arc<Service<S>>, request: Request) -> Result<Done, Answer> {
    let (parts, body) = request.into_parts();
    let (product, call) = route(parts.uri.path()).ok_or_else(|| Problem::NoRoute.answer())?;
    let changes = takes(&call, &parts.method)?;
    if let Some(answer) = open(service, product, &call) {
        return Ok(answer.into());
    }
    if matches!(call, Call::Clock | Call::Faults) {
        let body = if changes { Some(collect(service, body).await?) } else { None };
        return control(service, &call, body.as_ref().map(|body| body.bytes.as_ref())).map(Done::from);
    }
    if call == Call::Token {
        return token(service, &parts, body).await.map(Done::from);
    }
    if let Call::Waiting(pharmacy) = &call {
        return waking::answer(service, &parts, pharmacy).await.map(Done::from);
    }
    let claims = if call == Call::SupplierUpdate {
        caller::claims_of_key(&parts.headers, service)
    } else {
        caller::claims(&parts.headers, service)
    };
    let place = enter(service, claims.as_ref().ok(), &parts)?;
    let admitted = admit(service, &call, &parts, claims)?;
    let fault = service.movable.as_ref().and_then(|_| service.faults.next());
    if let Some(refusal) = fault.and_then(Fault::refusal) {
        return Err(refusal);
    }
    let turn = turn(service, place).instrument(spans::begin("wait")).await?;
    let body = collect(service, body).instrument(spans::begin("body")).await?;
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let asked = Asked { product, call, admitted, body, headers: parts.headers, query, _turn: turn };
    let answer = in_time(service, asked, fault.and_then(Fault::delay)).await;
    // A refusal is dropped as a reply is: the caller cannot know which it was.
    match answer {
        Err(refusal) if fault != Some(Fault::DropReply) => Err(refusal),
        Ok(answer) | Err(answer) => Ok(Done { answer, dropped: fault == Some(Fault::DropReply) }),
    }
}

/// Whether the call changes something; refuses a method that it does not take.
fn takes(call: &Call, method: &HttpMethod) -> Result<bool, Answer> {
    let reads = method == HttpMethod::GET || method == HttpMethod::HEAD;
    let allowed = match (call.method(), method) {
        (Method::Get | Method::GetAndPost, _) if reads => return Ok(false),
        (Method::Post | Method::GetAndPost, method) if method == HttpMethod::POST => return Ok(true),
        (Method::Get, _) => "GET, HEAD",
        (Method::Post, _) => "POST",
        (Method::GetAndPost, _) => "GET, HEAD, POST",
    };
    let mut answer = Problem::NoRoute.answer().with(header::ALLOW, allowed);
    answer.status = StatusCode::METHOD_NOT_ALLOWED;
    Err(answer)
}

/// The calls that anybody may make.
fn open<S: Store + 'static>(service: &Service<S>, product: Product, call: &Call) -> Option<Answer> {
    match call {
        Call::Ping => Some(Service::<S>::ping()),
        Call::Metadata => Some(service.metadata(product)),
        Call::Status => Some(service.status(product)),
        Call::Healthcheck => Some(service.healthcheck()),
        Call::Metrics => Some(service.metrics()),
        Call::OpenApi => Some(super::openapi::answer()),
        Call::Poll => Some(Problem::NoPolling.answer()),
        Call::Prepare
        | Call::ProcessMessage
        | Call::Release
        | Call::Task
        | Call::Claim
        | Call::Convert
        | Call::Validate
        | Call::VerifySignature
        | Call::DoseToText
        | Call::Search
        | Call::Details(_)
        | Call::Update
        | Call::SupplierUpdate
        | Call::CheckUpdates
        | Call::Waiting(_)
        | Call::Token
        | Call::Clock
        | Call::Faults => None,
    }
}

fn control<S: Store + 'static>(service: &Service<S>, call: &Call, body: Option<&[u8]>) -> Result<Answer, Answer> {
    if *call == Call::Clock { service.move_clock(body) } else { service.plan_faults(body) }
}

/// Gives a token, which waits for the disk.
async fn token<S: Store + 'static>(service: &Arc<Service<S>>, parts: &Parts, body: Body) -> Result<Answer, Answer> {
    if service.clients.is_none() {
        return Err(Problem::NoRoute.answer());
    }
    let _turn = turn(service, enter(service, None, parts)?).await?;
    let body = collect(service, body).await?;
    let worker = Arc::clone(service);
    let given = tokio::task::spawn_blocking(move || Some(worker.clients.as_ref()?.exchange(&body.bytes)));
    given.await.ok().flatten().ok_or_else(|| Problem::Server.answer())
}

/// Lets a caller in who has not too much here already.
fn enter<S>(service: &Service<S>, claims: Option<&Claims>, parts: &Parts) -> Result<Place, Answer> {
    let place = service.callers.enter(Key::of(claims, &parts.extensions), Instant::now());
    place.map_err(|too_many| held_back(service, too_many))
}

/// Waits for the other messages of the same caller.
async fn turn<S>(service: &Service<S>, place: Place) -> Result<Turn, Answer> {
    place.turn(service.settings.limits.queue_time).await.map_err(|too_many| held_back(service, too_many))
}

fn held_back<S>(service: &Service<S>, _: TooMany) -> Answer {
    service.metrics.held_back();
    Problem::Busy.answer()
}

fn request_id(headers: &HeaderMap) -> Result<Guid, Answer> {
    let id = caller::header(headers, "x-request-id").ok_or_else(|| Problem::NoRequestId.answer())?;
    id.parse().map_err(|_| Problem::WrongRequestId(id.to_owned()).answer())
}

/// A body, and its room in memory for as long as it is worked on.
struct Collected {
    bytes: Bytes,
    _room: OwnedSemaphorePermit,
}

/// Reads a body. Room for all of it is taken before the first byte, so that what many senders send at once is bounded.
async fn collect<S>(service: &Service<S>, body: Body) -> Result<Collected, Answer> {
    let limits = &service.settings.limits;
    let size = body.size_hint();
    let most = size.upper().and_then(|most| usize::try_from(most).ok()).unwrap_or(limits.body);
    if usize::try_from(size.lower()).is_ok_and(|least| least > limits.body) {
        drain(body, limits.body).await;
        return Err(Problem::TooLong.answer());
    }
    let room = u32::try_from(most.min(limits.body) / UNIT + 1).unwrap_or(u32::MAX);
    let room = tokio::time::timeout(limits.queue_time, Arc::clone(&service.room).acquire_many_owned(room)).await;
    let Ok(Ok(room)) = room else { return Err(Problem::Busy.answer()) };
    let body = Limited::new(body, limits.body).collect();
    match tokio::time::timeout(limits.body_time, body).await {
        Err(_) => Err(Problem::TooSlow.answer()),
        Ok(Ok(body)) => Ok(Collected { bytes: body.to_bytes(), _room: room }),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::TooLong.answer()),
        // The connection broke; nobody reads this.
        Ok(Err(_)) => Err(Problem::TooSlow.answer()),
    }
}

/// How long a body that is not wanted may take to send its next part.
const PATIENCE: Duration = Duration::from_millis(200);

/// Lets a caller send some of a body that nobody reads: one whose connection is closed meanwhile may not see his answer.
async fn drain(mut body: Body, limit: usize) {
    let mut left = limit.saturating_mul(2);
    while left > 0 {
        let Ok(Some(Ok(frame))) = tokio::time::timeout(PATIENCE, body.frame()).await else { return };
        left = left.saturating_sub(frame.data_ref().map_or(1, Bytes::len));
    }
}

/// In which memory for bodies is counted.
pub(super) const UNIT: usize = 1024;

/// Who asks what, before any body is looked at.
enum Admitted {
    /// A caller whose message is read, under an id of its own.
    Message(Caller, Guid),
    /// A question to the tracker.
    Tracker(Question),
    /// An application with status updates.
    Updates(Sender),
}

/// Lets a request in if its sender is known and its headers are right.
fn admit<S: Store + 'static>(
    service: &Service<S>,
    call: &Call,
    parts: &Parts,
    claims: Result<Claims, NotAccepted>,
) -> Result<Admitted, Answer> {
    let leniency = service.settings.leniency;
    let id = match call {
        Call::Search => None,
        Call::Details(id) => Some(id.as_str()),
        Call::Update | Call::SupplierUpdate | Call::CheckUpdates => {
            return Sender::of(claims).map(Admitted::Updates);
        }
        Call::Ping
        | Call::Metadata
        | Call::Status
        | Call::Healthcheck
        | Call::Metrics
        | Call::OpenApi
        | Call::Prepare
        | Call::ProcessMessage
        | Call::Release
        | Call::Task
        | Call::Claim
        | Call::Convert
        | Call::Validate
        | Call::VerifySignature
        | Call::DoseToText
        | Call::Waiting(_)
        | Call::Token
        | Call::Poll
        | Call::Clock
        | Call::Faults => {
            let claims = claims.map_err(|NotAccepted| Problem::NoToken.answer())?;
            let caller = Caller::of(claims, &parts.headers, leniency)?;
            return Ok(Admitted::Message(caller, request_id(&parts.headers)?));
        }
    };
    let query = parts.uri.query().unwrap_or_default();
    let asking = Asking { headers: &parts.headers, id, query, leniency, now: service.clock.now() };
    asking.question(service).map(Admitted::Tracker)
}

/// What a known caller asks.
struct Asked {
    product: Product,
    call: Call,
    admitted: Admitted,
    body: Collected,
    headers: HeaderMap,
    query: String,
    _turn: Turn,
}

/// Works on a message, and answers it later by `delay`; status updates are told when they take too long.
async fn in_time<S: Store + 'static>(
    service: &Arc<Service<S>>,
    asked: Asked,
    delay: Option<Duration>,
) -> Result<Answer, Answer> {
    let is_update = matches!(asked.call, Call::Update | Call::SupplierUpdate);
    let work = async {
        let answer = work(service, asked).await;
        if let Some(delay) = delay {
            tokio::time::sleep(delay).await;
        }
        answer
    };
    if !is_update {
        return work.await;
    }
    let late = || {
        let mut answer = Problem::Server.answer();
        answer.status = StatusCode::GATEWAY_TIMEOUT;
        answer
    };
    let limit = service.settings.limits.update_time;
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(late()))
}

/// Works on a message on a thread that may wait for the disk; where too many are worked on for too long, the caller is
/// asked to come again.
async fn work<S: Store + 'static>(service: &Arc<Service<S>>, asked: Asked) -> Result<Answer, Answer> {
    let permit = Arc::clone(&service.work).acquire_owned();
    let permit = tokio::time::timeout(service.settings.limits.queue_time, permit);
    let permit = permit.instrument(spans::begin("queue")).await;
    let Ok(Ok(permit)) = permit else { return Err(Problem::Busy.answer()) };
    let (worker, span) = (Arc::clone(service), Span::current());
    // A caller that hangs up does not end the work: it keeps its place until it is done.
    let done = tokio::task::spawn_blocking(move || {
        let answer = span.in_scope(|| step("work", || dispatch(&worker, &asked)));
        drop(permit);
        answer
    });
    let done = done.await;
    done.unwrap_or_else(|_| {
        tracing::error!("a message ended a worker");
        Err(Problem::Server.answer())
    })
}

fn dispatch<S: Store + 'static>(service: &Service<S>, asked: &Asked) -> Result<Answer, Answer> {
    let Asked { product, call, admitted, body, headers, query, _turn } = asked;
    let body = &body.bytes;
    let now = service.clock.now();
    let (caller, request) = match admitted {
        Admitted::Tracker(question) => return service.tell(question, now),
        Admitted::Updates(sender) if *call == Call::Update => return service.log_updates(sender, headers, body, now),
        Admitted::Updates(sender) if *call == Call::SupplierUpdate => {
            return service.log_supplier_updates(sender, headers, body, now);
        }
        Admitted::Updates(sender) => return Ok(service.read_updates(sender, headers, query)),
        Admitted::Message(caller, request) => (caller, request),
    };
    let exchange = Exchange { product: *product, call, caller, request: *request, body, now };
    let warnings = caller::header(headers, "x-show-validation-warnings") == Some("true");
    if warnings {
        // Whoever asks for warnings is refused for them, whatever he calls.
        service.validate(&exchange, warnings)?;
    }
    match call {
        Call::Prepare => service.prepare(&exchange),
        Call::Convert => service.convert(&exchange),
        Call::Validate => service.validate(&exchange, warnings),
        Call::VerifySignature => service.verify_signature(&exchange),
        Call::DoseToText => {
            let as_text = caller::header(headers, "accept") == Some("text/plain");
            service.dose_to_text(&exchange, as_text)
        }
        Call::ProcessMessage | Call::Release | Call::Task | Call::Claim => service.exchange(&exchange),
        Call::Ping
        | Call::Metadata
        | Call::Status
        | Call::Healthcheck
        | Call::Metrics
        | Call::OpenApi
        | Call::Search
        | Call::Details(_)
        | Call::Update
        | Call::SupplierUpdate
        | Call::CheckUpdates
        | Call::Waiting(_)
        | Call::Token
        | Call::Poll
        | Call::Clock
        | Call::Faults => Err(Problem::NoRoute.answer()),
    }
}

/// How long a connection that is asked to end may take.
pub(super) const GRACE: Duration = Duration::from_secs(30);
