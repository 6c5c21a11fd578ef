//! The worked examples of Spine's own next-activity tests, and what is wrong with a record is told by its place.

use serde_json::{Value, json};

use super::*;
use crate::record::{Passed, Periods, pass_time};

const ITEM: &str = "02ED7776-21CD-4E7B-AC9D-D1DBFEE7B8CF";
const DOCUMENT: &str = "20140408144130355815_6BB2F0_2";
const NOTIFICATION: &str = "7D96291E-BF23-11E3-A209-080027D20F8F";

/// An issue of one item as Spine has it, released on the day of the prescription.
fn issue(status: &str, item: &str, more: Value) -> Value {
    let mut issue = json!({
        "prescriptionStatus": status,
        "previousStatus": false,
        "lineItems": [{ "ID": ITEM, "order": 1, "status": item, "previousStatus": false, "maxRepeats": false }],
        "dispenseWindowLowDate": false,
        "dispenseWindowHighDate": "20991231",
        "releaseDate": "20110101",
        "releaseRequestMsgRef": DOCUMENT,
        "dispense": { "dispensingOrganization": "FA565", "lastDispenseNotificationGuid": false },
        "claim": { "claimReceivedDate": false },
        "dispenseHistory": {},
        "cancellations": [],
    });
    merge(&mut issue, more);
    issue
}

fn merge(into: &mut Value, more: Value) {
    for (name, value) in more.as_object().unwrap() {
        if value.is_object() { merge(&mut into[name], value.clone()) } else { into[name] = value.clone() }
    }
}

fn told(day: &str) -> Value {
    let told = json!({
        "lastDispenseNotificationGuid": NOTIFICATION,
        "lastDispenseNotificationMsgRef": DOCUMENT,
        "lastDispenseDate": day,
    });
    json!({ "dispense": told })
}

fn and(mut one: Value, more: Value) -> Value {
    merge(&mut one, more);
    one
}

fn claimed(day: &str) -> Value {
    json!({ "claim": { "claimGUID": NOTIFICATION, "dispenseClaimMsgRef": DOCUMENT, "claimReceivedDate": day } })
}

/// A record with these issues, from the first on.
fn record_of(treatment: &str, prescribed: &str, current: usize, issues: &[Value]) -> Value {
    let instances: serde_json::Map<_, _> =
        (1..).zip(issues).map(|(number, issue): (usize, _)| (number.to_string(), issue.clone())).collect();
    json!({
        "documents": [DOCUMENT],
        "patient": { "nhsNumber": "9990406707", "birthTime": "19800420", "lowerAgeLimit": false },
        "prescription": {
            "prescriptionID": "7D9625-Z72BF2-11E3AC",
            "prescriptionMsgRef": DOCUMENT,
            "prescriptionTreatmentType": treatment,
            "prescriptionType": "0001",
            "prescriptionTime": format!("{prescribed}100000"),
            "signedTime": format!("{prescribed}100000"),
            "prescribingOrganization": "Z99901",
            "daysSupply": 28,
            "maxRepeats": issues.len(),
            "currentInstance": current.to_string(),
            "pendingCancellations": false,
        },
        "nomination": { "nominated": true, "nominatedPerformer": "FA565", "nominatedPerformerType": "P1" },
        "instances": instances,
        "changeLog": {},
        "SCN": 7,
    })
}

fn read(value: &Value) -> Record {
    Record::from_spine(&serde_json::to_vec(value).unwrap()).unwrap()
}

fn next(value: &Value, periods: &Periods) -> String {
    read(value).next_activity(periods).unwrap().term()
}

