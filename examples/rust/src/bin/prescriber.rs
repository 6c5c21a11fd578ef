//! A prescribing system: turns a FHIR prescription-order into what the prescriber signs, or says what is wrong and where.
//!
//! ```text
//! cargo run -p eps-examples --bin prescriber -- eps-transport/data/prescription-order.json
//! ```
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use eps_core::fhir::{Context, IdentifierReferences};
use eps_core::ids::CheckCharacters;
use eps_core::model::{Message, Timestamp};
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::prepare;
use eps_core::signature::provider::RustCrypto;
use eps_core::{fhir, hl7v3};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: prescriber FILE")?;
    let order = std::fs::read(path)?;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let context = Context {
        now: Timestamp::from_unix(i64::try_from(seconds)?),
        from: "200000001285".parse()?,
        to: "567456789789".parse()?,
        author: None,
        identifier_references: IdentifierReferences::Refused,
        check_characters: CheckCharacters::Required,
        release_ids: None,
    };
    let envelope = match fhir::read(&order, &context) {
        Ok(envelope) => envelope,
        Err(problems) => {
            for problem in &problems {
                println!("{}: {}\n    {}", problem.place, problem.message.as_str(), problem.rule.fix);
            }
            return Err("the order was refused".into());
        }
    };
    let Message::Prescription(prescription) = &envelope.message else {
        return Err("not a prescription-order".into());
    };
    // The signer signs these bytes; hashing them again is its business.
    let prepared = prepare::prepared(&hl7v3::write_fragments(prescription), Algorithm::Rs256, &RustCrypto::new());
    println!("{}", serde_json::to_string_pretty(&prepared.parameters(prescription.author.time))?);
    Ok(())
}
