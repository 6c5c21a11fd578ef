//! What an attacker may try: each thing is refused, and each by a rule of its own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

/// The rules that the verdict on a changed document names, or those that keep it from being read.
fn rules(change: impl Fn(String) -> String) -> Vec<&'static str> {
    let pki = testing::shared_pki();
    let mut all: Vec<Vec<&'static str>> = Vec::new();
    for provider in providers() {
        let provider = provider.as_ref();
        let trust = TrustAnchors::new([pki.root.as_slice()], [pki.sub_ca.as_slice()], provider).unwrap();
        let lists = [Pki::list(Vec::new()), Pki::root_list()];
        let lists = Crls::new(lists.iter().map(Vec::as_slice), &trust, provider);
        let policy = Policy::production();
        let text = change(signed(provider, pki.signers()[0].as_ref()));
        let named = match Xml::parse(text.as_bytes(), &Limits::DEFAULT) {
            Err(problems) => problems.iter().map(|problem| problem.rule.id).collect(),
            Ok(document) => {
                let verifier = Verifier { provider, trust: &trust, lists: &lists, policy: &policy };
                let verdict = verifier.verify(document.root(), now());
                verdict.err().iter().flat_map(|it| it.report().failures()).map(|it| it.problem.rule.id).collect()
            }
        };
        all.push(named);
    }
    all.dedup();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let start = text.find(from).unwrap();
    let end = start + text[start..].find(to).unwrap() + to.len();
    &text[start..end]
}

/// The first part with this name once more, after itself.
fn twice(text: &str, name: &str) -> String {
    let opening = [format!("<{name}>"), format!("<{name} ")].into_iter().find(|tag| text.contains(tag)).unwrap();
    let part = between(text, &opening, &format!("</{name}>")).to_owned();
    text.replacen(&part, &format!("{part}{part}"), 1)
}

#[test]
fn an_untouched_prescription_is_not_refused() {
    assert!(rules(|text| text).is_empty());
}

#[test]
fn signature_wrapping_is_refused() {
    for name in
        ["recordTarget", "author", "AgentPerson", "pertinentPrescription", "pertinentInformation1", "signatureText"]
    {
        assert!(rules(|text| twice(&text, name)).contains(&"signature.structure.wrapped"), "{name}");
    }
    let two_items = |text: String| {
        let item = between(&text, "<pertinentLineItem", "</pertinentLineItem>").to_owned();
        text.replacen(&item, &format!("{item}{item}"), 1)
    };
    assert!(rules(two_items).contains(&"signature.structure.wrapped"));
    // The signed prescription beside another one, which a careless reader would take.
    let beside = |text: String| {
        let other = text.replace("Drug 2", "Drug 3");
        format!("<m><ControlActEvent><subject>{other}{text}</subject></ControlActEvent></m>")
    };
    assert_eq!(rules(beside), ["signature.structure.wrapped"]);
    // The original within the changed one, as an object of the signature would hold it.
    let within = |text: String| {
        let changed = text.replace("Drug 2", "Drug 3");
        changed.replacen("</recordTarget>", &format!("</recordTarget>{text}"), 1)
    };
    assert!(rules(within).contains(&"signature.structure.wrapped"));
}

#[test]
fn duplicate_ids_are_refused() {
    for name in ["Id", "ID", "id"] {
        let same = |text: String| {
            text.replacen("<recordTarget ", &format!("<recordTarget {name}=\"a\" "), 1).replacen(
                "<AgentPerson ",
                &format!("<AgentPerson {name}=\"a\" "),
                1,
            )
        };
        assert_eq!(rules(same), ["signature.structure.duplicate-id"]);
    }
}

#[test]
fn several_signatures_or_certificates_are_refused() {
    assert_eq!(rules(|text| twice(&text, "Signature")), ["signature.format.signatures"]);
    assert_eq!(rules(|text| twice(&text, "SignatureValue")), ["signature.format.signatures"]);
    for name in ["KeyInfo", "X509Data", "X509Certificate"] {
        assert_eq!(rules(|text| twice(&text, name)), ["signature.format.certificates"], "{name}");
    }
    let pem = |text: String| text.replace("<X509Certificate>", "<X509Certificate>-----BEGIN CERTIFICATE-----");
    assert_eq!(rules(pem), ["signature.format.certificates"]);
    assert_eq!(rules(|_| prescription()), ["signature.format.unsigned"]);
}

#[test]
fn document_types_and_entities_are_refused() {
    let doctype = |text: String| format!("<!DOCTYPE p [<!ENTITY e \"x\">]>{text}");
    assert_eq!(rules(doctype), ["xml.doctype"]);
    assert_eq!(rules(|text| text.replace("A. Patient", "A. &e; Patient")), ["xml.reference"]);
    for hidden in ["<!-- x -->", "<![CDATA[x]]>"] {
        let change = |text: String| text.replace("A. Patient", &format!("A. {hidden} Patient"));
        assert_eq!(rules(change), ["signature.structure.content"], "{hidden}");
    }
    assert_eq!(rules(|text| text.replace("A. Patient", "A. <?x?> Patient")), ["xml.processing-instruction"]);
    let foreign = |text: String| text.replace("<name>A. Patient", "<name xmlns=\"urn:x\">A. Patient");
    assert_eq!(rules(foreign), ["signature.structure.namespace"]);
    let negated = |text: String| text.replace("negationInd=\"false\"", "negationInd=\"true\"");
    assert_eq!(rules(negated), ["signature.structure.negated"]);
}

