//! A pharmacy system that calls the service: dispenses the prescriptions that patients bring in two parts each, and claims.
//! Where none are brought, it does so with whatever is nominated to the pharmacy, as soon as the service says that any wait.
//!
//! ```text
//! cargo run -p eps-examples --bin pharmacy_online -- http://127.0.0.1:8080 FZ417 5D1B7C-Y90217-3E42AY
//! ```
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::sync::Arc;

use eps_core::codes::PrescriptionStatus;
use eps_core::ids::{LineItemId, MessageId, OdsCode, PrescriptionId};
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
    let ods: OdsCode = ods.parse()?;
    let transport = Arc::new(Http::new(server, &Tls::default())?);
    let client = PharmacyClient::new(transport, Credentials::anybody());
    // A live system says who its pharmacist is: `Pharmacy::new`.
    let pharmacy = Pharmacy::invented(ods.clone()).ok_or("the pharmacy could not be made up")?;
    let request = |kind| pharmacy.release_request(MessageId(RequestId::new().guid()), SystemClock.now(), kind);

    if brought.is_empty() {
        let mut released = client.releases(|| request(ReleaseKind::Nominated)).watching(client.waiting(&ods));
        while let Some(held) = released.next().await {
            supply(&client, &pharmacy, held?).await?;
        }
    }
    for id in brought {
        let id: PrescriptionId = id.parse()?;
        let asked = request(ReleaseKind::Patient(id.written().clone()));
        let released = client.release(RequestId::new(), &asked).await?.ok_or("nothing was released")?;
        for held in Held::all_of(&released) {
            supply(&client, &pharmacy, held).await?;
        }
    }
    Ok(())
}

/// Dispenses a prescription in two parts, and claims.
async fn supply(client: &PharmacyClient, pharmacy: &Pharmacy, held: Held) -> Result<(), Box<dyn Error>> {
    let part = held.in_part().ok_or("the prescription has no items")?;
    let (status, notification) = dispense(client, pharmacy, &held, part).await?;
    let held = held.after(notification, status);
    let (status, notification) = dispense(client, pharmacy, &held, held.all()).await?;
    let held = held.after(notification, status);
    let request = RequestId::new();
    let made = (MessageId(request.guid()), SystemClock.now());
    let claim = pharmacy.claim(made, &held.prescription, held.release, || RequestId::new().guid());
    client.claim(request, &claim.ok_or("the claim could not be made")?).await?;
    println!("dispensed and claimed {}", held.prescription.id);
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
