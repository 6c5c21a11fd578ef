//! A signed prescription, from bytes to report: any bytes give a report and nothing worse, and nothing verifies.
//!
//! What explains a mismatch is looked for too: the mistakes, and the differences from another prescription.

use eps_core::signature::explain::{self, Explanation};
use eps_core::signature::provider::RustCrypto;
use eps_core::signature::{Crls, Occasion, Policy, Provider, TrustAnchors, Verifier};
use eps_core::xml::{Document, Limits};

use crate::signatures::{ANCHOR, Credulous, PRESCRIPTION, verify};

/// Runs the target.
pub fn run(data: &[u8]) {
    let Ok(document) = Document::parse(data, &Limits::DEFAULT) else { return };
    let occasion = Occasion::on_receipt(crate::CONTEXT.now);
    let judge = |provider: &dyn Provider, policy: &Policy| {
        let trust = TrustAnchors::new([ANCHOR], [], provider).expect("the anchor is a set");
        let lists = Crls::none();
        verify(&Verifier { provider, trust: &trust, lists: &lists, policy }, &document, occasion).is_ok()
    };
    for policy in [Policy::production(), Policy::test_profile()] {
        if judge(&Credulous::new(), &policy) {
            assert!(!judge(&RustCrypto::new(), &policy), "a signature that nobody made verifies");
        }
    }
    let policy = Policy::test_profile();
    if let Some(explanation) = Explanation::of(document.root(), &policy, &RustCrypto::new()) {
        assert_eq!(explanation.to_string().is_empty(), explanation.is_empty());
        // What could be hashed has nothing that differs from itself.
        let same = explain::compare(document.root(), data, &crate::CONTEXT);
        assert!(same.is_ok_and(|same| same.differences.is_empty()), "a prescription differs from itself");
    }
    if let Ok(comparison) = explain::compare(document.root(), PRESCRIPTION.as_bytes(), &crate::CONTEXT) {
        assert!(comparison.differences.iter().all(|difference| !difference.to_string().is_empty()));
    }
}
