//! Signing with the remote service, against a service of our own.

#![cfg(test)]
#![cfg(feature = "remote-signing")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use eps_core::signature::Policy;
use eps_core::signature::algorithm::{Digest, SignedInfo};
use eps_core::signature::provider::AwsLc;
use eps_core::signature::signer::{self, BatchError, SignError, Signed, ToSign};
use eps_transport::clock::SettableClock;
use eps_transport::signers::remote::{
    Application, Callback, Pending, RemoteError, RemoteSigner, Returned, Service, User, UserAgent, VALID_SECONDS,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

#[path = "support/signing_service.rs"]
mod signing_service;

use signing_service::{SigningService, Wrong, application_key, browse, get, now, pki};

/// A user with a browser, who may do other things than sign.
#[derive(Clone, Debug, Default)]
struct Browser {
    cancels: bool,
    /// Signs so many seconds later.
    takes: i64,
    token: Option<&'static str>,
    state: Option<&'static str>,
    clock: Option<Arc<SettableClock>>,
}

impl UserAgent for Browser {
    fn let_user_sign(&self, pending: &Pending) -> Result<Returned, RemoteError> {
        if self.cancels {
            return Err(RemoteError::Cancelled);
        }
        if let Some(clock) = &self.clock {
            clock.advance(self.takes);
        }
        let returned = browse(pending.redirect());
        let part = |name: &str| {
            let (_, rest) = returned.split_once(&format!("{name}=")).unwrap();
            rest.split('&').next().unwrap().to_owned()
        };
        let token = self.token.map_or_else(|| part("token"), str::to_owned);
        Ok(Returned {
            token: Zeroizing::new(token),
            state: Some(self.state.map_or_else(|| part("state"), str::to_owned)),
        })
    }
}

fn application() -> Application {
    let audience = "https://api.example/signing-service".to_owned();
    Application::new("client-1".to_owned(), "key-1".to_owned(), audience, &application_key().0).unwrap()
}

fn batch(size: u8) -> Vec<ToSign> {
    let payload = |at| SignedInfo::new(Digest::Sha256([at; 32]));
    (0..size).map(|at| ToSign { id: format!("prescription-{at}"), payload: payload(at) }).collect()
}

fn signer(service: &SigningService, token: &str, mut browser: Browser) -> RemoteSigner {
    let clock = Arc::new(SettableClock::new(now()));
    browser.clock = Some(Arc::clone(&clock));
    let user = User::new("555254239107".to_owned(), token.to_owned());
    RemoteSigner::new(Service::new(&service.base, &[]).unwrap(), application(), user, Box::new(browser), clock)
}

type Results = Result<Vec<Result<Signed, SignError>>, BatchError>;

fn sign_with(service: &SigningService, browser: Browser, size: u8) -> Results {
    let signer = signer(service, "the-access-token", browser);
    signer::sign_batch(&signer, batch(size), &Policy::production(), &AwsLc::new(), now())
}

fn sign(wrong: Wrong, size: u8) -> (SigningService, Results) {
    let service = SigningService::start(wrong);
    let made = sign_with(&service, Browser::default(), size);
    (service, made)
}

fn remote(error: &SignError) -> &RemoteError {
    let SignError::Backend(error) = error else { panic!("{error:?}") };
    error.downcast_ref().unwrap()
}

/// Why nothing of a batch was signed.
fn refused(made: &Results) -> &RemoteError {
    match made {
        Err(BatchError::Signer(error)) => remote(error),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_batch_is_signed_as_the_service_describes_it() {
    let (service, made) = sign(Wrong::default(), 3);
    let made = made.unwrap();
    for (asked, made) in batch(3).iter().zip(&made) {
        let made = made.as_ref().unwrap();
        assert_eq!((made.signed_info(), made.certificate()), (&asked.payload, pki().prescriber()));
    }
    assert_eq!((made.len(), service.counts()), (3, (1, 1)));
    let asked = service.asked.lock().unwrap();
    let request = &asked[0];
    assert_eq!(request.headers["content-type"], "text/plain");
    for asked in [&asked[0], &asked[2]] {
        assert!(asked.headers["x-request-id"].parse::<uuid::Uuid>().is_ok());
        assert!(asked.headers["x-correlation-id"].parse::<uuid::Uuid>().is_ok());
    }
    assert_eq!(request.jwt(0), json!({ "alg": "RS512", "kid": "key-1", "typ": "JWT" }));
    let payloads: Vec<_> =
        batch(3).iter().map(|it| json!({ "id": it.id, "payload": it.payload.to_base64() })).collect();
    let expected = json!({
        "iss": "client-1",
        "sub": "555254239107",
        "aud": "https://api.example/signing-service",
        "iat": now().unix(),
        "exp": now().unix() + 600,
        "algorithm": "RS256",
        "payloads": payloads,
    });
    assert_eq!(request.jwt(1), expected);
}

#[test]
fn a_full_batch_is_signed_and_a_larger_one_never_sent() {
    let (service, made) = sign(Wrong::default(), 250);
    assert!(made.unwrap().iter().all(Result::is_ok));
    assert_eq!(service.counts(), (1, 1));
    let made = sign_with(&service, Browser::default(), 251);
    assert!(matches!(made, Err(BatchError::TooMany { found: 251 })), "{made:?}");
    assert_eq!(service.counts(), (1, 1));
}

#[test]
fn one_that_the_service_did_not_sign_does_not_spoil_the_others() {
    let (_, made) = sign(
        Wrong {
            signatures: Some(|answer| {
                let all = answer["signatures"].as_array_mut().unwrap();
                all.remove(0);
                all[0]["signature"] = "".into();
                all[1]["signature"] = "%%%".into();
                all[2]["signature"] = all[3]["signature"].clone();
                all.reverse();
            }),
            ..Wrong::default()
        },
        5,
    );
    let made = made.unwrap();
    assert!(matches!(remote(made[0].as_ref().unwrap_err()), RemoteError::NotSigned));
    assert!(matches!(remote(made[1].as_ref().unwrap_err()), RemoteError::NotSigned));
    assert!(matches!(remote(made[2].as_ref().unwrap_err()), RemoteError::Answer { .. }));
    assert!(matches!(made[3], Err(SignError::Verification(_))), "that of another prescription");
    assert_eq!(made[4].as_ref().unwrap().signed_info(), &batch(5)[4].payload);
}

#[test]
fn an_answer_that_is_not_for_this_batch_spoils_it() {
    let twice: fn(&mut Value) = |answer| {
        let all = answer["signatures"].as_array_mut().unwrap();
        let first = all[0].clone();
        all.push(first);
    };
    let another: fn(&mut Value) = |answer| answer["signatures"][0]["id"] = "prescription-9".into();
    for change in [twice, another] {
        let (_, made) = sign(Wrong { signatures: Some(change), ..Wrong::default() }, 2);
        assert!(matches!(refused(&made), RemoteError::OtherPrescriptions), "{made:?}");
    }
    // As the published mock answers.
    let (_, made) = sign(Wrong { signatures: Some(|answer| answer["certificate"] = "".into()), ..Wrong::default() }, 2);
    assert!(matches!(refused(&made), RemoteError::NoCertificate), "{made:?}");
    let (_, made) = sign(Wrong { signatures: Some(|answer| *answer = json!([])), ..Wrong::default() }, 2);
    assert!(matches!(refused(&made), RemoteError::Answer { .. }), "{made:?}");
    let long: fn(&mut Value) = |answer| answer["padding"] = "a".repeat(2 * 1024 * 1024).into();
    let (_, made) = sign(Wrong { signatures: Some(long), ..Wrong::default() }, 2);
    assert!(matches!(refused(&made), RemoteError::Answer { .. }), "{made:?}");
    // A certificate that is not for signing prescriptions.
    let root: fn(&mut Value) = |answer| {
        use base64::Engine as _;
        answer["certificate"] = base64::engine::general_purpose::STANDARD.encode(pki().root()).into();
    };
    let (_, made) = sign(Wrong { signatures: Some(root), ..Wrong::default() }, 2);
    assert!(matches!(made, Err(BatchError::Signer(SignError::KeyUsage))), "{made:?}");
}

#[test]
fn each_status_has_its_meaning_and_nothing_is_asked_twice() {
    type Meaning = fn(&RemoteError) -> bool;
    let both: [(u16, Meaning); 7] = [
        (400, |it| matches!(it, RemoteError::Refused { status: 400 })),
        (401, |it| matches!(it, RemoteError::Unauthorised)),
        (403, |it| matches!(it, RemoteError::Forbidden)),
        (418, |it| matches!(it, RemoteError::Status { status: 418 })),
        (429, |it| matches!(it, RemoteError::Unavailable { status: 429 })),
        (500, |it| matches!(it, RemoteError::Unavailable { status: 500 })),
        (503, |it| matches!(it, RemoteError::Unavailable { status: 503 })),
    ];
    for (status, meaning) in both {
        let (service, made) = sign(Wrong { request: Some((status, "")), ..Wrong::default() }, 1);
        assert!(meaning(refused(&made)), "{status}: {made:?}");
        assert_eq!(service.counts(), (1, 0), "{status}");
    }
    let at_the_end: [(u16, Meaning); 3] = [
        (404, |it| matches!(it, RemoteError::UnknownToken)),
        (409, |it| matches!(it, RemoteError::Cancelled)),
        (410, |it| matches!(it, RemoteError::Expired)),
    ];
    for (status, meaning) in both.into_iter().chain(at_the_end) {
        let (service, made) = sign(Wrong { response: Some(status), ..Wrong::default() }, 1);
        assert!(meaning(refused(&made)), "{status}: {made:?}");
        assert_eq!(service.counts(), (1, 1), "{status}");
    }
    // The access token does not follow where a redirect points.
    let (service, made) = sign(Wrong { request: Some((307, "Location: /elsewhere\r\n")), ..Wrong::default() }, 1);
    assert!(matches!(refused(&made), RemoteError::Status { status: 307 }), "{made:?}");
    assert_eq!(service.asked.lock().unwrap().len(), 1);
    let (service, made) = sign(Wrong { silent: true, ..Wrong::default() }, 1);
    assert!(matches!(refused(&made), RemoteError::Unreachable(_)), "{made:?}");
    assert_eq!(service.counts(), (1, 0), "it may have been taken, so it must not be asked again");
}

#[test]
fn a_user_who_gives_up_or_takes_too_long_signs_nothing() {
    let service = SigningService::start(Wrong::default());
    let made = sign_with(&service, Browser { cancels: true, ..Browser::default() }, 1);
    assert!(matches!(refused(&made), RemoteError::Cancelled), "{made:?}");
    let made = sign_with(&service, Browser { takes: VALID_SECONDS + 1, ..Browser::default() }, 1);
    assert!(matches!(refused(&made), RemoteError::Expired), "{made:?}");
    assert_eq!(service.counts(), (2, 0));
    assert!(sign_with(&service, Browser { takes: VALID_SECONDS, ..Browser::default() }, 1).unwrap()[0].is_ok());
}

#[test]
fn a_browser_that_returns_from_elsewhere_brings_nothing() {
    let service = SigningService::start(Wrong::default());
    for browser in [
        Browser { token: Some("another-token"), ..Browser::default() },
        Browser { state: Some("another-state"), ..Browser::default() },
    ] {
        let made = sign_with(&service, browser, 1);
        assert!(matches!(refused(&made), RemoteError::OtherRequest), "{made:?}");
    }
    assert_eq!(service.counts(), (2, 0), "the service is not asked with what the browser brought");
}

#[test]
fn a_wrong_access_token_or_application_key_is_refused() {
    let service = SigningService::start(Wrong::default());
    let other = signer(&service, "another-access-token", Browser::default());
    let made = signer::sign_batch(&other, batch(1), &Policy::production(), &AwsLc::new(), now());
    assert!(matches!(refused(&made), RemoteError::Unauthorised), "{made:?}");
    assert!(!format!("{other:?}").contains("another-access-token"), "{other:?}");
    let short = Application::new("c".into(), "k".into(), "a".into(), pki().prescriber_key());
    assert!(matches!(short, Err(RemoteError::ApplicationKeySize { bits: 2048 })), "{short:?}");
    let none = Application::new("c".into(), "k".into(), "a".into(), b"not a key");
    assert!(matches!(none, Err(RemoteError::ApplicationKey)), "{none:?}");
}

#[test]
fn an_answer_that_leads_elsewhere_is_refused() {
    let token: fn(&mut Value) = |taken| taken["token"] = "../../admin".into();
    let page: fn(&mut Value) = |taken| taken["redirectUri"] = "file:///etc/passwd".into();
    for change in [token, page] {
        let (service, made) = sign(Wrong { taken: Some(change), ..Wrong::default() }, 1);
        assert!(matches!(refused(&made), RemoteError::Answer { .. }), "{made:?}");
        assert_eq!(service.counts(), (1, 0));
    }
}

#[test]
fn the_callback_waits_for_the_browser() {
    let service = SigningService::start(Wrong::default());
    let go = |address: &str| {
        let address = address.to_owned();
        std::thread::spawn(move || {
            let back = browse(&address);
            let here = back.split('?').next().unwrap();
            assert_eq!(get(&format!("{here}favicon.ico")).0, 404);
            assert_eq!(get(&back).0, 200);
        });
    };
    let callback = Callback::listen(0, Duration::from_secs(20), Box::new(go)).unwrap();
    *service.callback.lock().unwrap() = format!("http://{}/", callback.address().unwrap());
    let user = User::new("555254239107".to_owned(), "the-access-token".to_owned());
    let clock = Arc::new(SettableClock::new(now()));
    let here = Service::new(&service.base, &[]).unwrap();
    here.ping().unwrap();
    let signer = RemoteSigner::new(here, application(), user, Box::new(callback), clock);
    let made = signer::sign_batch(&signer, batch(2), &Policy::production(), &AwsLc::new(), now());
    assert!(made.unwrap().iter().all(Result::is_ok));
    let idle = Callback::listen(0, Duration::from_millis(50), Box::new(|_| {})).unwrap();
    let service = Service::new(&service.base, &[]).unwrap();
    let user = User::new("555254239107".to_owned(), "the-access-token".to_owned());
    let pending = service.request(&application(), &user, &batch(1), now()).unwrap();
    assert!(matches!(idle.let_user_sign(&pending), Err(RemoteError::Expired)));
}

#[test]
fn only_the_server_below_the_given_certificate_is_trusted() {
    let tls = pki().mutual_tls(eps_transport::pki::Randomness::System, now_of_the_machine(), "FZ417").unwrap();
    let root = pki_of_now();
    let tls_of_now = root.mutual_tls(eps_transport::pki::Randomness::System, now_of_the_machine(), "FZ417").unwrap();
    let base = serve_tls(&tls_of_now);
    Service::new(&base, &[root.root().to_vec()]).unwrap().ping().unwrap();
    for roots in [Vec::new(), vec![tls.ca().to_vec()]] {
        let refused = Service::new(&base, &roots).unwrap().ping();
        assert!(matches!(refused, Err(RemoteError::Unreachable(_))), "{refused:?}");
    }
}

fn now_of_the_machine() -> eps_core::model::Timestamp {
    use eps_transport::clock::Clock as _;
    eps_transport::clock::SystemClock.now()
}

fn pki_of_now() -> eps_transport::pki::ThrowAwayPki {
    eps_transport::pki::ThrowAwayPki::generate(now_of_the_machine(), "555254239107", "TLS").unwrap()
}

/// A TLS server that answers everything with 200.
fn serve_tls(tls: &eps_transport::pki::MutualTls) -> String {
    use std::io::Write as _;
    let (certificate, key) = tls.broker();
    let chain = vec![certificate.to_vec().into(), tls.ca().to_vec().into()];
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.to_vec());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
        .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(Arc::new(config.clone())).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
            let mut line = String::new();
            // A client that does not trust us goes away.
            if BufReader::new(&mut stream).read_line(&mut line).is_ok() {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            }
        }
    });
    format!("https://localhost:{port}")
}

