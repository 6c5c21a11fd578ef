//! Which certificates, revocation lists and rules a verification uses.

use std::path::PathBuf;

use clap::Args;
use eps_core::signature::provider::AwsLc;
use eps_core::signature::{Crls, Policy, TrustAnchors, pem};

use crate::failure::Failure;
use crate::files;
use crate::rules::Rules;

/// The cryptographic back end of this program.
pub(crate) const PROVIDER: AwsLc = AwsLc::new();

/// Certificates and rules.
#[derive(Args)]
pub(crate) struct Trust {
    /// A trusted CA certificate, PEM or DER. Repeatable
    #[arg(long = "trust", value_name = "FILE")]
    anchors: Vec<PathBuf>,
    /// A CA certificate between the signer's and a trusted one, PEM or DER. Repeatable
    #[arg(long = "intermediate", value_name = "FILE")]
    intermediates: Vec<PathBuf>,
    /// A revocation list, DER or PEM. Repeatable
    #[arg(long = "crl", value_name = "FILE")]
    lists: Vec<PathBuf>,
    #[command(flatten)]
    rules: Rules,
}

/// What a verifier borrows.
pub(crate) struct Loaded {
    pub(crate) trust: TrustAnchors,
    pub(crate) lists: Crls,
    pub(crate) policy: Policy,
}

impl Trust {
    /// Whether anything is asked of signatures. Lists or intermediates without a trusted certificate ask too, and
    /// verify nothing.
    pub(crate) fn given(&self) -> bool {
        let Self { anchors, intermediates, lists, rules } = self;
        !(anchors.is_empty() && intermediates.is_empty() && lists.is_empty()) || rules.given()
    }

    /// Reads the files.
    pub(crate) fn load(&self) -> Result<Loaded, Failure> {
        let anchors = all(&self.anchors, pem::certificates)?;
        let intermediates = all(&self.intermediates, pem::certificates)?;
        let lists = all(&self.lists, pem::revocation_lists)?;
        let trust =
            TrustAnchors::new(anchors.iter().map(Vec::as_slice), intermediates.iter().map(Vec::as_slice), &PROVIDER)
                .map_err(|error| Failure::because("the trusted certificates")(error.into()))?;
        let lists = Crls::new(lists.iter().map(Vec::as_slice), &trust, &PROVIDER);
        Ok(Loaded { trust, lists, policy: self.rules.policy() })
    }
}

/// Every certificate or list of every file, as DER.
fn all(
    paths: &[PathBuf],
    from_pem: impl Fn(&str) -> Result<Vec<Vec<u8>>, pem::PemError>,
) -> Result<Vec<Vec<u8>>, Failure> {
    let mut all = Vec::new();
    for path in paths {
        let bytes = files::read(path)?;
        match std::str::from_utf8(&bytes) {
            Ok(text) if pem::is_pem(&bytes) => {
                all.extend(from_pem(text).map_err(|error| Failure::because("a PEM file")(error.into()))?);
            }
            Ok(_) | Err(_) => all.push(bytes),
        }
    }
    Ok(all)
}
