//! What the form of a signed prescription can get wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eps_core::hl7v3;
use eps_core::model::{Message, SignatureText};
use eps_core::problem::Problem;
use eps_core::signature::algorithm::{Digest, SignedInfo};
use eps_core::signature::provider::RustCrypto;
use eps_core::signature::{Crls, Occasion, Policy, TrustAnchors, Verifier, embed};
use eps_core::xml::{Document, Limits};

use super::xml::At::{Here, Next, Owner};
use super::xml::Change::{Become, Set, Text, Twice};
use super::xml::{Row, seeds_of, upload};
use super::{Judged, Seed};

/// The certificate of a key that nobody has.
const CERTIFICATE: &[u8] = include_bytes!("../../../fuzz/data/anchor.der");

/// A prescription whose signature is right but for its value.
fn signed() -> String {
    let mut envelope = hl7v3::read(upload().as_bytes()).unwrap();
    let Message::Prescription(prescription) = &mut envelope.message else { panic!("no prescription") };
    let signed_info = SignedInfo::new(Digest::Sha256([7; 32]));
    let signature = String::from_utf8(embed::assemble(&signed_info, &[1; 256], CERTIFICATE)).unwrap();
    prescription.author.signature = SignatureText::Element(signature.into());
    String::from_utf8(hl7v3::write(&envelope)).unwrap()
}

/// The same with two ids that differ.
fn with_ids() -> String {
    let text = signed();
    let author = text.find("<author contextControlCode=\"OP\"").unwrap();
    let (before, after) = text.split_at(author);
    let before = before.replacen("<recordTarget ", "<recordTarget Id=\"a\" ", 1);
    before + &after.replacen("<AgentPerson ", "<AgentPerson Id=\"b\" ", 1)
}

/// What a verification says of the form of a message.
pub(super) fn problems(bytes: &[u8]) -> Vec<Problem> {
    let (trust, lists, policy) = (TrustAnchors::default(), Crls::none(), Policy::production());
    let verifier = Verifier { provider: &RustCrypto::new(), trust: &trust, lists: &lists, policy: &policy };
    let document = match Document::parse(bytes, &Limits::DEFAULT) {
        Ok(document) => document,
        Err(problems) => return problems.into_iter().collect(),
    };
    let verdict = verifier.verify(document.root(), Occasion::on_receipt(crate::messages::time(super::NOW)));
    verdict.err().iter().flat_map(|it| it.report().failures()).map(|it| it.problem.clone()).collect()
}

pub(super) fn seeds() -> Vec<Seed> {
    let encoded = |der: &[u8]| -> &'static str { STANDARD.encode(der).leak() };
    let trailing = encoded(&[CERTIFICATE, &[5, 0]].concat());
    let (exponent, even) = (&[2, 3, 1, 0, 1][..], [2, 3, 1, 0, 0]);
    let at = CERTIFICATE.windows(5).position(|bytes| bytes == exponent).unwrap();
    let even = encoded(&[&CERTIFICATE[..at], &even, &CERTIFICATE[at + 5..]].concat());
    let long: &'static str = "A".repeat(2_000).leak();
    let sha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
    let rows: &[Row] = &[
        ("signature.structure.wrapped", signed, "pertinentPrescription/author/AgentPerson", Twice, Next),
        ("signature.structure.wrapped", signed, "pertinentPrescription/author/time", Twice, Next),
        ("signature.structure.wrapped", signed, "ParentPrescription/recordTarget", Twice, Next),
        ("signature.structure.duplicate-id", with_ids, "author/AgentPerson@Id", Set("a"), Owner),
        ("signature.structure.content", signed, "Patient/id", Become("<id><!-- --></id>"), Here),
        ("signature.structure.content", signed, "pertinentLineItem/id", Become("<id><![CDATA[]]></id>"), Here),
        ("signature.structure.namespace", signed, "Patient/id", Become("<id xmlns=\"urn:x\"/>"), Here),
        (
            "signature.structure.negated",
            signed,
            "pertinentPrescription/pertinentInformation2@inversionInd",
            Set("true"),
            Owner,
        ),
        (
            "signature.structure.negated",
            signed,
            "pertinentPrescription/pertinentInformation2@negationInd",
            Set("true"),
            Owner,
        ),
        ("signature.format.unsigned", signed, "signatureText", Become("<signatureText nullFlavor=\"NA\"/>"), Here),
        ("signature.format.signatures", signed, "signatureText/Signature", Twice, Next),
        ("signature.format.signatures", signed, "Signature/SignatureValue", Twice, Next),
        ("signature.format.certificates", signed, "X509Data/X509Certificate", Twice, Next),
        ("signature.format.certificates", signed, "KeyInfo/X509Data", Twice, Next),
        ("signature.format.base64", signed, "Signature/SignatureValue", Text("AA==AA"), Here),
        ("signature.format.base64", signed, "X509Data/X509Certificate", Text("_-8="), Here),
        ("signature.limit.base64", signed, "Signature/SignatureValue", Text(long), Here),
        ("signature.algorithm.mixed", signed, "SignedInfo/SignatureMethod@Algorithm", Set(sha1), Here),
        ("signature.certificate.trailing", signed, "X509Data/X509Certificate", Text(trailing), Here),
        ("signature.key.exponent", signed, "X509Data/X509Certificate", Text(even), Here),
    ];
    seeds_of(rows, Judged::Signature)
}
