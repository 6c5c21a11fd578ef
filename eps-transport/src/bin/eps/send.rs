//! `eps send`: prescriptions to a server.

use std::path::PathBuf;

use clap::Args;
use eps_core::fhir::{Context, IdentifierReferences};
use eps_core::model::Outcome;
use eps_core::signature::Policy;
use eps_core::signature::signer::AwsLcSigner;
use eps_transport::client::{ClientError, PrescriberClient, RequestId};
use eps_transport::generate::{self, Recipe};
use eps_transport::signers::{OrderNotSigned, sign_order};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::generate::Wanted;
use crate::options::Global;
use crate::remote::{Server, failure, request, told_json, told_text, wait};
use crate::trust::PROVIDER;
use crate::{files, problems, sign};

/// Send prescription-orders to a server
///
/// Orders that are not signed are signed with the prescriber's key in --pki, where it is given. With --seed they are made up
/// as `eps generate` does.
///
/// eps send orders/*.json --pki pki
/// eps send --seed 1 --count 10 --pki pki
#[derive(Args)]
pub(crate) struct Send {
    /// The orders, FHIR; `-` is standard input
    #[arg(required_unless_present = "seed", conflicts_with = "seed")]
    orders: Vec<PathBuf>,
    /// Make orders up instead
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Their kind
    #[arg(long, value_enum, default_value_t = Wanted::Mixed, requires = "seed")]
    kind: Wanted,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 1, requires = "seed")]
    count: u64,
    /// Nominate a pharmacy in all or none [default: in some]
    #[arg(long, value_name = "BOOL", requires = "seed")]
    nominated: Option<bool>,
    /// Sign with the prescriber's key in this folder, which `eps pki init` made
    #[arg(long, value_name = "DIR")]
    pki: Option<PathBuf>,
    /// The id of the request, to ask again for an answer that was lost; for one order only
    #[arg(long, value_name = "UUID")]
    request_id: Option<RequestId>,
    #[command(flatten)]
    server: Server,
}

/// An order, what it is called, and what became of it.
struct Sent {
    name: String,
    request: RequestId,
    told: Result<Outcome, ClientError>,
}

impl Send {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        if self.request_id.is_some() && (self.orders.len() > 1 || self.count > 1) {
            return Err(Failure::Usage("--request-id is that of one order"));
        }
        let signer = self.pki.as_deref().map(sign::folder_signer).transpose()?;
        let client = self.server.prescriber()?;
        let mut sent = Vec::new();
        for (name, order) in self.all(global)? {
            let order = match &signer {
                Some(signer) => signed(&order, signer, global)?,
                None => order,
            };
            sent.push(self.send(&client, name, order)?);
        }
        tell(sent, global)
    }

    /// The orders with their names.
    fn all(&self, global: &Global) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        let Some(seed) = self.seed else {
            let read = |path: &PathBuf| Ok((path.display().to_string(), files::read(path)?));
            return self.orders.iter().map(read).collect();
        };
        let recipe = Recipe { seed, kind: self.kind.kind(), written: global.now(), nominated: self.nominated };
        let make = |number| {
            let failed = |error: generate::GenerateError| Failure::because("no order")(error.into());
            let order = generate::order(&recipe, number).map_err(failed)?;
            let bundle = order.bundle().map_err(|found| Failure::because("the order")(found.into()))?;
            Ok((order.prescription().id.to_string(), bundle))
        };
        (1..=self.count).map(make).collect()
    }

    fn send(&self, client: &PrescriberClient, name: String, order: Vec<u8>) -> Result<Sent, Failure> {
        let request = request(self.request_id);
        let told = wait(client.send(request, order))?;
        Ok(Sent { name, request, told })
    }
}

/// The same order with its signature.
fn signed(order: &[u8], signer: &AwsLcSigner, global: &Global) -> Result<Vec<u8>, Failure> {
    let context = Context { identifier_references: IdentifierReferences::Resolved, ..global.context() };
    match sign_order(order, &context, signer, &Policy::production(), &PROVIDER) {
        Ok(signed) => Ok(signed),
        Err(OrderNotSigned::Unread(found)) => {
            problems::refuse(&found)?;
            Err(Failure::Refused)
        }
        Err(error) => Err(Failure::because("the order was not signed")(error.into())),
    }
}

/// Tells of each order, and fails as the first that was not accepted does.
fn tell(sent: Vec<Sent>, global: &Global) -> Result<(), Failure> {
    if global.json {
        let one = |Sent { name, request, told }: &Sent| {
            let mut value = told_json(*request, told);
            if let Some(members) = value.as_object_mut() {
                members.insert("order".to_owned(), json!(name));
            }
            value
        };
        files::print_json(&sent.iter().map(one).collect::<Vec<Value>>())?;
    } else {
        let lines: Vec<_> = sent.iter().map(|Sent { name, told, .. }| told_text(name, told)).collect();
        files::print(lines.join("\n").as_bytes())?;
    }
    sent.into_iter().try_for_each(|Sent { told, .. }| told.map(drop)).map_err(failure)
}
