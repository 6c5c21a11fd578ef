//! The `Signature` element: assembled after signing, and read from where FHIR carries it.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;

use super::algorithm::{SignedInfo, XMLDSIG};
use super::outline::MAX_SIGNATURE_BYTES;
use super::signer::Signed;
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
