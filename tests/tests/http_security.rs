//! What a server is asked by those who mean it no good: it refuses with the right status, takes a bounded part of the
//! machine, and goes on answering.

#![cfg(test)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use eps_tests::http::tokens::{Issuer, now};
use eps_tests::http::{Order, Reply, Server, release, request_id};
use eps_transport::http::token::Issuers;
use eps_transport::http::{Leniency, Limits, Settings, Tokens};
use eps_transport::store::memory::MemoryStore;
use serde_json::{Value, json};

const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";
const MESSAGE: &str = "/fhir-prescribing/FHIR/R4/$process-message";
const DISPENSING: &str = "urn:nhsd:apim:user-nhs-id:aal3:fhir-dispensing";
const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "https://eps.example";

fn verifying(issuer: &Issuer, settings: Settings) -> Server {
    let jwks = issuer.jwks().to_string();
    let issuers = Issuers::new(jwks.as_bytes(), Some(ISSUER), Some(AUDIENCE)).unwrap();
    Server::of(MemoryStore::default(), Tokens::Verified(Box::new(issuers)), settings)
}

fn limited(limits: Limits) -> Server {
    Server::of(MemoryStore::default(), Tokens::Believed, Settings { limits, ..Settings::default() })
}

/// The claims of a dispenser's token that is good for five minutes.
fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": now() + 300,
        "nbf": now() - 5,
        "scope": DISPENSING,
        "nhsid_useruid": "555254239107",
        "selected_roleid": "555254240100",
    })
}

fn with(change: impl Fn(&mut Value)) -> Value {
    let mut claims = claims();
    change(&mut claims);
    claims
}

fn ask(server: &Server, token: &str) -> Reply {
    let token = format!("Bearer {token}");
    let headers = [("authorization", token.as_str()), ("x-request-id", &request_id())];
    server.ask("POST", RELEASE, &headers, &release("FZ417", None).to_string())
}

/// A release is asked for with a good token: an empty queue is told so.
fn is_alive(server: &Server, issuer: &Issuer) {
    let reply = ask(server, &issuer.token(&claims()));
    assert!(
        reply.text.contains("NO_MORE_PRESCRIPTIONS") || reply.status == 200 || reply.status == 400,
        "{}",
        reply.text
    );
    assert_ne!(reply.status, 401);
}

#[test]
fn a_good_token_is_taken_in_either_algorithm() {
    let issuer = Issuer::default();
    let server = verifying(&issuer, Settings::default());
    for algorithm in ["RS256", "RS512"] {
        let reply = ask(&server, &issuer.signed(&json!({ "alg": algorithm, "kid": "one" }), &claims()));
        assert_ne!((reply.status, reply.status == 403), (401, true), "{algorithm}: {}", reply.text);
        assert_ne!(reply.status, 401, "{algorithm}");
    }
    is_alive(&server, &issuer);
}

/// A token that must be refused with 401, whatever the reason: nothing is told of it.
fn refused(name: &str, token: impl Fn(&Issuer) -> String) {
    let issuer = Issuer::default();
    let server = verifying(&issuer, Settings::default());
    let reply = ask(&server, &token(&issuer));
    assert_eq!((reply.status, reply.issues()), (401, vec!["Invalid access token".to_owned()]), "{name}");
    assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    is_alive(&server, &issuer);
}

#[test]
fn a_token_that_is_not_signed_is_refused() {
    refused("alg none", |issuer| {
        let signed = issuer.signed(&json!({ "alg": "none" }), &claims());
        format!("{}.", signed.rsplit_once('.').unwrap().0)
    });
    refused("alg none, with a signature", |issuer| issuer.signed(&json!({ "alg": "none", "kid": "one" }), &claims()));
    refused("no signature", |issuer| format!("{}.", issuer.token(&claims()).rsplit_once('.').unwrap().0));
}

#[test]
fn a_token_that_has_expired_is_refused() {
    refused("expired", |issuer| issuer.token(&with(|claims| claims["exp"] = json!(now() - 3600))));
    refused("without an end", |issuer| issuer.token(&with(|claims| claims["exp"] = Value::Null)));
}

