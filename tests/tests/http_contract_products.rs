//! The HTTP contract of the products, row by row: routes, callers, roles and scopes, refusals, and what a service says of
//! itself.

#![cfg(test)]

use eps_tests::http::existing::NOMINATED;
use eps_tests::http::tokens::unsigned;
use eps_tests::http::{Kind, Order, Reply, Server, passed, request_id};
use serde_json::{Value, json};

/// One service under three names.
const PRODUCTS: [&str; 3] = ["/electronic-prescriptions", "/fhir-prescribing", "/fhir-dispensing"];
const USER: &str = "urn:nhsd:apim:user-nhs-id:aal3";
const APPLICATION: &str = "urn:nhsd:apim:app:level3";

fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Reply {
    let id = request_id();
    server.ask("GET", path, &[&[("x-request-id", id.as_str())], headers].concat(), "")
}

fn post(server: &Server, path: &str, claims: &Value, body: &Value) -> Reply {
    let token = unsigned(claims);
    server.ask("POST", path, &[("authorization", &token), ("x-request-id", &request_id())], &body.to_string())
}

/// The claims of a user with one scope.
fn user(scope: &str) -> Value {
    json!({ "scope": scope, "nhsid_useruid": "555254239107", "selected_roleid": "555254240100" })
}

/// The calls of the first three products that take a message.
const CALLS: [&str; 6] = ["$prepare", "$process-message", "Task/$release", "Task", "Claim", "$validate"];

/// 1: every route of the three products, `$` escaped or not, with and without a slash behind it.
#[test]
fn every_route_of_the_three_products_is_served_in_every_spelling() {
    let server = Server::start();
    for product in PRODUCTS {
        for call in CALLS {
            for call in [call.to_owned(), call.replace('$', "%24"), format!("{call}/")] {
                let path = format!("{product}/FHIR/R4/{call}");
                // Whoever may call it is told that this is no message.
                let reply = server.post(&path, &json!({}));
                assert_eq!((reply.status, &reply.json()["resourceType"]), (400, &json!("OperationOutcome")), "{path}");
            }
        }
        for path in ["_ping", "metadata", "_status"] {
            for path in [format!("{product}/{path}"), format!("{product}/{path}/")] {
                assert_eq!(get(&server, &path, &[]).status, 200, "{path}");
            }
        }
    }
    for path in ["/clinical-prescription-tracker/_ping", "/clinical-prescription-tracker/_status"] {
        assert_eq!(get(&server, path, &[]).status, 200, "{path}");
    }
    for path in ["_ping", "_status", "metadata"] {
        assert_eq!(get(&server, &format!("/prescription-status-update/{path}"), &[]).status, 200, "{path}");
    }
}

/// 1: a prescription that is written through one prefix is looked up, released, dispensed and cancelled through the others.
#[test]
fn the_products_share_one_store() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::Acute, true);
    order.send(&server);
    let found = server.track(&format!("/{}", order.id));
    assert_eq!(found.status, 200);
    let message = |product: &str| format!("{product}/FHIR/R4/$process-message");
    let cancelled =
        server.post(&message("/fhir-dispensing"), &order.cancellation_of_clients(("0004", "Clinical grounds")));
    assert_eq!(cancelled.status, 200, "{}", cancelled.text);
    let order = Order::of_clients(2, Kind::Acute, true);
    order.send(&server);
    let released = server.post("/fhir-prescribing/FHIR/R4/Task/$release", &order.release_of_clients(NOMINATED));
    assert_eq!(passed(&released).0, 1);
    let again = server.post("/electronic-prescriptions/FHIR/R4/Task/$release", &order.release_of_clients("FA090"));
    assert_eq!(again.status, 400, "it is with a dispenser, whatever the name of the service");
}

/// 1: anything else under a prefix.
#[test]
fn what_is_no_route_of_a_product_is_answered_404_with_an_outcome() {
    let server = Server::start();
    for path in [
        "/electronic-prescriptions/FHIR/R4/$unknown",
        "/fhir-prescribing/FHIR/R4/Patient/1",
        "/fhir-dispensing/",
        "/clinical-prescription-tracker/FHIR/R4/Task",
        "/prescription-status-update/unknown",
    ] {
        let reply = get(&server, path, &[("authorization", "Bearer x")]);
        assert_eq!((reply.status, &reply.json()["resourceType"]), (404, &json!("OperationOutcome")), "{path}");
    }
}

