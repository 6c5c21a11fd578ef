//! The HTTP contract for dispensers, row by row: releases, notifications, returns and withdrawals exactly as existing clients
//! send them.

#![cfg(test)]

use eps_tests::http::existing::{NOMINATED, Supplied};
use eps_tests::http::tokens::unsigned;
use eps_tests::http::{Kind, Order, Reply, Server, passed, request_id};
use eps_transport::http::{Leniency, Settings, SignatureOnCreate, Tokens};
use eps_transport::store::memory::MemoryStore;
use serde_json::{Value, json};

const MESSAGE: &str = "/fhir-dispensing/FHIR/R4/$process-message";
const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";
const TASK: &str = "/fhir-dispensing/FHIR/R4/Task";
const KINDS: [Kind; 3] = [Kind::Acute, Kind::Repeat, Kind::RepeatDispensing(7)];

/// Each kind of prescription, nominated and not, created a moment ago.
fn every_kind(server: &Server) -> Vec<(Kind, Order)> {
    let kinds = KINDS.into_iter().flat_map(|kind| [(kind, true), (kind, false)]);
    let orders = (1..).zip(kinds).map(|(number, (kind, nominated))| (kind, Order::of_clients(number, kind, nominated)));
    orders.inspect(|(_, order)| order.send(server)).collect()
}

/// A call as a dispenser's system makes it: with a role header, and as another person than its body names.
fn post(server: &Server, path: &str, body: &Value) -> Reply {
    let token = unsigned(&json!({
        "scope": "urn:nhsd:apim:user-nhs-id:aal3:fhir-dispensing",
        "nhsid_useruid": "555254239107",
        "nhsid_nrbac_roles": [{ "person_roleid": "555254240100", "role_code": "S8000:G8000:R8003" }],
    }));
    let headers = [
        ("authorization", token.as_str()),
        ("x-request-id", &request_id()),
        ("content-type", "application/json"),
        ("NHSD-Session-URID", "555254240100"),
        ("x-user-org-code", "Auto001"),
    ];
    server.ask("POST", path, &headers, &body.to_string())
}

/// What clients read of the answer to a notification, a return and a withdrawal.
fn accepted(reply: &Reply) {
    assert_eq!(reply.status, 200, "{}", reply.text);
    let answer = reply.json();
    assert_eq!(answer["resourceType"], "OperationOutcome");
    assert_eq!(
        (&answer["issue"][0]["code"], &answer["issue"][0]["severity"]),
        (&json!("informational"), &json!("information"))
    );
}

fn released(server: &Server, order: &Order) {
    let reply = post(server, RELEASE, &order.release_of_clients(NOMINATED));
    assert_eq!((reply.status, passed(&reply).0), (200, 1), "{}", reply.text);
}

/// The status of the current issue.
fn status(server: &Server, order: &Order) -> String {
    let details = server.track(&format!("/{}", order.id)).json();
    let group = &details["entry"].as_array().unwrap().last().unwrap()["resource"];
    group["extension"][0]["extension"][0]["valueCoding"]["code"].as_str().unwrap().to_owned()
}

/// 4.1, checklist 18: read by position.
#[test]
fn every_kind_is_released_at_once_nominated_or_not() {
    let server = Server::start();
    for (kind, order) in every_kind(&server) {
        let reply = post(&server, RELEASE, &order.release_of_clients(NOMINATED));
        let answer = reply.json();
        assert_eq!((reply.status, &answer["parameter"][0]["resource"]["total"]), (200, &json!(1)), "{kind:?}");
        let names: Vec<_> = answer["parameter"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert_eq!(names, ["passedPrescriptions", "failedPrescriptions"]);
        assert_eq!(status(&server, &order), "0002");
    }
}

#[test]
fn the_parameters_of_a_release_come_in_any_order() {
    let server = Server::start();
    for number in 1..=4 {
        let order = Order::of_clients(number, Kind::Acute, false);
        order.send(&server);
        let mut asked = order.release_of_clients(NOMINATED);
        asked["parameter"].as_array_mut().unwrap().rotate_left(number as usize - 1);
        assert_eq!(passed(&post(&server, RELEASE, &asked)).0, 1, "{number}");
    }
}

/// 4.1: an agent of whom the role and the person are told, and nothing else.
#[test]
fn the_agent_of_a_release_needs_no_organisation() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::Acute, true);
    order.send(&server);
    let asked = order.release_of_clients(NOMINATED);
    assert!(asked["parameter"][3]["resource"].get("organization").is_none());
    assert_eq!(passed(&post(&server, RELEASE, &asked)).0, 1);
}

/// 4.1, checklist 9.
#[test]
fn a_pharmacy_that_is_not_the_nominated_one_is_given_the_prescription() {
    let server = Server::start();
    for (_, order) in every_kind(&server) {
        let reply = post(&server, RELEASE, &order.release_of_clients("FA090"));
        assert_eq!((reply.status, passed(&reply).0), (200, 1), "{}", reply.text);
    }
}

