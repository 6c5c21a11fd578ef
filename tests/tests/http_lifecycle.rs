//! The life of prescriptions over HTTP alone, of every treatment type, nominated and not: once with a server that stays up,
//! and once with one that is started anew, from its data, before every single step.

#![cfg(test)]

use eps_tests::http::{Kind, Order, Reply, Server, Told, passed, release};
use eps_transport::http::{Settings, Tokens};
use eps_transport::store::sqlite::SqliteStore;
use serde_json::{Value, json};

const MESSAGE: &str = "/electronic-prescriptions/FHIR/R4/$process-message";
const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";
const TASK: &str = "/fhir-dispensing/FHIR/R4/Task";
const CLAIM: &str = "/fhir-dispensing/FHIR/R4/Claim";

/// The pharmacy that orders are nominated to, and two others.
const NOMINATED: &str = "FZ417";
const OTHER: &str = "FA090";
const THIRD: &str = "FA666";

/// A server over a store on disk, and its time.
struct World {
    folder: tempfile::TempDir,
    server: Option<Server>,
    now: String,
    restarts: bool,
}

impl World {
    fn new(restarts: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut world = Self { folder, server: None, now: "2026-03-02T09:00:00Z".to_owned(), restarts };
        world.start();
        world
    }

    fn start(&mut self) {
        // The old one lets go of the file first.
        self.server = None;
        let store = SqliteStore::open(self.folder.path().join("eps.db")).unwrap();
        self.server = Some(Server::of(store, Tokens::Believed, Settings::default()));
        self.tell_time();
    }

    fn tell_time(&self) {
        let set = json!({ "set": self.now }).to_string();
        assert_eq!(self.server.as_ref().unwrap().ask("POST", "/_eps/clock", &[], &set).status, 200);
    }

    /// The server for the next step.
    fn server(&mut self) -> &Server {
        if self.restarts {
            self.start();
        }
        self.server.as_ref().unwrap()
    }

    fn at(&mut self, time: &str) {
        self.now = time.to_owned();
        self.tell_time();
    }

    fn post(&mut self, path: &str, body: &Value) -> Reply {
        self.server().post(path, body)
    }

    /// A message that must be accepted.
    fn accept(&mut self, path: &str, body: &Value) {
        let reply = self.post(path, body);
        assert_eq!((reply.status, reply.issues()), (200, vec!["informational".to_owned()]), "{}", reply.text);
    }

    fn send(&mut self, order: &Order) {
        order.send(self.server());
    }

    /// Releases to a pharmacy what waits for it, or one prescription by its id: exactly one is given.
    fn release(&mut self, pharmacy: &str, order: &Order, by_id: bool) {
        let reply = self.post(RELEASE, &release(pharmacy, by_id.then_some(order.id.as_str())));
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(passed(&reply).0, 1, "{}", reply.text);
    }

    fn notify(&mut self, order: &Order, pharmacy: &str, told: &Told<'_>) -> String {
        let when = self.now.replace('Z', "+00:00");
        let (notification, id) = order.notification(pharmacy, &when, told);
        self.accept(MESSAGE, &notification);
        id
    }

    fn claim(&mut self, order: &Order, pharmacy: &str, told: &Told<'_>) -> String {
        let when = self.now.replace('Z', "+00:00");
        let (claim, id) = order.claim(pharmacy, &when, told);
        self.accept(CLAIM, &claim);
        id
    }

    /// The code that a cancellation is answered with.
    fn cancel(&mut self, order: &Order, reason: &str) -> (u16, String) {
        let reply = self.post(MESSAGE, &order.cancellation(reason));
        let entries = reply.json()["entry"].as_array().cloned().unwrap_or_default();
        let request = entries.iter().find(|entry| entry["resource"]["resourceType"] == "MedicationRequest");
        let outcome = reply.json()["issue"][0]["details"]["coding"][0]["code"].clone();
        // Of a prescription that never came, there is only an outcome.
        let code =
            request.map(|request| request["resource"]["extension"][0]["extension"][0]["valueCoding"]["code"].clone());
        let code = code.unwrap_or(outcome);
        (reply.status, code.as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned())
    }

