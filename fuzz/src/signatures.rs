//! What the targets about signatures share.

use eps_core::signature::key::RsaKey;
use eps_core::signature::provider::{BadSignature, Hash, RustCrypto};
use eps_core::signature::{Occasion, Provider, Refused, Verified, Verifier};
use eps_core::xml::Document;

/// A self-signed CA certificate made for these targets; nobody has its key any more.
pub(crate) const ANCHOR: &[u8] = include_bytes!("../data/anchor.der");
/// An unsigned prescription, canonical, written when the anchor and the certificates of the seeds were in force.
pub(crate) const PRESCRIPTION: &str = include_str!("../data/prescription.xml");

/// Where its signature goes.
pub(crate) const UNSIGNED: &str = r#"<signatureText nullFlavor="NA"></signatureText>"#;

/// Takes every signature for genuine.
#[derive(Debug)]
pub(crate) struct Credulous(RustCrypto);

impl Credulous {
    pub(crate) const fn new() -> Self {
        Self(RustCrypto::new())
    }
}

impl Provider for Credulous {
    fn sha1(&self, data: &[u8]) -> [u8; 20] {
        self.0.sha1(data)
    }

    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        self.0.sha256(data)
    }

    fn rsa_verify(&self, _: &RsaKey<'_>, _: Hash, _: &[u8], _: &[u8]) -> Result<(), BadSignature> {
        Ok(())
    }
}

/// Verifies; the verdict and the report must agree.
pub(crate) fn verify(
    verifier: &Verifier<'_>,
    document: &Document<'_>,
    occasion: Occasion,
) -> Result<Verified, Refused> {
    let verdict = verifier.verify(document.root(), occasion);
    let report = match &verdict {
        Ok(verified) => verified.report(),
        Err(refused) => refused.report(),
    };
    assert_eq!(report.failures().next().is_none(), verdict.is_ok(), "a verdict against its report: {report}");
    verdict
}
