//! The `Signature` element as it arrived: its outline, its algorithms, its `SignedInfo`.

use super::algorithm::{Algorithm, Digest, EXCLUSIVE_C14N, XMLDSIG};
use super::base64;
use super::certificate::MAX_CERTIFICATE_BYTES;
use super::code::Code;
use super::report::{Failure, Failures};
use crate::problem::Rule;
use crate::rules::signature::form;
use crate::xml::{Element, Node};

/// The longest `Signature` element, in bytes. Published ones have some 3,000.
pub(crate) const MAX_SIGNATURE_BYTES: usize = 16 * 1024;

/// A `Signature` of the one outline that prescriptions use, its base64 decoded.
#[derive(Debug)]
pub(crate) struct Outline<'d, 'a> {
    pub(crate) signed_info: Element<'d, 'a>,
    pub(crate) value_element: Element<'d, 'a>,
    pub(crate) value: Vec<u8>,
    pub(crate) certificate_element: Element<'d, 'a>,
    pub(crate) certificate: Vec<u8>,
}

fn format(at: Element<'_, '_>, why: impl std::fmt::Display) -> Failures {
    Failure::new(Code::Format, at.place()).because(why).alone()
}

fn ruled(rule: &'static Rule, at: Element<'_, '_>, why: impl std::fmt::Display) -> Failures {
    Failure::ruled(Code::Format, rule, at.place()).because(why).alone()
}

/// The longest `SignatureValue` and `X509Certificate`: base64 of the largest key's signature and of the longest
/// certificate, with as much again for white space.
const MAX_VALUE_TEXT: usize = 2 * 4 * 512 / 3;
const MAX_CERTIFICATE_TEXT: usize = 2 * 4 * MAX_CERTIFICATE_BYTES / 3;

impl<'d, 'a> Outline<'d, 'a> {
    /// Reads the only child of a `signatureText`.
    pub(crate) fn of(signature_text: Element<'d, 'a>) -> Result<Self, Failures> {
        let mut children = signature_text.children();
        match (children.next(), children.next()) {
            (Some(signature), None) => Self::read(signature),
            (None, _) => Err(ruled(&form::UNSIGNED, signature_text, "the prescription is not signed")),
            (Some(_), Some(second)) => Err(ruled(&form::SIGNATURES, second, "there must be one Signature")),
        }
    }

    /// Reads a `Signature`.
    pub(crate) fn read(signature: Element<'d, 'a>) -> Result<Self, Failures> {
        if signature.span().len() > MAX_SIGNATURE_BYTES {
            let why = format_args!("Signature is longer than {MAX_SIGNATURE_BYTES} bytes");
            return Err(Failure::new(Code::Limit, signature.place()).because(why).alone());
        }
        let foreign = |it: &Element<'_, '_>| it.namespace() != Some(XMLDSIG) || !it.prefix().is_empty();
        if let Some(element) = signature.descendants().find(foreign) {
            return Err(format(element, "every element must be in the XML Signature namespace, without a prefix"));
        }
        if signature.name() != "Signature" {
            return Err(format(signature, "the element must be a Signature"));
        }
        single(signature)?;
        let [signed_info, value_element, key_info] = only(signature, ["SignedInfo", "SignatureValue", "KeyInfo"])?;
        let [data] = only(key_info, ["X509Data"])?;
        let [certificate_element] = only(data, ["X509Certificate"])?;
        let value = octets(value_element, MAX_VALUE_TEXT)?;
        let certificate = octets(certificate_element, MAX_CERTIFICATE_TEXT)?;
        Ok(Self { signed_info, value_element, value, certificate_element, certificate })
    }
}

/// The children of an element that must have just these, in this order, and no attributes or text.
fn only<'d, 'a, const N: usize>(parent: Element<'d, 'a>, names: [&str; N]) -> Result<[Element<'d, 'a>; N], Failures> {
    exactly(parent, names).ok_or_else(|| {
        let expected = names.join(", ");
        format(parent, format_args!("{} must hold {expected} and nothing else", parent.name()))
    })
}

fn exactly<'d, 'a, const N: usize>(parent: Element<'d, 'a>, names: [&str; N]) -> Option<[Element<'d, 'a>; N]> {
    let mut children = parent.children();
    let mut found = [parent; N];
    for (slot, name) in found.iter_mut().zip(names) {
        *slot = children.next().filter(|child| child.name() == name)?;
    }
    (children.next().is_none() && parent.attributes().len() == 0 && !has_text(parent)).then_some(found)
}

fn has_text(element: Element<'_, '_>) -> bool {
    element.nodes().any(|node| match node {
        Node::Text(text) | Node::CData(text) => !super::fragments::is_blank(text),
        Node::Element(_) | Node::Comment(_) | Node::ProcessingInstruction(_) => false,
    })
}

