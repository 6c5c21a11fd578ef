//! Vectors about the document: what was changed after signing, wrapped, doubled, spaced, cut or blown up.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eps_core::signature::algorithm::Algorithm;
use eps_core::xml::{Document, Limits, pretty};

use super::ZooError;
use super::vector::{Fail, READING, Vector};
use super::world::{World, between, embed, payload, replace, sign};

const CONTENT: Fail = ("content", "signature.content");
const STRUCTURE: Fail = ("structure", "signature.structure");
const WRAPPED: Fail = ("structure", "signature.structure.wrapped");
const DUPLICATE_ID: Fail = ("structure", "signature.structure.duplicate-id");
const NAMESPACE: Fail = ("structure", "signature.structure.namespace");
const CONTENT_KIND: Fail = ("structure", "signature.structure.content");
const NEGATED: Fail = ("structure", "signature.structure.negated");
const FORMAT: Fail = ("structure", "signature.format");
const UNSIGNED: Fail = ("structure", "signature.format.unsigned");
const SIGNATURES: Fail = ("structure", "signature.format.signatures");
const CERTIFICATES: Fail = ("structure", "signature.format.certificates");
const BASE64: Fail = ("structure", "signature.format.base64");
const LIMIT: Fail = ("structure", "signature.limit");
const BASE64_LIMIT: Fail = ("structure", "signature.limit.base64");
const CERTIFICATE: Fail = ("certificate", "signature.certificate");
const TRAILING: Fail = ("certificate", "signature.certificate.trailing");
const TIME_FORMAT: Fail = ("signing-time", "signature.time.format");
const TIME_FUTURE: Fail = ("signing-time", "signature.time.future");

const DOSAGE: &str = "1 capsule three times a day, for 7 days";
const CERTIFICATE_TEXT: (&str, &str) = ("<X509Certificate>", "</X509Certificate>");
const VALUE_TEXT: (&str, &str) = ("<SignatureValue>", "</SignatureValue>");
const SIGNATURE: (&str, &str) = ("<Signature ", "</Signature>");
const END_OF_PARENT: &str = "</ParentPrescription>";
const PARENT: (&str, &str) = ("<ParentPrescription ", END_OF_PARENT);
const NAMESPACE_OF_HL7: &str = "urn:hl7-org:v3";
const PRESCRIPTION: &str = "<pertinentPrescription ";
/// A place below the prescription that is not signed.
const UNSIGNED_PLACE: &str = "<responsibleParty contextControlCode=";

pub(super) fn vectors(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let right = world.signed_message()?;
    Ok([
        times(world)?,
        contents(&right)?,
        wrapped(&right)?,
        outlines(&right)?,
        certificates(world)?,
        white_space(&right)?,
        irregular(&right)?,
        sizes(&right)?,
    ]
    .concat())
}

/// Replaces and names, for tables.
fn changed(message: &str, cases: &[(&str, &str, &str, &str)], fails: &[Fail]) -> Result<Vec<Vector>, ZooError> {
    let one = |(name, about, from, to): &(&str, &str, &str, &str)| {
        Ok(Vector::new(*name, *about, replace(message, from, to)?).fails(fails))
    };
    cases.iter().map(one).collect()
}

fn times(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let certificate = world.certificate()?;
    let now = eps_core::model::Timestamp::from_unix(world.now.unix_timestamp());
    let future = world.unsigned_at(now.plus_seconds(3600))?;
    let skewed = world.unsigned_at(now.plus_seconds(60))?;
    let time = world.signed.to_hl7();
    let (full, short) = (format!("<time value=\"{time}\">"), format!("<time value=\"{}\">", time.split_at(8).0));
    let by_day = replace(&world.unsigned()?, &full, &short)?;
    let signed = |message: &str| sign(message, &world.prescriber, &certificate);
    Ok(vec![
        Vector::new("signed-in-the-future", "signed an hour after it is verified", signed(&future)?)
            .fails(&[TIME_FUTURE]),
        Vector::new(
            "signed-within-the-skew",
            "signed a minute after it is verified, as clocks differ",
            signed(&skewed)?,
        ),
        Vector::new("time-without-hours", "the signing time is a day", signed(&by_day)?).fails(&[TIME_FORMAT]),
    ])
}

