//! Signing with a PKCS #11 token, on SoftHSM2. Each test runs in a process of its own, with tokens in a folder of its own.

#![cfg(test)]
#![cfg(feature = "pkcs11")]

use std::path::{Path, PathBuf};
use std::process::Command;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, CertificateType, KeyType, ObjectClass};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use eps_core::model::Timestamp;
use eps_core::signature::Policy;
use eps_core::signature::algorithm::{Digest, SignedInfo};
use eps_core::signature::provider::AwsLc;
use eps_core::signature::signer::{self, SignError, ToSign};
use eps_transport::clock::{Clock as _, SystemClock};
use eps_transport::pki::{Randomness, ThrowAwayPki};
use eps_transport::signers::token::{Module, Pin, TokenError, TokenSigner};
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};

const LABEL: &str = "prescriber";
const PIN: &str = "271828";
const CHILD: &str = "EPS_TOKEN_TEST";

/// Where Debian and others put SoftHSM2.
fn softhsm() -> Option<PathBuf> {
    let known = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so",
    ];
    let found = known.into_iter().map(PathBuf::from).find(|path| path.is_file());
    if found.is_none() {
        eps_tests::skip("no SoftHSM2 (apt-get install softhsm2)");
    }
    found
}

/// In the child: the library. In the parent: nothing, after the child ran this test alone with tokens of its own.
fn alone(test: &str) -> Option<PathBuf> {
    let library = softhsm()?;
    if std::env::var_os(CHILD).is_some() {
        return Some(library);
    }
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let settings = folder.path().join("softhsm2.conf");
    std::fs::write(&settings, format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display())).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("SOFTHSM2_CONF", &settings)
        .env(CHILD, "1")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && told.contains("1 passed"), "{told}{}", String::from_utf8_lossy(&child.stderr));
    None
}

/// A new token with a user who is logged in.
fn token(library: &Path, label: &str) -> Session {
    let context = Pkcs11::new(library).unwrap();
    let _ = context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
    let officer = AuthPin::new("31415926".into());
    let slots = context.get_slots_with_token().unwrap();
    let free = slots.into_iter().find(|slot| !context.get_token_info(*slot).unwrap().token_initialized()).unwrap();
    context.init_token(free, &officer, label).unwrap();
    let slots = context.get_slots_with_initialized_token().unwrap();
    let slot = slots
        .into_iter()
        .find(|slot| {
            let info = context.get_token_info(*slot).unwrap();
            info.label() == label && !info.user_pin_initialized()
        })
        .unwrap();
    let session = context.open_rw_session(slot).unwrap();
    session.login(UserType::So, Some(&officer)).unwrap();
    session.init_pin(&AuthPin::new(PIN.into())).unwrap();
    session.logout().unwrap();
    session.login(UserType::User, Some(&AuthPin::new(PIN.into()))).unwrap();
    session
}

fn put_certificate(session: &Session, id: &[u8], der: &[u8]) {
    let subject = eps_core::signature::certificate::Certificate::from_der(der.to_vec()).unwrap().subject().to_vec();
    let template = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Id(id.to_vec()),
        Attribute::Subject(subject),
        Attribute::Value(der.to_vec()),
    ];
    session.create_object(&template).unwrap();
}

fn put_key(session: &Session, id: &[u8], pkcs8: &[u8], always: bool) {
    let mut key = rsa::PrivateKey::from_pkcs8_der(pkcs8).unwrap();
    key.precompute().unwrap();
    let bytes = |number: &rsa::BoxedUint| number.to_be_bytes_trimmed_vartime().into_vec();
    let template = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::KeyType(KeyType::RSA),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Sign(true),
        Attribute::AlwaysAuthenticate(always),
        Attribute::Id(id.to_vec()),
        Attribute::Modulus(bytes(key.n())),
        Attribute::PublicExponent(bytes(key.e())),
        Attribute::PrivateExponent(bytes(key.d())),
        Attribute::Prime1(bytes(&key.primes()[0])),
        Attribute::Prime2(bytes(&key.primes()[1])),
        Attribute::Exponent1(bytes(key.dp().unwrap())),
        Attribute::Exponent2(bytes(key.dq().unwrap())),
        Attribute::Coefficient(bytes(&key.crt_coefficient().unwrap())),
    ];
    session.create_object(&template).unwrap();
}

