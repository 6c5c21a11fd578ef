//! The Rust clients against the service, over HTTP and in the same process: the journeys, and what happens when answers are
//! lost, late or refused.

#![cfg(test)]

use std::sync::Arc;
use std::time::Duration;

use eps_core::codes::{CancellationReason, CancellationResult, ReturnReason, WithdrawReason};
use eps_core::ids::{LineItemId, MessageId, OdsCode, PrescriptionId};
use eps_core::model::{ReleaseKind, ReleaseRequest, Timestamp};
use eps_core::signature::Policy;
use eps_core::signature::provider::AwsLc;
use eps_tests::http::{START, Server, service, signer};
use eps_transport::client::{
    ClientError, Credentials, Http, InProcess, Patience, PharmacyClient, PrescriberClient, RequestId, Tls, Transport,
    TransportError,
};
use eps_transport::generate::{self, Kind, Order, Recipe};
use eps_transport::http::{Settings, Tokens};
use eps_transport::pharmacy::{Held, Pharmacy};
use eps_transport::store::memory::MemoryStore;
use hyper::Request;
use hyper::body::Bytes;
use serde_json::{Value, json};

/// Both ends, and the way between them.
struct World {
    transport: Arc<dyn Transport>,
    prescriber: PrescriberClient,
    pharmacy: PharmacyClient,
    shop: Pharmacy,
    /// Runs until the test ends.
    _server: Option<Server>,
}

impl World {
    fn of(transport: Arc<dyn Transport>, server: Option<Server>) -> Self {
        let patience = Patience { attempts: 3, pause: Duration::from_millis(1), ..Patience::default() };
        let client = |transport| PharmacyClient::new(transport, Credentials::anybody()).patience(patience);
        Self {
            prescriber: PrescriberClient::new(Arc::clone(&transport), Credentials::anybody()).patience(patience),
            pharmacy: client(Arc::clone(&transport)),
            shop: Pharmacy::invented("FZ417".parse().unwrap()).unwrap(),
            transport,
            _server: server,
        }
    }

    /// One over HTTP and one in this process.
    fn both() -> [Self; 2] {
        let server = Server::start();
        let http = Http::new(&format!("http://{}", server.address), &Tls::default()).unwrap();
        let inside = InProcess::new(service(MemoryStore::default(), Tokens::Believed, Settings::default()));
        [Self::of(Arc::new(http), Some(server)), Self::of(Arc::new(inside), None)]
    }

    async fn plan(&self, fault: &Value) {
        let request = Request::post("/_eps/faults").body(Bytes::from(fault.to_string())).unwrap();
        assert_eq!(self.transport.exchange(request).await.unwrap().status(), 200);
    }

    async fn send(&self, order: &Order) {
        let outcome = self.prescriber.send(RequestId::new(), order.bundle().unwrap()).await.unwrap();
        assert!(outcome.is_good());
    }

    fn request(&self, kind: ReleaseKind) -> ReleaseRequest {
        self.shop.release_request(message(), now(), kind)
    }

    async fn release(&self, id: &PrescriptionId) -> Held {
        let request = self.request(ReleaseKind::Patient(id.written().clone()));
        let answer = self.pharmacy.release(RequestId::new(), &request).await.unwrap().unwrap();
        Held::all_of(&answer).pop().unwrap()
    }

    async fn dispense(&self, held: Held, in_part: bool) -> Held {
        let id = message();
        let (status, supplied) = if in_part { held.in_part().unwrap() } else { held.all() };
        let supplied = supplied.into_iter().map(|one| (LineItemId(message().0), one)).collect();
        let notification =
            self.shop.dispense_notification((id, now()), &held.prescription, held.release, status, supplied);
        self.pharmacy.dispense(RequestId::new(), &notification).await.unwrap();
        held.after(id, status)
    }
}

fn now() -> Timestamp {
    Timestamp::parse_hl7(START).unwrap()
}

fn message() -> MessageId {
    MessageId(RequestId::new().guid())
}