fn contents(right: &str) -> Result<Vec<Vector>, ZooError> {
    let item =
        between(right, "<pertinentInformation2 contextConductionInd=", "</pertinentLineItem></pertinentInformation2>")?;
    let cases = [
        ("text-changed", "the dosage was changed", DOSAGE, "10 capsules three times a day, for 7 days"),
        ("attribute-changed", "the quantity was changed", "unit=\"1\" value=\"21\"", "unit=\"1\" value=\"210\""),
        ("item-removed", "an item was removed", item, ""),
        ("patient-changed", "the patient's birth time was changed", "19740821", "19740812"),
    ];
    let mut vectors = changed(right, &cases, &[CONTENT])?;
    let unsigned = [(
        "unsigned-field-changed",
        "the nominated pharmacy, which no signature covers, was changed",
        "<id extension=\"FZ417\"",
        "<id extension=\"FA565\"",
    )];
    vectors.extend(changed(right, &unsigned, &[])?);
    Ok(vectors)
}

/// Signature wrapping: what is verified and what is read are two things.
fn wrapped(right: &str) -> Result<Vec<Vector>, ZooError> {
    let parent = between(right, PARENT.0, PARENT.1)?;
    let evil = replace(parent, DOSAGE, "All of them at once")?;
    let author = between(right.split_at(right.find(PRESCRIPTION).unwrap_or(0)).1, "<author ", "</author>")?;
    let target = between(right, "<recordTarget ", "</recordTarget>")?;
    let signature = between(right, SIGNATURE.0, SIGNATURE.1)?;
    let information = between(right, "<pertinentInformation1 ", "</pertinentPrescription></pertinentInformation1>")?;
    let time = between(author, "<time ", "</time>")?;
    let before = |place: &str, more: &str| replace(right, place, &format!("{more}{place}"));
    let foreign = |inner: &str| format!("<x xmlns=\"urn:x\">{inner}</x>");
    // Below a foreign element it must say itself that it is HL7's; there it would verify.
    let moved = replace(parent, PARENT.0, &format!("{}xmlns=\"{NAMESPACE_OF_HL7}\" ", PARENT.0))?;
    let all: [(&str, &str, String, &[Fail]); 8] = [
        (
            "wrapped-second-prescription",
            "a changed prescription stands before the signed one",
            before(parent, &evil)?,
            &[WRAPPED],
        ),
        (
            "wrapped-second-author",
            "a second author stands before the one who signed",
            before(author, author)?,
            &[WRAPPED, NAMESPACE],
        ),
        (
            "wrapped-second-patient",
            "a second patient stands before the signed one",
            before(target, target)?,
            &[WRAPPED],
        ),
        (
            "wrapped-second-content",
            "a second prescription body stands before the signed one",
            before(information, information)?,
            &[WRAPPED, NAMESPACE],
        ),
        ("wrapped-second-time", "there are two signing times", before(time, time)?, &[WRAPPED]),
        (
            "signature-elsewhere",
            "a second Signature stands outside of signatureText",
            before(UNSIGNED_PLACE, signature)?,
            &[NAMESPACE, WRAPPED],
        ),
        (
            "foreign-namespace",
            "the signed content stands below an element of another namespace, beside a changed one",
            replace(right, parent, &replace(&evil, END_OF_PARENT, &format!("{}{END_OF_PARENT}", foreign(parent)))?)?,
            &[NAMESPACE],
        ),
        (
            "wrapped-original-elsewhere",
            "the signed prescription was moved, a changed one stands in its place",
            replace(right, parent, &format!("{evil}{}", foreign(&moved)))?,
            &[CONTENT],
        ),
    ];
    Ok(all.into_iter().map(|(name, about, message, fails)| Vector::new(name, about, message).fails(fails)).collect())
}

