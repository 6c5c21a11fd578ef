//! `eps cancel`: cancel a prescription or an item of it.

use std::path::PathBuf;

use clap::Args;
use eps_core::codes::{CancellationReason, CancellationResult};
use eps_core::fhir;
use eps_core::ids::{LineItemId, MessageId, SdsUserId};
use eps_core::model::{CancellationResponse, Message, Prescription};
use eps_transport::client::{ClientError, PrescriberClient, RequestId, cancellation};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::options::Global;
use crate::remote::{Server, failure, request, told_json, told_text, wait};
use crate::{files, pki, problems};

/// Cancel a prescription, item by item, or one item of it
///
/// From its order, the way the prescriber's system has it; or with a prescription-order-update in the file, which is sent as
/// it is.
///
/// eps cancel order.json --reason 0004
#[derive(Args)]
pub(crate) struct Cancel {
    /// The order, or the update, FHIR; `-` is standard input
    file: PathBuf,
    /// Why, a code of medicationrequest-status-reason
    #[arg(long, value_name = "CODE", default_value = "0004", value_parser = reason)]
    reason: CancellationReason,
    /// The item; every item otherwise
    #[arg(long, value_name = "UUID")]
    item: Option<LineItemId>,
    /// The SDS user id of who cancels
    #[arg(long, value_name = "ID", default_value = pki::INVENTED_USER)]
    user: SdsUserId,
    /// The id of the request, to ask again for an answer that was lost; for one item only
    #[arg(long, value_name = "UUID")]
    request_id: Option<RequestId>,
    #[command(flatten)]
    server: Server,
}

fn reason(code: &str) -> Result<CancellationReason, String> {
    CancellationReason::from_fhir(code).ok_or_else(|| "no reason of a cancellation has this code".to_owned())
}

type Cancelled = (RequestId, Result<CancellationResponse, ClientError>);

impl Cancel {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let bytes = files::read(&self.file)?;
        let client = self.server.prescriber()?;
        let all = match fhir::read(&bytes, &global.context()).map(|envelope| envelope.message) {
            Ok(Message::Prescription(order)) => self.cancel(&client, &order, global)?,
            Ok(Message::Cancellation(_)) => {
                let request = request(self.request_id);
                vec![(request, wait(client.cancel_as(request, bytes))?)]
            }
            Ok(_) => return Err(Failure::Usage("only an order or its update says what to cancel")),
            Err(found) => return problems::refuse(&found),
        };
        tell(all, global)
    }

    fn cancel(
        &self,
        client: &PrescriberClient,
        order: &Prescription,
        global: &Global,
    ) -> Result<Vec<Cancelled>, Failure> {
        let wanted = order.line_items.iter().map(|item| item.id);
        let items: Vec<_> = wanted.filter(|item| self.item.is_none_or(|wanted| wanted == *item)).collect();
        if items.is_empty() {
            return Err(Failure::Usage("the prescription has no such item"));
        }
        if self.request_id.is_some() && items.len() > 1 {
            return Err(Failure::Usage("--request-id is that of one item"));
        }
        let one = |item| {
            let request = request(self.request_id);
            let made = (MessageId(request.guid()), global.now());
            let cancellation = cancellation(order, made, item, self.reason, &self.user)
                .ok_or(Failure::Usage("the order names no prescriber"))?;
            Ok((request, wait(client.cancel(request, &cancellation))?))
        };
        items.into_iter().map(one).collect()
    }
}

/// Tells of each item, and fails where one is not cancelled.
fn tell(all: Vec<Cancelled>, global: &Global) -> Result<(), Failure> {
    if global.json {
        files::print_json(&all.iter().map(one_json).collect::<Vec<_>>())?;
    } else {
        files::print(all.iter().map(line).collect::<Vec<_>>().join("\n").as_bytes())?;
    }
    for (_, response) in all {
        let response = response.map_err(failure)?;
        if response.result.is_none_or(|result| result.code != CancellationResult::Cancelled) {
            return Err(Failure::Refused);
        }
    }
    Ok(())
}

fn line((_, response): &Cancelled) -> String {
    match response {
        Ok(response) => {
            let item = response.item.map(|item| item.0.lower()).unwrap_or_default();
            let words = response.result.as_ref().map_or("no result", |result| result.code.display());
            format!("{}  {item}  {words}", response.prescription_id)
        }
        Err(ClientError::Refused { status, outcome }) => {
            let told = Err(ClientError::Refused { status: *status, outcome: outcome.clone() });
            told_text("cancellation", &told)
        }
        Err(error) => format!("failed    cancellation: {error}"),
    }
}

fn one_json((request, response): &Cancelled) -> Value {
    match response {
        Ok(response) => json!({
            "requestId": request.guid().lower(),
            "prescription": response.prescription_id.as_str(),
            "item": response.item.map(|item| item.0.lower()),
            "result": response.result.as_ref().map(|result| result.code.code()),
            "display": response.result.as_ref().map(|result| result.code.display()),
        }),
        Err(ClientError::Refused { status, outcome }) => {
            told_json(*request, &Err(ClientError::Refused { status: *status, outcome: outcome.clone() }))
        }
        Err(error) => json!({ "requestId": request.guid().lower(), "error": error.to_string() }),
    }
}
