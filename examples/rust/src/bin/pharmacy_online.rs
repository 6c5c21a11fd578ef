//! A pharmacy system that calls the service: releases what waits for it and the prescriptions that patients bring, dispenses
//! each in two parts, and claims.
//!
//! ```text
//! cargo run -p eps-examples --bin pharmacy_online -- http://127.0.0.1:8080 FZ417 5D1B7C-Y90217-3E42AY
//! ```
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::sync::Arc;

use eps_core::codes::PrescriptionStatus;
use eps_core::ids::{LineItemId, MessageId, PrescriptionId};
use eps_core::model::ReleaseKind;
use eps_transport::client::{Credentials, Http, PharmacyClient, RequestId, Tls};
use eps_transport::clock::{Clock as _, SystemClock};
use eps_transport::pharmacy::{Held, Pharmacy, Supplied};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [server, ods, brought @ ..] = arguments.as_slice() else {
        return Err("usage: pharmacy_online URL ODS [PRESCRIPTION...]".into());
    };
    let transport = Arc::new(Http::new(server, &Tls::default())?);
    let client = PharmacyClient::new(transport, Credentials::anybody());
    // A live system says who its pharmacist is: `Pharmacy::new`.
    let pharmacy = Pharmacy::invented(ods.parse()?).ok_or("the pharmacy could not be made up")?;
    let request = |kind| pharmacy.release_request(MessageId(RequestId::new().guid()), SystemClock.now(), kind);

    let mut held = Vec::new();
    let mut waiting = client.releases(|| request(ReleaseKind::Nominated));
    while let Some(next) = waiting.next().await {
        held.push(next?);
    }
    for id in brought {
        let id: PrescriptionId = id.parse()?;
        let asked = request(ReleaseKind::Patient(id.written().clone()));
        let released = client.release(RequestId::new(), &asked).await?.ok_or("nothing was released")?;
        held.extend(Held::all_of(&released));
    }
    for held in held {
        let id = held.prescription.id.clone();
        let part = held.in_part().ok_or("the prescription has no items")?;
        let (status, notification) = dispense(&client, &pharmacy, &held, part).await?;
        let held = held.after(notification, status);
        let (status, notification) = dispense(&client, &pharmacy, &held, held.all()).await?;
        let held = held.after(notification, status);
        let request = RequestId::new();
        let made = (MessageId(request.guid()), SystemClock.now());
        let claim = pharmacy.claim(made, &held.prescription, held.release, || RequestId::new().guid());
        client.claim(request, &claim.ok_or("the claim could not be made")?).await?;
        println!("dispensed and claimed {id}");
    }
    Ok(())
}

/// Tells what was supplied, and gives the status and the id of the notification.
async fn dispense(
    client: &PharmacyClient,
    pharmacy: &Pharmacy,
    held: &Held,
    (status, supplied): (PrescriptionStatus, Vec<Supplied<'_>>),
) -> Result<(PrescriptionStatus, MessageId), Box<dyn Error>> {
    let request = RequestId::new();
    let id = MessageId(request.guid());
    let supplied = supplied.into_iter().map(|one| (LineItemId(RequestId::new().guid()), one)).collect();
    let made = (id, SystemClock.now());
    let notification = pharmacy.dispense_notification(made, &held.prescription, held.release, status, supplied);
    client.dispense(request, &notification).await?;
    Ok((status, id))
}
