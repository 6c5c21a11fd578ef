//! What `eps serve` logs at its most verbose: lines of JSON, with nothing of a patient and no secret of a caller.

#![cfg(test)]
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;

use eps_tests::canaries::{ask_everything, withheld};
use eps_tests::http::tokens::{Issuer, now};
use eps_tests::http::{START_OF_JOURNEYS, Server, release, request_id, write_trust};
use eps_tests::process::Process;
use serde_json::{Value, json};

fn serve(folder: &Path, options: &[&str]) -> Process {
    let data = folder.join("data").display().to_string();
    let common = ["--data", &data, "--log", "trace", "--test-controls", "--now", START_OF_JOURNEYS];
    Process::start(Path::new(env!("CARGO_BIN_EXE_eps")), &[&common, options].concat())
}

/// The statuses of the answers that a log tells of. Every line must be of one form.
fn answered(log: &str) -> BTreeSet<u64> {
    let line = |line: &str| -> Option<u64> {
        let told: Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("a line is no JSON: {} bytes", line.len()));
        let level = told["level"].as_str().unwrap();
        assert!(["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(&level), "{level}");
        assert!(told["timestamp"].as_str().unwrap().ends_with('Z'));
        let fields = told["fields"].as_object().unwrap();
        if fields.get("message")? != "answered" {
            return None;
        }
        assert!(fields["call"].is_string() && fields["milliseconds"].is_u64() && fields["dropped"].is_boolean());
        fields["status"].as_u64()
    };
    log.lines().filter_map(line).collect()
}

#[test]
fn no_call_leaves_anything_of_a_patient_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    write_trust(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (root, issuing) = (["root.pem", "root.crl"].map(file), ["signing-ca.pem", "signing-ca.crl"].map(file));
    let trust = ["--trust", &root[0], "--intermediate", &issuing[0], "--crl", &root[1], "--crl", &issuing[1]];
    let process = serve(folder.path(), &[["--insecure-dev"].as_slice(), &trust].concat());
    let statuses = ask_everything(&process.server());
    assert!([200, 400, 401, 404, 405].iter().all(|status| statuses.contains(status)), "{statuses:?}");
    process.terminate();
    let (status, log) = process.ended();
    assert!(status.success());
    withheld("the log", &log);
    let told: BTreeSet<_> = answered(&log).into_iter().map(|status| u16::try_from(status).unwrap()).collect();
    assert_eq!(told, statuses, "every answer is told of");
}

#[test]
fn no_token_assertion_or_key_shows_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (issuer, client) = (Issuer::default(), Issuer::unknown());
    let write = |name: &str, content: &Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, content.to_string()).unwrap();
        path.display().to_string()
    };
    let jwks = write("jwks.json", &issuer.jwks());
    let scope = "urn:nhsd:apim:app:level3:fhir-dispensing";
    let known = json!({ "clients": [{ "client-id": "pharmacy-system", "scopes": [scope], "jwks": client.jwks() }] });
    let clients = write("clients.json", &known);
    let process = serve(folder.path(), &["--jwks", &jwks, "--clients", &clients]);
    let server = process.server();
    let ask = |token: &str| {
        let (token, id) = (format!("Bearer {token}"), request_id());
        let headers = [("authorization", token.as_str()), ("x-request-id", &id)];
        server.ask("POST", "/FHIR/R4/Task/$release", &headers, &release("FZ417", None).to_string()).status
    };
    let claims = |subject: &str| json!({ "sub": subject, "iss": subject, "jti": request_id(), "exp": now() + 120, "scope": scope });
    let good = issuer.token(&claims("somebody"));
    let wrong = client.token(&claims("somebody"));
    let assertion = client.signed(&json!({ "alg": "RS512", "kid": "one" }), &claims("pharmacy-system"));
    let stranger = issuer.signed(&json!({ "alg": "RS512", "kid": "one" }), &claims("pharmacy-system"));
    let given = exchange(&server, &assertion);
    let access = given.1["access_token"].as_str().unwrap().to_owned();
    assert_eq!((given.0, exchange(&server, &stranger).0, exchange(&server, &assertion).0), (200, 401, 401));
    assert_eq!((ask(&good), ask(&wrong), ask(&access), ask("a.b.c")), (200, 401, 200, 401));
    process.terminate();
    let (status, log) = process.ended();
    assert!(status.success());
    assert_eq!(answered(&log), BTreeSet::from([200, 401]));
    let modulus = client.jwks()["keys"][0]["n"].as_str().unwrap().to_owned();
    for secret in [good, wrong, assertion, stranger, access, modulus] {
        for part in secret.split('.') {
            assert!(!log.contains(part), "{} bytes of a secret are in the log", part.len());
        }
    }
}

fn exchange(server: &Server, assertion: &str) -> (u16, Value) {
    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    let form = format!("grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}");
    let reply = server.ask("POST", "/oauth2/token", &[("content-type", "application/x-www-form-urlencoded")], &form);
    (reply.status, reply.json())
}
