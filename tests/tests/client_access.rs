//! The pharmacy's client of a server that asks who calls: it fetches its token, and is woken through whatever stands between.

#![cfg(test)]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eps_core::ids::{MessageId, OdsCode};
use eps_core::model::{ReleaseAnswer, ReleaseKind};
use eps_core::signature::Policy;
use eps_core::signature::provider::AwsLc;
use eps_tests::http::tokens::{self, Issuer};
use eps_tests::http::{Order, START, Server, service, signer};
use eps_tests::messages::time;
use eps_transport::client::{
    Application, ClientError, Credentials, EventId, Http, InProcess, Opened, Patience, PharmacyClient,
    PrescriberClient, RequestId, Tls, Transport, Waiting,
};
use eps_transport::generate::{self, Kind, Recipe};
use eps_transport::http::token::Issuers;
use eps_transport::http::{Clients, Settings, Tokens};
use eps_transport::pharmacy::Pharmacy;
use eps_transport::store::memory::MemoryStore;
use hyper::Request;
use hyper::body::Bytes;
use serde_json::json;

const TOKEN_URL: &str = "https://eps.example/oauth2/token";

/// A server that gives tokens to one application, and believes no other.
fn server() -> Server {
    let file = json!({ "clients": [{
        "client-id": "pharmacy-system",
        "scopes": ["urn:nhsd:apim:app:level3:fhir-dispensing"],
        "organisations": ["FZ417"],
        "jwks": Issuer::default().jwks(),
    }]});
    let clients = Clients::read(file.to_string().as_bytes(), Some(TOKEN_URL.to_owned())).unwrap();
    let strange = Issuers::new(Issuer::unknown().jwks().to_string().as_bytes(), None, None).unwrap();
    let tokens = Tokens::Verified(Box::new(strange));
    Server::with(MemoryStore::default(), tokens, Settings::default(), |service| service.clients(clients))
}

fn application(client: &str) -> Credentials {
    let [client, key, audience] = [client, "one", TOKEN_URL].map(str::to_owned);
    Credentials::application(Application::new(client, key, audience, tokens::key()).unwrap())
}

fn http(address: SocketAddr) -> Arc<Http> {
    Arc::new(Http::new(&format!("http://{address}"), &Tls::default()).unwrap())
}

fn pharmacy() -> OdsCode {
    "FZ417".parse().unwrap()
}

fn patience() -> Patience {
    Patience { attempts: 5, pause: Duration::from_millis(20), each: Duration::from_secs(5), ..Patience::default() }
}

fn client(transport: Arc<dyn Transport>) -> PharmacyClient {
    PharmacyClient::new(transport, Credentials::anybody()).patience(patience())
}

async fn release(client: &PharmacyClient) -> Result<Option<ReleaseAnswer>, ClientError> {
    let request = RequestId::new();
    let shop = Pharmacy::invented(pharmacy()).unwrap();
    let now = time(START);
    client.release(request, &shop.release_request(MessageId(request.guid()), now, ReleaseKind::Nominated)).await
}

/// One of several servers of a service, and how many tokens were asked for.
struct Switched {
    now: Mutex<Arc<Http>>,
    tokens: AtomicU32,
}