/// Nothing that could be chosen from: one value, one certificate.
fn single(signature: Element<'_, '_>) -> Result<(), Failures> {
    let mut values = signature.children().filter(|child| child.name() == "SignatureValue");
    if let Some(second) = values.nth(1) {
        return Err(ruled(&form::SIGNATURES, second, "there must be one SignatureValue"));
    }
    for name in ["KeyInfo", "X509Data", "X509Certificate"] {
        if let Some(second) = signature.descendants().filter(|it| it.name() == name).nth(1) {
            return Err(ruled(&form::CERTIFICATES, second, format_args!("there must be one {name}")));
        }
    }
    Ok(())
}

/// The base64 of an element that holds nothing else.
fn octets(element: Element<'_, '_>, longest: usize) -> Result<Vec<u8>, Failures> {
    if element.children().next().is_some() || element.attributes().len() > 0 {
        return Err(format(element, format_args!("{} must hold only text", element.name())));
    }
    let text = element.text();
    if text.len() > longest {
        let why = format_args!("{} is longer than {longest} characters", element.name());
        return Err(Failure::ruled(Code::Limit, &form::BASE64_LIMIT, element.place()).because(why).alone());
    }
    if text.contains(" CERTIFICATE-----") {
        return Err(ruled(&form::CERTIFICATES, element, "PEM lines stand in the base64"));
    }
    let octets = base64::decode(&text)
        .map_err(|_| ruled(&form::BASE64, element, format_args!("{} is not strict base64", element.name())))?;
    if octets.is_empty() {
        return Err(format(element, format_args!("{} is empty", element.name())));
    }
    Ok(octets)
}

/// An element with the algorithm identifier that it must have.
fn identifier<'d, 'a>(owner: Option<Element<'d, 'a>>) -> Option<(Element<'d, 'a>, &'d str)> {
    owner.map(|owner| (owner, owner.attribute("Algorithm").unwrap_or_default()))
}

/// The algorithm of a `SignedInfo`, if every identifier that it has is allowed. One that is missing is not judged here.
pub(crate) fn algorithm(signed_info: Element<'_, '_>) -> Result<Option<Algorithm>, Failures> {
    let reference = signed_info.child("Reference");
    let canonicalisation = identifier(signed_info.child("CanonicalizationMethod"));
    let transform = identifier(reference.and_then(|it| it.child("Transforms")).and_then(|it| it.child("Transform")));
    for (owner, found) in canonicalisation.into_iter().chain(transform) {
        if found != EXCLUSIVE_C14N {
            return Err(disallowed(owner, found, EXCLUSIVE_C14N));
        }
    }
    let method = identifier(signed_info.child("SignatureMethod"));
    let digest = identifier(reference.and_then(|it| it.child("DigestMethod")));
    let (Some((method, method_uri)), Some((_, digest_uri))) = (method, digest) else {
        return Ok(None);
    };
    match Algorithm::from_methods(method_uri, digest_uri) {
        Some(algorithm) => Ok(Some(algorithm)),
        None if is_mixed(method_uri, digest_uri) => {
            let mut failure = Failure::ruled(Code::Algorithm, &form::MIXED, method.attribute_place("Algorithm"));
            failure.problem = failure.problem.found(method_uri).expected("the hash of DigestMethod");
            Err(failure.alone())
        }
        None => Err(disallowed(method, method_uri, Algorithm::Rs256.signature_method())),
    }
}

/// Each is the identifier of an algorithm, and they are not of the same one.
fn is_mixed(method: &str, digest: &str) -> bool {
    let known = [Algorithm::Rs256, Algorithm::Rs1];
    known.iter().any(|it| it.signature_method() == method) && known.iter().any(|it| it.digest_method() == digest)
}

fn disallowed(owner: Element<'_, '_>, found: &str, expected: &'static str) -> Failures {
    let mut failure = Failure::new(Code::Algorithm, owner.attribute_place("Algorithm"));
    failure.problem = failure.problem.found(found).expected(expected);
    failure.alone()
}

/// The digest in a `SignedInfo`, if that is the template for `algorithm`, white space between its elements aside.
pub(crate) fn digest(signed_info: Element<'_, '_>, algorithm: Algorithm) -> Result<Digest, Failures> {
    template_digest(signed_info, algorithm)
        .ok_or_else(|| Failure::new(Code::SignedInfoForm, signed_info.place()).alone())
}