/// 2.3: one of the scopes is enough, and each operation has its own.
#[test]
fn a_token_with_one_scope_does_what_that_scope_is_for() {
    let prescribing =
        ["electronic-prescription-service-api:prescribing", "fhir-prescribing"].map(|scope| format!("{USER}:{scope}"));
    let dispensing =
        ["electronic-prescription-service-api:dispensing", "fhir-dispensing"].map(|scope| format!("{USER}:{scope}"));
    let unattended = ["electronic-prescription-service-api:dispensing", "fhir-dispensing"]
        .map(|scope| format!("{APPLICATION}:{scope}"));
    let server = Server::start();
    for (number, scope) in (1..).zip(&prescribing) {
        let order = Order::of_clients(number, Kind::Acute, true);
        let claims = user(scope);
        let prepared = post(&server, "/fhir-prescribing/FHIR/R4/$prepare", &claims, &order.bundle);
        let sent = post(&server, "/fhir-prescribing/FHIR/R4/$process-message", &claims, &order.sealed(&prepared));
        assert_eq!(sent.status, 200, "{scope}: {}", sent.text);
        let refused =
            post(&server, "/fhir-prescribing/FHIR/R4/Task/$release", &claims, &order.release_of_clients(NOMINATED));
        assert_eq!(refused.status, 403, "{scope}");
    }
    for (number, scope) in (1..).zip(&dispensing) {
        let order = Order::of_clients(number, Kind::Acute, true);
        let claims = user(scope);
        let released =
            post(&server, "/fhir-dispensing/FHIR/R4/Task/$release", &claims, &order.release_of_clients(NOMINATED));
        assert_eq!((released.status, passed(&released).0), (200, 1), "{scope}: {}", released.text);
        let returned = post(&server, "/fhir-dispensing/FHIR/R4/Task", &claims, &order.return_of_clients());
        assert_eq!(returned.status, 200, "{scope}: {}", returned.text);
        assert_eq!(post(&server, "/fhir-prescribing/FHIR/R4/$prepare", &claims, &order.bundle).status, 403, "{scope}");
    }
    for scope in &unattended {
        let claims = json!({ "sub": "client", "scope": scope, "access_mode": "application-restricted" });
        let nothing = post(
            &server,
            "/electronic-prescriptions/FHIR/R4/Task/$release",
            &claims,
            &eps_tests::http::release("FA999", None),
        );
        assert!(nothing.text.contains("NO_MORE_PRESCRIPTIONS"), "{scope}: {}", nothing.text);
        let order = Order::of_clients(1, Kind::Acute, true);
        let returned = post(&server, "/fhir-dispensing/FHIR/R4/Task", &claims, &order.return_of_clients());
        assert_eq!(returned.status, 403, "{scope}: {}", returned.text);
    }
    let validated = post(
        &server,
        "/fhir-dispensing/FHIR/R4/$validate",
        &user("openid"),
        &Order::of_clients(3, Kind::Acute, true).bundle,
    );
    assert_eq!(validated.status, 200, "any token is good for $validate: {}", validated.text);
}

/// 2.2: only where neither token nor header names a role, and a header that is not one of the token's.
#[test]
fn the_role_comes_from_the_token_or_the_header() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::Acute, true).bundle.to_string();
    let ask = |claims: &Value, header: Option<&str>| {
        let (token, id) = (unsigned(claims), request_id());
        let mut headers = vec![("authorization", token.as_str()), ("x-request-id", id.as_str())];
        headers.extend(header.map(|role| ("nhsd-session-urid", role)));
        let reply = server.ask("POST", "/fhir-prescribing/FHIR/R4/$prepare", &headers, &order);
        let code = reply.json()["issue"][0]["details"]["coding"][0]["code"].as_str().map(str::to_owned);
        (reply.status, code)
    };
    let with = |more: Value| {
        let mut claims = json!({ "scope": format!("{USER}:fhir-prescribing"), "nhsid_useruid": "555254239107" });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    };
    let listed = |roles: &[&str]| {
        let roles: Vec<_> = roles.iter().map(|role| json!({ "person_roleid": role })).collect();
        with(json!({ "nhsid_nrbac_roles": roles }))
    };
    let (one, two) = ("555254240100", "555254240101");
    assert_eq!(ask(&with(json!({ "selected_roleid": one })), None), (200, None));
    assert_eq!(ask(&listed(&[one]), None), (200, None));
    assert_eq!(ask(&with(json!({})), Some(two)), (200, None), "a token that lists none");
    assert_eq!(ask(&listed(&[one, two]), Some(two)), (200, None));
    assert_eq!(ask(&with(json!({})), None), (400, Some("MISSING_VALUE".to_owned())));
    assert_eq!(ask(&listed(&[one, two]), None), (400, Some("MISSING_VALUE".to_owned())));
    assert_eq!(ask(&listed(&[one]), Some(two)), (400, Some("INVALID_VALUE".to_owned())));
}

