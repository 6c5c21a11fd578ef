//! `eps verify`: each check of a signature, and the field that differs.

use std::path::PathBuf;

use clap::Args;
use eps_core::model::{Message, Timestamp};
use eps_core::signature::explain::{self, Comparison, Explanation};
use eps_core::signature::report::{Check, Outcome};
use eps_core::signature::{Occasion, Report, Verifier};
use eps_core::xml::{Document, Element, Limits};
use eps_core::{fhir, hl7v3};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::files;
use crate::options::{Global, instant};
use crate::problems;
use crate::trust::{Loaded, PROVIDER, Trust};

mod show;

pub(crate) use show::difference_json;

/// Verify the signature of a prescription and report every check
///
/// On a mismatch, the mistakes that happen in practice are tried, and the one that explains it is named. With --against, the
/// report names each element that differs from another copy: the FHIR bundle, the XML that was signed, or the canonical
/// bytes that another system hashed. Values are not shown unless --show-values asks for them.
///
/// eps verify signed.xml --trust root.pem --intermediate signing-ca.pem --crl root.crl --crl signing-ca.crl
#[derive(Args)]
pub(crate) struct Verify {
    /// The HL7 v3 message, a ParentPrescription alone, or a signed FHIR prescription-order; `-` is standard input
    file: PathBuf,
    #[command(flatten)]
    trust: Trust,
    /// When the prescription was received, where that is on record
    #[arg(long, value_name = "TIME", value_parser = instant)]
    received: Option<Timestamp>,
    /// Another copy of the prescription: a FHIR bundle, HL7 v3, or a FragmentsToBeHashed
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Show the values that differ: patient data
    #[arg(long)]
    show_values: bool,
    /// Show the canonical bytes of each signed part: patient data
    #[arg(long)]
    fragments: bool,
}

/// What is told of one prescription.
struct Told {
    verified: bool,
    report: Report,
    explanation: Option<Explanation>,
    comparison: Option<Comparison>,
    fragments: Option<Vec<Vec<u8>>>,
}

impl Verify {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let bytes = files::read(&self.file)?;
        let loaded = self.trust.load()?;
        let message = match in_hl7(&bytes, global) {
            Ok(converted) => converted.unwrap_or_else(|| bytes.clone()),
            Err(Converted::Problems(found)) => return refuse(&found, &bytes, global),
            Err(Converted::Other(failure)) => return Err(failure),
        };
        let document = match Document::parse(&message, &Limits::DEFAULT) {
            Ok(document) => document,
            Err(found) => return refuse(&found, &bytes, global),
        };
        let prescriptions = prescriptions(&document);
        let told: Vec<Told> =
            prescriptions.iter().map(|one| self.tell(*one, &loaded, global)).collect::<Result<_, _>>()?;
        self.print(&told, global)?;
        if told.iter().all(|one| one.verified) { Ok(()) } else { Err(Failure::Refused) }
    }

    fn tell(&self, prescription: Element<'_, '_>, loaded: &Loaded, global: &Global) -> Result<Told, Failure> {
        let verifier =
            Verifier { provider: &PROVIDER, trust: &loaded.trust, lists: &loaded.lists, policy: &loaded.policy };
        let now = global.now();
        let occasion = match self.received {
            Some(received) => Occasion::received_at(now, received),
            None => Occasion::receipt_unknown(now),
        };
        let verdict = verifier.verify(prescription, occasion);
        let report = match &verdict {
            Ok(verified) => verified.report(),
            Err(refused) => refused.report(),
        };
        let failed = |check| report.entry(check).is_some_and(|it| matches!(it.outcome, Outcome::Failed(_)));
        let mismatch = [Check::Algorithms, Check::Content, Check::SignatureValue].into_iter().any(failed);
        Ok(Told {
            verified: verdict.is_ok(),
            report: report.clone(),
            explanation: mismatch
                .then(|| Explanation::of(prescription, &loaded.policy, &PROVIDER))
                .flatten()
                .filter(|explanation| !explanation.is_empty()),
            comparison: self.compared(prescription, report, global)?,
            fragments: self.fragments.then(|| explain::fragment_bytes(prescription, &loaded.policy)).flatten(),
        })
    }

    /// What differs from the other copy, where there is one.
    fn compared(
        &self,
        received: Element<'_, '_>,
        report: &Report,
        global: &Global,
    ) -> Result<Option<Comparison>, Failure> {
        let Some(path) = &self.against else { return Ok(None) };
        let bytes = files::read(path)?;
        let mut context = global.context();
        // A bundle that is not signed yet has no time of its own: what was signed is taken to be right.
        context.now = report.signed_at().unwrap_or(context.now);
        let compared = explain::compare(received, &bytes, &context);
        compared.map(Some).map_err(|error| Failure::because("the other copy")(error.into()))
    }

    fn print(&self, told: &[Told], global: &Global) -> Result<(), Failure> {
        if global.json {
            let mut all: Vec<Value> = told.iter().map(show::told_json).collect();
            let one = if all.len() == 1 { all.pop() } else { None };
            return files::print_json(&one.unwrap_or_else(|| json!({ "prescriptions": all })));
        }
        let colour = show::colours();
        let mut text = String::new();
        for (number, one) in told.iter().enumerate() {
            if told.len() > 1 {
                text.push_str(&format!("prescription {} of {}\n", number + 1, told.len()));
            }
            text.push_str(&show::told(one, self.show_values, colour));
            text.push('\n');
        }
        files::print(text.trim_end().as_bytes())
    }
}

/// Why a FHIR message has no HL7 v3 form.
enum Converted {
    Problems(eps_core::problem::Problems),
    Other(Failure),
}

/// The HL7 v3 form of a FHIR message; `None` where the message is HL7 v3 already.
fn in_hl7(bytes: &[u8], global: &Global) -> Result<Option<Vec<u8>>, Converted> {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Ok(None);
    }
    let envelope = fhir::read(bytes, &global.context()).map_err(Converted::Problems)?;
    if matches!(envelope.message, Message::Prescription(_)) {
        Ok(Some(hl7v3::write(&envelope)))
    } else {
        Err(Converted::Other(Failure::Usage("of FHIR messages only a prescription-order is signed")))
    }
}

/// Every prescription of a message; the document itself where it holds none, which is refused for what it is.
fn prescriptions<'d, 'a>(document: &'d Document<'a>) -> Vec<Element<'d, 'a>> {
    let named = |element: &Element<'_, '_>| element.name() == "ParentPrescription";
    let within = |element: &Element<'_, '_>| {
        std::iter::successors(element.parent(), |it| it.parent()).any(|around| named(&around))
    };
    let mut all: Vec<_> = document.root().descendants().filter(|it| named(it) && !within(it)).collect();
    if all.is_empty() {
        all.push(document.root());
    }
    all
}

fn refuse(found: &eps_core::problem::Problems, bytes: &[u8], global: &Global) -> Result<(), Failure> {
    if global.json {
        return problems::refuse(found);
    }
    files::print(problems::told(found, bytes).as_bytes())?;
    Err(Failure::Refused)
}
