//! The calls that change nothing: `$prepare`, `$convert`, `$validate`, `$verify-signature` and `$dose-to-text`.

use axum::http::StatusCode;
use eps_core::fhir::json::{Json, Node};
use eps_core::fhir::{self, dosage_text};
use eps_core::hl7v3;
use eps_core::model::{Message, Prescription};
use eps_core::problem::Problems;
use eps_core::rules;
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::prepare;
use eps_core::signature::provider::AwsLc;
use eps_core::xml::{Document, Limits, pretty};
use serde_json::{Value, json};

use super::Service;
use super::answer::{Answer, Problem, success};
use super::exchange::{Exchange, reasons, signature_outcome};
use super::scope::Access;
use super::validator::Said;
use crate::store::Store;

const PROVIDER: AwsLc = AwsLc::new();

impl<S: Store + 'static> Service<S> {
    /// The digest to sign; nothing is kept of it.
    pub(super) fn prepare(&self, exchange: &Exchange<'_>) -> Result<Answer, Answer> {
        exchange.caller.may(Access::Prescribing)?;
        let prescription = self.order(exchange)?;
        let prepared = prepare::prepared(&hl7v3::write_fragments(&prescription), self.algorithm(exchange), &PROVIDER);
        let parameters = serde_json::to_vec(&prepared.parameters(prescription.author.time));
        Ok(Answer::fhir(StatusCode::OK, parameters.map_err(|_| Problem::Server.answer())?))
    }

    fn order(&self, exchange: &Exchange<'_>) -> Result<Prescription, Answer> {
        let context = self.context(exchange)?;
        match fhir::read(exchange.body, &context).map(|envelope| envelope.message) {
            Ok(Message::Prescription(prescription)) => Ok(*prescription),
            Ok(_) => {
                Err(Problem::WrongMessage("MessageHeader.eventCoding.code must be 'prescription-order'.").answer())
            }
            Err(found) => Err(exchange.unreadable(&found)),
        }
    }

    fn algorithm(&self, exchange: &Exchange<'_>) -> Algorithm {
        let application = exchange.caller.application.as_ref();
        if application.is_some_and(|id| self.settings.sha1_applications.contains(id)) {
            Algorithm::Rs1
        } else {
            Algorithm::Rs256
        }
    }

    /// FHIR as HL7 v3, indented; HL7 v3 as FHIR is not offered by the NHS service.
    pub(super) fn convert(&self, exchange: &Exchange<'_>) -> Result<Answer, Answer> {
        let context = self.context(exchange)?;
        let envelope = fhir::read(exchange.body, &context).map_err(|found| exchange.unreadable(&found))?;
        let message = hl7v3::write(&envelope);
        let document = Document::parse(&message, &Limits::DEFAULT).map_err(|_| Problem::Server.answer())?;
        let declaration = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        Ok(Answer::xml([declaration.as_slice(), &pretty(document.root())].concat()))
    }

    /// Every problem with its place, and what the FHIR validator says. With `warnings`, a message that has any is refused too;
    /// a refusal always tells them.
    pub(super) fn validate(&self, exchange: &Exchange<'_>, warnings: bool) -> Result<Answer, Answer> {
        let context = self.context(exchange)?;
        let found = rules::validate(exchange.body, &context);
        let said = Said::of(exchange.body);
        let refused = said.refuses() || found.iter().any(|problem| problem.rule.severity.refuses());
        if refused || warnings && (said.warns() || !found.is_empty()) {
            Err(said.refusal(Problems::from_vec(found).as_ref()))
        } else {
            Ok(Answer::resource(StatusCode::OK, &success()))
        }
    }

    /// Whether each prescription of a Bundle, or of the Bundles in it, is signed as it must be.
    pub(super) fn verify_signature(&self, exchange: &Exchange<'_>) -> Result<Answer, Answer> {
        let json = Json::parse(exchange.body).map_err(|found| Answer::problems(&found, exchange.now))?;
        let root = json.root();
        let inner: Vec<Node<'_>> = root
            .list("entry")
            .filter_map(|entry| entry.get("resource"))
            .filter(|resource| resource.str("resourceType") == Some("Bundle"))
            .collect();
        let bundles = if inner.is_empty() { vec![root] } else { inner };
        let parts = bundles.iter().enumerate().map(|(index, bundle)| self.verified(exchange, index, *bundle));
        let parts = parts.collect::<Result<Vec<_>, Answer>>()?;
        Ok(Answer::resource(StatusCode::OK, &json!({ "resourceType": "Parameters", "parameter": parts })))
    }

    fn verified(&self, exchange: &Exchange<'_>, index: usize, bundle: Node<'_>) -> Result<Value, Answer> {
        let identifier = bundle.get("identifier").map(Node::to_json);
        let identifier: Option<Value> = identifier.and_then(|json| serde_json::from_str(&json).ok());
        let text = bundle.to_json();
        let outcome = match fhir::read(text.as_bytes(), &self.context(exchange)?) {
            Err(found) => eps_core::problem::operation_outcome(&found),
            Ok(envelope) => match &self.signatures {
                Some(check) => signature_outcome(&reasons(check, &hl7v3::write(&envelope), exchange.now)?),
                None => return Err(Problem::WrongMessage("No certificates to trust are configured.").answer()),
            },
        };
        Ok(json!({ "name": index.to_string(), "part": [
            { "name": "messageIdentifier", "valueReference": { "identifier": identifier } },
            { "name": "result", "resource": outcome },
        ]}))
    }

    /// The dosage of each medication in words.
    pub(super) fn dose_to_text(&self, exchange: &Exchange<'_>, as_text: bool) -> Result<Answer, Answer> {
        let json = Json::parse(exchange.body).map_err(|found| Answer::problems(&found, exchange.now))?;
        let root = json.root();
        let of = |kind: &'static str| {
            root.list("entry")
                .filter_map(|entry| entry.get("resource"))
                .filter(move |resource| resource.str("resourceType") == Some(kind))
        };
        let medications: Vec<Node<'_>> = match root.str("resourceType") {
            Some("Bundle") => of("MedicationRequest").chain(of("MedicationDispense")).collect(),
            Some("MedicationRequest" | "MedicationDispense") => vec![root],
            _ => {
                let words = "Incorrect FHIR resource type. Expected Bundle, MedicationRequest or MedicationDispense.";
                return Err(Problem::WrongMessage(words).answer());
            }
        };
        let mut texts = Vec::new();
        for medication in medications {
            let dosages: Vec<_> = medication.list("dosageInstruction").collect();
            let text = dosage_text(&dosages).map_err(|found| Answer::problems(&found, exchange.now))?;
            let identifier = medication.get("identifier").map(Node::to_json);
            let identifier: Option<Value> = identifier.and_then(|json| serde_json::from_str(&json).ok());
            texts.push((identifier, text));
        }
        if as_text {
            let lines: Vec<_> = texts.into_iter().map(|(_, text)| text).collect();
            return Ok(Answer::new(StatusCode::OK, "text/plain; charset=utf-8", lines.join("\n")));
        }
        let said = texts.into_iter().map(|(id, text)| json!({ "identifier": id, "dosageInstructionText": text }));
        Ok(Answer::json(StatusCode::OK, &said.collect()))
    }
}