#[test]
fn a_token_that_is_not_yet_valid_is_refused() {
    refused("not before", |issuer| issuer.token(&with(|claims| claims["nbf"] = json!(now() + 3600))));
}

#[test]
fn a_token_of_another_issuer_or_for_another_audience_is_refused() {
    refused("issuer", |issuer| issuer.token(&with(|claims| claims["iss"] = json!("https://other.example"))));
    refused("no issuer", |issuer| issuer.token(&with(|claims| claims["iss"] = Value::Null)));
    refused("audience", |issuer| issuer.token(&with(|claims| claims["aud"] = json!("https://other.example"))));
}

#[test]
fn a_token_signed_with_another_key_is_refused() {
    let other = Issuer::unknown();
    refused("another key", |_| other.token(&claims()));
    refused("a key of another name", |issuer| issuer.signed(&json!({ "alg": "RS256", "kid": "two" }), &claims()));
}

#[test]
fn a_token_whose_key_is_the_public_key_is_refused() {
    refused("HS256 with the public key", |issuer| issuer.confused(&claims()));
}

#[test]
fn a_token_that_was_changed_is_refused() {
    refused("another payload", |issuer| {
        let token = issuer.token(&claims());
        let other = issuer.token(&with(|claims| claims["scope"] = json!("everything")));
        let (mut parts, payload) = (token.split('.').collect::<Vec<_>>(), other.split('.').nth(1).unwrap().to_owned());
        parts[1] = &payload;
        parts.join(".")
    });
    refused("nonsense", |_| "a.b.c".to_owned());
    refused("nothing", |_| String::new());
    refused("very long nonsense", |_| "x".repeat(8192));
}

#[test]
fn a_token_with_another_scope_is_forbidden() {
    let issuer = Issuer::default();
    let server = verifying(&issuer, Settings::default());
    for scope in [
        "",
        "openid",
        "urn:nhsd:apim:user-nhs-id:aal3:fhir-prescribing",
        "urn:nhsd:apim:user-nhs-id:aal3:fhir-dispensin",
    ] {
        let reply = ask(&server, &issuer.token(&with(|claims| claims["scope"] = json!(scope))));
        assert_eq!(reply.status, 403, "{scope}");
    }
    is_alive(&server, &issuer);
}

#[test]
fn a_role_that_the_token_does_not_list_is_refused() {
    let issuer = Issuer::default();
    let server = verifying(&issuer, Settings::default());
    let token = format!(
        "Bearer {}",
        issuer.token(&with(|claims| claims["nhsid_nrbac_roles"] = json!([{ "person_roleid": "1" }])))
    );
    let headers = [("authorization", token.as_str()), ("x-request-id", &request_id()), ("nhsd-session-urid", "2")];
    let reply = server.ask("POST", RELEASE, &headers, &release("FZ417", None).to_string());
    let told = "Invalid value - '2' in header 'NHSD-Session-URID'".to_owned();
    assert_eq!((reply.status, reply.issues()), (400, vec![told]));
}

#[test]
fn a_strict_server_asks_for_the_role_header_and_lets_no_application_release_by_id() {
    let issuer = Issuer::default();
    let strict = verifying(&issuer, Settings { leniency: Leniency::STRICT, ..Settings::default() });
    let lenient = verifying(&issuer, Settings::default());
    let told = vec!["Missing value in header 'NHSD-Session-URID'".to_owned()];
    let reply = ask(&strict, &issuer.token(&claims()));
    assert_eq!((reply.status, reply.issues()), (400, told));
    let application = with(|claims| {
        claims["scope"] = json!("urn:nhsd:apim:app:level3:fhir-dispensing");
        claims["access_mode"] = json!("application-restricted");
    });
    let token = format!("Bearer {}", issuer.token(&application));
    let by_id = |server: &Server| {
        let headers = [("authorization", token.as_str()), ("x-request-id", &request_id())];
        server.ask("POST", RELEASE, &headers, &release("FZ417", Some("9142DC-A99968-11EB9M")).to_string()).status
    };
    assert_eq!((by_id(&strict), by_id(&lenient)), (403, 400), "the lenient one looks, and has no such prescription");
    let tracker =
        with(|claims| claims["scope"] = json!("urn:nhsd:apim:user-nhs-id:aal3:clinical-prescription-tracker"));
    let token = format!("Bearer {}", issuer.token(&tracker));
    let headers = [
        ("authorization", token.as_str()),
        ("x-request-id", "1"),
        ("nhsd-organization-uuid", "A83008"),
        ("nhsd-session-jobrole", "R8000"),
    ];
    let search = |server: &Server| server.ask("GET", "/RequestGroup?nhsNumber=9990173923", &headers, "").issues();
    let missing = ["nhsd-session-urid", "nhsd-identity-uuid"].map(|name| format!("Missing required header, {name}."));
    assert_eq!(search(&strict), missing);
    assert_eq!(search(&lenient), Vec::<String>::new());
}