impl Transport for Switched {
    fn open(&self, request: Request<Bytes>) -> Opened<'_> {
        let http = Arc::clone(&self.now.lock().unwrap());
        self.tokens.fetch_add(u32::from(request.uri().path() == "/oauth2/token"), Ordering::Relaxed);
        Box::pin(async move { http.open(request).await })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_fetched_once_and_anew_where_it_is_not_taken_any_more() {
    let [first, second] = [server(), server()];
    let transport = Arc::new(Switched { now: Mutex::new(http(first.address)), tokens: AtomicU32::new(0) });
    let client = PharmacyClient::new(Arc::clone(&transport) as Arc<dyn Transport>, application("pharmacy-system"));
    let asked = || transport.tokens.load(Ordering::Relaxed);
    assert_eq!(release(&client).await.unwrap(), None);
    assert_eq!((release(&client.clone()).await.unwrap(), asked()), (None, 1));
    // Tokens are gone with the server that gave them.
    *transport.now.lock().unwrap() = http(second.address);
    assert_eq!((release(&client).await.unwrap(), asked()), (None, 2));
    *transport.now.lock().unwrap() = http(first.address);
    assert!(is_still(&mut client.waiting(&pharmacy())).await, "a stream fetches one too");
    assert_eq!(asked(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_that_nobody_knows_and_a_token_that_nobody_gave_are_refused() {
    let server = server();
    let told = release(&PharmacyClient::new(http(server.address), application("stranger"))).await;
    let Err(ClientError::NoToken { status, error }) = told else { panic!("{told:?}") };
    assert_eq!((status.as_u16(), error.as_str()), (401, "invalid_client"));
    let told = release(&PharmacyClient::new(http(server.address), Credentials::token("made up"))).await;
    assert!(matches!(told, Err(ClientError::Refused { status, .. }) if status == 401), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_waits_for_its_own_organisation_only() {
    let server = server();
    let client = PharmacyClient::new(http(server.address), application("pharmacy-system")).patience(patience());
    let other = client.waiting(&"FA565".parse().unwrap());
    let by_poll = client.waiting(&"FA565".parse().unwrap()).by_long_poll();
    for mut waiting in [other, by_poll] {
        let told = waiting.next().await;
        assert!(matches!(told, Err(ClientError::Refused { status, .. }) if status == 403), "{told:?}");
    }
    let mut own = client.waiting(&pharmacy());
    assert!(tokio::time::timeout(Duration::from_millis(400), own.next()).await.is_err(), "nothing waits");
}

/// What stands between a client and a server: it can cut every connection, and may not know of events.
struct Between {
    address: SocketAddr,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Between {
    fn new(server: SocketAddr, knows_events: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let open: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let all = Arc::clone(&open);
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(server) else { continue };
                let both = [near.try_clone().unwrap(), far.try_clone().unwrap()];
                all.lock().unwrap().extend(both);
                let (back, there) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                std::thread::spawn(move || carry(near, there, knows_events));
                std::thread::spawn(move || carry(far, back, true));
            }
        });
        Self { address, open }
    }

    fn cut(&self) {
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, whole: bool) {
    let mut bytes = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        let text = String::from_utf8_lossy(&bytes[..read]);
        let text = if whole { text.into_owned() } else { text.replace("text/event-stream", "application/json") };
        if to.write_all(text.as_bytes()).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

/// Waits for the next event, for a few seconds.
async fn woken(waiting: &mut Waiting) -> EventId {
    tokio::time::timeout(Duration::from_secs(10), waiting.next()).await.unwrap().unwrap()
}

/// Whether it is still while nothing comes.
async fn is_still(waiting: &mut Waiting) -> bool {
    tokio::time::timeout(Duration::from_millis(400), waiting.next()).await.is_err()
}

async fn send(server: &Server, number: u32) {
    let address = server.address;
    tokio::task::spawn_blocking(move || Order::new(number, true).send(&Server::at(address))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pharmacy_is_woken_by_events_and_goes_on_after_the_last_one_when_the_connection_breaks() {
    let server = Server::start();
    let between = Between::new(server.address, true);
    let client = client(http(between.address));
    let mut waiting = client.waiting(&pharmacy());
    assert!(is_still(&mut waiting).await);
    send(&server, 1).await;
    let first = woken(&mut waiting).await;
    between.cut();
    assert!(is_still(&mut waiting).await, "what it was told is not told again");
    send(&server, 2).await;
    let second = woken(&mut waiting).await;
    assert!(second > first);
    // Another process, that was told of the first one only, and one that was told of nothing.
    assert_eq!(woken(&mut client.waiting(&pharmacy()).after(first)).await, second);
    assert!(is_still(&mut client.waiting(&pharmacy()).after(second)).await);
    assert_eq!(woken(&mut client.waiting(&pharmacy())).await, second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_events_do_not_come_through_a_pharmacy_polls() {
    let server = Server::start();
    let between = Between::new(server.address, false);
    let mut waiting = client(http(between.address)).waiting(&pharmacy());
    assert!(is_still(&mut waiting).await);
    send(&server, 1).await;
    let first = woken(&mut waiting).await;
    assert!(is_still(&mut waiting).await, "what it was told is not told again");
    between.cut();
    send(&server, 2).await;
    assert!(woken(&mut waiting).await > first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_is_told_after_a_few_attempts() {
    let server = Server::start();
    let client = client(http(server.address));
    drop(server);
    for mut waiting in [client.waiting(&pharmacy()), client.waiting(&pharmacy()).by_long_poll()] {
        let told = waiting.next().await;
        assert!(matches!(told, Err(ClientError::NoAnswer(_))), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pharmacy_waits_for_a_broker_in_its_own_process_too() {
    let service = service(MemoryStore::default(), Tokens::Believed, Settings::default());
    let inside: Arc<dyn Transport> = Arc::new(InProcess::new(service));
    let prescriber = PrescriberClient::new(Arc::clone(&inside), Credentials::anybody());
    let client = client(inside);
    let recipe = Recipe { nominated: Some(true), kind: Some(Kind::Acute), ..Recipe::new(5, time(START)) };
    for number in 1..3 {
        let mut order = generate::order(&recipe, number).unwrap();
        order.sign(&signer(), &Policy::production(), &AwsLc::new()).unwrap();
        let pharmacy = order.prescription().nominated_performer.clone().unwrap();
        let waiting = client.waiting(&pharmacy);
        let mut waiting = if number == 1 { waiting } else { waiting.by_long_poll() };
        assert!(is_still(&mut waiting).await);
        assert!(prescriber.send(RequestId::new(), order.bundle().unwrap()).await.unwrap().is_good());
        woken(&mut waiting).await;
    }
}
