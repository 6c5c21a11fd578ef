//! Keys that are not in this process, behind [`Signer`](eps_core::signature::signer::Signer).
//!
//! | Where the key is | start at | feature |
//! |---|---|---|
//! | on a smartcard or another PKCS #11 token | [`token::TokenSigner`] | `pkcs11` |
//! | with the remote EPS signing service | [`remote::RemoteSigner`] | `remote-signing` |

#[cfg(feature = "remote-signing")]
pub mod remote;
#[cfg(feature = "pkcs11")]
pub mod token;
