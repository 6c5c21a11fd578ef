//! A prescribing system that calls the service: signs prescription-orders with its own key, sends them, and cancels the last.
//!
//! ```text
//! eps pki init --out pki && eps generate --seed 1 --count 3 --out orders
//! eps serve --data data --insecure-dev --trust pki/root.pem --intermediate pki/signing-ca.pem \
//!           --crl pki/root.crl --crl pki/signing-ca.crl
//! cargo run -p eps-examples --bin prescriber_online -- http://127.0.0.1:8080 pki orders/*.json
//! ```
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::sync::Arc;

use eps_core::codes::CancellationReason;
use eps_core::fhir::{self, Context, IdentifierReferences};
use eps_core::ids::{CheckCharacters, MessageId};
use eps_core::model::Message;
use eps_core::signature::provider::RustCrypto;
use eps_core::signature::signer::SoftwareSigner;
use eps_core::signature::{Policy, pem};
use eps_transport::client::{Credentials, Http, PrescriberClient, RequestId, Tls, cancellation};
use eps_transport::clock::{Clock as _, SystemClock};
use eps_transport::signers::sign_order;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [server, pki, orders @ ..] = arguments.as_slice() else {
        return Err("usage: prescriber_online URL PKI ORDER.json...".into());
    };
    // A live system has a smartcard or the remote signing service here, behind the same trait.
    let certificates = pem::certificates(&std::fs::read_to_string(format!("{pki}/prescriber.pem"))?)?;
    let certificate = certificates.first().ok_or("the file holds no certificate")?;
    let signer = SoftwareSigner::new(&std::fs::read(format!("{pki}/prescriber.key"))?, certificate)?;
    let transport = Arc::new(Http::new(server, &Tls::default())?);
    let client = PrescriberClient::new(transport, Credentials::anybody());
    let mut last = None;
    for path in orders {
        let context = context()?;
        let order = std::fs::read(path)?;
        let signed = sign_order(&order, &context, &signer, &Policy::production(), &RustCrypto::new())?;
        // A live system stores the id with the order before it sends, so that it can ask again after a power cut.
        client.send(RequestId::new(), signed).await?;
        if let Message::Prescription(prescription) = fhir::read(&order, &context)?.message {
            println!("accepted {}", prescription.id);
            last = Some(prescription);
        }
    }
    let Some(prescription) = last else { return Ok(()) };
    for item in &prescription.line_items {
        let request = RequestId::new();
        let made = (MessageId(request.guid()), SystemClock.now());
        let reason = CancellationReason::PrescribingError;
        let cancellation = cancellation(&prescription, made, item.id, reason, &"555254239107".parse()?);
        let response = client.cancel(request, &cancellation.ok_or("the order names no prescriber")?).await?;
        let result = response.result.map_or("no result", |result| result.code.display());
        println!("cancelled {}: {result}", prescription.id);
    }
    Ok(())
}

/// What an order does not say of itself.
fn context() -> Result<Context, Box<dyn Error>> {
    Ok(Context {
        now: SystemClock.now(),
        from: "200000001285".parse()?,
        to: "567456789789".parse()?,
        author: None,
        identifier_references: IdentifierReferences::Resolved,
        check_characters: CheckCharacters::Required,
        release_ids: None,
    })
}
