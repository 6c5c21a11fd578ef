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

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use eps_core::fhir::{self, Context};
use eps_core::model::{Message, Prescription, SignatureText, Timestamp};
use eps_core::problem::Problems;
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::provider::Provider;
use eps_core::signature::signer::{self, BatchError, SignError, Signer, ToSign};
use eps_core::signature::{Policy, embed, prepare};
use serde_json::{Value, json};

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

/// Why an order was not signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OrderNotSigned {
    /// It cannot be read.
    #[error("the order cannot be read")]
    Unread(#[from] Problems),
    /// It is another message than a prescription-order, or names no requester.
    #[error("the message is no prescription-order")]
    NoOrder,
    /// It was not signed.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
}

/// Signs a prescription-order as it stands, a FHIR Bundle: a Provenance is added, and nothing else changes. One that has a
/// Provenance already is given back as it is.
///
/// # Errors
/// [`OrderNotSigned`].
pub fn sign_order(
    order: &[u8],
    context: &Context,
    signer: &dyn Signer,
    policy: &Policy,
    provider: &dyn Provider,
) -> Result<Vec<u8>, OrderNotSigned> {
    let Message::Prescription(mut prescription) = fhir::read(order, context)?.message else {
        return Err(OrderNotSigned::NoOrder);
    };
    if matches!(prescription.author.signature, SignatureText::Element(_)) {
        return Ok(order.to_vec());
    }
    sign_prescription(&mut prescription, signer, policy, provider, context.now)?;
    let SignatureText::Element(signature) = &prescription.author.signature else {
        return Err(OrderNotSigned::NoOrder);
    };
    with_provenance(order, &prescription, signature).ok_or(OrderNotSigned::NoOrder)
}

/// The order with the signature in a Provenance at its end, as existing clients send it.
fn with_provenance(order: &[u8], prescription: &Prescription, signature: &str) -> Option<Vec<u8>> {
    let mut bundle: Value = serde_json::from_slice(order).ok()?;
    let entries = bundle.get_mut("entry")?.as_array_mut()?;
    let kind =
        |entry: &&Value| entry.pointer("/resource/resourceType").and_then(Value::as_str) == Some("MedicationRequest");
    let requests: Vec<&Value> = entries.iter().filter(kind).collect();
    let targets: Vec<Value> =
        requests.iter().filter_map(|entry| Some(json!({ "reference": entry.get("fullUrl")? }))).collect();
    let who = requests.first()?.pointer("/resource/requester")?.clone();
    let when = prescription.author.time.to_string();
    let id = crate::derived::ids_from(prescription.message_id)().lower();
    let provenance = json!({
        "fullUrl": format!("urn:uuid:{id}"),
        "resource": {
            "resourceType": "Provenance",
            "id": id,
            "target": targets,
            "recorded": when,
            "agent": [{ "who": who }],
            "signature": [{
                "type": [{ "system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1" }],
                "when": when,
                "who": who,
                "data": BASE64.encode(signature),
            }],
        },
    });
    entries.push(provenance);
    serde_json::to_vec(&bundle).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Randomness, ThrowAwayPki};
    use eps_core::signature::provider::AwsLc;
    use eps_core::signature::signer::AwsLcSigner;

    const ORDER: &[u8] = include_bytes!("../data/prescription-order.json");

    fn signed(order: &[u8]) -> Result<Vec<u8>, OrderNotSigned> {
        let now = Timestamp::parse_hl7("20260302090000").unwrap();
        let pki = ThrowAwayPki::generate_from(Randomness::Seed(1), now, "555254239107", "TEST").unwrap();
        let signer = AwsLcSigner::new(pki.prescriber_key(), pki.prescriber()).unwrap();
        let context = Context {
            now,
            from: "200000001285".parse().unwrap(),
            to: "567456789789".parse().unwrap(),
            author: None,
            identifier_references: fhir::IdentifierReferences::Refused,
            check_characters: eps_core::ids::CheckCharacters::Required,
            release_ids: None,
        };
        sign_order(order, &context, &signer, &Policy::production(), &AwsLc::new())
    }

    #[test]
    fn an_order_is_signed_once_and_nothing_else_of_it_changes() {
        let once = signed(ORDER).unwrap();
        let mut bundle: Value = serde_json::from_slice(&once).unwrap();
        let provenance = bundle["entry"].as_array_mut().unwrap().pop().unwrap();
        assert_eq!(provenance["resource"]["resourceType"], "Provenance");
        assert_eq!(provenance["resource"]["target"].as_array().map(Vec::len), Some(2), "both requests");
        assert_eq!(provenance["resource"]["signature"][0]["when"], "2026-03-02T09:00:00+00:00");
        assert_eq!(bundle, serde_json::from_slice::<Value>(ORDER).unwrap());
        assert_eq!(signed(&once).unwrap(), once);
        assert!(matches!(signed(b"{}"), Err(OrderNotSigned::Unread(_))));
    }
}
