//! A pharmacy system: verifies a signed prescription before anything is dispensed, and shows the report.
//!
//! ```text
//! cargo run --bin eps -- sign eps-transport/data/prescription-order.json --throw-away --save-trust pki > signed.xml
//! cargo run -p eps-examples --bin pharmacy -- signed.xml pki/root.pem pki/signing-ca.pem
//! ```
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use eps_core::model::Timestamp;
use eps_core::signature::policy::{Policy, Revocation};
use eps_core::signature::provider::RustCrypto;
use eps_core::signature::{Crls, Occasion, TrustAnchors, Verifier};
use eps_core::xml::{Document, Limits};

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<_> = std::env::args_os().skip(1).collect();
    let [message, anchors, intermediates] = paths.as_slice() else {
        return Err("usage: pharmacy SIGNED.xml ROOT.pem SIGNING-CA.pem".into());
    };
    let provider = RustCrypto::new();
    let (anchors, intermediates) = (std::fs::read_to_string(anchors)?, std::fs::read_to_string(intermediates)?);
    let trust = TrustAnchors::from_pem(&anchors, Some(&intermediates), &provider)?;
    // A live system fails closed, with fresh revocation lists in `Crls::new`. This one has none, and the report says so.
    let mut policy = Policy::production();
    policy.revocation_of_certificate = Revocation::FailOpen;
    policy.revocation_of_ca = Revocation::FailOpen;
    let verifier = Verifier { provider: &provider, trust: &trust, lists: &Crls::none(), policy: &policy };
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let now = Timestamp::from_unix(i64::try_from(seconds)?);
    let bytes = std::fs::read(message)?;
    let document = Document::parse(&bytes, &Limits::DEFAULT)?;
    match verifier.verify(document.root(), Occasion::on_receipt(now)) {
        Ok(verified) => {
            println!("{}", verified.report());
            Ok(())
        }
        Err(refused) => {
            println!("{}", refused.report());
            Err(refused.into())
        }
    }
}
