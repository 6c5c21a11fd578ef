//! A MedicationRequest as a line item.

use std::collections::BTreeMap;

use super::bundle::Bundle;
use super::findings::{Condition, Findings};
use super::json::Node;
use super::{medication, rules, system};
use crate::codes::PrescriberEndorsement;
use crate::ids::LineItemId;
use crate::model::{AdditionalInstructions, LineItem, PrescribersEndorsement, RepeatNumber, Text};
use crate::problem::Problem;

/// The most payloads and list entries that are told to a patient.
const MAX_TOLD: usize = 1024;
/// The most bytes that are told to a patient.
const MAX_TOLD_BYTES: usize = 64 * 1024;

/// Reads the line items in the order of the Bundle; the first one carries what is told to the patient.
pub(super) fn line_items<'d>(
    findings: &mut Findings,
    bundle: &Bundle<'d>,
    requests: &[Node<'d>],
    repeat: Option<RepeatNumber>,
) -> Option<Vec<LineItem>> {
    let mut told = told_to_patient(findings, bundle);
    let items: Vec<_> = requests
        .iter()
        .map(|request| line_item(findings, bundle, *request, repeat, std::mem::take(&mut told)))
        .collect();
    items.into_iter().collect()
}

fn line_item<'d>(
    findings: &mut Findings,
    bundle: &Bundle<'d>,
    request: Node<'d>,
    repeat: Option<RepeatNumber>,
    told: String,
) -> Option<LineItem> {
    let id = findings.identifier(request, system::ORDER_ITEM).and_then(|value| findings.id::<LineItemId>(value));
    let product = medication::product(findings, bundle, request);
    let quantity = request.get("dispenseRequest").and_then(|dispense| findings.required(dispense, "quantity"));
    let quantity = quantity.and_then(|quantity| medication::quantity(findings, quantity));
    let additional_instructions = additional_instructions(findings, request, told);
    let endorsements = endorsements(findings, request);
    let dosage = dosage(findings, request);
    Some(LineItem {
        id: id?,
        repeat,
        product: product?,
        quantity: quantity?,
        status: None,
        additional_instructions: additional_instructions?,
        endorsements: endorsements?,
        dosage: dosage?,
        fulfils: None,
    })
}

fn endorsements(findings: &mut Findings, request: Node<'_>) -> Option<Vec<PrescribersEndorsement>> {
    let extensions = findings.list(request, "extension").filter(|one| one.str("url") == Some(system::ENDORSEMENT));
    let endorsements: Vec<_> = extensions
        .map(|extension| {
            let concept = findings.required(extension, "valueCodeableConcept")?;
            let coding = findings.coding(concept, PrescriberEndorsement::SYSTEM)?;
            let code = findings.code_of(coding, "code")?;
            Some(PrescribersEndorsement { code, text: None })
        })
        .collect();
    endorsements.into_iter().collect()
}

/// Checks that there are dosage instructions and, where there are several, that each has its place among them.
pub(super) fn dosage_instructions(findings: &mut Findings, owner: Node<'_>) {
    let list = owner.get("dosageInstruction").unwrap_or(owner);
    match owner.list("dosageInstruction").count() {
        0 => findings.breach(&rules::NO_DOSAGE, list),
        1 => {}
        _ if owner.list("dosageInstruction").all(|dosage| dosage.get("sequence").is_some()) => {}
        _ => findings.breach(&rules::DOSAGE_SEQUENCE, list),
    }
}

/// The texts of the dosages, which are what HL7 v3 carries: by sequence, equal ones taken together.
pub(super) fn dosage(findings: &mut Findings, owner: Node<'_>) -> Option<Text> {
    let dosages: Vec<_> = findings.list(owner, "dosageInstruction").collect();
    dosage_instructions(findings, owner);
    match dosages.as_slice() {
        [] => None,
        [dosage] => {
            let text = findings.required(*dosage, "text")?;
            findings.text_of(text)
        }
        several => {
            let list = owner.get("dosageInstruction").unwrap_or(owner);
            let texts = by_sequence(findings, several)?;
            findings.checked_text(list, Text::new(texts))
        }
    }
}

