//! `eps convert`: one wire to the other.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use eps_core::fhir::json::Json;
use eps_core::fhir::{Outgoing, SignatureVerdict};
use eps_core::model::{Envelope, Message, SignedDocument};
use eps_core::problem::Problems;
use eps_core::signature::{Occasion, Verifier};
use eps_core::tracker::{self, AnswerKind};
use eps_core::xml::{Document, Limits, pretty};
use eps_core::{fhir, hl7v3, rules};
use eps_transport::broker::{Ids, RandomIds};

use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::problems;
use crate::trust::{Loaded, PROVIDER, Trust};

mod report;

/// Convert a message from one wire to the other
///
/// FHIR JSON becomes HL7 v3; HL7 v3 becomes FHIR JSON, and so do the answers of Spine's trackers: Tasks and RequestGroups. Prints the message, or an OperationOutcome that says what is
/// wrong and where. With --trust, the prescriptions of a release response whose signatures do not verify are listed as
/// failed; without it all are listed as passed, and standard error says that nothing was verified.
///
/// eps convert order.json --now 2022-02-01T00:00:00Z
#[derive(Args)]
pub(crate) struct Convert {
    /// The message; `-` is standard input
    file: PathBuf,
    /// Refuse a message that is on this wire already [default: the other wire]
    #[arg(long, value_name = "WIRE")]
    to: Option<Wire>,
    /// Indent the message for people. The signature does not mind
    #[arg(long)]
    pretty: bool,
    /// Print what became of every field, instead of the message: a table, or JSON with `--json`
    #[arg(long)]
    report: bool,
    #[command(flatten)]
    trust: Trust,
}

/// One of the two wires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Wire {
    /// HL7 v3 XML
    Hl7v3,
    /// FHIR R4 JSON
    Fhir,
}

impl Wire {
    /// The wire to which a message goes that is not there: XML begins with a tag.
    fn of_result(bytes: &[u8]) -> Self {
        if rules::is_xml(bytes) { Self::Fhir } else { Self::Hl7v3 }
    }
}

impl Convert {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let bytes = files::read(&self.file)?;
        if let Some(kind) = self.answer(&bytes) {
            return if self.report { Err(report::NO_TABLE) } else { self.print_fhir(answer(kind, &bytes, global)) };
        }
        // With a wire that the message is on already, its reader for the other says what is wrong.
        match self.to.unwrap_or_else(|| Wire::of_result(&bytes)) {
            Wire::Hl7v3 => match fhir::read(&bytes, &global.context()) {
                Ok(envelope) => {
                    let message = hl7v3::write(&envelope);
                    if self.report {
                        return report::print(&envelope, &bytes, &message, global.json);
                    }
                    files::print(&if self.pretty { indented(&message) } else { message })
                }
                Err(found) => problems::refuse(&found),
            },
            Wire::Fhir => self.to_fhir(&bytes, global),
        }
    }

    /// Which of Spine's answers it is, which go to FHIR only.
    fn answer(&self, bytes: &[u8]) -> Option<AnswerKind> {
        match self.to {
            Some(Wire::Hl7v3) => None,
            Some(Wire::Fhir) | None if rules::is_xml(bytes) => None,
            Some(Wire::Fhir) | None => Json::parse(bytes).ok().as_ref().and_then(tracker::kind),
        }
    }

    fn print_fhir(&self, written: Result<Vec<u8>, Problems>) -> Result<(), Failure> {
        match written {
            Ok(message) => files::print(&if self.pretty { indented_json(&message) } else { message }),
            Err(found) => problems::refuse(&found),
        }
    }

    fn to_fhir(&self, bytes: &[u8], global: &Global) -> Result<(), Failure> {
        let envelope = match hl7v3::read(bytes) {
            Ok(envelope) => envelope,
            Err(found) => return problems::refuse(&found),
        };
        let trust = self.trust.given().then(|| self.trust.load()).transpose()?;
        if trust.is_none() && releases(&envelope) {
            not_verified();
        }
        let now = global.now();
        let verify = |document: &SignedDocument| match &trust {
            Some(trust) => verdict(document, trust, Occasion::receipt_unknown(now)),
            None => SignatureVerdict::Valid,
        };
        let mut ids = || RandomIds.next().0;
        let written = fhir::write(&envelope, &mut Outgoing { now, ids: &mut ids, verify: &verify, base_path: "" });
        match written {
            Ok(message) if self.report => report::print(&envelope, bytes, &message, global.json),
            written => self.print_fhir(written),
        }
    }
}

