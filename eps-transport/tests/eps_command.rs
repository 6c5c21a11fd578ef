//! The `eps` command from the outside: the journey, signing and verifying through files, and the record.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The command under test.
const EPS: &str = env!("CARGO_BIN_EXE_eps");

fn run(arguments: &[&str]) -> Output {
    Command::new(EPS).args(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

fn order() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/prescription-order.json")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_journey_goes_from_fhir_to_the_claim() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("journey.db");
    let output = run(&["demo", "--json", "--keep", text(&store)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let story = json(&output);
    let steps: Vec<_> = story["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    let expected = [
        "set up", "read", "convert", "prepare", "sign", "verify", "submit", "release", "verify", "dispense",
        "dispense", "claim", "refuse",
    ];
    assert_eq!(steps, expected);
    let statuses: Vec<_> = story["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| {
            let status = &step["status"];
            let items = status["items"].as_array()?.iter().map(|item| item.as_str().unwrap()).collect::<Vec<_>>();
            Some(format!("{} {}", status["prescription"].as_str()?, items.join(" ")))
        })
        .collect();
    assert_eq!(statuses, ["0001 0007 0007", "0002 0008 0008", "0003 0001 0003", "0006 0001 0001", "0008 0001 0001"]);
    assert_eq!(story["timeline"].as_array().unwrap().len(), 5);

    // The refusal names the one field that was changed, and both values.
    let differences = story["refusal"]["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1);
    assert!(differences[0]["place"].as_str().unwrap().contains("pertinentDosageInstructions"));
    assert_eq!(differences[0]["found"], "Take all of them at once");
    assert_eq!(story["refusal"]["report"]["codes"], serde_json::json!(["CONTENT"]));

    // The store outlives the process.
    let tracked = json(&run(&["track", "--json", "--store", text(&store), story["prescription"].as_str().unwrap()]));
    assert_eq!(tracked["status"], "0008");
    assert_eq!(tracked["timeline"], story["timeline"]);
    let unknown = run(&["track", "--store", text(&store), "9142DC-A99968-11EB9M"]);
    assert_eq!(unknown.status.code(), Some(1));
}

#[test]
fn the_journey_fits_one_screen() {
    let output = run(&["demo"]);
    assert!(output.status.success());
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.lines().count() <= 42, "{} lines", told.lines().count());
    assert!(output.stderr.is_empty());
}

#[test]
fn what_is_signed_verifies_and_what_is_changed_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let trust = folder.path().join("pki");
    let signed = run(&["sign", text(&order()), "--throw-away", "--save-trust", text(&trust)]);
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    let (original, changed) = (folder.path().join("signed.xml"), folder.path().join("changed.xml"));
    std::fs::write(&original, &signed.stdout).unwrap();
    let message = String::from_utf8(signed.stdout).unwrap();
    let dosage = message.split("\"DI\"").nth(1).unwrap().split("<value>").nth(1).unwrap().split('<').next().unwrap();
    std::fs::write(&changed, message.replacen(dosage, "Twice as much", 1)).unwrap();
    let file = |name: &str| trust.join(name).to_str().unwrap().to_owned();
    let verify = |message: &Path, more: &[&str]| {
        let (root, ca) = (file("root.pem"), file("signing-ca.pem"));
        let (root_list, ca_list) = (file("root.crl"), file("signing-ca.crl"));
        let mut arguments = vec!["verify", text(message), "--json", "--trust", &root, "--intermediate", &ca];
        arguments.extend(["--crl", &root_list, "--crl", &ca_list]);
        arguments.extend(more);
        run(&arguments)
    };
    let verified = verify(&original, &[]);
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
    let checks = json(&verified);
    let checks = checks["report"]["checks"].as_array().unwrap();
    // The message names no user as its author, so that there is nobody to compare the signer with.
    let (signer, others) = checks.split_last().unwrap();
    assert!(others.len() == 11 && others.iter().all(|check| check["outcome"] == "passed"));
    assert_eq!((&signer["check"], &signer["outcome"]), (&"signer".into(), &"not-checked".into()));
    let refused = verify(&changed, &["--against", text(&original)]);
    assert_eq!(refused.status.code(), Some(1));
    let refused = json(&refused);
    assert_eq!(refused["report"]["codes"], serde_json::json!(["CONTENT"]));
    assert_eq!(refused["differences"][0]["found"], "Twice as much");
    assert_eq!(refused["differences"][0]["covered"], "signed");

    // The bundle that it was made of names the field in FHIR; people see no value unless they ask.
    let order = order();
    let against = |more: &[&str]| {
        let arguments = [&["verify", text(&changed), "--against", text(&order)], more].concat();
        String::from_utf8(run(&arguments).stdout).unwrap()
    };
    let told = against(&[]);
    assert!(told.contains("(in FHIR: Bundle.entry[1].resource.dosageInstruction[0].text)"), "{told}");
    assert!(
        told.contains("verdict      REFUSED") && !told.contains("Twice as much") && !told.contains('\x1b'),
        "{told}"
    );
    assert!(against(&["--show-values"]).contains("found    Twice as much"));
    let fragments = against(&["--fragments"]);
    assert!(fragments.contains("fragment     line item 1, ") && fragments.contains("Twice as much"));
    assert!(
        json(&verify(&original, &["--against", text(&order)]))["differences"]
            .as_array()
            .unwrap()
            .iter()
            .all(|difference| difference["covered"] != "signed")
    );

    // Without the revocation lists the production policy fails closed; without the anchor there is no path.
    let root = file("root.pem");
    let unlisted =
        run(&["verify", text(&original), "--json", "--trust", &root, "--intermediate", &file("signing-ca.pem")]);
    assert_eq!(json(&unlisted)["report"]["codes"], serde_json::json!(["REVOCATION_UNKNOWN"]));
    let untrusted = run(&["verify", text(&original), "--json"]);
    assert_eq!(json(&untrusted)["report"]["codes"], serde_json::json!(["CHAIN"]));
}

#[test]
fn a_pretty_message_verifies_like_the_canonical_one() {
    let order = order();
    let now = "--now=2026-03-02T09:40:00Z";
    let plain = run(&["convert", text(&order), now]);
    let pretty = run(&["convert", text(&order), now, "--pretty"]);
    assert!(pretty.stdout.iter().filter(|byte| **byte == b'\n').count() > 100);
    assert_eq!(eps_tests::canonical(&plain.stdout), eps_tests::canonical(&pretty.stdout));
}

#[test]
fn a_report_says_what_became_of_every_field() {
    let order = order();
    let now = "--now=2026-03-02T09:40:00Z";
    let report = json(&run(&["convert", text(&order), now, "--report", "--json"]));
    assert_eq!(report["kind"], "prescription-order");
    let lines = report["lines"].as_array().unwrap();
    let of = |how: &str| lines.iter().filter(|line| line["how"] == how).count();
    assert!(["carried", "derived", "defaulted", "dropped"].iter().all(|how| of(how) > 5) && of("unmapped") == 0);
    let family = lines.iter().find(|line| {
        let path = line["hl7v3"].as_str().unwrap_or_default();
        path.ends_with("patientPerson[1]/name[1]/family[1]/text()")
    });
    assert_eq!(family.unwrap()["fhir"], "Bundle.entry[3].resource.name[0].family");
    let told = String::from_utf8(run(&["convert", text(&order), now, "--report"]).stdout).unwrap();
    assert!(
        told.contains("carried   the message id\n     FHIR Bundle.identifier.value\n      HL7 /PORX_IN020101SM31/")
    );
}

#[test]
fn every_published_order_goes_the_whole_way() {
    let Some(corpus) = eps_tests::corpus() else { return };
    let orders = eps_tests::files(&corpus.join("nhs-examples"), &|name| {
        name.contains("Process-Request-Send") && name.contains("200_OK") && name.ends_with(".json")
    });
    let mut stopped = Vec::new();
    for order in &orders {
        let output = run(&["demo", "--json", "--bundle", text(order)]);
        if !output.status.success() {
            stopped.push(format!("{}: {}", order.display(), String::from_utf8_lossy(&output.stderr)));
            continue;
        }
        let story = json(&output);
        let claimed = story["timeline"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap().to_owned();
        assert!(claimed.contains("claim"), "{}: {claimed}", order.display());
    }
    println!("{} of {} orders went the whole way", orders.len() - stopped.len(), orders.len());
    // One published order has a wrong check character, and a broker must not store it.
    assert!(orders.len() > 30 && stopped.len() == 1, "{}", stopped.join("\n"));
    assert!(stopped[0].contains("concurrent-dosage-instructions") && stopped[0].contains("check character"));
}

#[test]
fn several_orders_are_signed_in_one_action_and_a_bad_one_spoils_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let now = "--now=2026-03-02T09:40:00Z";
    let pki = at("pki");
    assert!(run(&["pki", "init", "--out", text(&pki), "--seed", "3", now]).status.success());
    let first = std::fs::read_to_string(order()).unwrap();
    let second = first.replace("9c5e1f3b-7d28-4a64-b1e9-4f8d2c6a0b18", "9c5e1f3b-7d28-4a64-b1e9-4f8d2c6a0b19");
    assert_ne!(first, second);
    for (name, content) in
        [("first.json", first.as_str()), ("second.json", &second), ("bad.json", "{}"), ("again.json", &first)]
    {
        std::fs::write(at(name), content).unwrap();
    }
    let (key, certificate, out) = (pki.join("prescriber.key"), pki.join("prescriber.pem"), at("out"));
    let sign = |orders: &[&str]| {
        let mut arguments = vec!["sign".to_owned(), now.to_owned(), "--json".to_owned()];
        arguments.extend(orders.iter().map(|name| text(&at(name)).to_owned()));
        arguments
            .extend(["--key", text(&key), "--certificate", text(&certificate), "--out", text(&out)].map(str::to_owned));
        run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let twice = sign(&["first.json", "again.json"]);
    assert_eq!(twice.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&twice.stderr).contains("has the id of an earlier one"));
    let made = sign(&["first.json", "bad.json", "second.json"]);
    assert_eq!(made.status.code(), Some(1));
    let told = json(&made);
    assert!(told[0]["signed"].is_string() && told[2]["signed"].is_string(), "{told}");
    assert!(told[1]["refused"].as_str().unwrap().contains("problem"), "{told}");
    for name in ["first.xml", "second.xml"] {
        let file = |name: &str| text(&pki.join(name)).to_owned();
        let signed = text(&out.join(name)).to_owned();
        let arguments = [
            "verify",
            now,
            &signed,
            "--trust",
            &file("root.pem"),
            "--intermediate",
            &file("signing-ca.pem"),
            "--crl",
            &file("root.crl"),
            "--crl",
            &file("signing-ca.crl"),
        ];
        let verified = run(&arguments);
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    }
    assert!(!out.join("bad.xml").exists());
}

#[test]
fn a_seed_makes_the_same_keys_and_a_key_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, seed: &str| {
        let out = folder.path().join(name);
        run(&["pki", "init", "--out", text(&out), "--seed", seed, "--now=2026-03-02T09:40:00Z"])
    };
    for (name, seed) in [("one", "3"), ("same", "3"), ("other", "4")] {
        assert!(make(name, seed).status.success());
    }
    let key = |name: &str| std::fs::read(folder.path().join(name).join("prescriber.key")).unwrap();
    assert_eq!(key("one"), key("same"));
    assert_ne!(key("one"), key("other"));
    assert_eq!(make("one", "3").status.code(), Some(3));
}