/// Outlines of Signature that prescriptions do not use.
fn outlines(right: &str) -> Result<Vec<Vector>, ZooError> {
    let of = |marks: (&str, &str)| between(right, marks.0, marks.1).map(str::to_owned);
    let (signature, value, certificate) = (of(SIGNATURE)?, of(VALUE_TEXT)?, of(CERTIFICATE_TEXT)?);
    let (data, info) = (of(("<X509Data>", "</X509Data>"))?, of(("<KeyInfo>", "</KeyInfo>"))?);
    let twice = |part: &str| replace(right, part, &format!("{part}{part}"));
    let prefixed = signature.replace("</", "</ds:").replace('<', "<ds:").replace("<ds:/ds:", "</ds:");
    let prefixed = replace(&prefixed, "xmlns=", "xmlns:ds=")?;
    let all: [(&str, &str, String, &[Fail]); 14] = [
        (
            "unsigned",
            "there is no signature",
            replace(
                right,
                &format!("<signatureText>{signature}</signatureText>"),
                "<signatureText nullFlavor=\"NA\"></signatureText>",
            )?,
            &[UNSIGNED],
        ),
        ("two-signatures", "there are two Signatures", twice(&signature)?, &[SIGNATURES]),
        ("two-signature-values", "there are two SignatureValues", twice(&value)?, &[SIGNATURES]),
        ("two-certificates", "there are two X509Certificates", twice(&certificate)?, &[CERTIFICATES]),
        ("two-x509-data", "there are two X509Data", twice(&data)?, &[CERTIFICATES]),
        ("two-key-infos", "there are two KeyInfos", twice(&info)?, &[CERTIFICATES]),
        (
            "pem-certificate",
            "the certificate is PEM",
            replace(right, CERTIFICATE_TEXT.0, "<X509Certificate>-----BEGIN CERTIFICATE-----")?,
            &[CERTIFICATES],
        ),
        ("object", "there is an Object", replace(right, "</Signature>", "<Object></Object></Signature>")?, &[FORMAT]),
        (
            "key-value",
            "there is a KeyName beside the certificate",
            replace(right, "<KeyInfo>", "<KeyInfo><KeyName>k</KeyName>")?,
            &[FORMAT],
        ),
        ("id-on-signature", "Signature has an Id", replace(right, "<Signature ", "<Signature Id=\"s\" ")?, &[FORMAT]),
        (
            "prefixed-signature",
            "the elements of Signature have a prefix",
            replace(right, &signature, &prefixed)?,
            &[FORMAT],
        ),
        (
            "junk-after-base64",
            "there is more after the padding of the signature",
            replace(right, "==</SignatureValue>", "==AAAA</SignatureValue>")?,
            &[BASE64],
        ),
        (
            "base64url",
            "the signature is in the alphabet for URLs",
            replace(right, &value, &value_in(&value, |text| text.replace('+', "-").replace('/', "_")))?,
            &[BASE64],
        ),
        (
            "unpadded-base64",
            "the padding of the signature is missing",
            replace(right, "==</SignatureValue>", "</SignatureValue>")?,
            &[BASE64],
        ),
    ];
    Ok(all.into_iter().map(|(name, about, message, fails)| Vector::new(name, about, message).fails(fails)).collect())
}

