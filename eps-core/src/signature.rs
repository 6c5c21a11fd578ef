//! The advanced electronic signature of a prescription: prepare, sign, embed, verify.
//!
//! ```text
//!  prepare   fragments ─▶ digest ─▶ SignedInfo (541 bytes)      what $prepare answers
//!  sign      SignedInfo ─▶ Signer ─▶ Signed                     verified before it is shown
//!  embed     Signed ─▶ Signature element
//!  verify    document that arrived ─▶ Report, and Verified or Refused
//! ```
//!
//! | To | start at |
//! |---|---|
//! | answer `$prepare` | [`prepare::prepared`] |
//! | sign with a key of your own | [`signer::Signer`], [`signer::sign`], [`signer::sign_batch`] |
//! | put a signature into a message | [`embed::into_prescription`], [`embed::into_message`] |
//! | verify a prescription | [`Verifier::verify`] |
//! | name the field that was changed | [`explain::compare`], [`diff::explain`] |
//! | find the mistake that explains a digest | [`explain::Explanation`] |
//! | bring another cryptographic library | [`Provider`] |
//!
//! A verification takes everything as arguments: trust anchors, revocation lists, policy, times. It opens no file, asks no
//! network and looks at no clock. Source: XML Signature Syntax and Processing, Exclusive XML Canonicalization 1.0,
//! RFC 5280, RFC 8017, and NHS England's documentation of prescription signing.

pub mod algorithm;
mod base64;
pub mod certificate;
pub mod code;
mod der;
pub mod diff;
pub mod embed;
pub mod explain;
pub mod fragments;
pub mod key;
mod outline;
pub mod path;
pub mod pem;
pub mod policy;
pub mod prepare;
pub mod provider;
pub mod report;
pub mod revocation;
pub mod signer;
#[cfg(test)]
mod testing;
pub mod trust;
pub mod verify;

pub use code::{Code, Reason};
pub use policy::Policy;
pub use provider::Provider;
pub use report::Report;
pub use revocation::Crls;
pub use trust::TrustAnchors;
pub use verify::{Occasion, Refused, Verified, Verifier};
