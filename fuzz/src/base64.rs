//! Base64 where it may come in: a signature value, a certificate, the data of a Provenance. What is taken is strict by a
//! reading that shares nothing with the library's, and what is refused for its base64 is not.

use std::sync::LazyLock;

use eps_core::signature::algorithm::{Digest, SignedInfo};
use eps_core::signature::code::Code;
use eps_core::signature::provider::RustCrypto;
use eps_core::signature::report::{Check, Outcome};
use eps_core::signature::{Crls, Occasion, Policy, TrustAnchors, Verifier, embed};
use eps_core::xml::{Document, Limits};

use crate::signatures::{PRESCRIPTION, UNSIGNED};

/// The rule of base64 that is not strict.
const RULE: &str = "signature.format.base64";

/// The prescription with a signature, before and after what stands in one of its elements.
struct Around {
    before: String,
    after: String,
}

static AROUND: LazyLock<[Around; 2]> = LazyLock::new(|| {
    let signature = embed::assemble(&SignedInfo::new(Digest::Sha256([1; 32])), &[1], &[1]);
    let signature = String::from_utf8(signature).expect("text");
    let message = PRESCRIPTION.replacen(UNSIGNED, &format!("<signatureText>{signature}</signatureText>"), 1);
    ["SignatureValue", "X509Certificate"].map(|name| {
        let (before, rest) = message.split_once(&format!("<{name}>")).expect("the element");
        let (_, after) = rest.split_once(&format!("</{name}>")).expect("its end");
        Around { before: format!("{before}<{name}>"), after: format!("</{name}>{after}") }
    })
});

/// Runs the target.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let strict = is_strict(text);
    for around in &*AROUND {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let message = format!("{}{escaped}{}", around.before, around.after);
        let Ok(document) = Document::parse(message.as_bytes(), &Limits::DEFAULT) else { continue };
        let (trust, lists, policy) = (TrustAnchors::default(), Crls::none(), Policy::production());
        let verifier = Verifier { provider: &RustCrypto::new(), trust: &trust, lists: &lists, policy: &policy };
        let verdict = verifier.verify(document.root(), Occasion::on_receipt(crate::CONTEXT.now));
        let report = verdict.as_ref().expect_err("nobody signed it").report();
        let structure = &report.entry(Check::Structure).expect("every check is reported").outcome;
        match structure {
            Outcome::Passed => assert!(strict, "what is not strict is taken"),
            Outcome::Failed(failures) => {
                assert!(failures.iter().all(|failure| matches!(failure.code, Code::Format | Code::Limit)), "{report}");
                assert!(!strict || failures.iter().all(|failure| failure.problem.rule.id != RULE), "{report}");
            }
            Outcome::NotChecked(_) => unreachable!("the structure is always checked"),
        }
    }
    match embed::read_provenance(text) {
        Ok(signature) => assert!(strict && !signature.is_empty(), "a Provenance that is not strict is taken"),
        Err(problems) => crate::refusal_is_sound(&problems),
    }
}

/// RFC 4648 section 4 once white space is deleted: groups of four, padding at the end only, and no loose bits before it.
fn is_strict(text: &str) -> bool {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).collect();
    let padding = bytes.iter().rev().take_while(|byte| **byte == b'=').count();
    let (digits, _) = bytes.split_at(bytes.len() - padding);
    let values: Option<Vec<usize>> =
        digits.iter().map(|byte| ALPHABET.iter().position(|digit| digit == byte)).collect();
    let loose = match padding {
        0 => 0,
        1 => 0b11,
        2 => 0b1111,
        _ => return false,
    };
    let clean = |values: Vec<usize>| values.last().is_none_or(|last| last & loose == 0);
    bytes.len().is_multiple_of(4) && values.is_some_and(clean)
}
