//! The `Signature` element: assembled after signing, and read from where FHIR carries it.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;

use super::algorithm::{Digest, SignedInfo, XMLDSIG};
use super::code::Code;
use super::fragments::{self, Parts};
use super::outline::MAX_SIGNATURE_BYTES;
use super::policy::Policy;
use super::provider::Provider;
use super::signer::Signed;
use crate::hl7v3;
use crate::model::{Prescription, SignatureText};
use crate::problem::{Place, Problem, Problems};
use crate::rules::signature::PROVENANCE;
use crate::xml::c14n::{self, Options};
use crate::xml::{Document, Limits, Writer};

/// The `Signature` element with its own namespace declaration, canonical and without white space: ready to stand in
/// `signatureText`, or in base64 in `Provenance.signature.data`.
#[must_use]
pub fn signature_element(signed: &Signed) -> Vec<u8> {
    assemble(signed.signed_info(), signed.value(), signed.certificate())
}

/// The base64 for `Provenance.signature.data`.
#[must_use]
pub fn provenance_data(signed: &Signed) -> String {
    STANDARD.encode(signature_element(signed))
}

/// The signature is that of another prescription, or of this one before it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not that of this prescription")]
#[non_exhaustive]
pub struct OtherPrescription;

/// Puts a signature into the prescription that it signs. [`hl7v3::write`] then writes it as it must stand.
///
/// # Errors
/// [`OtherPrescription`] when the digest that was signed is not that of this prescription; its author time, for one, must
/// be the one that was prepared.
pub fn into_prescription(
    prescription: &mut Prescription,
    signed: &Signed,
    provider: &dyn Provider,
) -> Result<(), OtherPrescription> {
    let signed_digest = signed.signed_info().digest();
    let fragments = hl7v3::write_fragments(prescription);
    if Digest::of(&fragments, signed_digest.algorithm(), provider) != signed_digest {
        return Err(OtherPrescription);
    }
    // The writer writes UTF-8, and nothing else goes into the element.
    let element = String::from_utf8_lossy(&signature_element(signed)).into_owned();
    prescription.author.signature = SignatureText::Element(element.into());
    Ok(())
}

/// Puts a signature into the HL7 v3 message, or the `ParentPrescription` alone, that it signs: the content of
/// `signatureText` is replaced, and every other byte stays as it is. No white space is added anywhere, and that between
/// the elements of the message does not matter.
///
/// # Errors
/// Those of [`fragments::fragments`], and [`Code::Content`] when the digest that was signed is not that of the message.
pub fn into_message(message: &[u8], signed: &Signed, provider: &dyn Provider) -> Result<Vec<u8>, Problems> {
    let document = Document::parse(message, &Limits::DEFAULT)?;
    let parent = hl7v3::parent_prescription(&document).unwrap_or(document.root());
    let parts = Parts::locate(parent, &Policy::production()).map_err(fragments::into_problems)?;
    let canonical = fragments::canonical(&parts).map_err(fragments::into_problems)?;
    let expected = signed.signed_info().digest();
    let found = Digest::of(&canonical, expected.algorithm(), provider);
    if found != expected {
        let problem = Problem::new(Code::Content.rule(), parent.place());
        return Err(problem.found(found.to_base64()).expected(expected.to_base64()).into());
    }
    let text = parts.signature_text;
    let name = match text.prefix() {
        "" => text.name().to_owned(),
        prefix => format!("{prefix}:{}", text.name()),
    };
    let element = signature_element(signed);
    let span = text.span();
    let (before, after) = (message.get(..span.start), message.get(span.end..));
    Ok([
        before.unwrap_or_default(),
        format!("<{name}>").as_bytes(),
        &element,
        format!("</{name}>").as_bytes(),
        after.unwrap_or_default(),
    ]
    .concat())
}

/// Assembles a `Signature` from parts that came back from a remote signing service. Verify what it gives before use.
#[must_use]
pub fn assemble(signed_info: &SignedInfo, value: &[u8], certificate: &[u8]) -> Vec<u8> {
    // `SignedInfo` inherits the declaration here; canonicalising it on its own restores it.
    let declaration = format!(" xmlns=\"{XMLDSIG}\"").into_bytes();
    let payload = signed_info.as_bytes();
    let at = memchr::memmem::find(payload, &declaration).unwrap_or(payload.len());
    let (head, rest) = payload.split_at(at);
    let rest = rest.get(declaration.len()..).unwrap_or_default();
    let mut out = Writer::new(Vec::with_capacity(payload.len() + (value.len() + certificate.len()) * 4 / 3 + 256));
    out.start("Signature").namespace("", XMLDSIG).raw(head).raw(rest);
    out.text_element("SignatureValue", &STANDARD.encode(value));
    out.start("KeyInfo").start("X509Data").text_element("X509Certificate", &STANDARD.encode(certificate));
    out.end().end().end();
    out.finish()
}