fn now() -> Timestamp {
    SystemClock.now()
}

fn pki() -> ThrowAwayPki {
    ThrowAwayPki::generate(now(), "555254239107", "CARD").unwrap()
}

/// A card as the NHS issues them: an authentication certificate first, then the one for content commitment.
fn card(library: &Path, pki: &ThrowAwayPki, always: bool) {
    let session = token(library, LABEL);
    let tls = pki.mutual_tls(Randomness::System, now(), "FZ417").unwrap();
    put_certificate(&session, &[1], tls.dispenser().0);
    put_key(&session, &[1], tls.dispenser().1, false);
    put_certificate(&session, &[2], pki.prescriber());
    put_key(&session, &[2], pki.prescriber_key(), always);
}

fn open(library: &Path, pin: &str) -> Result<TokenSigner, TokenError> {
    let module = Module::load(library).unwrap();
    TokenSigner::open(&module, LABEL, Pin::new(pin.to_owned()), &Policy::production(), now())
}

fn batch(size: u8) -> Vec<ToSign> {
    let payload = |at| SignedInfo::new(Digest::Sha256([at; 32]));
    (0..size).map(|at| ToSign { id: at.to_string(), payload: payload(at) }).collect()
}

fn sign(signer: &TokenSigner, size: u8) -> Vec<Result<signer::Signed, SignError>> {
    signer::sign_batch(signer, batch(size), &Policy::production(), &AwsLc::new(), now()).unwrap()
}

#[test]
fn the_certificate_for_content_commitment_signs_a_batch() {
    let Some(library) = alone("the_certificate_for_content_commitment_signs_a_batch") else { return };
    let pki = pki();
    card(&library, &pki, false);
    let signer = open(&library, PIN).unwrap();
    let made = sign(&signer, 5);
    assert_eq!(made.len(), 5);
    for (asked, made) in batch(5).iter().zip(&made) {
        let made = made.as_ref().unwrap();
        assert_eq!((made.signed_info(), made.certificate()), (&asked.payload, pki.prescriber()));
    }
    // RSASSA-PKCS1-v1_5 is deterministic: the same key in memory makes the same signature.
    let software = signer::AwsLcSigner::new(pki.prescriber_key(), pki.prescriber()).unwrap();
    let payload = batch(1).remove(0).payload;
    let same = signer::sign(&software, payload, &Policy::production(), &AwsLc::new(), now()).unwrap();
    assert_eq!(made[0].as_ref().unwrap().value(), same.value());
}

#[test]
fn a_key_that_asks_for_the_pin_each_time_gets_it_each_time() {
    let Some(library) = alone("a_key_that_asks_for_the_pin_each_time_gets_it_each_time") else { return };
    card(&library, &pki(), true);
    let signer = open(&library, PIN).unwrap();
    assert!(format!("{signer:?}").contains("always: true"), "{signer:?}");
    assert!(sign(&signer, 3).iter().all(Result::is_ok));
}

#[test]
fn two_threads_sign_with_one_token() {
    let Some(library) = alone("two_threads_sign_with_one_token") else { return };
    card(&library, &pki(), false);
    let signer = open(&library, PIN).unwrap();
    std::thread::scope(|scope| {
        let all = [0; 2].map(|_| scope.spawn(|| sign(&signer, 10)));
        for made in all {
            assert!(made.join().unwrap().iter().all(Result::is_ok));
        }
    });
}

#[test]
fn a_wrong_pin_is_tried_once_and_shown_nowhere() {
    let Some(library) = alone("a_wrong_pin_is_tried_once_and_shown_nowhere") else { return };
    card(&library, &pki(), false);
    let refused = open(&library, "161803").unwrap_err();
    assert!(matches!(refused, TokenError::PinIncorrect), "{refused:?}");
    assert!(!format!("{refused:?} {refused}").contains("161803"));
    let signer = open(&library, PIN).unwrap();
    assert!(!format!("{signer:?} {:?}", Pin::new(PIN.to_owned())).contains(PIN));
}

