//! How callers come in: applications with an assertion they signed, TLS with and without certificates of callers, and
//! pharmacies that wait to be woken.

#![cfg(test)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use eps_tests::http::tokens::{Issuer, now};
use eps_tests::http::{Order, Reply, Server, release, request_id};
use eps_transport::http::token::Issuers;
use eps_transport::http::{Clients, Settings, Tokens};
use eps_transport::store::memory::MemoryStore;
use serde_json::{Value, json};

const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";
const TOKEN_URL: &str = "https://eps.example/oauth2/token";

fn tokens(issuer: &Issuer) -> Tokens {
    Tokens::Verified(Box::new(Issuers::new(issuer.jwks().to_string().as_bytes(), None, None).unwrap()))
}

/// The file of one application, whose key is that of `application`.
fn known(application: &Issuer) -> Clients {
    let file = json!({ "clients": [{
        "client-id": "pharmacy-system",
        "application-id": "a-1",
        "application-name": "Pharmacy System",
        "scopes": ["urn:nhsd:apim:app:level3:fhir-dispensing", "urn:nhsd:apim:app:level3:prescription-status-update"],
        "organisations": ["FZ417"],
        "jwks": application.jwks(),
    }]});
    Clients::read(file.to_string().as_bytes(), Some(TOKEN_URL.to_owned())).unwrap()
}

fn serving(clients: Clients) -> Server {
    Server::with(MemoryStore::default(), tokens(&Issuer::unknown()), Settings::default(), |service| {
        service.clients(clients)
    })
}

/// A server that knows the application.
fn server(application: &Issuer) -> Server {
    serving(known(application))
}

fn claims() -> Value {
    let id = "pharmacy-system";
    json!({ "iss": id, "sub": id, "aud": TOKEN_URL, "jti": request_id(), "exp": now() + 120 })
}

fn assertion(application: &Issuer, claims: &Value) -> String {
    application.signed(&json!({ "alg": "RS512", "kid": "one" }), claims)
}

fn exchange(server: &Server, assertion: &str) -> Reply {
    let form = format!(
        "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&\
         client_assertion={assertion}"
    );
    server.ask("POST", "/oauth2/token", &[("content-type", "application/x-www-form-urlencoded")], &form)
}

fn access(server: &Server, application: &Issuer) -> String {
    let reply = exchange(server, &assertion(application, &claims()));
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!((&reply.json()["token_type"], &reply.json()["expires_in"]), (&json!("Bearer"), &json!("600")));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    format!("Bearer {}", reply.json()["access_token"].as_str().unwrap())
}

#[test]
fn an_application_exchanges_an_assertion_for_a_token_and_does_what_applications_may() {
    let application = Issuer::default();
    let server = server(&application);
    let token = access(&server, &application);
    let ask = |path: &str, body: &Value| {
        server.ask("POST", path, &[("authorization", &token), ("x-request-id", &request_id())], &body.to_string())
    };
    let nothing = ask(RELEASE, &release("FZ417", None));
    assert!(nothing.text.contains("NO_MORE_PRESCRIPTIONS"), "{}", nothing.text);
    assert_eq!(ask("/fhir-prescribing/FHIR/R4/$prepare", &Order::new(1, true).bundle).status, 403);
    let empty = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [] });
    assert_eq!(ask("/prescription-status-update/", &empty).status, 200);
}

#[test]
fn an_assertion_that_is_not_right_gives_no_token() {
    let application = Issuer::default();
    let server = server(&application);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut claims = claims();
        change(&mut claims);
        claims
    };
    let cases: Vec<(&str, String, u16)> = vec![
        ("another key", assertion(&Issuer::unknown(), &claims()), 401),
        ("another client", assertion(&application, &with(&|claims| claims["sub"] = json!("nobody"))), 401),
        ("another issuer", assertion(&application, &with(&|claims| claims["iss"] = json!("nobody"))), 401),
        ("another audience", assertion(&application, &with(&|claims| claims["aud"] = json!("https://x.example"))), 401),
        ("expired", assertion(&application, &with(&|claims| claims["exp"] = json!(now() - 600))), 401),
        ("too long", assertion(&application, &with(&|claims| claims["exp"] = json!(now() + 4000))), 401),
        ("no jti", assertion(&application, &with(&|claims| claims["jti"] = Value::Null)), 400),
        ("RS256", application.signed(&json!({ "alg": "RS256", "kid": "one" }), &claims()), 401),
        ("HS256 with the public key", application.confused(&claims()), 401),
        ("nonsense", "x".to_owned(), 400),
    ];
    for (name, assertion, status) in cases {
        let reply = exchange(&server, &assertion);
        assert_eq!(reply.status, status, "{name}: {}", reply.text);
        assert!(reply.json()["error"].is_string() && reply.json().get("access_token").is_none(), "{name}");
    }
    let twice = assertion(&application, &claims());
    assert_eq!((exchange(&server, &twice).status, exchange(&server, &twice).status), (200, 401), "each is good once");
    for form in [
        "",
        "grant_type=password",
        "grant_type=client_credentials",
        "grant_type=client_credentials&client_assertion_type=x",
    ] {
        assert_eq!(server.ask("POST", "/oauth2/token", &[], form).status, 400, "{form}");
    }
    let made_up = server.ask("GET", "/waiting/FZ417", &[("authorization", "Bearer made-up")], "");
    assert_eq!(made_up.status, 401);
}

