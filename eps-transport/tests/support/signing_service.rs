//! A signing service of our own: the endpoints that NHS England's clients use, with a JWT that is checked, and answers
//! that can be made wrong.

use std::collections::HashMap;
use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, OnceLock};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use eps_core::model::Timestamp;
use eps_core::signature::Provider as _;
use eps_core::signature::algorithm::SignedInfo;
use eps_core::signature::key::RsaKey;
use eps_core::signature::provider::{AwsLc, Hash};
use eps_core::signature::signer::{AwsLcSigner, Signer as _, ToSign};
use eps_transport::pki::{Randomness, ThrowAwayPki};
use serde_json::{Value, json};

/// What the service was asked: the line, the headers in lower case, the body.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Asked {
    /// A part of the JWT.
    pub(crate) fn jwt(&self, part: usize) -> Value {
        let part = self.body.split('.').nth(part).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }
}

/// What the service answers instead of what is right.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wrong {
    /// A status for the request, with headers.
    pub(crate) request: Option<(u16, &'static str)>,
    /// A status for the response.
    pub(crate) response: Option<u16>,
    /// The connection is closed without an answer.
    pub(crate) silent: bool,
    /// Changes the answer to the request.
    pub(crate) taken: Option<fn(&mut Value)>,
    /// Changes the answer at the end.
    pub(crate) signatures: Option<fn(&mut Value)>,
}

pub(crate) struct SigningService {
    pub(crate) base: String,
    pub(crate) asked: Arc<Mutex<Vec<Asked>>>,
    /// Where the browser returns to.
    pub(crate) callback: Arc<Mutex<String>>,
}

/// The key of the application, registered with the service.
pub(crate) fn application_key() -> &'static (Vec<u8>, Vec<u8>) {
    static KEY: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    KEY.get_or_init(|| {
        let key = KeyPair::generate(KeySize::Rsa4096).unwrap();
        (key.as_der().unwrap().as_ref().to_vec(), key.public_key().as_ref().to_vec())
    })
}

pub(crate) fn now() -> Timestamp {
    Timestamp::parse_hl7("20260302094000").unwrap()
}

/// The service's PKI: its prescriber is who signs.
pub(crate) fn pki() -> &'static ThrowAwayPki {
    static PKI: OnceLock<ThrowAwayPki> = OnceLock::new();
    PKI.get_or_init(|| ThrowAwayPki::generate_from(Randomness::Seed(5), now(), "555254239107", "REMOTE").unwrap())
}

const TOKEN: &str = "0d1f6a0e-52d8-4f5c-9a53-0f6b6d7b3c11";

impl SigningService {
    pub(crate) fn start(wrong: Wrong) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/signing-service", listener.local_addr().unwrap());
        let (asked, callback) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(String::new())));
        let mut state = State {
            base: base.clone(),
            wrong,
            asked: Arc::clone(&asked),
            callback: Arc::clone(&callback),
            payloads: Vec::new(),
            state: String::new(),
            signed: false,
        };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                state.serve(&stream.unwrap());
            }
        });
        Self { base, asked, callback }
    }

    /// How often each endpoint was asked: request, response.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let asked = self.asked.lock().unwrap();
        let of = |part: &str| asked.iter().filter(|it| it.target.contains(part)).count();
        (of("/signaturerequest"), of("/signatureresponse/"))
    }
}

/// A browser: goes to the page, signs, follows to where it is sent. Gives the address it ends up at.
pub(crate) fn browse(address: &str) -> String {
    let (status, headers, _) = get(address);
    assert_eq!(status, 302, "{address}");
    headers["location"].clone()
}

/// A request as a browser makes it.
pub(crate) fn get(address: &str) -> (u16, HashMap<String, String>, String) {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut reader = BufReader::new(stream);
    let (line, headers) = head(&mut reader).unwrap();
    let mut body = String::new();
    reader.read_to_string(&mut body).unwrap();
    (line.split(' ').nth(1).unwrap().parse().unwrap(), headers, body)
}

fn head(reader: &mut impl std::io::BufRead) -> Option<(String, HashMap<String, String>)> {
    let mut first = String::new();
    if reader.read_line(&mut first).ok()? == 0 {
        return None;
    }
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    Some((first.trim_end().to_owned(), headers))
}