/// 1 and 4.1: through whichever product it was written.
#[test]
fn a_prescription_of_one_product_is_released_through_every_other() {
    let server = Server::start();
    let products = ["/electronic-prescriptions", "/fhir-prescribing", "/fhir-dispensing", ""];
    for (number, product) in (1..).zip(products) {
        let order = Order::of_clients(number, Kind::Acute, true);
        order.send(&server);
        let reply = post(&server, &format!("{product}/FHIR/R4/Task/$release"), &order.release_of_clients(NOMINATED));
        assert_eq!((reply.status, passed(&reply).0), (200, 1), "{product}: {}", reply.text);
    }
}

/// 4.1: which is a failure for a client.
#[test]
fn a_prescription_that_does_not_verify_is_in_the_second_list_and_the_total_of_the_first_is_nought() {
    let settings = Settings { verify_on_create: SignatureOnCreate::LeftToRelease, ..Settings::default() };
    let server = Server::of(MemoryStore::default(), Tokens::Believed, settings);
    let order = Order::of_clients(1, Kind::Acute, true);
    let mut signed = order.signed(&server);
    signed["entry"][1]["resource"]["dosageInstruction"][0]["text"] = "4 times a day".into();
    assert_eq!(server.post("/fhir-prescribing/FHIR/R4/$process-message", &signed).status, 200);
    let reply = post(&server, RELEASE, &order.release_of_clients(NOMINATED));
    assert_eq!((reply.status, passed(&reply).0), (200, 0), "{}", reply.text);
    let failed = &reply.json()["parameter"][1];
    assert_eq!(failed["name"], "failedPrescriptions");
    assert!(failed.to_string().contains(&order.id), "{failed}");
}

/// 2.3, checklist 8: no user in the token, a role header and an agent all the same.
#[test]
fn an_application_releases_by_id_under_fhir_dispensing_and_nowhere_else() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::Acute, true);
    order.send(&server);
    let token = unsigned(&json!({
        "sub": "client",
        "scope": "urn:nhsd:apim:app:level3:fhir-dispensing",
        "access_mode": "application-restricted",
    }));
    let ask = |path: &str| {
        let headers =
            [("authorization", token.as_str()), ("x-request-id", &request_id()), ("NHSD-Session-URID", "555254242105")];
        server.ask("POST", path, &headers, &order.release_of_clients(NOMINATED).to_string())
    };
    assert_eq!(ask("/electronic-prescriptions/FHIR/R4/Task/$release").status, 403);
    let reply = ask(RELEASE);
    assert_eq!((reply.status, passed(&reply).0), (200, 1), "{}", reply.text);
}

/// 4.2, checklist 6, 10, 12, 13, 15, 16 and 17: a third person, a random response id, numbers as text, counts of another
/// prescription, units that do not fit, capital letters and microseconds.
#[test]
fn the_notification_that_clients_send_dispenses_every_kind_in_full() {
    let server = Server::start();
    for (kind, order) in every_kind(&server) {
        released(&server, &order);
        let (notification, _) = order.notification_of_clients(kind, &Supplied::IN_FULL, None);
        accepted(&post(&server, MESSAGE, &notification));
        let details = server.track(&format!("/{}?issueNumber=1", order.id)).json();
        let group = &details["entry"].as_array().unwrap().last().unwrap()["resource"];
        assert_eq!(group["extension"][0]["extension"][0]["valueCoding"]["code"], "0006", "{kind:?}");
    }
}

#[test]
fn the_notification_that_clients_send_dispenses_nothing_for_a_reason() {
    let server = Server::start();
    for (number, kind) in (1..).zip([Kind::Acute, Kind::Repeat]) {
        let order = Order::of_clients(number, kind, true);
        order.send(&server);
        released(&server, &order);
        let (notification, _) = order.notification_of_clients(kind, &Supplied::NOTHING, None);
        accepted(&post(&server, MESSAGE, &notification));
        assert_eq!(status(&server, &order), "0007");
    }
}

/// 4.2, section 10: lenient, the counts of a repeat are not compared; strict, they are.
#[test]
fn a_notification_tells_one_of_seven_of_a_repeat_that_is_one_of_one_unless_the_server_is_strict() {
    let strict = Leniency { repeat_counts_as_told: false, ..Leniency::LENIENT };
    for (leniency, status) in [(Leniency::LENIENT, 200), (strict, 400)] {
        let settings = Settings { leniency, ..Settings::default() };
        let server = Server::of(MemoryStore::default(), Tokens::Believed, settings);
        let order = Order::of_clients(1, Kind::Repeat, true);
        order.send(&server);
        released(&server, &order);
        let (told, _) = order.notification_of_clients(Kind::Repeat, &Supplied::IN_FULL, None);
        let reply = post(&server, MESSAGE, &told);
        assert_eq!(reply.status, status, "{}", reply.text);
        if status == 400 {
            assert!(reply.text.contains("Mismatch in authorised repeat counts"), "{}", reply.text);
            let (silent, _) = order.notification_of_clients(Kind::Acute, &Supplied::IN_FULL, None);
            accepted(&post(&server, MESSAGE, &silent));
        }
    }
}