#[test]
fn unknown_and_downgraded_algorithms_are_refused() {
    let sha512 = |text: String| text.replace("rsa-sha256", "rsa-sha512");
    assert_eq!(rules(sha512), ["signature.algorithm"]);
    let inclusive = |text: String| {
        text.replacen("http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", 1)
    };
    assert_eq!(rules(inclusive), ["signature.algorithm"]);
    let (new, old) = (Algorithm::Rs256, Algorithm::Rs1);
    let mixed = |text: String| text.replace(new.signature_method(), old.signature_method());
    assert_eq!(rules(mixed), ["signature.algorithm.mixed"]);
    let downgraded = |text: String| {
        let digest = between(&text, "<DigestValue>", "</DigestValue>").to_owned();
        let short = format!("<DigestValue>{}</DigestValue>", Digest::Sha1([1; 20]).to_base64());
        text.replace(new.signature_method(), old.signature_method())
            .replace(new.digest_method(), old.digest_method())
            .replace(&digest, &short)
    };
    assert!(rules(downgraded).contains(&"signature.algorithm.sha1"));
    assert_eq!(rules(|text| text.replace("<Reference>", "<Reference URI=\"#a\">")), ["signature.signed-info"]);
}

#[test]
fn oversized_and_lenient_base64_is_refused() {
    let long = "A".repeat(12_000);
    // Beyond the limit of the value, and still within that of the element.
    let value = |text: String| text.replace("<SignatureValue>", &format!("<SignatureValue>{}", &long[..2_000]));
    assert_eq!(rules(value), ["signature.limit.base64"]);
    let der = STANDARD.encode(vec![0x30; super::super::super::certificate::MAX_CERTIFICATE_BYTES + 1]);
    let certificate = |text: String| {
        let old = between(&text, "<X509Certificate>", "</X509Certificate>").to_owned();
        text.replace(&old, &format!("<X509Certificate>{der}</X509Certificate>"))
    };
    assert_eq!(rules(certificate), ["signature.limit.base64"]);
    let whole = |text: String| {
        ["<KeyInfo>", "</KeyInfo>"]
            .iter()
            .fold(text, |text, tag| text.replace(tag, &format!("{}{tag}", " ".repeat(9_000))))
    };
    assert_eq!(rules(whole), ["signature.limit"]);
    for after in ["AAAA", "=", "*", "-"] {
        let trailing = |text: String| text.replace("</SignatureValue>", &format!("{after}</SignatureValue>"));
        assert_eq!(rules(trailing), ["signature.format.base64"], "{after}");
    }
}

/// The document with this certificate in place of the signer's.
fn with_certificate(text: &str, der: &[u8]) -> String {
    let old = between(text, "<X509Certificate>", "</X509Certificate>").to_owned();
    text.replace(&old, &format!("<X509Certificate>{}</X509Certificate>", STANDARD.encode(der)))
}

#[test]
fn trailing_data_is_refused() {
    let pki = testing::shared_pki();
    let after = |text: String| with_certificate(&text, &[pki.prescriber.as_slice(), &[5, 0]].concat());
    assert_eq!(rules(after), ["signature.certificate.trailing"]);
    let two = |text: String| with_certificate(&text, &[pki.prescriber.as_slice(), pki.sub_ca.as_slice()].concat());
    assert_eq!(rules(two), ["signature.certificate.trailing"]);
    assert_eq!(rules(|text| format!("{text}<x/>")), ["xml.root"]);
    let cut = |text: String| with_certificate(&text, &pki.prescriber[..400]);
    assert_eq!(rules(cut), ["signature.certificate"]);
}

/// DER: tag, length, content.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let header = match content.len() {
        ..0x80 => vec![tag, length[1]],
        0x80..0x100 => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [header.as_slice(), content].concat()
}

/// A certificate over this modulus and exponent; its own signature is nobody's.
fn certificate(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let sequence = |parts: &[&[u8]]| tlv(0x30, &parts.concat());
    let sha256_rsa = sequence(&[&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11], &[5, 0]]);
    let rsa = sequence(&[&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1], &[5, 0]]);
    let number = |value: &[u8]| {
        let sign = value.first().is_some_and(|first| *first >= 0x80);
        tlv(2, &[if sign { &[0][..] } else { &[] }, value].concat())
    };
    let key = sequence(&[&number(modulus), &number(exponent)]);
    let spki = sequence(&[&rsa, &tlv(3, &[&[0], key.as_slice()].concat())]);
    let validity = sequence(&[&tlv(23, b"260101000000Z"), &tlv(23, b"280101000000Z")]);
    let version = tlv(0xa0, &[2, 1, 2]);
    let name = sequence(&[]);
    let body = sequence(&[&version, &[2, 1, 1], &sha256_rsa, &name, &validity, &name, &spki]);
    sequence(&[&body, &sha256_rsa, &tlv(3, &[&[0_u8][..], &[7; 256]].concat())])
}

#[test]
fn keys_that_anybody_can_use_are_refused() {
    let odd = |octets: usize| vec![0xdd; octets];
    let with = |modulus: Vec<u8>, exponent: &'static [u8]| {
        rules(move |text| with_certificate(&text, &certificate(&modulus, exponent)))
    };
    assert!(!with(odd(256), &[1, 0, 1]).iter().any(|rule| rule.starts_with("signature.key")));
    for exponent in [&[1][..], &[3], &[2], &[1, 0, 0]] {
        assert!(with(odd(256), exponent).contains(&"signature.key.exponent"), "{exponent:?}");
    }
    for octets in [64, 128, 255, 1024] {
        assert!(with(odd(octets), &[1, 0, 1]).contains(&"signature.key.size"), "{octets}");
    }
}