/// Sends bytes as they are, and gives all that comes back until the connection is closed or nothing more comes.
fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    // The server may have closed the connection before all was sent.
    let _ = stream.write_all(bytes);
    let mut all = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(read) = stream.read(&mut chunk) {
        if read == 0 {
            break;
        }
        all.extend_from_slice(&chunk[..read]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

fn statuses(answers: &str) -> Vec<&str> {
    answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect()
}

fn pings(server: &Server) {
    assert_eq!(server.ask("GET", "/_ping", &[], "").status, 200, "the server still answers");
}

#[test]
fn who_sends_headers_slowly_is_not_waited_for() {
    let limits = Limits { header_time: Duration::from_millis(300), ..Limits::default() };
    let server = limited(limits);
    let started = Instant::now();
    let mut slow: Vec<_> = (0..50).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    for byte in b"GET /_ping HTTP/1.1\r\nX: " {
        for stream in &mut slow {
            // The later ones find the connection closed.
            let _ = stream.write_all(&[*byte]);
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    pings(&server);
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut answer = Vec::new();
        // Closed, with or without an answer.
        let _ = stream.read_to_end(&mut answer);
        assert!(!String::from_utf8_lossy(&answer).contains(" 200 "));
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[test]
fn who_sends_a_body_slowly_is_told_so() {
    let limits = Limits { body_time: Duration::from_millis(200), ..Limits::default() };
    let server = limited(limits);
    let head = format!(
        "POST {RELEASE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nX-Request-ID: {}\r\nContent-Length: 100\r\n\r\n{{",
        request_id()
    );
    assert_eq!(statuses(&raw(&server, head.as_bytes())), ["408"]);
    pings(&server);
}

#[test]
fn a_body_that_says_it_is_too_long_is_refused_before_it_comes() {
    let server = Server::start();
    let head = |length: &str| {
        format!(
            "POST {RELEASE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nX-Request-ID: {}\r\n{length}\r\n\r\n",
            request_id()
        )
    };
    assert_eq!(statuses(&raw(&server, head("Content-Length: 10737418240").as_bytes())), ["413"]);
    let mut chunked = head("Transfer-Encoding: chunked").into_bytes();
    let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 0x10000], b"\r\n"].concat();
    (0..100).for_each(|_| chunked.extend_from_slice(&chunk));
    let answer = raw(&server, &chunked);
    assert!(matches!(statuses(&answer).as_slice(), ["413"] | []), "refused, or closed while more was coming: {answer}");
    pings(&server);
}

#[test]
fn long_bodies_at_once_take_a_bounded_part_of_memory() {
    let limits = Limits { bodies: 16 * 1024 * 1024, queue_time: Duration::from_millis(200), ..Limits::default() };
    let server = limited(Limits { body_time: Duration::from_secs(2), ..limits });
    let length = 4 * 1024 * 1024 - 1;
    let streams: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            let head = format!("POST {RELEASE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nX-Request-ID: {}\r\nContent-Length: {length}\r\n\r\n", request_id());
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(b" ").unwrap();
            stream.set_read_timeout(Some(Duration::from_millis(1000))).unwrap();
            stream
        })
        .collect();
    let refused = streams.into_iter().filter(|stream| {
        let mut answer = [0; 12];
        let mut stream = stream;
        stream.read_exact(&mut answer).is_ok() && answer.ends_with(b"429")
    });
    assert!(refused.count() >= 16, "there is room for three or four");
    pings(&server);
}

#[test]
fn json_and_xml_of_any_depth_are_refused() {
    let server = Server::start();
    let post = |path: &str, body: &str| {
        server.ask("POST", path, &[("authorization", "Bearer x"), ("x-request-id", &request_id())], body)
    };
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        for path in [RELEASE, MESSAGE, "/FHIR/R4/$dose-to-text", "/FHIR/R4/$validate", "/FHIR/R4/$verify-signature"] {
            assert_eq!(post(path, &deep).status, 400, "{path}");
        }
    }
    let mut signed = Order::new(1, true).signed(&server);
    let provenance = signed["entry"].as_array_mut().unwrap().last_mut().unwrap();
    let deep = format!("<a xmlns=\"x\">{}{}</a>", "<b>".repeat(50_000), "</b>".repeat(50_000));
    provenance["resource"]["signature"][0]["data"] = BASE64.encode(deep).into();
    assert_eq!(post(MESSAGE, &signed.to_string()).status, 400);
    let provenance = signed["entry"].as_array_mut().unwrap().last_mut().unwrap();
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>";
    provenance["resource"]["signature"][0]["data"] = BASE64.encode(bomb).into();
    assert_eq!(post(MESSAGE, &signed.to_string()).status, 400);
    pings(&server);
}