fn order(number: u64, kind: Kind, nominated: bool) -> Order {
    let recipe = Recipe { kind: Some(kind), nominated: Some(nominated), ..Recipe::new(11, now()) };
    let mut order = generate::order(&recipe, number).unwrap();
    order.sign(&signer(), &Policy::production(), &AwsLc::new()).unwrap();
    order
}

fn id_of(order: &Order) -> PrescriptionId {
    order.prescription().id.checked().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prescription_of_every_kind_goes_the_whole_way() {
    for world in World::both() {
        for (number, kind) in
            [(1, Kind::Acute), (2, Kind::Repeat), (3, Kind::RepeatDispensing), (4, Kind::ControlledDrug)]
        {
            let order = order(number, kind, false);
            world.send(&order).await;
            let held = world.release(&id_of(&order)).await;
            assert_eq!(held.prescription.line_items.len(), order.prescription().line_items.len());
            let held = world.dispense(held, true).await;
            let held = world.dispense(held, false).await;
            let mut ids = || message().0;
            let claim = world.shop.claim((message(), now()), &held.prescription, held.release, &mut ids).unwrap();
            assert!(world.pharmacy.claim(RequestId::new(), &claim).await.unwrap().is_good(), "{kind:?}");
            let tracked = world.pharmacy.track(&id_of(&order)).await.unwrap();
            // The next issue of repeat dispensing is the current one as soon as the one before is claimed for.
            assert_eq!(tracked.items.len(), order.prescription().line_items.len(), "{kind:?}");
            if kind != Kind::RepeatDispensing {
                assert_eq!(tracked.status, "0008", "{kind:?}");
                let by = tracked.history.iter().map(|event| event.organisation.as_deref()).collect::<Vec<_>>();
                assert_eq!(by.len(), 5, "create, release, twice dispensed, claimed: {tracked:?}");
                assert_eq!(by.last(), Some(&Some("FZ417")), "{tracked:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_given_back_can_be_released_again_and_a_notification_can_be_taken_back() {
    for world in World::both() {
        let order = order(5, Kind::Acute, false);
        world.send(&order).await;
        let held = world.release(&id_of(&order)).await;
        let returned =
            world.shop.give_back((message(), now()), &held.prescription, held.release, ReturnReason::PatientRequest);
        assert!(world.pharmacy.give_back(RequestId::new(), &returned).await.unwrap().is_good());
        let held = world.dispense(world.release(&id_of(&order)).await, false).await;
        let last = held.told.last().unwrap().id;
        let reason = WithdrawReason::MedicationUpdate;
        let withdrawal = world.shop.withdrawal((message(), now()), &held.prescription, last, reason).unwrap();
        assert!(world.pharmacy.withdraw(RequestId::new(), &withdrawal).await.unwrap().is_good());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_tells_what_became_of_it() {
    for world in World::both() {
        let order = order(6, Kind::Acute, false);
        let cancellation = eps_transport::client::cancellation(
            order.prescription(),
            (message(), now()),
            order.prescription().line_items[0].id,
            CancellationReason::ClinicalGrounds,
            &"555254239107".parse().unwrap(),
        )
        .unwrap();
        let result = |response: eps_core::model::CancellationResponse| response.result.unwrap().code;
        world.send(&order).await;
        let first = world.prescriber.cancel(RequestId::new(), &cancellation).await.unwrap();
        assert_eq!(result(first), CancellationResult::Cancelled);
        let again = eps_core::model::Cancellation { id: message(), ..cancellation };
        let again = world.prescriber.cancel(RequestId::new(), &again).await.unwrap();
        assert_eq!(result(again), CancellationResult::AlreadyCancelled);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn releases_come_one_at_a_time_until_nothing_waits() {
    for world in World::both() {
        let pharmacy: OdsCode = "FZ417".parse().unwrap();
        let mut sent = Vec::new();
        for number in 100..200 {
            let order = order(number, Kind::Acute, true);
            if order.prescription().nominated_performer.as_ref() == Some(&pharmacy) {
                world.send(&order).await;
                sent.push(order.prescription().id.clone());
            }
        }
        assert!(sent.len() > 25, "more than one release: {}", sent.len());
        let mut releases = world.pharmacy.releases(|| world.request(ReleaseKind::Nominated));
        let mut released = Vec::new();
        while let Some(held) = releases.next().await {
            released.push(held.unwrap().prescription.id);
        }
        sent.sort();
        released.sort();
        assert_eq!(released, sent);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_asked_for_again_under_the_same_id() {
    for world in World::both() {
        world.plan(&json!({ "fault": "drop-reply", "times": 2 })).await;
        // A second prescription of the same id would be refused as a duplicate.
        world.send(&order(7, Kind::Acute, false)).await;
        world.plan(&json!({ "fault": "drop-reply" })).await;
        assert_eq!(world.release(&id_of(&order(7, Kind::Acute, false))).await.told, []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_service_is_asked_again_but_not_for_ever() {
    for world in World::both() {
        let bundle = order(8, Kind::Acute, false).bundle().unwrap();
        world.plan(&json!({ "fault": "refuse", "status": 503, "times": 3 })).await;
        let refused = world.prescriber.send(RequestId::new(), bundle.clone()).await;
        assert!(matches!(refused, Err(ClientError::Unavailable { status }) if status == 503), "{refused:?}");
        world.plan(&json!({ "fault": "refuse", "status": 503, "times": 2 })).await;
        assert!(world.prescriber.send(RequestId::new(), bundle).await.unwrap().is_good());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_late_is_given_to_who_asks_again() {
    for world in World::both() {
        let patience = Patience { attempts: 1, each: Duration::from_millis(300), ..Patience::default() };
        let hasty = world.prescriber.clone().patience(patience);
        let (id, bundle) = (RequestId::new(), order(9, Kind::Acute, false).bundle().unwrap());
        world.plan(&json!({ "fault": "delay", "milliseconds": 1200 })).await;
        let late = hasty.send(id, bundle.clone()).await;
        assert!(matches!(late, Err(ClientError::NoAnswer(TransportError::TooSlow))), "{late:?}");
        assert!(world.prescriber.send(id, bundle).await.unwrap().is_good());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_says_why() {
    for world in World::both() {
        let recipe = Recipe { kind: Some(Kind::Acute), ..Recipe::new(12, now()) };
        let unsigned = generate::order(&recipe, 1).unwrap();
        let refused = world.prescriber.send(RequestId::new(), unsigned.bundle().unwrap()).await;
        let Err(ClientError::Refused { status, outcome }) = refused else { panic!("{refused:?}") };
        assert_eq!(status, 400);
        assert!(!outcome.is_good());
        let prepared = world.prescriber.prepare(RequestId::new(), unsigned.bundle().unwrap()).await.unwrap();
        assert_eq!(prepared.algorithm, "RS256");
        assert!(prepared.payload.starts_with(b"<SignedInfo"));
        let refused = world.prescriber.prepare(RequestId::new(), "{}").await;
        assert!(matches!(refused, Err(ClientError::Refused { .. })), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_told_so() {
    for world in World::both() {
        let nothing = world.prescriber.track(&id_of(&order(10, Kind::Acute, false))).await;
        assert!(matches!(nothing, Err(ClientError::NotFound)), "{nothing:?}");
    }
}

#[tokio::test]
async fn nobody_at_the_address_is_told_so() {
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let http = Arc::new(Http::new(&format!("http://{address}"), &Tls::default()).unwrap());
    let patience = Patience { attempts: 2, pause: Duration::from_millis(1), ..Patience::default() };
    let client = PrescriberClient::new(http, Credentials::anybody()).patience(patience);
    let told = client.send(RequestId::new(), "{}").await;
    assert!(matches!(told, Err(ClientError::NoAnswer(TransportError::Unreachable(_)))), "{told:?}");
}