    /// The status of an issue, of the current one where none is named, and what happened to it.
    fn track(&mut self, order: &Order, issue: Option<u32>) -> (String, Vec<String>) {
        let query = issue.map(|issue| format!("?issueNumber={issue}")).unwrap_or_default();
        let reply = self.server().track(&format!("/{}{query}", order.id));
        assert_eq!(reply.status, 200, "{}", reply.text);
        let details = reply.json();
        let group = &details["entry"].as_array().unwrap().last().unwrap()["resource"];
        let status = group["extension"][0]["extension"][0]["valueCoding"]["code"].as_str().unwrap().to_owned();
        let events = group["action"][1]["action"].as_array().unwrap();
        (status, events.iter().map(|event| event["title"].as_str().unwrap().to_owned()).collect())
    }

    fn status(&mut self, order: &Order, issue: Option<u32>) -> String {
        self.track(order, issue).0
    }

    fn is_found(&mut self, order: &Order) -> bool {
        self.server().track(&format!("?prescriptionId={}", order.id)).json()["total"] != json!(0)
    }
}

/// Runs a journey on a server that stays up, and on one that is started anew before every step.
fn both(journey: impl Fn(&mut World)) {
    for restarts in [false, true] {
        journey(&mut World::new(restarts));
    }
}

const PART: [(&str, u32); 2] = [("0003", 14), ("0001", 32)];
const ALL: [(&str, u32); 2] = [("0001", 21), ("0001", 32)];

