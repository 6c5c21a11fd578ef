//! The certificate path: any bytes as certificates and lists, below a valid anchor, give a report and nothing worse.
//!
//! The input is a certificate, a revocation list and an intermediate CA certificate, each after its length in two bytes,
//! big-endian; what is missing is empty. The prescription around it is always the same, and sound but for its signature.
//!
//! A provider that takes every signature for genuine goes first: no fuzzer finds a signature, and behind it lie the
//! checks of path, validity and revocation. What it lets pass is judged again by a provider that cannot be deceived.

use std::sync::LazyLock;

use eps_core::hl7v3;
use eps_core::signature::algorithm::{Algorithm, Digest, SignedInfo};
use eps_core::signature::certificate::Certificate;
use eps_core::signature::fragments::fragments;
use eps_core::signature::key::RsaKey;
use eps_core::signature::provider::RustCrypto;
use eps_core::signature::{Crls, Occasion, Policy, Provider, TrustAnchors, Verifier, embed, pem};
use eps_core::xml::{Document, Limits};

use crate::signatures::{ANCHOR, Credulous, PRESCRIPTION, UNSIGNED, verify};

/// So many bytes have a base64 within the limit for a text.
const MAX_CERTIFICATE: usize = 12_000;

/// The prescription around its signature, and what the signature signs.
struct Signable {
    before: &'static str,
    after: &'static str,
    signed_info: SignedInfo,
    occasion: Occasion,
}

static SIGNABLE: LazyLock<Signable> = LazyLock::new(|| {
    let (before, after) = PRESCRIPTION.split_once(UNSIGNED).expect("an unsigned prescription");
    let document = Document::parse(PRESCRIPTION.as_bytes(), &Limits::DEFAULT).expect("a document");
    let prescription = hl7v3::parent_prescription(&document).expect("a prescription");
    let digest_input = fragments(prescription, &Policy::production()).expect("a sound prescription");
    let signed_info = SignedInfo::new(Digest::of(&digest_input, Algorithm::Rs256, &RustCrypto::new()));
    let model = hl7v3::read_prescription(prescription).expect("a readable prescription");
    Signable { before, after, signed_info, occasion: Occasion::on_receipt(model.author.time) }
});

/// The bytes after a length in two bytes, and the rest.
fn section(data: &[u8]) -> (&[u8], &[u8]) {
    let Some((length, rest)) = data.split_first_chunk() else { return (&[], &[]) };
    rest.split_at(usize::from(u16::from_be_bytes(*length)).min(rest.len()))
}

/// Runs the target.
pub fn run(data: &[u8]) {
    let (certificate, rest) = section(data);
    let (list, rest) = section(rest);
    let (intermediate, _) = section(rest);
    parts(certificate);
    // Longer ones never reach the verifier: the reader of XML refuses their base64.
    let certificate = certificate.get(..MAX_CERTIFICATE).unwrap_or(certificate);
    let Signable { before, after, signed_info, occasion } = &*SIGNABLE;
    let signature = embed::assemble(signed_info, &[0x5A; 256], certificate);
    let signature = std::str::from_utf8(&signature).expect("a signature is UTF-8");
    let signed = format!("{before}<signatureText>{signature}</signatureText>{after}");
    let document = Document::parse(signed.as_bytes(), &Limits::DEFAULT).expect("a signed prescription is XML");
    let judge = |provider: &dyn Provider, policy: &Policy| {
        let trust = TrustAnchors::new([ANCHOR], [intermediate], provider)
            .or_else(|_| TrustAnchors::new([ANCHOR], [], provider))
            .expect("the anchor alone is a set");
        let lists = Crls::new([list], &trust, provider);
        let verifier = Verifier { provider, trust: &trust, lists: &lists, policy };
        verify(&verifier, &document, *occasion)
    };
    for policy in [Policy::production(), Policy::test_profile()] {
        if judge(&Credulous::new(), &policy).is_ok() {
            assert!(judge(&RustCrypto::new(), &policy).is_err(), "a signature that nobody made verifies");
        }
    }
}

/// The readers of what stands in a certificate, each by itself.
fn parts(data: &[u8]) {
    if let Ok(certificate) = Certificate::from_der(data.to_vec()) {
        let _names = (certificate.common_name(), certificate.issuer_common_name(), certificate.sds_user_id());
        if let Ok(key) = certificate.key() {
            assert!(key.bits() > 0 && key.signature_len() > 0);
        }
        assert_eq!(certificate.as_der(), data);
    }
    let _keys = (RsaKey::from_spki(data).is_ok(), RsaKey::from_pkcs1(data).is_ok());
    if let Ok(text) = std::str::from_utf8(data) {
        let _certificates = pem::certificates(text);
    }
}
