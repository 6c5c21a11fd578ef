//! A server on loopback, and the calls that vendors' systems make.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test server that cannot be asked is a failed test"
)]

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use eps_core::signature::algorithm::SignedInfo;
use eps_core::signature::provider::AwsLc;
use eps_core::signature::signer::{AwsLcSigner, Signer as _, SoftwareSigner, ToSign};
use eps_core::signature::{Crls, Policy, TrustAnchors};
use eps_transport::broker::{Broker, PolicyCheck};
use eps_transport::clock::{Clock, MovableClock, SystemClock};
use eps_transport::http::{Service, Settings, Tokens};
use eps_transport::pki::ThrowAwayPki;
use eps_transport::store::Store;
use eps_transport::store::memory::MemoryStore;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::messages::time as instant;

pub mod existing;
mod sent;
pub mod tokens;
pub mod tracked;
pub mod updates;

pub use sent::{Kind, Told};

/// When the journeys over HTTP begin.
pub const START: &str = "20260302090000";
/// The same in RFC 3339.
pub const START_OF_JOURNEYS: &str = "2026-03-02T09:00:00Z";

static PKI: LazyLock<ThrowAwayPki> =
    LazyLock::new(|| ThrowAwayPki::generate(instant(START), "555254239107", "TEST").unwrap());

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// A server for tests with an empty store, which believes any token and verifies signatures.
    #[must_use]
    pub fn start() -> Self {
        Self::of(MemoryStore::default(), Tokens::Believed, Settings::default())
    }

    /// A server for tests over this store.
    #[must_use]
    pub fn of<S: Store + 'static>(store: S, tokens: Tokens, settings: Settings) -> Self {
        Self::serving(service(store, tokens, settings))
    }

    /// The same with what else a service may be given.
    #[must_use]
    pub fn with<S: Store + 'static>(
        store: S,
        tokens: Tokens,
        settings: Settings,
        more: impl FnOnce(Service<S>) -> Service<S>,
    ) -> Self {
        Self::serving(service_with(store, tokens, settings, more))
    }

    /// A server of this service.
    #[must_use]
    pub fn serving<S: Store + 'static>(service: Arc<Service<S>>) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let stop = async { drop(stopped.await) };
                service.serve(listener, stop).await.unwrap();
            });
        });
        Self { address: told.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
    }

    /// A server that runs elsewhere.
    #[must_use]
    pub fn at(address: SocketAddr) -> Self {
        Self { address, stop: None, thread: None }
    }

    /// A call with a token that says nothing, under a new request id.
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.ask("POST", path, &[("authorization", "Bearer x"), ("x-request-id", &request_id())], &body.to_string())
    }

    /// A question to the tracker, with all the headers that it wants.
    #[must_use]
    pub fn track(&self, query: &str) -> Reply {
        let headers = [
            ("authorization", "Bearer x"),
            ("x-request-id", &request_id()),
            ("nhsd-organization-uuid", "A83008"),
            ("nhsd-session-jobrole", "S0030:G0100:R0570"),
        ];
        self.ask("GET", &format!("/clinical-prescription-tracker/RequestGroup{query}"), &headers, "")
    }

    /// A call with these headers.
    #[must_use]
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        match agent.run(request.body(body.to_owned()).unwrap()) {
            Err(_) => Reply { status: 0, headers: Vec::new(), text: String::new() },
            Ok(response) => {
                let named = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
                    (name.to_string(), value.to_str().unwrap().to_owned())
                };
                let status = response.status().as_u16();
                let headers = response.headers().iter().map(named).collect();
                let text = response.into_body().read_to_string().unwrap();
                Reply { status, headers, text }
            }
        }
    }
}

/// A service for tests over this store, which is not yet listening.
#[must_use]
pub fn service<S: Store + 'static>(store: S, tokens: Tokens, settings: Settings) -> Arc<Service<S>> {
    service_with(store, tokens, settings, |service| service)
}