fn told(status: &'static str, items: &'static [(&'static str, u32)]) -> Told<'static> {
    Told { status, items, issue: None, replaces: None }
}

/// From the order to the claim and its end: returned, released again by another pharmacy, dispensed in parts, set right,
/// withdrawn, dispensed again and claimed twice.
fn single_issue(world: &mut World, kind: Kind, nominated: bool) {
    let order = Order::new(1, nominated).of_kind(kind);
    world.send(&order);
    assert_eq!(world.status(&order, None), "0001");
    world.release(if nominated { NOMINATED } else { OTHER }, &order, !nominated);
    assert_eq!(world.status(&order, None), "0002");
    // A dispenser that has it keeps it.
    assert_eq!(world.post(RELEASE, &release(THIRD, Some(&order.id))).status, 400);
    // Whoever returns it: existing clients name the prescriber's practice.
    world.accept(TASK, &order.returned("Y90217"));
    assert_eq!(world.status(&order, None), "0001");
    world.release(THIRD, &order, true);
    let part = world.notify(&order, THIRD, &told("0003", &PART));
    assert_eq!(world.status(&order, None), "0003");
    world.at("2026-03-03T10:00:00Z");
    let amended = Told { replaces: Some(&part), ..told("0006", &ALL) };
    let amended = world.notify(&order, THIRD, &amended);
    assert_eq!(world.status(&order, None), "0006");
    world.accept(TASK, &order.withdrawal("Y90217", &amended, None));
    let withdrawn = world.status(&order, None);
    assert_eq!(withdrawn, "0003", "the notification that was set right is in force again");
    world.at("2026-03-04T10:00:00Z");
    world.notify(&order, THIRD, &told("0006", &ALL));
    let claim = world.claim(&order, THIRD, &told("0006", &ALL));
    assert_eq!(world.status(&order, None), "0008");
    world.claim(&order, THIRD, &Told { replaces: Some(&claim), ..told("0006", &ALL) });
    let (status, events) = world.track(&order, None);
    assert_eq!(status, "0008");
    let released = if nominated { "Nominated Release Request successful" } else { "Release Request successful" };
    let happened = [
        "Prescription upload successful",
        released,
        "Dispense proposal return successful",
        "Release Request successful",
        "Dispense notification successful",
        "Dispense notification successful",
        "Dispense Withdrawal successful",
        "Dispense notification successful",
        "Dispense claim successful",
        "Dispense claim successful",
    ];
    assert_eq!(events, happened);
    assert!(world.is_found(&order));
    world.at("2026-06-30T09:00:00Z");
    assert!(!world.is_found(&order), "what was claimed is deleted in the end");
}

#[test]
fn an_acute_prescription_that_is_nominated_lives_to_its_claim() {
    both(|world| single_issue(world, Kind::Acute, true));
}

#[test]
fn an_acute_prescription_that_is_not_nominated_lives_to_its_claim() {
    both(|world| single_issue(world, Kind::Acute, false));
}

#[test]
fn a_repeat_prescription_that_is_nominated_lives_to_its_claim() {
    both(|world| single_issue(world, Kind::Repeat, true));
}

#[test]
fn a_repeat_prescription_that_is_not_nominated_lives_to_its_claim() {
    both(|world| single_issue(world, Kind::Repeat, false));
}

/// Three issues, a month apart.
fn three_issues(world: &mut World, nominated: bool) {
    let order = Order::new(2, nominated).of_kind(Kind::RepeatDispensing(3));
    world.send(&order);
    let days = ["2026-03-02", "2026-03-30", "2026-04-27"];
    let pharmacy = if nominated { NOMINATED } else { OTHER };
    for (issue, day) in (1..).zip(days) {
        world.at(&format!("{day}T10:00:00Z"));
        assert_eq!(world.status(&order, Some(issue)), "0001", "issue {issue}");
        // Whoever gives it back is not nominated any more.
        world.release(pharmacy, &order, !nominated || issue > 2);
        if issue == 2 {
            world.accept(TASK, &order.returned(pharmacy));
            assert_eq!(world.status(&order, None), "0001");
            world.release(THIRD, &order, true);
        }
        let by = if issue == 2 { THIRD } else { pharmacy };
        let issued = Some((issue, 3));
        let part = world.notify(&order, by, &Told { issue: issued, ..told("0003", &PART) });
        assert_eq!(world.status(&order, Some(issue)), "0003");
        let rest = Told { issue: issued, replaces: Some(&part), ..told("0006", &ALL) };
        world.notify(&order, by, &rest);
        assert_eq!(world.status(&order, Some(issue)), "0006");
        if issue < 3 {
            assert_eq!(world.status(&order, Some(issue + 1)), "0000", "the next one waits for its day");
        }
        let claim = world.claim(&order, by, &Told { issue: issued, ..told("0006", &ALL) });
        world.claim(&order, by, &Told { issue: issued, replaces: Some(&claim), ..told("0006", &ALL) });
        assert_eq!(world.status(&order, Some(issue)), "0008");
    }
    let reply = world.post(RELEASE, &release(pharmacy, Some(&order.id)));
    assert_eq!(reply.status, 400, "there is no fourth issue: {}", reply.text);
}

#[test]
fn a_repeat_dispensing_prescription_that_is_nominated_has_three_issues() {
    both(|world| three_issues(world, true));
}

#[test]
fn a_repeat_dispensing_prescription_that_is_not_nominated_has_three_issues() {
    both(|world| three_issues(world, false));
}

#[test]
fn a_repeat_dispensing_notification_can_be_withdrawn() {
    both(|world| {
        let order = Order::new(3, true).of_kind(Kind::RepeatDispensing(3));
        world.send(&order);
        world.release(NOMINATED, &order, false);
        let id = world.notify(&order, NOMINATED, &Told { issue: Some((1, 3)), ..told("0003", &PART) });
        world.accept(TASK, &order.withdrawal(NOMINATED, &id, Some((1, 3))));
        assert_eq!(world.status(&order, Some(1)), "0003", "with the dispenser, and nothing told");
    });
}

#[test]
fn a_cancellation_takes_effect_at_once_while_nobody_has_the_prescription() {
    both(|world| {
        for (number, kind) in [(4, Kind::Acute), (5, Kind::Repeat), (6, Kind::RepeatDispensing(3))] {
            let order = Order::new(number, number % 2 == 0).of_kind(kind);
            world.send(&order);
            assert_eq!(world.cancel(&order, "0001"), (200, "R-0001".to_owned()));
            assert_eq!(world.track(&order, None).1.last().unwrap(), "Prescription/item was cancelled");
        }
    });
}

#[test]
fn a_cancellation_waits_for_the_dispenser_and_its_later_response_is_kept() {
    both(|world| {
        let order = Order::new(7, true);
        world.send(&order);
        world.release(NOMINATED, &order, false);
        let (status, code) = world.cancel(&order, "0004");
        assert_eq!((status, code.as_str()), (400, "R-0002"));
        world.accept(TASK, &order.returned(NOMINATED));
        let (_, events) = world.track(&order, None);
        assert_eq!(events.last().unwrap(), "Subsequent cancellation");
        let details = world.server().track(&format!("/{}", order.id)).json();
        let item = &details["entry"][2]["resource"];
        assert_eq!(item["statusReason"]["coding"][0]["code"], "0004");
        assert_eq!(item["status"], "cancelled");
    });
}

#[test]
fn a_cancellation_is_refused_with_the_code_of_its_reason() {
    both(|world| {
        let refused = |code: &str| (400, code.to_owned());
        // Being dispensed, and then dispensed.
        let order = Order::new(8, true);
        world.send(&order);
        world.release(NOMINATED, &order, true);
        let part = world.notify(&order, NOMINATED, &told("0003", &PART));
        assert_eq!(world.cancel(&order, "0001"), refused("R-0003"));
        world.notify(&order, NOMINATED, &Told { replaces: Some(&part), ..told("0006", &ALL) });
        assert_eq!(world.cancel(&order, "0001"), refused("R-0004"));
        // Not dispensed.
        let order = Order::new(9, true);
        world.send(&order);
        world.release(NOMINATED, &order, true);
        world.notify(&order, NOMINATED, &told("0007", &[("0002", 0), ("0002", 0)]));
        assert_eq!(world.cancel(&order, "0001"), refused("R-0010"));
        // Cancelled already.
        let order = Order::new(10, true);
        world.send(&order);
        assert_eq!(world.cancel(&order, "0001"), (200, "R-0001".to_owned()));
        assert_eq!(world.cancel(&order, "0001"), refused("R-0006"));
        // Never sent: the cancellation waits for it.
        assert_eq!(world.cancel(&Order::new(11, true), "0001"), refused("R-0008"));
        // Marked by another prescriber.
        let order = Order::new(12, true);
        world.send(&order);
        world.release(NOMINATED, &order, true);
        assert_eq!(world.cancel(&order, "0001"), refused("R-0002"));
        let mut other = order.cancellation("0001");
        for entry in other["entry"].as_array_mut().unwrap() {
            if entry["resource"]["resourceType"] == "Organization" {
                entry["resource"]["identifier"][0]["value"] = "A83008".into();
            }
        }
        let reply = world.post(MESSAGE, &other);
        assert!(reply.text.contains("R-0007"), "{}", reply.text);
        // Expired.
        let order = Order::new(13, true);
        world.send(&order);
        world.at("2026-09-03T09:00:00Z");
        assert_eq!(world.status(&order, None), "0004");
        assert_eq!(world.cancel(&order, "0001"), refused("R-0005"));
    });
}

#[test]
fn an_amendment_that_leaves_nothing_dispensed_is_taken_as_it_is_told() {
    both(|world| {
        let order = Order::new(15, true);
        world.send(&order);
        world.release(NOMINATED, &order, false);
        let dispensed = world.notify(&order, NOMINATED, &told("0006", &ALL));
        let amended = Told { replaces: Some(&dispensed), ..told("0006", &[("0002", 0), ("0002", 0)]) };
        world.notify(&order, NOMINATED, &amended);
        assert_eq!(world.status(&order, None), "0006");
    });
}

#[test]
fn a_prescription_that_nobody_claims_is_no_claimed() {
    both(|world| {
        let order = Order::new(14, false);
        world.send(&order);
        world.release(OTHER, &order, true);
        world.notify(&order, OTHER, &told("0006", &ALL));
        world.at("2026-09-01T09:00:00Z");
        assert_eq!(world.status(&order, None), "0009");
        let when = "2026-09-01T09:00:00+00:00";
        let (claim, _) = order.claim(OTHER, when, &told("0006", &ALL));
        assert_eq!(world.post(CLAIM, &claim).status, 400, "the time to claim has passed");
    });
}