/// 4.2, checklist 13: of repeat dispensing they are compared always.
#[test]
fn the_counts_of_a_repeat_dispensing_notification_must_be_those_of_its_prescription() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::RepeatDispensing(5), true);
    order.send(&server);
    released(&server, &order);
    let (notification, _) = order.notification_of_clients(Kind::RepeatDispensing(7), &Supplied::IN_FULL, None);
    let reply = post(&server, MESSAGE, &notification);
    assert_eq!(reply.status, 400);
    assert!(reply.text.contains("Mismatch in authorised repeat counts"), "{}", reply.text);
}

/// 4.3, checklist 14.
#[test]
fn the_amendment_that_clients_send_is_taken_although_its_statuses_do_not_agree() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::Acute, true);
    order.send(&server);
    released(&server, &order);
    let (first, id) = order.notification_of_clients(Kind::Acute, &Supplied::IN_FULL, None);
    accepted(&post(&server, MESSAGE, &first));
    let (amended, _) = order.notification_of_clients(Kind::Acute, &Supplied::AMENDED, Some(&id));
    accepted(&post(&server, MESSAGE, &amended));
    assert_eq!(status(&server, &order), "0006");
}

/// 4.4, checklist 6, 10, 11 and 12: the prescriber's person and practice, a random focus, `active` as text, and of repeat
/// dispensing no issue.
#[test]
fn the_return_that_clients_send_gives_back_every_kind_nominated_or_not() {
    let server = Server::start();
    for (kind, order) in every_kind(&server) {
        released(&server, &order);
        let task = order.return_of_clients();
        assert_eq!(task["contained"][1]["active"], "true");
        accepted(&post(&server, TASK, &task));
        assert_eq!(status(&server, &order), "0001", "{kind:?}");
        released(&server, &order);
    }
}

/// Section 10: each leniency is a setting.
#[test]
fn a_strict_server_takes_returns_from_the_dispenser_only_and_amendments_whose_statuses_agree() {
    let leniency = Leniency { returned_by_anybody: false, amended_as_told: false, ..Leniency::LENIENT };
    let server = Server::of(MemoryStore::default(), Tokens::Believed, Settings { leniency, ..Settings::default() });
    let order = Order::of_clients(1, Kind::Acute, true);
    order.send(&server);
    released(&server, &order);
    let refused = post(&server, TASK, &order.return_of_clients());
    assert_eq!(refused.status, 400, "{}", refused.text);
    let mut own = order.return_of_clients();
    own["contained"][1]["identifier"][0]["value"] = NOMINATED.into();
    accepted(&post(&server, TASK, &own));
    released(&server, &order);
    let (first, id) = order.notification_of_clients(Kind::Acute, &Supplied::IN_FULL, None);
    accepted(&post(&server, MESSAGE, &first));
    let (amended, _) = order.notification_of_clients(Kind::Acute, &Supplied::AMENDED, Some(&id));
    let refused = post(&server, MESSAGE, &amended);
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert_eq!(status(&server, &order), "0006");
}

/// 4.5.
#[test]
fn the_withdrawal_that_clients_send_takes_back_the_last_notification() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::Acute, true);
    order.send(&server);
    released(&server, &order);
    let (notification, id) = order.notification_of_clients(Kind::Acute, &Supplied::IN_FULL, None);
    assert_eq!(id, id.to_uppercase());
    accepted(&post(&server, MESSAGE, &notification));
    assert_eq!(status(&server, &order), "0006");
    accepted(&post(&server, TASK, &order.withdrawal_of_clients(&id)));
    assert_eq!(status(&server, &order), "0002");
}

/// Checklist 16: the tracker gives item numbers in capitals, a release in small letters.
#[test]
fn item_numbers_are_told_in_capitals_by_the_tracker_and_in_small_letters_by_a_release() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::Acute, true);
    order.send(&server);
    let item = order.items().remove(0);
    assert!(server.track(&format!("/{}", order.id)).text.contains(&item));
    let reply = post(&server, RELEASE, &order.release_of_clients(NOMINATED));
    assert!(reply.text.contains(&item.to_lowercase()), "{}", reply.text);
}

/// Checklist 19: no directory of organisations, patients or users is asked.
#[test]
fn organisations_and_people_that_nobody_knows_are_taken() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::Acute, false).for_patient("9999999999");
    order.send(&server);
    let reply = post(&server, RELEASE, &order.release_of_clients("ZZZ99"));
    assert_eq!((reply.status, passed(&reply).0), (200, 1), "{}", reply.text);
}