/// 2.4: before any look at the body, on a server that believes any token, and whatever `apikey` says.
#[test]
fn a_call_without_a_token_is_answered_401_in_the_words_of_the_reference() {
    let server = Server::start();
    for product in PRODUCTS {
        for call in CALLS {
            for headers in [&[][..], &[("apikey", "00000000-0000-4000-8000-0000000000a1")]] {
                let reply = server.ask("POST", &format!("{product}/FHIR/R4/{call}"), headers, "foo");
                assert_eq!(reply.status, 401, "{product} {call}");
                let issue = &reply.json()["issue"][0];
                assert_eq!((&issue["severity"], &issue["code"]), (&json!("error"), &json!("forbidden")));
                let coding = json!({
                    "system": "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode",
                    "version": "1",
                    "code": "ACCESS_DENIED",
                    "display": "Access Denied - Unauthorised",
                });
                assert_eq!(
                    (&issue["details"]["coding"][0], &issue["diagnostics"]),
                    (&coding, &json!("Invalid access token"))
                );
            }
        }
    }
}

/// 7: under every prefix, without authorisation.
#[test]
fn ping_tells_a_version_under_every_prefix() {
    let server = Server::start();
    let others = ["/clinical-prescription-tracker", "/prescription-status-update", ""];
    for product in PRODUCTS.into_iter().chain(others) {
        let headers = [("content-type", "application/json"), ("x-user-org-code", "Auto001")];
        let reply = get(&server, &format!("{product}/_ping"), &headers);
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")), "{product}");
        for member in ["version", "revision", "releaseId", "commitId"] {
            assert!(reply.json()[member].as_str().is_some_and(|text| !text.is_empty()), "{product} {member}");
        }
    }
}

/// 7: wrapped, for a caller with an `apikey` and no token.
#[test]
fn metadata_is_a_wrapped_capability_statement_of_its_product() {
    let server = Server::start();
    let ids = ["apim-electronic-prescription-service", "apim-fhir-prescribing-service", "apim-fhir-dispensing-service"];
    for (product, id) in PRODUCTS.into_iter().zip(ids) {
        let reply = get(&server, &format!("{product}/metadata"), &[("apikey", "x")]);
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
        let statement = &reply.json()["capabilityStatement"];
        assert_eq!((&statement["resourceType"], &statement["id"]), (&json!("CapabilityStatement"), &json!(id)));
        assert_eq!(statement["fhirVersion"], "4.0.1");
    }
}

/// 7: not wrapped.
#[test]
fn metadata_of_status_updates_is_the_statement_itself() {
    let reply = get(&Server::start(), "/prescription-status-update/metadata", &[]);
    assert_eq!((reply.status, &reply.json()["resourceType"]), (200, &json!("CapabilityStatement")));
    assert!(reply.header("content-type").unwrap().starts_with("application/fhir+json"));
}

/// 7, with the checks of each back end.
#[test]
fn status_of_the_three_products_tells_its_checks() {
    let server = Server::start();
    for product in PRODUCTS {
        let reply = get(&server, &format!("{product}/_status"), &[("apikey", "x")]);
        assert_eq!(reply.status, 200);
        let told = reply.json();
        assert_eq!(told["status"], "pass");
        for check in ["validator:status", "spine:status"] {
            let check = &told["checks"][check][0];
            assert_eq!(
                (&check["status"], &check["timeout"], &check["responseCode"]),
                (&json!("pass"), &json!("false"), &json!(200))
            );
        }
    }
}

#[test]
fn status_of_tracker_and_status_updates_is_health_json() {
    let server = Server::start();
    for product in ["/clinical-prescription-tracker", "/prescription-status-update"] {
        let reply = get(&server, &format!("{product}/_status"), &[("apikey", "x")]);
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/health+json")));
        for member in ["commitId", "versionNumber"] {
            assert!(reply.json()[member].is_string(), "{product} {member}");
        }
    }
}
