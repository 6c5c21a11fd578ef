//! A `ReleaseRejection` as an OperationOutcome. It names the dispenser that has the prescription, where one does.

use super::outcome::Issue;
use super::people::organisation_members;
use crate::codes::{SpineIssue, system};
use crate::fhir::json::JsonWriter;
use crate::ids::Guid;
use crate::model::{ReleaseRejection, Timestamp};

/// What is said of a dispenser that is not known.
const UNKNOWN: &str = "UNKNOWN";

/// The issue of a rejection: its reason, whatever the acknowledgement around it says. Spine accepts the request and
/// rejects the release.
pub(super) fn issue(rejection: &ReleaseRejection) -> Issue<'_> {
    Issue::of(&rejection.reason)
}

/// Writes the outcome.
pub(super) fn write(rejection: &ReleaseRejection, now: Timestamp, id: Guid) -> Vec<u8> {
    let known = SpineIssue::of(rejection.reason.system.as_str(), rejection.reason.code.as_str());
    let with_another = known == Some(SpineIssue::WITH_ANOTHER_DISPENSER);
    let mut json = JsonWriter::with_capacity(1024);
    json.object(|json| {
        json.outcome(Some(now), &[issue(rejection)]);
        if !with_another {
            return;
        }
        json.list_of_one("contained", |json| {
            json.resource("Organization", id);
            match &rejection.other_dispenser {
                Some(other) => organisation_members(json, &other.person.organisation),
                None => {
                    json.identifiers("identifier", system::ODS, UNKNOWN);
                    json.text("name", UNKNOWN);
                }
            }
        });
        json.list("extension", |json| {
            json.extension(system::SUPPORTING_INFO, |json| {
                json.member("valueReference", |json| json.prefixed_guid("reference", "#", id));
            });
        });
    });
    json.finish()
}
