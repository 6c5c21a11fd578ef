use super::*;
use crate::signature::explain::draft::{Draft, Form};
use crate::signature::fragments::fragments;
use crate::signature::testing::{Pki, prescription, providers, shared_pki, signed_prescription};
use crate::signature::{embed, provider::Hash};
use crate::xml::c14n::{self, Options};
use crate::xml::{Document, Limits};

/// The test prescription with something for every mistake to change.
fn rich() -> String {
    let text = "<text> 2 &lt; 3 &amp;amp; \"x\" \u{e9}\n   y  z </text><suffix/><name>A. Patient</name>";
    prescription()
        .replace("<name>A. Patient</name>", text)
        .replace("<id root=\"I1\"/>", "<id root=\"1B1B1B1B-0000-4000-8000-00000000000A\"/>")
        .replace("xmlns=\"urn:hl7-org:v3\"", "xmlns=\"urn:hl7-org:v3\" xmlns:xsi=\"urn:xsi\"")
        .replace("<code displayName=\"Drug 1\"/>", "<code displayName=\"Drug 1\" code=\"1\"/><id root=\"later\"/>")
}

fn canonical(text: &str) -> String {
    let document = Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
    String::from_utf8(fragments(document.root(), &Policy::production()).unwrap()).unwrap()
}

fn parsed<T>(text: &str, f: impl FnOnce(Element<'_, '_>) -> T) -> T {
    f(Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap().root())
}

/// A prescription with the `Signature` over this digest; its value is that of another.
fn with_digest(text: &str, digest: Digest) -> String {
    let signature = embed::assemble(&SignedInfo::new(digest), &[1; 256], &shared_pki().prescriber);
    let signature = format!("<signatureText>{}</signatureText>", String::from_utf8(signature).unwrap());
    text.replace("<signatureText nullFlavor=\"NA\"/>", &signature)
}

/// The names of the mistakes that explain what was hashed in place of the fragments of `received`.
fn named(received: &str, hashed: &[u8]) -> Vec<&'static str> {
    let mut all: Vec<Vec<&'static str>> = Vec::new();
    for provider in providers() {
        for algorithm in [Algorithm::Rs256, Algorithm::Rs1] {
            let text = with_digest(received, Digest::of(hashed, algorithm, provider.as_ref()));
            all.push(mistakes(&text, provider.as_ref()));
        }
    }
    all.dedup();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn mistakes(text: &str, provider: &dyn Provider) -> Vec<&'static str> {
    let explanation = parsed(text, |root| Explanation::of(root, &Policy::production(), provider)).unwrap();
    explanation.mistakes.iter().map(Mistake::name).collect()
}

/// The mistake that was made in the text of the canonical fragments.
fn made(change: impl Fn(&str) -> String) -> Vec<&'static str> {
    let (text, right) = (rich(), canonical(&rich()));
    let wrong = change(&right);
    assert_ne!(wrong, right);
    named(&text, wrong.as_bytes())
}

#[test]
fn without_a_mistake_the_draft_is_the_digest_input_and_nothing_is_explained() {
    for text in [prescription(), rich()] {
        parsed(&with_digest(&text, Digest::Sha256([0; 32])), |root| {
            let parts = Parts::locate(root, &Policy::production()).unwrap();
            assert_eq!(String::from_utf8(Draft::of(&parts).write(&Form::RIGHT)).unwrap(), canonical(&text));
        });
        assert!(named(&text, canonical(&text).as_bytes()).is_empty());
        assert!(named(&text, b"something else").is_empty());
    }
}

