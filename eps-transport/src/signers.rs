//! Signing a prescription, and keys that are not in this process, behind [`Signer`].
//!
//! | Where the key is | start at | feature |
//! |---|---|---|
//! | on a smartcard or another PKCS #11 token | [`token::TokenSigner`] | `pkcs11` |
//! | with the remote EPS signing service | [`remote::RemoteSigner`] | `remote-signing` |

#[cfg(feature = "remote-signing")]
pub mod remote;
#[cfg(feature = "pkcs11")]
pub mod token;

use eps_core::model::{Prescription, Timestamp};
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::provider::Provider;
use eps_core::signature::signer::{self, BatchError, SignError, Signer, ToSign};
use eps_core::signature::{Policy, embed, prepare};

/// Why a prescription was not signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotSigned {
    /// No signature was made, or none that is good.
    #[error("the signature was not made")]
    Made(#[from] SignError),
    /// The key could not be asked.
    #[error("the signature was not made")]
    Asked(#[from] BatchError),
    /// The signature is that of something else.
    #[error("the signature was not embedded")]
    Embedded(#[from] embed::OtherPrescription),
}

/// Signs a prescription with SHA-256 and puts the signature into it: its author time becomes `now`, the time of signing.
///
/// # Errors
/// [`NotSigned`]; the prescription then has a new author time and no new signature.
pub fn sign_prescription(
    prescription: &mut Prescription,
    signer: &dyn Signer,
    policy: &Policy,
    provider: &dyn Provider,
    now: Timestamp,
) -> Result<(), NotSigned> {
    prescription.author.time = now;
    let fragments = eps_core::hl7v3::write_fragments(prescription);
    let payload = prepare::prepared(&fragments, Algorithm::Rs256, provider).signed_info;
    let one = ToSign { id: prescription.uuid.to_string(), payload };
    for signed in signer::sign_batch(signer, vec![one], policy, provider, now)? {
        embed::into_prescription(prescription, &signed?, provider)?;
    }
    Ok(())
}