fn by_sequence(findings: &mut Findings, dosages: &[Node<'_>]) -> Option<String> {
    let mut groups: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    let mut complete = true;
    for dosage in dosages {
        let text = findings.required(*dosage, "text").and_then(Node::as_str);
        match (findings.count(*dosage, "sequence"), text) {
            (Some(sequence), Some(text)) => groups.entry(sequence).or_default().push(text),
            (_, _) => complete = false,
        }
    }
    let groups: Vec<_> = groups.into_values().map(|texts| texts.join(", and ")).collect();
    complete.then(|| groups.join(", then "))
}

/// The one text beside the dosage: other medicines and notices to the patient as elements, then the controlled drug's
/// quantity in words and the note, one a line. `Some(None)` where there is nothing to say.
///
/// The text is a fragment of XML inside text, so what stands in it is escaped here, and again when it is written.
fn additional_instructions(
    findings: &mut Findings,
    request: Node<'_>,
    told: String,
) -> Option<Option<AdditionalInstructions>> {
    let mut text = told;
    let words = findings.optional_extension(request, system::CONTROLLED_DRUG).and_then(|drug| {
        let words = findings.optional_extension(drug, system::part::QUANTITY_IN_WORDS)?;
        findings.str(words, "valueString")
    });
    let words = words.filter(|words| !words.is_empty());
    if let Some(words) = words {
        text.push_str("CD: ");
        push_escaped(&mut text, words);
    }
    let notes = findings.list(request, "note");
    let note = findings.at_most_one(notes, Condition::Any).and_then(|note| findings.str(note, "text"));
    if let Some(note) = note.filter(|note| !note.is_empty()) {
        if words.is_some() {
            text.push('\n');
        }
        push_escaped(&mut text, note);
    }
    if text.is_empty() {
        return Some(None);
    }
    findings.checked_text(request, Text::new(text)).map(|text| Some(AdditionalInstructions(text)))
}

/// What is told to the patient: other medicines first, then notices.
fn told_to_patient<'d>(findings: &mut Findings, bundle: &Bundle<'d>) -> String {
    let mut medicines = String::new();
    let mut notices = String::new();
    let mut seen = 0;
    let payloads: Vec<_> =
        bundle.resources("CommunicationRequest").flat_map(|communication| communication.list("payload")).collect();
    for payload in payloads {
        if let Some(notice) = findings.str(payload, "contentString") {
            push_element(&mut notices, "patientInfo", notice);
        } else if let Some(reference) = payload.get("contentReference") {
            let Some(list) = bundle.resolve(findings, reference) else { continue };
            // A list may be told again and again, so its entries count each time.
            for entry in findings.list(list, "entry").take(MAX_TOLD + 1) {
                seen += 1;
                let display = entry.get("item").and_then(|item| findings.str(item, "display"));
                if let Some(display) = display.filter(|display| !display.is_empty()) {
                    push_element(&mut medicines, "medication", display);
                }
                if medicines.len() > MAX_TOLD_BYTES {
                    break;
                }
            }
        } else {
            findings.tell(|| Problem::new(&rules::REQUIRED, payload.place()).expected("contentString"));
        }
        seen += 1;
        if seen > MAX_TOLD || medicines.len() + notices.len() > MAX_TOLD_BYTES {
            findings.breach(&rules::TOLD_TOO_LONG, payload);
            return String::new();
        }
    }
    medicines + &notices
}

fn push_element(text: &mut String, name: &str, content: &str) {
    text.push('<');
    text.push_str(name);
    text.push('>');
    push_escaped(text, content);
    text.push_str("</");
    text.push_str(name);
    text.push('>');
}

fn push_escaped(text: &mut String, content: &str) {
    for character in content.chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            other => text.push(other),
        }
    }
}