#[test]
fn the_worked_examples_of_one_issue_come_out() {
    let mut nine_days = Periods::SPINE;
    nine_days.claimed_delete_days = 9;
    let done = |day: &str, completed: &str| and(told(day), json!({ "completionDate": completed }));
    let over = |completed: &str| json!({ "completionDate": completed });
    let waits = |nominated: &str| json!({ "nominatedDownloadDate": nominated });
    let nothing = || json!({});
    for (row, prescribed, issue, expected) in [
        ("0001", "20111031", issue("0001", "0007", nothing()), "expire_20120430"),
        ("0002", "20111031", issue("0002", "0008", nothing()), "expire_20120430"),
        ("0001, end of July", "20120131", issue("0001", "0007", nothing()), "expire_20120731"),
        ("0003", "20110829", issue("0003", "0003", told("20110928")), "createNoClaim_20120326"),
        ("0003, later", "20111031", issue("0003", "0003", told("20111130")), "createNoClaim_20120528"),
        ("0004", "20110829", issue("0004", "0006", over("20120329")), "delete_20120627"),
        ("0005", "20110829", issue("0005", "0005", over("20120329")), "delete_20120925"),
        ("0006", "20110829", issue("0006", "0001", done("20110831", "20110831")), "createNoClaim_20120227"),
        ("0007", "20110829", issue("0007", "0002", done("20120130", "20120130")), "delete_20120229"),
        (
            "0008, 9 days",
            "20110829",
            issue("0008", "0001", and(done("20111201", "20111201"), claimed("20120101"))),
            "delete_20120110",
        ),
        (
            "0009, 9 days",
            "20110829",
            issue(
                "0009",
                "0001",
                and(done("20111201", "20111201"), json!({ "claim": { "claimReceivedDate": "20120101" } })),
            ),
            "delete_20120110",
        ),
        ("0000, ready", "20120731", issue("0000", "0007", waits("20121101")), "ready_20121101"),
        ("0000, expires first", "20110331", issue("0000", "0007", waits("20120130")), "expire_20110930"),
    ] {
        assert_eq!(
            next(&record_of("0001", prescribed, 1, std::slice::from_ref(&issue)), &nine_days),
            expected,
            "{row}"
        );
        // One issue of a repeat dispensing prescription is no other.
        assert_eq!(next(&record_of("0003", prescribed, 1, &[issue]), &nine_days), expected, "{row}, repeat dispensing");
    }
}

#[test]
fn a_cancellation_that_came_first_is_deleted_180_days_later() {
    let mut placeholder = record_of("0001", "20260105", 1, &[issue("9005", "0007", json!({}))]);
    placeholder["instances"]["1"]["lineItems"] = json!([]);
    merge(
        &mut placeholder["prescription"],
        json!({
            "prescriptionTime": "20260105",
            "prescriptionTreatmentType": false,
            "prescriptionMsgRef": false,
            "prescriptionPresent": false,
            "pendingCancellations": [{
                "cancellationID": NOTIFICATION,
                "cancellationMsgRef": DOCUMENT,
                "cancellationTarget": "Prescription",
                "cancellationTime": "20260105101553",
                "cancelLineItemRef": false,
                "agentOrganization": "Z99901",
                "Reasons": ["0002: Clinical contra-indication"],
            }],
        }),
    );
    assert_eq!(next(&placeholder, &Periods::SPINE), "delete_20260704");
    let record = read(&placeholder);
    assert!(record.uploaded().is_none());
    assert_eq!(record.pending_cancellations()[0].reasons, [CancellationReason::ContraIndication]);
}

#[test]
fn the_issues_of_a_repeat_dispensing_prescription_are_weighed_against_each_other() {
    let dispensed = |day: &str| issue("0006", "0001", and(told(day), json!({ "completionDate": day })));
    let expired = || issue("0004", "0006", json!({ "completionDate": "20270105" }));
    // The claim of issue 1 is still due; deletion comes after it.
    let unclaimed = record_of("0003", "20260105", 3, &[dispensed("20260801"), expired(), expired()]);
    assert_eq!(next(&unclaimed, &Periods::SPINE), "createNoClaim_20270128");
    let at = Timestamp::parse_hl7("20270127235959").unwrap();
    assert!(matches!(pass_time(read(&unclaimed), at, &Periods::SPINE), Ok(Passed::Nothing(_))));
    // On one day, an issue is made ready first.
    let waiting = issue("0000", "0007", json!({ "nominatedDownloadDate": "20260709" }));
    let same_day = record_of("0003", "20260105", 2, &[dispensed("20260110"), waiting]);
    assert_eq!(next(&same_day, &Periods::SPINE), "ready_20260709");
}