/// An answer of Spine's trackers as FHIR.
fn answer(kind: AnswerKind, bytes: &[u8], global: &Global) -> Result<Vec<u8>, Problems> {
    let mut ids = || RandomIds.next().0;
    Ok(match kind {
        AnswerKind::Tracker => fhir::write_tasks(&tracker::read(bytes)?, None, global.now(), &mut ids),
        AnswerKind::Search => fhir::write_request_groups(&tracker::read_search(bytes)?, &mut ids),
    })
}

/// Whether a message brings signed prescriptions, which FHIR lists as passed or failed.
fn releases(envelope: &Envelope) -> bool {
    matches!(&envelope.message, Message::ReleaseResponse(response) if !response.prescriptions.is_empty())
}

#[expect(clippy::print_stderr, reason = "a caller must not take what is listed as passed for verified")]
fn not_verified() {
    eprintln!("eps: the signatures were not verified: all prescriptions are listed as passed (verify with --trust)");
}

/// What the checks of `eps verify` say of a released prescription. What is no XML does not verify.
fn verdict(document: &SignedDocument, trust: &Loaded, occasion: Occasion) -> SignatureVerdict {
    let bytes = hl7v3::standalone(document);
    let Ok(document) = Document::parse(&bytes, &Limits::DEFAULT) else { return SignatureVerdict::Invalid };
    let Some(prescription) = document.root().children().next() else { return SignatureVerdict::Invalid };
    let Loaded { trust, lists, policy } = trust;
    match (Verifier { provider: &PROVIDER, trust, lists, policy }).verify(prescription, occasion) {
        Ok(_) => SignatureVerdict::Valid,
        Err(_) => SignatureVerdict::Invalid,
    }
}

/// The message indented; what was just written is XML.
fn indented(message: &[u8]) -> Vec<u8> {
    match Document::parse(message, &Limits::DEFAULT) {
        Ok(document) => pretty(document.root()),
        Err(_) => message.to_vec(),
    }
}

/// JSON without white space indented, byte for byte otherwise: a parser would take digits from numbers.
fn indented_json(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let line = |out: &mut Vec<u8>, depth: usize| {
        out.push(b'\n');
        out.resize(out.len() + 2 * depth, b' ');
    };
    for byte in message {
        if in_text {
            out.push(*byte);
            in_text = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            continue;
        }
        if matches!(byte, b'}' | b']') {
            depth = depth.saturating_sub(1);
            line(&mut out, depth);
        }
        out.push(*byte);
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => {
                depth += 1;
                line(&mut out, depth);
            }
            b',' => line(&mut out, depth),
            b':' => out.push(b' '),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_and_keeps_its_digits_and_texts() {
        let message = br#"{"a":[1.50,"{,\\\":"],"b":{"c":true}}"#;
        let expected = "{\n  \"a\": [\n    1.50,\n    \"{,\\\\\\\":\"\n  ],\n  \"b\": {\n    \"c\": true\n  }\n}";
        assert_eq!(String::from_utf8(indented_json(message)).unwrap(), expected);
    }

    #[test]
    fn the_wire_is_told_by_the_first_character() {
        assert_eq!(Wire::of_result(b"\xEF\xBB\xBF\n <a/>"), Wire::Fhir);
        assert_eq!(Wire::of_result(b" {}"), Wire::Hl7v3);
        assert_eq!(Wire::of_result(b""), Wire::Hl7v3);
    }
}