/// Certificates that are none, or more than one.
fn certificates(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let unsigned = world.unsigned()?;
    let payload = payload(&unsigned, Algorithm::Rs256)?;
    let own = world.certificate()?;
    let made = world.prescriber.sign(payload.as_bytes())?;
    let trailing = embed(&unsigned, &payload, &made, &[own.as_slice(), &[0]].concat())?;
    let cut = embed(&unsigned, &payload, &made, own.get(..own.len() / 2).unwrap_or_default())?;
    let none = embed(&unsigned, &payload, &made, b"not a certificate")?;
    let all = [
        ("certificate-with-trailing-data", "there is a byte after the certificate", trailing, TRAILING),
        ("truncated-certificate", "the second half of the certificate is missing", cut, CERTIFICATE),
        ("no-certificate", "there is something else in place of the certificate", none, CERTIFICATE),
    ];
    Ok(all.into_iter().map(|(name, about, message, fail)| Vector::new(name, about, message).fails(&[fail])).collect())
}

/// Changes the base64 within an element.
fn value_in(element: &str, change: impl Fn(&str) -> String) -> String {
    let inner = element.strip_prefix(VALUE_TEXT.0).and_then(|rest| rest.strip_suffix(VALUE_TEXT.1));
    let inner = inner.unwrap_or_default();
    format!("{}{}{}", VALUE_TEXT.0, change(inner), VALUE_TEXT.1)
}

fn white_space(right: &str) -> Result<Vec<Vector>, ZooError> {
    let indented = Document::parse(right.as_bytes(), &Limits::DEFAULT).map(|document| pretty(document.root()));
    let indented = indented.map_err(|_| ZooError::Order)?;
    let signature = between(right, SIGNATURE.0, SIGNATURE.1)?;
    let spread = replace(
        right,
        signature,
        &signature
            .replace("><", ">\r\n    <")
            .replace(">\r\n    </Canon", "></Canon")
            .replace(">\r\n    </SignatureM", "></SignatureM")
            .replace(">\r\n    </DigestM", "></DigestM")
            .replace(">\r\n    </Transform>", "></Transform>"),
    )?;
    let mut wrapped = right.to_owned();
    for marks in [VALUE_TEXT, CERTIFICATE_TEXT] {
        let whole = between(right, marks.0, marks.1)?;
        let inner = whole.strip_prefix(marks.0).and_then(|it| it.strip_suffix(marks.1)).unwrap_or_default();
        let lines: Vec<_> = inner.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
        wrapped = replace(&wrapped, inner, &format!("&#13;\n  {}  ", lines.join("&#13;\n  ")))?;
    }
    let mut vectors = vec![
        Vector::new("indented", "the whole message was indented after signing", indented),
        Vector::new("white-space-in-signature", "there is white space between the elements of Signature", spread),
        Vector::new("lines-in-base64", "signature and certificate are in lines of 76 characters", wrapped),
    ];
    let cases = [
        (
            "white-space-after-text",
            "there is a blank after a signed text",
            DOSAGE,
            "1 capsule three times a day, for 7 days ",
        ),
        (
            "white-space-in-text",
            "a signed text was wrapped at a blank",
            DOSAGE,
            "1 capsule three times a day,\n    for 7 days",
        ),
        (
            "white-space-in-attribute",
            "there are two blanks in a signed attribute",
            "\"Amoxicillin 500mg capsules\"",
            "\"Amoxicillin  500mg capsules\"",
        ),
    ];
    vectors.extend(changed(right, &cases, &[CONTENT])?);
    Ok(vectors)
}