/// Reads `Provenance.signature.data`: the `Signature` element in canonical form, without white space between elements.
/// Its signature is not verified, nor is its outline: what was not signed well must still be convertible, and be refused
/// by the verifier.
///
/// # Errors
/// [`PROVENANCE`] when it is not base64 or not a `Signature`; the problems of the XML reader.
pub fn read_provenance(data: &str) -> Result<Vec<u8>, Problems> {
    let refuse = || Problem::new(&PROVENANCE, Place::Document);
    if data.len() > MAX_SIGNATURE_BYTES * 4 / 3 + 4 {
        return Err(refuse().expected(format!("{MAX_SIGNATURE_BYTES} bytes at most")).into());
    }
    let bytes = super::base64::decode(data).map_err(|_| refuse())?;
    let document = Document::parse(&bytes, &Limits::DEFAULT)?;
    let root = document.root();
    if root.name() != "Signature" || root.namespace() != Some(XMLDSIG) {
        let mut problem = refuse();
        problem.place = root.place();
        return Err(problem.found(root.name()).into());
    }
    Ok(c14n::canonicalise(root, &Options { drop_blank_text: true, ..Options::EXCLUSIVE }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::algorithm::{Algorithm, Digest};
    use crate::signature::outline::{self, Outline};
    use crate::signature::signer;
    use crate::signature::testing::{self, Pki};

    fn made() -> Vec<u8> {
        assemble(&SignedInfo::new(Digest::Sha256([8; 32])), &[1; 256], &[2; 900])
    }

    #[test]
    fn the_assembled_element_is_canonical_and_has_the_outline() {
        let bytes = made();
        let document = Document::parse(&bytes, &Limits::DEFAULT).unwrap();
        assert_eq!(c14n::canonicalise(document.root(), &Options::EXCLUSIVE), bytes);
        let outline = Outline::read(document.root()).unwrap();
        assert_eq!((outline.value, outline.certificate), (vec![1; 256], vec![2; 900]));
        let digest = outline::digest(outline.signed_info, Algorithm::Rs256);
        assert_eq!(digest, Ok(Digest::Sha256([8; 32])));
        let canonical = c14n::canonicalise(outline.signed_info, &Options::EXCLUSIVE);
        assert_eq!(canonical, SignedInfo::new(Digest::Sha256([8; 32])).as_bytes());
    }

    fn signed(payload: SignedInfo, provider: &dyn Provider) -> Signed {
        let signer = Pki::new().signers().remove(0);
        signer::sign(signer.as_ref(), payload, &Policy::production(), provider, testing::now()).unwrap()
    }

    fn payload_of(message: &str, provider: &dyn Provider) -> SignedInfo {
        let document = Document::parse(message.as_bytes(), &Limits::DEFAULT).unwrap();
        let fragments = fragments::fragments(document.root(), &Policy::production()).unwrap();
        SignedInfo::new(Digest::of(&fragments, Algorithm::Rs256, provider))
    }

    #[test]
    fn a_signature_goes_into_the_message_that_it_signs_and_no_other_byte_changes() {
        for provider in testing::providers() {
            let provider = provider.as_ref();
            let message = testing::prescription();
            let signed = signed(payload_of(&message, provider), provider);
            let embedded = String::from_utf8(into_message(message.as_bytes(), &signed, provider).unwrap()).unwrap();
            assert_eq!(embedded, testing::signed_prescription(&signature_element(&signed)));
            // A second signature takes the place of the first.
            assert_eq!(into_message(embedded.as_bytes(), &signed, provider).unwrap(), embedded.as_bytes());
        }
    }

    #[test]
    fn a_signature_does_not_go_into_another_message() {
        for provider in testing::providers() {
            let provider = provider.as_ref();
            let message = testing::prescription();
            let signed = signed(payload_of(&message, provider), provider);
            let changed = message.replace("Drug 1", "Drug 3");
            assert!(into_message(changed.as_bytes(), &signed, provider).unwrap_err().names("signature.content"));
            let mixed = message.replace("A. Patient", "A. <!-- --> Patient");
            assert!(
                into_message(mixed.as_bytes(), &signed, provider).unwrap_err().names("signature.structure.content")
            );
            assert!(into_message(b"<a", &signed, provider).is_err());
        }
    }

    #[test]
    fn provenance_data_reads_back_without_its_white_space() {
        let pretty = String::from_utf8(made()).unwrap().replace("><", ">\n  <");
        let read = read_provenance(&STANDARD.encode(pretty)).unwrap();
        // Empty elements held the white space that is dropped.
        assert_eq!(read, made());
    }

    #[test]
    fn provenance_data_that_is_no_signature_is_refused() {
        assert!(read_provenance("***").unwrap_err().names("signature.provenance"));
        assert!(read_provenance(&STANDARD.encode("<a/>")).unwrap_err().names("signature.provenance"));
        assert!(read_provenance(&STANDARD.encode("<Signature>")).unwrap_err().names("xml.tags"));
        assert!(read_provenance(&"A".repeat(30_000)).unwrap_err().names("signature.provenance"));
    }
}