fn template_digest(signed_info: Element<'_, '_>, algorithm: Algorithm) -> Option<Digest> {
    let [canonicalisation, method, reference] =
        exactly(signed_info, ["CanonicalizationMethod", "SignatureMethod", "Reference"])?;
    let [transforms, digest_method, value] = exactly(reference, ["Transforms", "DigestMethod", "DigestValue"])?;
    let [transform] = exactly(transforms, ["Transform"])?;
    let names = |owner: Element<'_, '_>, uri: &str| {
        let mut attributes = owner.attributes();
        let named = attributes.next().is_some_and(|it| it.qualified_name() == "Algorithm" && it.value() == uri);
        named && attributes.next().is_none() && owner.children().next().is_none() && !has_text(owner)
    };
    let named = names(canonicalisation, EXCLUSIVE_C14N)
        && names(transform, EXCLUSIVE_C14N)
        && names(method, algorithm.signature_method())
        && names(digest_method, algorithm.digest_method());
    if !named || value.attributes().len() > 0 || value.children().next().is_some() {
        return None;
    }
    Digest::from_base64(&value.text(), algorithm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::algorithm::SignedInfo;
    use crate::signature::embed::assemble;
    use crate::xml::{Document, Limits};

    /// The code that a sound `Signature` gets after one replacement; `None` where it stays sound.
    fn code(from: &str, to: &str) -> Option<Code> {
        let text =
            String::from_utf8(assemble(&SignedInfo::new(Digest::Sha256([8; 32])), &[1; 256], &[2; 900])).unwrap();
        assert!(text.contains(from), "{from}");
        let text = text.replacen(from, to, 1);
        let document = Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let judged = Outline::read(document.root()).and_then(|outline| match algorithm(outline.signed_info)? {
            Some(algorithm) => digest(outline.signed_info, algorithm).map(|_| ()),
            None => Err(Failure::new(Code::SignedInfoForm, outline.signed_info.place()).alone()),
        });
        judged.err().map(|failures| failures[0].code)
    }

    #[test]
    fn anything_but_the_outline_is_a_format_failure() {
        for (from, to) in [
            ("<Signature ", "<Signature Id=\"a\" "),
            ("<KeyInfo>", "<KeyInfo>text"),
            ("<KeyInfo>", "<KeyInfo><KeyName/>"),
            ("</X509Data>", "<X509SubjectName/></X509Data>"),
            ("</X509Data>", "</X509Data><X509Data/>"),
            ("</Signature>", "<Object/></Signature>"),
            ("<SignatureValue>", "<SignatureValue Id=\"a\">"),
            ("<SignatureValue>", "<SignatureValue>-----BEGIN CERTIFICATE-----"),
            ("<SignatureValue>", "<SignatureValue><x/>"),
            ("<SignatureValue>", "<SignatureValue/><SignatureValue>"),
            ("<X509Certificate>", "<X509Certificate>*"),
            ("<KeyInfo>", "<KeyInfo xmlns=\"urn:x\">"),
            ("Signature xmlns=\"", "Signature xmlns=\"urn:x\" xmlns:d=\""),
        ] {
            assert_eq!(code(from, to), Some(Code::Format), "{from} to {to}");
        }
        assert_eq!(code("<KeyInfo>", &format!("{}<KeyInfo>", " ".repeat(16_000))), Some(Code::Limit));
    }

    #[test]
    fn an_identifier_that_is_not_allowed_is_an_algorithm_failure() {
        for (from, to) in [
            ("rsa-sha256", "rsa-sha512"),
            ("rsa-sha256", "rsa-sha256 "),
            ("xmlenc#sha256", "xmlenc#sha512"),
            ("http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
            ("<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"", "<Transform Algorithm=\"\""),
            ("<SignatureMethod Algorithm", "<SignatureMethod algorithm"),
        ] {
            assert_eq!(code(from, to), Some(Code::Algorithm), "{from} to {to}");
        }
    }

    #[test]
    fn signed_info_that_is_not_the_template_is_refused() {
        for (from, to) in [
            ("<SignedInfo>", "<SignedInfo Id=\"a\">"),
            ("<SignedInfo>", "<SignedInfo>text"),
            ("<Reference>", "<Reference URI=\"\">"),
            ("</Transforms>", "<Transform/></Transforms>"),
            ("</SignatureMethod>", "<HMACOutputLength/></SignatureMethod>"),
            ("<SignatureMethod Algorithm", "<SignatureMethod Id=\"a\" Algorithm"),
            ("<DigestValue>", "<DigestValue> "),
            ("<DigestValue>", "<DigestValue>AAAA"),
            ("</Reference>", "</Reference><Reference/>"),
            ("<SignatureMethod ", "<OtherMethod/><SignatureMethod "),
        ] {
            assert_eq!(code(from, to), Some(Code::SignedInfoForm), "{from} to {to}");
        }
    }

    #[test]
    fn white_space_between_elements_does_not_count() {
        assert_eq!(code("<KeyInfo>", "\r\n <KeyInfo>\t"), None);
        assert_eq!(code("</Transforms>", "\n</Transforms>\n"), None);
    }
}