struct State {
    base: String,
    wrong: Wrong,
    asked: Arc<Mutex<Vec<Asked>>>,
    callback: Arc<Mutex<String>>,
    payloads: Vec<ToSign>,
    state: String,
    signed: bool,
}

/// Status, further headers, body.
type Answer = (u16, String, String);

fn plain(status: u16) -> Answer {
    (status, String::new(), String::new())
}

impl State {
    fn serve(&mut self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        let Some((line, headers)) = head(&mut reader) else { return };
        let length = headers.get("content-length").map_or(0, |text| text.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let mut parts = line.split(' ');
        let (method, target) = (parts.next().unwrap().to_owned(), parts.next().unwrap().to_owned());
        let asked = Asked { method, target, headers, body: String::from_utf8(body).unwrap() };
        let answer = self.answer(&asked);
        self.asked.lock().unwrap().push(asked);
        if self.wrong.silent {
            return;
        }
        let (status, more, body) = answer;
        let length = body.len();
        let mut out = stream;
        // A client that has gone is no failure of the service.
        let _ = write!(
            out,
            "HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{more}Connection: close\r\n\r\n{body}"
        );
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        let path = asked.target.strip_prefix("/signing-service").unwrap_or_default();
        match (asked.method.as_str(), path.split_once('?').unwrap_or((path, ""))) {
            ("GET", ("/_ping", _)) => plain(200),
            ("POST", ("/signaturerequest", query)) => self.take(asked, query),
            ("GET", ("/sign", _)) => {
                self.signed = true;
                let callback = self.callback.lock().unwrap().clone();
                let location = format!("Location: {callback}?token={TOKEN}&state={}\r\n", self.state);
                (302, location, String::new())
            }
            ("GET", (path, _)) if path.starts_with("/signatureresponse/") => self.give(asked, path),
            _ => plain(404),
        }
    }

    /// Checks bearer and JWT as the service would, and gives a token.
    fn take(&mut self, asked: &Asked, query: &str) -> Answer {
        if let Some((status, more)) = self.wrong.request {
            return (status, more.to_owned(), "{\"error\":\"no\"}".to_owned());
        }
        if asked.headers.get("authorization").map(String::as_str) != Some("Bearer the-access-token") {
            return plain(401);
        }
        if !genuine(&asked.body) {
            return plain(400);
        }
        self.state = query.strip_prefix("state=").unwrap().to_owned();
        let claims = asked.jwt(1);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        self.payloads = claims["payloads"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                let payload = STANDARD.decode(text(&it["payload"])).unwrap();
                ToSign { id: text(&it["id"]), payload: SignedInfo::parse(&payload).unwrap() }
            })
            .collect();
        let mut taken = json!({ "token": TOKEN, "redirectUri": format!("{}/sign?token={TOKEN}", self.base) });
        self.wrong.taken.inspect(|change| change(&mut taken));
        (200, String::new(), taken.to_string())
    }

    fn give(&self, asked: &Asked, path: &str) -> Answer {
        if let Some(status) = self.wrong.response {
            return plain(status);
        }
        if asked.headers.get("authorization").map(String::as_str) != Some("Bearer the-access-token") {
            return plain(401);
        }
        if path != format!("/signatureresponse/{TOKEN}") || !self.signed {
            return plain(404);
        }
        let signer = AwsLcSigner::new(pki().prescriber_key(), pki().prescriber()).unwrap();
        let made = signer.sign(&self.payloads).unwrap();
        let signatures: Vec<_> = self
            .payloads
            .iter()
            .zip(made.values)
            .map(|(it, value)| json!({ "id": it.id, "signature": STANDARD.encode(value.unwrap()) }))
            .collect();
        let mut answer = json!({ "signatures": signatures, "certificate": STANDARD.encode(made.certificate) });
        self.wrong.signatures.inspect(|change| change(&mut answer));
        (200, String::new(), answer.to_string())
    }
}

/// RS512 with the registered key.
fn genuine(jwt: &str) -> bool {
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let key = RsaKey::from_pkcs1(&application_key().1).unwrap();
    AwsLc::new().rsa_verify(&key, Hash::Sha512, signed.as_bytes(), &signature).is_ok()
}