fn service_with<S: Store + 'static>(
    store: S,
    tokens: Tokens,
    settings: Settings,
    more: impl FnOnce(Service<S>) -> Service<S>,
) -> Arc<Service<S>> {
    let clock = Arc::new(MovableClock::new(Arc::new(SystemClock)));
    clock.set(instant(START));
    let asid: eps_core::ids::Asid = "567456789789".parse().unwrap();
    let broker = Broker::new(store, asid.clone()).clock(Arc::clone(&clock) as Arc<dyn Clock>);
    let broker = broker.periods(settings.periods());
    let service = Service::new(broker, Arc::clone(&clock) as Arc<dyn Clock>, asid, tokens, settings);
    Arc::new(more(service.signatures(check())).for_tests(clock))
}

/// Signs as the prescriber whom the servers of these tests believe.
#[must_use]
pub fn signer() -> AwsLcSigner {
    AwsLcSigner::new(PKI.prescriber_key(), PKI.prescriber()).unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = self.stop.take().is_some_and(|stop| stop.send(()).is_ok());
        if let Some(thread) = self.thread.take().filter(|_| stopped) {
            // A server that panicked has failed its test already.
            let _ = thread.join();
        }
    }
}

/// Writes into a folder what a server needs to verify the prescriptions of these tests.
pub fn write_trust(folder: &std::path::Path) {
    PKI.write_trust(folder).unwrap();
}

/// What verifies the prescriptions of these tests.
#[must_use]
pub fn check() -> PolicyCheck {
    check_by(Policy::production())
}

/// The same by other rules than those of production.
#[must_use]
pub fn check_by(policy: Policy) -> PolicyCheck {
    let provider = AwsLc::new();
    let trust = TrustAnchors::new([PKI.root()], [PKI.signing_ca()], &provider).unwrap();
    let lists = Crls::new(PKI.revocation_lists().iter().map(Vec::as_slice), &trust, &provider);
    let mut policy = policy;
    // A journey takes months, and nobody writes the lists anew.
    policy.list_grace = time::Duration::days(400);
    PolicyCheck { provider: Arc::new(provider), trust, lists, policy }
}

/// What came back; status 0 where the connection was closed without a reply.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body.
    pub text: String,
}

impl Reply {
    /// The body as JSON; `null` where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The diagnostics, or else the display, of each issue.
    #[must_use]
    pub fn issues(&self) -> Vec<String> {
        let issues = self.json()["issue"].as_array().cloned().unwrap_or_default();
        let told = |issue: &Value| {
            let words = issue["diagnostics"].as_str().or_else(|| issue["details"]["coding"][0]["display"].as_str());
            words.or_else(|| issue["code"].as_str()).unwrap_or_default().to_owned()
        };
        issues.iter().map(told).collect()
    }
}

/// A new request id.
#[must_use]
pub fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// What a prescriber's system sends.
#[derive(Debug)]
pub struct Order {
    /// The Bundle, unsigned.
    pub bundle: Value,
    /// The short-form id.
    pub id: String,
}

impl Order {
    /// The shipped order as a prescription of its own, nominated to FZ417 or to nobody. Each number is another one.
    #[must_use]
    pub fn new(number: u32, nominated: bool) -> Self {
        let mut bundle: Value =
            serde_json::from_str(include_str!("../../eps-transport/data/prescription-order.json")).unwrap();
        let id = crate::messages::prescription_id(number).to_string();
        bundle["identifier"]["value"] = request_id().into();
        let long = request_id();
        for entry in bundle["entry"].as_array_mut().unwrap() {
            let resource = &mut entry["resource"];
            if resource["resourceType"] != "MedicationRequest" {
                continue;
            }
            resource["groupIdentifier"]["value"] = id.clone().into();
            resource["groupIdentifier"]["extension"][0]["valueIdentifier"]["value"] = long.clone().into();
            resource["identifier"][0]["value"] = request_id().into();
            if !nominated {
                let dispense = resource["dispenseRequest"].as_object_mut().unwrap();
                drop(dispense.remove("performer"));
                dispense["extension"][0]["valueCoding"]["code"] = "0004".into();
            }
        }
        Self { bundle, id }
    }