#[test]
fn the_command_signs_with_the_remote_service() {
    let service = SigningService::start(Wrong::default());
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    pki().write_trust(folder.path()).unwrap();
    std::fs::write(at("client.key"), &application_key().0).unwrap();
    let order = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/prescription-order.json");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    *service.callback.lock().unwrap() = format!("http://127.0.0.1:{port}/");
    let now = "2026-03-02T09:40:00Z";
    let mut child = Command::new(env!("CARGO_BIN_EXE_eps"))
        .arg("sign")
        .arg(&order)
        .args(["--now", now, "--client-id", "client-1", "--key-id", "key-1", "--user-id", "555254239107"])
        .args(["--remote", &service.base, "--callback-port", &port.to_string(), "--client-key"])
        .arg(at("client.key"))
        .env("EPS_ACCESS_TOKEN", "the-access-token")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let page = line.trim().rsplit(' ').next().unwrap();
    assert_eq!(get(&browse(page)).0, 200);
    let signed = child.wait_with_output().unwrap();
    assert!(signed.status.success());
    std::fs::write(at("signed.xml"), &signed.stdout).unwrap();
    let mut verify = Command::new(env!("CARGO_BIN_EXE_eps"));
    verify.args(["verify", "--now", now]).arg(at("signed.xml")).arg("--trust").arg(at("root.pem"));
    verify.arg("--intermediate").arg(at("signing-ca.pem"));
    verify.arg("--crl").arg(at("root.crl")).arg("--crl").arg(at("signing-ca.crl"));
    let verified = verify.output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}