#[test]
fn a_token_is_good_after_a_restart_and_an_assertion_is_not_good_again() {
    let application = Issuer::default();
    let folder = tempfile::tempdir().unwrap();
    let start = || serving(known(&application).kept_in(&folder.path().join("access.db")).unwrap());
    let used = assertion(&application, &claims());
    let (token, older) = {
        let server = start();
        assert_eq!(exchange(&server, &used).status, 200);
        (access(&server, &application), used)
    };
    let server = start();
    assert_eq!(poll(&server, &token, "?wait=0").status, 200);
    let again = exchange(&server, &older);
    assert_eq!((again.status, &again.json()["error"]), (401, &json!("invalid_client")), "{}", again.text);
    assert_eq!(poll(&server, &access(&server, &application), "?wait=0").status, 200, "a new one is exchanged");
    // Where the key is another, so is every token.
    let elsewhere = serving(known(&application).kept_in(&folder.path().join("other.db")).unwrap());
    assert_eq!(poll(&elsewhere, &token, "?wait=0").status, 401);
}

#[test]
fn a_token_ends_when_its_application_is_known_no_more() {
    let application = Issuer::default();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("access.db");
    let token = access(&serving(known(&application).kept_in(&file).unwrap()), &application);
    let nobody = Clients::read(br#"{"clients": []}"#, None).unwrap().kept_in(&file).unwrap();
    assert_eq!(poll(&serving(nobody), &token, "?wait=0").status, 401);
}

#[test]
fn a_server_without_clients_gives_no_tokens() {
    assert_eq!(exchange(&Server::start(), "x").status, 404);
}

fn poll(server: &Server, token: &str, query: &str) -> Reply {
    server.ask("GET", &format!("/fhir-dispensing/waiting/FZ417{query}"), &[("authorization", token)], "")
}

#[test]
fn a_pharmacy_is_woken_for_its_own_organisation_only_and_learns_nothing_else() {
    let application = Issuer::default();
    let server = server(&application);
    let token = access(&server, &application);
    let own = poll(&server, &token, "?wait=0");
    assert_eq!((own.status, own.json()), (200, json!({ "waiting": false, "id": null })));
    let other = server.ask("GET", "/waiting/FA565", &[("authorization", &token)], "");
    assert_eq!(other.status, 403, "{}", other.text);
    assert_eq!(server.ask("GET", "/waiting/FZ417", &[], "").status, 401);
    assert_eq!(poll(&server, &token, "?after=x").status, 400);
    assert_eq!(server.ask("GET", "/waiting/not%20one", &[("authorization", &token)], "").status, 404);
}

#[test]
fn a_long_poll_is_answered_as_soon_as_a_prescription_waits() {
    let server = Server::start();
    let started = Instant::now();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| poll(&server, "Bearer x", "?wait=20"));
        std::thread::sleep(Duration::from_millis(500));
        Order::new(1, true).send(&server);
        let told = waiting.join().unwrap();
        assert_eq!(told.json()["waiting"], true, "{}", told.text);
        assert!(started.elapsed() < Duration::from_secs(10));
        let id = told.json()["id"].as_str().unwrap().to_owned();
        let again = poll(&server, "Bearer x", &format!("?wait=1&after={id}"));
        assert_eq!(again.json(), json!({ "waiting": false, "id": id }), "nothing came since");
        assert_eq!(
            poll(&server, "Bearer x", "?wait=5").json()["waiting"],
            true,
            "what waits is told to who comes anew"
        );
        Order::new(2, true).send(&server);
        let next = poll(&server, "Bearer x", &format!("?wait=20&after={id}"));
        assert_eq!(next.json()["waiting"], true);
        assert_ne!(next.json()["id"], json!(id));
    });
}

/// The events of a pharmacy, line by line.
fn listen(server: &Server, last: Option<&str>) -> impl Iterator<Item = String> + use<> {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let last = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
    let head = format!(
        "GET /waiting/FZ417 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nAccept: text/event-stream\r\n{last}\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    BufReader::new(stream).lines().map_while(Result::ok)
}

#[test]
fn events_come_as_prescriptions_do_and_are_taken_up_where_they_were_left() {
    let server = Server::start();
    let mut events = listen(&server, None);
    std::thread::sleep(Duration::from_millis(500));
    let order = Order::new(1, true);
    order.send(&server);
    let mut seen = Vec::new();
    let id = events
        .by_ref()
        .find_map(|line| {
            seen.push(line.clone());
            line.strip_prefix("id: ").map(str::to_owned)
        })
        .unwrap();
    assert!(seen.iter().any(|line| line.eq_ignore_ascii_case("content-type: text/event-stream")), "{seen:?}");
    let rest: Vec<_> = events.take(2).collect();
    assert_eq!(rest, ["event: waiting", r#"data: {"ods":"FZ417"}"#]);
    // Gone for a while; meanwhile another one comes.
    Order::new(2, true).send(&server);
    let next = listen(&server, Some(&id)).find_map(|line| line.strip_prefix("id: ").map(str::to_owned)).unwrap();
    assert_ne!(next, id);
}

#[test]
fn a_server_that_ends_sends_listeners_away() {
    let server = Server::start();
    let events = listen(&server, None);
    std::thread::sleep(Duration::from_millis(200));
    let started = Instant::now();
    drop(server);
    assert!(events.last().is_some());
    assert!(started.elapsed() < Duration::from_secs(5));
}