/// What can be read in more than one way.
fn irregular(right: &str) -> Result<Vec<Vector>, ZooError> {
    let id = between(right.split_at(right.find(PRESCRIPTION).unwrap_or(0)).1, "<id ", "</id>")?;
    let two_ids = format!("{id}{id}");
    let ids = [("duplicate-prescription-id", "there are two ids of the prescription", id, two_ids.as_str())];
    let mut vectors = changed(right, &ids, &[STRUCTURE])?;
    let named = replace(right, "<recordTarget ", "<recordTarget Id=\"a\" ")?;
    let same = [(
        "duplicate-id-attributes",
        "the patient and the item have the same Id",
        "<pertinentLineItem ",
        "<pertinentLineItem Id=\"a\" ",
    )];
    vectors.extend(changed(&named, &same, &[DUPLICATE_ID])?);
    let kinds = [
        ("comment", "there is a comment in a signed text", "three times", "three <!-- or ten --> times"),
        ("cdata", "a signed text is a CDATA section", DOSAGE, "<![CDATA[1 capsule three times a day, for 7 days]]>"),
        ("mixed-content", "there is text beside elements", "<seperatableInd ", "text<seperatableInd "),
    ];
    vectors.extend(changed(right, &kinds, &[CONTENT_KIND])?);
    let negated = [("negated-item", "an item is negated", "negationInd=\"false\"", "negationInd=\"true\"")];
    vectors.extend(changed(right, &negated, &[NEGATED])?);
    let reading = [
        (
            "doctype",
            "there is a document type",
            "xml.doctype",
            "<PORX_IN020101SM31 ",
            "<!DOCTYPE x []><PORX_IN020101SM31 ",
        ),
        ("entity", "there is an entity", "xml.reference", "three times", "&three; times"),
        (
            "processing-instruction",
            "there is a processing instruction",
            "xml.processing-instruction",
            "three times",
            "<?x y?>three times",
        ),
        (
            "duplicate-attribute",
            "an attribute stands twice",
            "xml.attribute.duplicate",
            "unit=\"1\"",
            "unit=\"1\" unit=\"2\"",
        ),
    ];
    for (name, about, rule, from, to) in reading {
        vectors.extend(changed(right, &[(name, about, from, to)], &[(READING, rule)])?);
    }
    Ok(vectors)
}

/// Cut short, or blown up beyond every limit.
fn sizes(right: &str) -> Result<Vec<Vector>, ZooError> {
    let beside = |more: &str| replace(right, UNSIGNED_PLACE, &format!("{more}{UNSIGNED_PLACE}"));
    let note = format!("<note>{}</note>", "a".repeat(15_000));
    let value = between(right, VALUE_TEXT.0, VALUE_TEXT.1)?;
    let value_of = |bytes: usize| format!("{}{}{}", VALUE_TEXT.0, STANDARD.encode(vec![1; bytes]), VALUE_TEXT.1);
    let item =
        between(right, "<pertinentInformation2 contextConductionInd=", "</pertinentLineItem></pertinentInformation2>")?;
    let end = right.find("</recordTarget>").unwrap_or(0);
    let attributes: String = (0..40).map(|at| format!(" a{at}=\"\"")).collect();
    let limits = [
        ("huge-prescription", "the prescription is longer than 256 KiB", beside(&note.repeat(20))?),
        ("huge-signature", "Signature is longer than 16 KiB", replace(right, value, &value_of(12_000))?),
        ("five-items", "there are five items", replace(right, item, &item.repeat(4))?),
    ];
    let mut vectors: Vec<_> =
        limits.into_iter().map(|(name, about, message)| Vector::new(name, about, message).fails(&[LIMIT])).collect();
    let oversized = replace(right, value, &value_of(2_000))?;
    let about = "the signature is longer than one of any key, within a Signature of permitted size";
    vectors.push(Vector::new("oversized-base64", about, oversized).fails(&[BASE64_LIMIT]));
    let reading = [
        ("truncated", "the second part of the message is missing", "xml.tags", right.split_at(end).0.to_owned()),
        (
            "huge-text",
            "a text is longer than 16 KiB",
            "xml.limit.text",
            beside(&format!("<note>{}</note>", "a".repeat(17_000)))?,
        ),
        (
            "deep",
            "elements stand 80 deep",
            "xml.limit.depth",
            beside(&format!("{}{}", "<a>".repeat(80), "</a>".repeat(80)))?,
        ),
        (
            "many-attributes",
            "an element has 40 attributes",
            "xml.limit.attributes",
            beside(&format!("<a{attributes}></a>"))?,
        ),
    ];
    for (name, about, rule, message) in reading {
        vectors.push(Vector::new(name, about, message).fails(&[(READING, rule)]));
    }
    Ok(vectors)
}