    /// The Bundle with a Provenance, signed as the published clients do it.
    #[must_use]
    pub fn signed(&self, server: &Server) -> Value {
        self.sealed(&server.post("/fhir-prescribing/FHIR/R4/$prepare", &self.bundle))
    }

    /// The Bundle with a Provenance, signed by what `$prepare` answered: text around the very bytes of the digest.
    #[must_use]
    pub fn sealed(&self, prepared: &Reply) -> Value {
        assert_eq!(prepared.status, 200, "{}", prepared.text);
        let parameters = prepared.json();
        let value = |index: usize| parameters["parameter"][index]["valueString"].as_str().unwrap().to_owned();
        let digest = BASE64.decode(value(0)).unwrap();
        let payload = SignedInfo::parse(&digest).unwrap();
        assert_eq!(value(2), payload.algorithm().name(), "a client stops at any other word");
        let signer = SoftwareSigner::new(PKI.prescriber_key(), PKI.prescriber()).unwrap().with_legacy_sha1();
        let made = signer.sign(&[ToSign { id: self.id.clone(), payload }]).unwrap();
        let signature = made.values.into_iter().next().unwrap().unwrap();
        let dsig = " xmlns=\"http://www.w3.org/2000/09/xmldsig#\"";
        let signed_info = String::from_utf8(digest).unwrap().replace(dsig, " ");
        let text = format!(
            "<Signature{dsig}>{signed_info}    <SignatureValue>{}</SignatureValue><KeyInfo><X509Data><X509Certificate>{}    \
             </X509Certificate></X509Data></KeyInfo></Signature>",
            BASE64.encode(signature),
            BASE64.encode(PKI.prescriber()),
        );
        let mut bundle = self.bundle.clone();
        let entries = bundle["entry"].as_array_mut().unwrap();
        let is = |kind: &str, entry: &&Value| entry["resource"]["resourceType"] == kind;
        let target = entries.iter().find(|entry| is("MedicationRequest", entry)).unwrap()["fullUrl"].clone();
        let who = entries.iter().find(|entry| is("PractitionerRole", entry)).unwrap()["fullUrl"].clone();
        entries.push(json!({ "fullUrl": "urn:uuid:28828c55-8fa7-42d7-916f-fcf076e0c10e", "resource": {
            "resourceType": "Provenance",
            "target": [{ "reference": target }],
            "recorded": "2008-02-27T11:38:00+00:00",
            "agent": [{ "who": { "reference": who } }],
            "signature": [{
                "type": [{ "system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1" }],
                "when": value(1),
                "who": { "reference": who },
                "data": BASE64.encode(text),
            }],
        }}));
        bundle
    }

    /// Prepares, signs and sends it; it must be accepted.
    pub fn send(&self, server: &Server) {
        let reply = server.post("/fhir-prescribing/FHIR/R4/$process-message", &self.signed(server));
        assert_eq!((reply.status, reply.issues()), (200, vec!["informational".to_owned()]), "{}", reply.text);
    }
}

/// A release request of a pharmacy, for what waits for it or for one prescription.
#[must_use]
pub fn release(pharmacy: &str, id: Option<&str>) -> Value {
    let mut parameters: Value = serde_json::from_str(include_str!("../../fuzz/seeds/fhir_read/release.json")).unwrap();
    let list = parameters["parameter"].as_array_mut().unwrap();
    list[0]["resource"]["identifier"][0]["value"] = pharmacy.into();
    if let Some(id) = id {
        list.push(json!({ "name": "group-identifier", "valueIdentifier": {
            "system": "https://fhir.nhs.uk/Id/prescription-order-number",
            "value": id,
        }}));
    }
    parameters
}

/// The prescriptions of a release: how many were passed, and the first of them.
#[must_use]
pub fn passed(reply: &Reply) -> (u64, Value) {
    let passed = &reply.json()["parameter"][0];
    assert_eq!(passed["name"], "passedPrescriptions", "{}", reply.text);
    (passed["resource"]["total"].as_u64().unwrap(), passed["resource"]["entry"][0]["resource"].clone())
}