#[test]
fn a_record_goes_on_with_the_history_that_it_brings() {
    let before = |status: &str, items: &str, last: Value| {
        json!({
            "prescriptionStatus": status,
            "lineItems": [{ "ID": ITEM, "order": 1, "status": items, "maxRepeats": false }],
            "dispense": last,
            "completionDate": false,
        })
    };
    let first = "7DE2730A-BF23-11E3-A209-080027D20F8F";
    let partial = json!({
        "dispensingOrganization": "FA565",
        "lastDispenseNotificationGuid": first,
        "lastDispenseNotificationMsgRef": DOCUMENT,
        "lastDispenseDate": "20110202",
    });
    let nothing = json!({ "dispensingOrganization": "FA565", "lastDispenseNotificationGuid": false });
    let dispensed = and(told("20110203"), json!({ "completionDate": "20110203" }));
    let mut issue = issue("0006", "0001", dispensed);
    issue["dispenseHistory"] = json!({
        "release": before("0001", "0008", nothing.clone()),
        NOTIFICATION: before("0003", "0003", partial),
        first: before("0002", "0008", nothing),
    });
    let record = read(&record_of("0001", "20110101", 1, &[issue]));
    let told: Vec<_> = record.current().unwrap().history().iter().map(|one| one.before.status().code()).collect();
    assert_eq!(told, ["0002", "0003"]);
    let again = Record::from_bytes(&record.to_bytes().unwrap()).unwrap();
    assert_eq!((again.version(), &again), (7, &record));
}

#[test]
fn what_is_wrong_is_told_by_its_place_and_all_at_once() {
    let right = record_of("0001", "20111031", 1, &[issue("0001", "0007", json!({}))]);
    let problems = |value: &Value| {
        let unreadable = Record::from_spine(&serde_json::to_vec(value).unwrap()).unwrap_err();
        unreadable.problems().iter().map(|problem| problem.pointer.clone()).collect::<Vec<_>>()
    };
    for (pointer, wrong) in [
        ("/patient/nhsNumber", json!("9990406708")),
        ("/patient/birthTime", json!("19801332")),
        ("/prescription/prescriptionID", json!("7D9625-Z72BF2-11E3AD")),
        ("/prescription/prescriptionTime", json!(false)),
        ("/prescription/prescribingOrganization", json!(null)),
        ("/prescription/currentInstance", json!("100")),
        ("/instances/1/prescriptionStatus", json!("0042")),
        ("/instances/1/prescriptionStatus", json!("0006")),
        ("/instances/1/lineItems/0/status", json!("0001 ")),
        ("/instances/1/lineItems/0/ID", json!("")),
        ("/instances/1/lineItems", json!({})),
        ("/instances", json!([])),
        ("/documents/0", json!({})),
    ] {
        let mut value = right.clone();
        *value.pointer_mut(pointer).unwrap() = wrong;
        assert_eq!(problems(&value), [pointer]);
    }
    let mut value = right.clone();
    for pointer in ["/patient/nhsNumber", "/instances/1/lineItems/0/order", "/prescription/prescriptionType"] {
        *value.pointer_mut(pointer).unwrap() = json!([]);
    }
    assert_eq!(problems(&value).len(), 3);
    assert!(
        !format!("{:?}", Record::from_spine(b"{\"patient\": {\"nhsNumber\": \"9449304131\"}}")).contains("9449304131")
    );
    for nothing in [&b""[..], b"[]", b"{}", b"\"\xff\"", b"{\"instances\":{\"1\":7}}"] {
        assert!(Record::from_spine(nothing).is_err());
    }
}