#[test]
fn white_space_is_named() {
    let kept = parsed(&with_digest(&rich(), Digest::Sha256([0; 32])), |root| {
        let parts = Parts::locate(root, &Policy::production()).unwrap();
        let keep = crate::signature::fragments::is_hashed;
        let options = Options { drop_blank_text: false, ..Options::EXCLUSIVE }.keeping(&keep);
        let part = |part| String::from_utf8(c14n::canonicalise(part, &options)).unwrap();
        let rest: String = parts.hashed().skip(2).map(|it| format!("<Fragment>{}</Fragment>", part(it))).collect();
        let head = format!("<Fragment>{}{}</Fragment>", part(parts.time), part(parts.id));
        format!("<FragmentsToBeHashed>{head}{rest}</FragmentsToBeHashed>")
    });
    assert_eq!(named(&rich(), kept.as_bytes()), ["blank-text-hashed"]);
    let trimmed = |text: &str| text.replace("> 2", ">2").replace("z <", "z<");
    assert_eq!(made(trimmed), ["values-trimmed"]);
    assert_eq!(made(|text| text.replace("\n   y", " y")), ["lines-joined"]);
    assert_eq!(made(|text| text.replace("\n   y  z", " y z")), ["white-space-collapsed"]);
    assert_eq!(made(|text| text.replace('\n', "&#xD;\n")), ["line-ends-crlf"]);
    assert_eq!(made(|text| format!("{text}\n")), ["final-line-end"]);
}

/// Each element that holds elements on lines of its own.
fn pretty(text: &str, indent: &str) -> String {
    let (mut out, mut depth, mut after_end) = (String::new(), 0_usize, false);
    for piece in text.split_inclusive('>') {
        let (inner, tag) = piece.split_at(piece.find('<').unwrap());
        let is_end = tag.starts_with("</");
        depth -= usize::from(is_end);
        out.push_str(inner);
        if inner.is_empty() && (!is_end || after_end) && !out.is_empty() {
            out.push('\n');
            out.push_str(&indent.repeat(depth));
        }
        out.push_str(tag);
        depth += usize::from(!is_end);
        after_end = is_end;
    }
    out
}

#[test]
fn pretty_printing_is_named() {
    for indent in ["", "  ", "    ", "\t"] {
        assert_eq!(made(|text| pretty(text, indent)), ["pretty-printed"], "{indent:?}");
    }
}

#[test]
fn another_order_is_named() {
    let (time, id) = ("value=\"20260302093000\"></time>", "<id xmlns=\"urn:hl7-org:v3\" root=\"0A0A0A0A");
    assert_eq!(
        made(|text| {
            let (start, end) = (text.find("<time").unwrap(), text.find("</time>").unwrap() + 7);
            assert!(text.contains(time) && text.contains(id));
            let moved = text[start..end].to_owned();
            text.replacen(&moved, "", 1).replacen("</id>", &format!("</id>{moved}"), 1)
        }),
        ["id-before-time"]
    );
    let swapped = |text: &str| {
        let name = "<name>A. Patient</name>";
        text.replace(name, "").replace("<suffix></suffix>", &format!("{name}<suffix></suffix>"))
    };
    assert_eq!(made(swapped), ["siblings-swapped"]);
    let grouped = |text: &str| {
        let later = "<id root=\"later\"></id>";
        text.replace(later, "").replace("<repeatNumber>", &format!("{later}<repeatNumber>"))
    };
    assert_eq!(made(grouped), ["siblings-grouped"]);
    let items = |text: &str| {
        let at = text.rfind("<Fragment>").unwrap();
        let end = text.find("</FragmentsToBeHashed>").unwrap();
        let before = text[..at].rfind("<Fragment>").unwrap();
        [&text[..before], &text[at..end], &text[before..at], &text[end..]].concat()
    };
    assert_eq!(made(items), ["line-items-reordered"]);
    let attributes =
        |text: &str| text.replace("code=\"1\" displayName=\"Drug 1\"", "displayName=\"Drug 1\" code=\"1\"");
    assert_eq!(made(attributes), ["attributes-unsorted"]);
}

#[test]
fn what_must_be_left_out_is_named() {
    let low = |text: &str| text.replace("<high", "<low value=\"1\"></low><high");
    assert_eq!(made(low), ["repeat-low-hashed"]);
    let status = concat!(
        "<pertinentInformation4><pertinentItemStatus><value code=\"0007\"></value>",
        "</pertinentItemStatus></pertinentInformation4></pertinentLineItem>"
    );
    let with_status = |text: &str| text.replacen("</pertinentLineItem>", status, 1);
    assert_eq!(made(with_status), ["status-hashed"]);
    assert_eq!(made(|text| with_status(&low(text))), ["status-hashed", "repeat-low-hashed"], "both at once");
    let high = |text: &str| text.replace("<repeatNumber><high value=\"6\"></high></repeatNumber>", "");
    assert_eq!(made(high), ["repeat-high-not-hashed"]);
}

