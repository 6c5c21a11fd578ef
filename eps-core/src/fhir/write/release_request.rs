//! A `ReleaseRequest` as Parameters.

use super::dispenser::{Pharmacy, pharmacy_members, role_members};
use crate::codes::system;
use crate::fhir::json::JsonWriter;
use crate::ids::Guid;
use crate::model::{ReleaseKind, ReleaseRequest};

/// Writes the Parameters. The id of the payload is that of the resource; readers make up ids of their own.
pub(super) fn write(request: &ReleaseRequest, ids: &mut dyn FnMut() -> Guid) -> Vec<u8> {
    let ReleaseRequest { id, effective_time: _, author, kind } = request;
    let mut json = JsonWriter::with_capacity(2 * 1024);
    json.object(|json| {
        json.resource("Parameters", id.0);
        json.list("parameter", |json| {
            json.object(|json| {
                json.text("name", "status");
                json.text("valueCode", "accepted");
            });
            match kind {
                ReleaseKind::Nominated => {}
                ReleaseKind::Patient(prescription) => json.object(|json| {
                    json.text("name", "group-identifier");
                    json.identifier("valueIdentifier", system::PRESCRIPTION_NUMBER, prescription.as_str());
                }),
            }
            json.object(|json| {
                json.text("name", "owner");
                json.member("resource", |json| {
                    json.resource("Organization", ids());
                    pharmacy_members(json, &author.organisation);
                });
            });
            json.object(|json| {
                json.text("name", "agent");
                json.member("resource", |json| {
                    json.resource("PractitionerRole", ids());
                    role_members(json, author, Pharmacy::Elsewhere);
                });
            });
        });
    });
    json.finish()
}
