//! Reading, canonicalising and writing XML, beside the least that any reader on quick-xml has to do: one pass over the
//! events and attributes, keeping nothing.
//!
//! The document is an invention with the size and shape of a signed prescription: some 16 KB, 200 elements and 300
//! attributes, two spaces of indentation, and a signature with its certificate in base64.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use eps_core::xml::{Document, Limits, Writer, c14n, pretty};
use quick_xml::Reader;
use quick_xml::events::Event;

const HL7: &str = "urn:hl7-org:v3";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
const BASE64: &str = "QmFzZTY0IG9mIG5vdGhpbmcgaW4gcGFydGljdWxhci4g";

fn coded(w: &mut Writer<'_>, name: &'static str, code: &str, display: &str) {
    w.empty(name, &[("code", code), ("codeSystem", "2.16.840.1.113883.2.1.3.2.4.15"), ("displayName", display)]);
}

fn observation(w: &mut Writer<'_>, relation: &'static str, name: &'static str, value: &str) {
    w.element(relation, &[("contextConductionInd", "true"), ("typeCode", "PERT")], |w| {
        w.empty("seperatableInd", &[("value", "false")]);
        w.element(name, &[("classCode", "OBS"), ("moodCode", "EVN")], |w| {
            coded(w, "code", "DI", "Dosage Instructions");
            w.text_element("value", value);
        });
    });
}

fn line_item(w: &mut Writer<'_>, number: usize) {
    w.element("pertinentInformation2", &[("inversionInd", "false"), ("typeCode", "PERT")], |w| {
        w.empty("templateId", &[("extension", "CSAB_RM-NPfITUK10.sourceOf2"), ("root", "2.16.840.1.113883.2.1.3")]);
        w.element("pertinentLineItem", &[("classCode", "SBADM"), ("moodCode", "RQO")], |w| {
            w.empty("id", &[("root", &format!("0A5C6E2D-7B1F-4E63-9D4C-{number:012}"))]);
            coded(w, "code", "225426007", "Administration of therapeutic substance (procedure)");
            w.empty("effectiveTime", &[("nullFlavor", "NA")]);
            w.element("product", &[("contextControlCode", "OP"), ("typeCode", "PRD")], |w| {
                w.element("manufacturedProduct", &[("classCode", "MANU")], |w| {
                    let kind = [("classCode", "MMAT"), ("determinerCode", "KIND")];
                    w.element("manufacturedRequestedMaterial", &kind, |w| {
                        coded(w, "code", "39720311000001101", "Invented 500mg soluble tablets");
                    });
                });
            });
            w.element("component", &[("typeCode", "COMP")], |w| {
                w.element("lineItemQuantity", &[("classCode", "SPLY"), ("moodCode", "RQO")], |w| {
                    coded(w, "code", "373784005", "Dispensing medication (procedure)");
                    w.element("quantity", &[("unit", "1"), ("value", "60")], |w| {
                        w.empty("translation", &[("code", "428673006"), ("displayName", "tablet"), ("value", "60")]);
                    });
                });
            });
            observation(w, "pertinentInformation1", "pertinentAdditionalInstructions", "Sixty tablets & no more");
            observation(w, "pertinentInformation2", "pertinentDosageInstructions", "2 times a day for 10 days");
        });
    });
}

fn person(w: &mut Writer<'_>) {
    w.element("AgentPerson", &[("classCode", "AGNT")], |w| {
        w.empty("id", &[("extension", "200102238987"), ("root", "1.2.826.0.1285.0.2.0.67")]);
        coded(w, "code", "S8000:G8000:R8000", "Clinical Practitioner Access Role");
        w.empty("telecom", &[("use", "WP"), ("value", "tel:01234567890")]);
        w.element("agentPerson", &[("classCode", "PSN"), ("determinerCode", "INSTANCE")], |w| {
            w.element("name", &[], |w| {
                w.text_element("prefix", "DR").text_element("given", "Invented").text_element("family", "Prescriber");
            });
        });
        w.element("representedOrganization", &[("classCode", "ORG"), ("determinerCode", "INSTANCE")], |w| {
            w.empty("id", &[("extension", "A83008"), ("root", "1.2.826.0.1285.0.1.10")]);
            w.text_element("name", "AN INVENTED SURGERY");
            w.element("addr", &[("use", "WP")], |w| {
                w.text_element("streetAddressLine", "1 SOME STREET").text_element("postalCode", "ZZ1 1ZZ");
            });
        });
    });
}

