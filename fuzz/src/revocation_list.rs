//! Revocation lists, in DER and in PEM.
//!
//! A provider that takes every signature for genuine lets lists in; one that cannot be deceived lets none in.

use eps_core::signature::provider::RustCrypto;
use eps_core::signature::{Crls, Provider, TrustAnchors, pem};

use crate::signatures::{ANCHOR, Credulous};

/// Runs the target.
pub fn run(data: &[u8]) {
    let unused = |list: &[u8], provider: &dyn Provider| {
        let trust = TrustAnchors::new([ANCHOR], [], provider).expect("the anchor is a set");
        Crls::new([list], &trust, provider).unused().len()
    };
    assert!(unused(data, &Credulous::new()) <= 1, "one list gives one refusal");
    // The seeds hold lists of the CA; whatever else a fuzzer makes of them, nobody has its key.
    let _genuine = unused(data, &RustCrypto::new());
    let Ok(text) = std::str::from_utf8(data) else { return };
    for list in pem::revocation_lists(text).unwrap_or_default() {
        assert!(unused(&list, &Credulous::new()) <= 1);
    }
}