#[test]
fn a_flood_of_headers_is_refused() {
    let server = Server::start();
    let many: String = (0..10_000).map(|number| format!("X-{number}: y\r\n")).collect();
    let long = format!("X: {}\r\n", "y".repeat(1024 * 1024));
    for flood in [many, long] {
        let answer = raw(&server, format!("GET /_ping HTTP/1.1\r\nHost: x\r\n{flood}\r\n").as_bytes());
        assert!(matches!(statuses(&answer).as_slice(), ["431" | "400"] | []), "{answer}");
        pings(&server);
    }
}

#[test]
fn no_path_leads_out_of_the_routes() {
    let server = Server::start();
    for path in [
        "/../../etc/passwd",
        "/fhir-dispensing/FHIR/R4/../../../_eps/clock",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/fhir-dispensing/FHIR/R4/%2e%2e%2fTask",
        "/clinical-prescription-tracker/RequestGroup/..%2f..%2fetc%2fpasswd",
        "//_ping",
        "/_ping%00",
        "/fhir-dispensing/FHIR/R4/Task/%2524release",
        "http://other.example/etc/passwd",
    ] {
        let answer = raw(&server, format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes());
        assert!(matches!(statuses(&answer).as_slice(), ["404" | "400" | "401"]), "{path}: {answer}");
    }
    pings(&server);
}

#[test]
fn no_request_is_smuggled_in_the_body_of_another() {
    let server = Server::start();
    let inner = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    let shapes = [
        format!("Content-Length: {}\r\nContent-Length: 0\r\n\r\n{inner}", inner.len()),
        format!("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{inner}\r\n0\r\n\r\n", inner.len()),
        format!("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{:x}\r\n{inner}\r\n0\r\n\r\n", inner.len()),
        format!("Transfer-Encoding: chunked, identity\r\n\r\n{inner}"),
        format!("Transfer-Encoding: xchunked\r\n\r\n{inner}"),
        format!("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{inner}"),
        format!("Content-Length: +0\r\n\r\n{inner}"),
        format!("Content-Length: 0x0\r\n\r\n{inner}"),
        format!("X: y\r\n Content-Length: 0\r\nContent-Length: {}\r\n\r\n{inner}", inner.len()),
        format!("Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n{inner}"),
    ];
    for shape in shapes {
        let answer = raw(&server, format!("POST {RELEASE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nX-Request-ID: 4b7cf3a4-0000-4000-8000-2f3b4e0a9d11\r\n{shape}").as_bytes());
        assert!(!answer.contains("eps_requests_total"), "{shape}\n{answer}");
        assert!(statuses(&answer).iter().all(|status| status.starts_with('4')), "{shape}\n{answer}");
        pings(&server);
    }
}