fn signature(w: &mut Writer<'_>) {
    w.start("Signature").namespace("", SIGNATURE).start("SignedInfo");
    w.empty("CanonicalizationMethod", &[("Algorithm", "http://www.w3.org/2001/10/xml-exc-c14n#")]);
    w.empty("SignatureMethod", &[("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")]);
    w.element("Reference", &[], |w| {
        w.empty("DigestMethod", &[("Algorithm", "http://www.w3.org/2001/04/xmlenc#sha256")]);
        w.text_element("DigestValue", BASE64);
    });
    w.end().text_element("SignatureValue", &BASE64.repeat(8));
    w.element("KeyInfo", &[], |w| _ = w.text_element("X509Certificate", &BASE64.repeat(40)));
    w.end();
}

/// The prescription as we write it.
fn written() -> Vec<u8> {
    let mut w = Writer::new(Vec::new());
    w.start("ParentPrescription").namespace("", HL7).attr("classCode", "INFO").attr("moodCode", "EVN");
    w.empty("id", &[("root", "FBB647D6-5FE7-4D53-96CF-9D05DC5597FF")]);
    w.element("recordTarget", &[("typeCode", "RCT")], person);
    w.element("pertinentInformation1", &[("contextConductionInd", "true"), ("typeCode", "PERT")], |w| {
        w.element("pertinentPrescription", &[("classCode", "SBADM"), ("moodCode", "RQO")], |w| {
            w.element("author", &[("contextControlCode", "OP"), ("typeCode", "AUT")], |w| {
                w.empty("time", &[("value", "20260101120000")]).element("signatureText", &[], signature);
                person(w);
            });
            w.element("responsibleParty", &[("contextControlCode", "OP"), ("typeCode", "RESP")], person);
            observation(w, "pertinentInformation5", "pertinentPrescriptionTreatmentType", "0001");
            observation(w, "pertinentInformation4", "pertinentPrescriptionType", "0101");
            for number in 1..=4 {
                line_item(w, number);
            }
        });
    });
    w.finish()
}

/// The prescription as it comes in: with white space.
fn received() -> Vec<u8> {
    let written = written();
    Document::parse(&written, &Limits::DEFAULT).map(|document| pretty(document.root())).unwrap_or_default()
}

/// One pass over events and attributes.
fn floor(text: &str) -> usize {
    let mut reader = Reader::from_str(text);
    let mut seen = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                for attribute in tag.attributes().with_checks(false).flatten() {
                    seen += attribute.key.as_ref().len() + attribute.value.len();
                }
            }
            Ok(Event::Eof) | Err(_) => return seen,
            Ok(_) => seen += 1,
        }
    }
}

fn xml(criterion: &mut Criterion) {
    let bytes = received();
    let text = String::from_utf8_lossy(&bytes);
    let Ok(document) = Document::parse(&bytes, &Limits::DEFAULT) else { return };
    let mut stripped = c14n::Options::EXCLUSIVE;
    stripped.drop_blank_text = true;
    let mut group = criterion.benchmark_group("xml");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("floor: quick-xml events and attributes", |b| b.iter(|| floor(black_box(&text))));
    group.bench_function("parse", |b| b.iter(|| Document::parse(black_box(&bytes), &Limits::DEFAULT).is_ok()));
    group.bench_function("canonicalise", |b| {
        b.iter(|| c14n::canonicalise(black_box(document.root()), &stripped).len());
    });
    group.bench_function("parse and canonicalise", |b| {
        b.iter(|| {
            Document::parse(black_box(&bytes), &Limits::DEFAULT)
                .map_or(0, |document| c14n::canonicalise(document.root(), &stripped).len())
        });
    });
    group.bench_function("write", |b| b.iter(|| written().len()));
    group.finish();
}

criterion_group!(benches, xml);
criterion_main!(benches);