#[test]
fn a_token_that_cannot_sign_says_why() {
    let Some(library) = alone("a_token_that_cannot_sign_says_why") else { return };
    let pki = pki();
    let refused = open(&library, PIN).unwrap_err();
    assert!(matches!(refused, TokenError::NoToken), "{refused:?}");
    let session = token(&library, LABEL);
    let refused = open(&library, PIN).unwrap_err();
    assert!(matches!(refused, TokenError::NoCertificate), "{refused:?}");
    let tls = pki.mutual_tls(Randomness::System, now(), "FZ417").unwrap();
    put_certificate(&session, &[1], tls.dispenser().0);
    put_key(&session, &[1], tls.dispenser().1, false);
    let refused = open(&library, PIN).unwrap_err();
    assert!(matches!(refused, TokenError::NoCertificate), "an authentication certificate: {refused:?}");
    let long_ago = now().plus_seconds(-2000 * 86_400);
    let old = ThrowAwayPki::generate(long_ago, "555254239107", "CARD").unwrap();
    put_certificate(&session, &[3], old.prescriber());
    put_key(&session, &[3], old.prescriber_key(), false);
    let refused = open(&library, PIN).unwrap_err();
    assert!(matches!(refused, TokenError::NotInForce), "{refused:?}");
    put_certificate(&session, &[2], pki.prescriber());
    let refused = open(&library, PIN).unwrap_err();
    assert!(matches!(refused, TokenError::NoKey), "{refused:?}");
    put_key(&session, &[2], pki.prescriber_key(), false);
    assert!(open(&library, PIN).is_ok());
    let other = self::pki();
    put_certificate(&session, &[4], other.prescriber());
    put_key(&session, &[4], other.prescriber_key(), false);
    let refused = open(&library, PIN).unwrap_err();
    assert!(matches!(refused, TokenError::SeveralCertificates), "{refused:?}");
    token(&library, LABEL);
    let refused = open(&library, PIN).unwrap_err();
    assert!(matches!(refused, TokenError::SeveralTokens), "{refused:?}");
    let refused = Module::load(Path::new("/nowhere.so")).unwrap_err();
    assert!(matches!(refused, TokenError::Module(_)), "{refused:?}");
}

#[test]
fn the_certificate_of_another_key_is_found_out() {
    let Some(library) = alone("the_certificate_of_another_key_is_found_out") else { return };
    let session = token(&library, LABEL);
    put_certificate(&session, &[2], pki().prescriber());
    put_key(&session, &[2], pki().prescriber_key(), false);
    let made = sign(&open(&library, PIN).unwrap(), 1).remove(0);
    assert!(matches!(made, Err(SignError::Verification(_))), "{made:?}");
}

#[test]
fn the_command_signs_with_a_token() {
    let Some(library) = alone("the_command_signs_with_a_token") else { return };
    let pki = pki();
    card(&library, &pki, true);
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    pki.write_trust(folder.path()).unwrap();
    std::fs::write(at("pin"), format!("{PIN}\n")).unwrap();
    let order = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/prescription-order.json");
    let sign = |pin: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eps"));
        command.arg("sign").arg(&order).arg("--pkcs11").arg(&library).args(["--token", LABEL, "--pin-file"]).arg(pin);
        command.output().unwrap()
    };
    let signed = sign(&at("pin"));
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    std::fs::write(at("signed.xml"), &signed.stdout).unwrap();
    let mut verify = Command::new(env!("CARGO_BIN_EXE_eps"));
    verify.arg("verify").arg(at("signed.xml")).arg("--trust").arg(at("root.pem"));
    verify.arg("--intermediate").arg(at("signing-ca.pem"));
    verify.arg("--crl").arg(at("root.crl")).arg("--crl").arg(at("signing-ca.crl"));
    let verified = verify.output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    std::fs::write(at("wrong"), "161803").unwrap();
    let refused = sign(&at("wrong"));
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1));
    assert!(told.contains("the PIN is wrong") && !told.contains("161803"), "{told}");
}