#[test]
fn namespaces_and_another_canonicalisation_are_named() {
    const HL7: &str = " xmlns=\"urn:hl7-org:v3\"";
    assert_eq!(made(|text| text.replace(HL7, "")), ["namespace-missing"]);
    let root = |text: &str| text.replace(HL7, "").replacen("Hashed>", &format!("Hashed{HL7}>"), 1);
    assert_eq!(made(root), ["namespace-on-root"]);
    let everywhere = |text: &str| {
        let names = ["name", "text", "suffix", "repeatNumber", "high", "code"];
        let text = names.into_iter().fold(text.to_owned(), |text, name| {
            text.replace(&format!("<{name} "), &format!("<{name}{HL7} "))
                .replace(&format!("<{name}>"), &format!("<{name}{HL7}>"))
        });
        text.replace("<id root", &format!("<id{HL7} root"))
    };
    assert_eq!(made(everywhere), ["namespace-everywhere"]);
    let inclusive = |text: &str| text.replace(HL7, &format!("{HL7} xmlns:xsi=\"urn:xsi\""));
    assert_eq!(made(inclusive), ["inclusive-canonicalisation"]);
}

#[test]
fn another_serialisation_is_named() {
    let closed = |text: &str| {
        ["time", "id", "suffix", "high", "code"]
            .iter()
            .fold(text.to_owned(), |text, name| text.replace(&format!("></{name}>"), "/>"))
    };
    assert_eq!(made(closed), ["empty-elements-closed"]);
    assert_eq!(made(|text| format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{text}")), ["xml-declaration"]);
    let bare = |text: &str| {
        ["<FragmentsToBeHashed>", "</FragmentsToBeHashed>", "<Fragment>", "</Fragment>"]
            .iter()
            .fold(text.to_owned(), |text, tag| text.replace(tag, ""))
    };
    assert_eq!(made(bare), ["fragments-not-wrapped"]);
    let text = rich();
    let latin1: Vec<u8> = canonical(&text).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_eq!(named(&text, &latin1), ["encoding"]);
    let whole = parsed(&text, |root| c14n::canonicalise(root, &Options::EXCLUSIVE));
    let whole = String::from_utf8(whole).unwrap().replace("<signatureText nullFlavor=\"NA\"></signatureText>", "");
    assert_eq!(named(&text, whole.as_bytes()), ["whole-prescription-hashed"]);
}

#[test]
fn escaping_is_named() {
    let twice = |text: &str| text.replace("&lt;", "&amp;lt;").replace("&amp;amp;", "&amp;amp;amp;");
    assert_eq!(made(twice), ["escaped-twice"]);
    let not = |text: &str| text.replace("&lt;", "<").replace("&amp;amp;", "&amp;");
    assert_eq!(made(not), ["not-escaped"]);
    assert_eq!(made(|text| text.replace("\"x\"", "&quot;x&quot;")), ["quotes-escaped"]);
    // It was right when it was signed, and was escaped once more on the way.
    assert_eq!(made(|text| text.replace("&amp;amp;", "&amp;")), ["text-escaped-on-the-way"]);
}

#[test]
fn the_case_of_uuids_is_named() {
    let lower = |text: &str| {
        text.replace("0A0A0A0A", "0a0a0a0a")
            .replace("1B1B1B1B-0000-4000-8000-00000000000A", "1b1b1b1b-0000-4000-8000-00000000000a")
    };
    assert_eq!(made(lower), ["uuids-lower-case"]);
    // The message that arrived has them in lower case, the signer hashed them in upper case.
    let text = lower(&rich());
    assert_eq!(named(&text, canonical(&rich()).as_bytes()), ["uuids-upper-case"]);
}

#[test]
fn another_time_is_named() {
    let time = |to: &'static str| made(move |text| text.replace("20260302093000", to));
    assert_eq!(time("20260302103000"), ["time-shifted"]);
    assert_eq!(time("20260302093007"), ["time-shifted"]);
    assert_eq!(time("202603020930"), ["time-without-seconds"]);
    assert_eq!(time("20260302093000+0000"), ["time-with-zone"]);
    assert_eq!(time("2026-03-02T09:30:00+00:00"), ["time-in-fhir-form"]);
    let zero = rich().replace("20260302093000", "20260302093042");
    assert_eq!(named(&zero, canonical(&rich()).as_bytes()), ["time-seconds-zero"]);
    let shown = Mistake::Time(TimeMistake::Shifted(3600)).to_string();
    assert!(shown.contains("1 h later: a time zone"), "{shown}");
}

#[test]
fn another_hash_or_hexadecimal_is_named() {
    use ::base64::Engine as _;
    let text = rich();
    let fragments = canonical(&text);
    for provider in providers() {
        let provider = provider.as_ref();
        let sha256 = with_digest(&text, Digest::Sha256([7; 32]));
        let put = |digest: &[u8]| {
            let right = Digest::Sha256([7; 32]).to_base64();
            sha256.replace(&right, &::base64::engine::general_purpose::STANDARD.encode(digest))
        };
        assert_eq!(mistakes(&put(&provider.sha1(fragments.as_bytes())), provider), ["other-hash"]);
        let hex = crate::signature::certificate::hex(&provider.sha256(fragments.as_bytes()));
        assert_eq!(mistakes(&put(hex.as_bytes()), provider), ["digest-hexadecimal"]);
        let wrong = fragments.replace("20260302093000", "202603020930");
        let both = put(&provider.sha1(wrong.as_bytes()));
        assert_eq!(mistakes(&both, provider), ["other-hash", "time-without-seconds"]);
    }
}

#[test]
fn two_mistakes_at_once_are_named() {
    let both = made(|text| {
        text.replace("20260302093000", "20260302103000")
            .replace("0A0A0A0A", "0a0a0a0a")
            .replace("1B1B1B1B-0000-4000-8000-00000000000A", "1b1b1b1b-0000-4000-8000-00000000000a")
    });
    assert_eq!(both, ["uuids-lower-case", "time-shifted"]);
}

#[test]
fn what_was_signed_in_place_of_signed_info_is_named() {
    let pki: &Pki = shared_pki();
    let text = prescription();
    let fragments = canonical(&text);
    for provider in providers() {
        let provider = provider.as_ref();
        let of = |signed_info: &SignedInfo, value: Vec<u8>, change: &dyn Fn(String) -> String| {
            let signature = String::from_utf8(embed::assemble(signed_info, &value, &pki.prescriber)).unwrap();
            let document = signed_prescription(change(signature).as_bytes());
            parsed(&document, |root| Explanation::of(root, &Policy::production(), provider)).unwrap()
        };
        let same = |text: String| text;
        let signed_info = SignedInfo::new(Digest::of(fragments.as_bytes(), Algorithm::Rs256, provider));
        let payload = String::from_utf8(signed_info.as_bytes().to_vec()).unwrap();
        let sign = |data: &[u8]| pki.key.sign(Hash::Sha256, data);
        let bare = payload.replace(" xmlns=\"http://www.w3.org/2000/09/xmldsig#\"", "");
        let pretty = |text: String| text.replace("<Reference>", "\n <Reference>");
        let digest = signed_info.digest();
        let cases: [(Option<ValueMistake>, Vec<u8>); 8] = [
            (None, sign(payload.as_bytes())),
            (None, sign(b"nothing of this")),
            (Some(ValueMistake::NoNamespace), sign(bare.as_bytes())),
            (Some(ValueMistake::PayloadText), sign(signed_info.to_base64().as_bytes())),
            (Some(ValueMistake::HashedTwice), sign(&provider.sha256(payload.as_bytes()))),
            (Some(ValueMistake::Digest), sign(digest.as_bytes())),
            (Some(ValueMistake::DigestText), sign(digest.to_base64().as_bytes())),
            (Some(ValueMistake::Fragments), sign(fragments.as_bytes())),
        ];
        for (expected, value) in cases {
            let found = of(&signed_info, value, &same);
            assert_eq!(found.value_mistake, expected);
            assert!(found.mistakes.is_empty(), "the digest is right");
        }
        let spaced = sign(payload.replace("<Reference>", "\n <Reference>").as_bytes());
        assert_eq!(of(&signed_info, spaced, &pretty).value_mistake, Some(ValueMistake::WhiteSpace));
        let old = SignedInfo::new(Digest::of(fragments.as_bytes(), Algorithm::Rs1, provider));
        assert_eq!(of(&old, sign(old.as_bytes()), &same).value_mistake, Some(ValueMistake::OtherHash));
    }
}

#[test]
fn a_namespace_left_on_signed_info_does_no_harm() {
    let pki = shared_pki();
    let text = prescription();
    for provider in providers() {
        let provider = provider.as_ref();
        let signed_info = SignedInfo::new(Digest::of(canonical(&text).as_bytes(), Algorithm::Rs256, provider));
        let value = pki.key.sign(Hash::Sha256, signed_info.as_bytes());
        let signature = String::from_utf8(embed::assemble(&signed_info, &value, &pki.prescriber)).unwrap();
        let left = signature.replace("<SignedInfo>", "<SignedInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\">");
        assert_ne!(left, signature);
        let explained = parsed(&signed_prescription(left.as_bytes()), |root| {
            Explanation::of(root, &Policy::production(), provider)
        });
        assert!(explained.unwrap().is_empty());
    }
}

#[test]
fn an_explanation_shows_no_value_of_the_prescription() {
    let wrong = canonical(&rich()).replace("20260302093000", "202603020930");
    for provider in providers() {
        let text = with_digest(&rich(), Digest::of(wrong.as_bytes(), Algorithm::Rs256, provider.as_ref()));
        let found = parsed(&text, |root| Explanation::of(root, &Policy::production(), provider.as_ref())).unwrap();
        let shown = format!("{found} {found:?} {}", serde_json::to_string(&found).unwrap());
        assert!(shown.contains("time-without-seconds") && !shown.contains("Patient"), "{shown}");
    }
}

fn compared(received: &str, other: &[u8]) -> Result<Comparison, OtherError> {
    let context = crate::fhir::Context {
        now: crate::signature::testing::now(),
        from: "200000001285".parse().unwrap(),
        to: "567456789789".parse().unwrap(),
        author: None,
        identifier_references: crate::fhir::IdentifierReferences::Refused,
        check_characters: crate::ids::CheckCharacters::Required,
        release_ids: None,
    };
    parsed(received, |root| compare(root, other, &context))
}

#[test]
fn the_canonical_bytes_of_another_system_are_compared_by_value_and_then_by_byte() {
    let (received, ours) = (rich(), canonical(&rich()));
    let same = compared(&received, ours.as_bytes()).unwrap();
    assert_eq!((same.other, same.differences.len(), same.bytes), (Other::Fragments, 0, None));
    let value = compared(&received, ours.replace("Drug 2", "Drug 3").as_bytes()).unwrap();
    let [difference] = value.differences.as_slice() else { panic!("{:?}", value.differences) };
    assert!(difference.to_string().contains("pertinentLineItem[1]/code[1]/@displayName"), "{difference}");
    assert_eq!((difference.expected.as_deref(), difference.found.as_deref()), (Some("Drug 3"), Some("Drug 2")));
    // The same values, written otherwise: the element is named in which the bytes part.
    let closed = ours.replace("<suffix></suffix>", "<suffix/>");
    let written = compared(&received, closed.as_bytes()).unwrap();
    let at = ours.find("<suffix></suffix>").unwrap() + "<suffix".len();
    assert!(written.differences.is_empty());
    assert!(written.bytes.is_some_and(|(byte, place)| byte == at && place.contains("/suffix[1]")));
    let longer = compared(&received, format!("{ours}\n").as_bytes()).unwrap();
    assert_eq!(longer.bytes, Some((ours.len(), "the end".to_owned())));
}

#[test]
fn what_is_no_other_side_is_refused_as_such() {
    let received = prescription();
    assert!(matches!(compared(&received, b"<a"), Err(OtherError::Unreadable(_))));
    assert!(matches!(compared(&received, b"{}"), Err(OtherError::Unreadable(_))));
    assert_eq!(compared(&received, b"<a/>"), Err(OtherError::NoPrescription));
    assert_eq!(compared("<ParentPrescription/>", received.as_bytes()), Err(OtherError::NoParts));
}
