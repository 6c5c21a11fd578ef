//! Tasks: a `Return`, and a `Withdrawal`.

use super::dispenser::{self, Pharmacy, contained_pharmacy, contained_role};
use super::elements::display;
use super::refusal;
use crate::codes::{ReturnReason, TaskCode, WithdrawReason, WithdrawType, system};
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, MessageId, NhsNumber, OdsCode, WrittenPrescriptionId};
use crate::model::{Return, Timestamp, Withdrawal};
use crate::problem::Problems;
use crate::rules::fhir as rules;

/// What both Tasks say.
struct Task<'m> {
    id: MessageId,
    prescription: &'m WrittenPrescriptionId,
    issue: Option<u32>,
    status: &'static str,
    /// System, code and display.
    reason: (&'static str, &'m str, Option<&'m str>),
    code: (&'static str, &'static str),
    focus: Option<MessageId>,
    patient: Option<&'m NhsNumber>,
    time: Timestamp,
    owner: Option<&'m OdsCode>,
}

/// Writes the Task of a return.
pub(super) fn write_return(returned: &Return, ids: &mut dyn FnMut() -> Guid) -> Vec<u8> {
    let Return { id, effective_time, author, prescription_id, issue, reason, release } = returned;
    let task = Task {
        id: *id,
        prescription: prescription_id,
        issue: *issue,
        status: "rejected",
        reason: (ReturnReason::SYSTEM, reason.code.code(), display(reason)),
        code: ("fulfill", "Fulfill the focal request"),
        focus: *release,
        patient: None,
        time: *effective_time,
        owner: author.organisation.ods.as_ref(),
    };
    task.write(ids(), |json| {
        contained_role(json, author, Pharmacy::Contained);
        contained_pharmacy(json, &author.organisation);
    })
}

/// Writes the Task of a withdrawal: of the last dispense notification, which is all that FHIR takes back.
pub(super) fn write_withdrawal(withdrawal: &Withdrawal, ids: &mut dyn FnMut() -> Guid) -> Result<Vec<u8>, Problems> {
    let Withdrawal { id, effective_time, nhs_number, author, prescription_id, issue, kind, reason, notifications } =
        withdrawal;
    let focus = match (kind.code, notifications.as_slice()) {
        (WithdrawType::LastDispense, []) => None,
        (WithdrawType::LastDispense, [one]) => Some(*one),
        (WithdrawType::LastDispense | WithdrawType::AllDispenses, _) => return Err(refusal(&rules::WITHDRAWS_MORE)),
    };
    // The NHS service sends the organisation's code for the user.
    let owner: Option<OdsCode> = author.user.as_str().parse().ok();
    let task = Task {
        id: *id,
        prescription: prescription_id,
        issue: *issue,
        status: "in-progress",
        reason: (WithdrawReason::SYSTEM, reason.code.code(), display(reason)),
        code: ("abort", "Mark the focal resource as no longer active"),
        focus,
        patient: Some(nhs_number),
        time: *effective_time,
        owner: owner.as_ref(),
    };
    Ok(task.write(ids(), |json| {
        json.object(|json| {
            json.text("resourceType", "PractitionerRole");
            json.text("id", dispenser::ROLE);
            json.identifiers("identifier", system::ROLE_PROFILE, author.role_profile.as_str());
            json.named("practitioner", system::SDS_USER, author.user.as_str());
            json.contained_reference("organization", dispenser::PHARMACY);
        });
        json.object(|json| {
            json.text("resourceType", "Organization");
            json.text("id", dispenser::PHARMACY);
            json.identifiers("identifier", system::ODS, author.user.as_str());
        });
    }))
}

impl Task<'_> {
    fn write(&self, id: Guid, contained: impl FnOnce(&mut JsonWriter)) -> Vec<u8> {
        let mut json = JsonWriter::with_capacity(3 * 1024);
        json.object(|json| {
            json.resource("Task", id);
            json.list("contained", contained);
            if let Some(issue) = self.issue {
                json.list("extension", |json| json.issue_information(issue));
            }
            json.guid_identifiers("identifier", system::UUID, self.id.0);
            json.group_identifier(self.prescription, None);
            json.text("status", self.status);
            let (reasons, reason, words) = self.reason;
            json.concept("statusReason", reasons, reason, words);
            json.text("intent", "order");
            let (code, words) = self.code;
            json.concept("code", TaskCode::SYSTEM, code, Some(words));
            if let Some(MessageId(focus)) = self.focus {
                json.member("focus", |json| {
                    json.text("type", "Bundle");
                    json.guid_identifier("identifier", system::UUID, focus);
                });
            }
            if let Some(patient) = self.patient {
                json.named("for", system::NHS_NUMBER, patient.as_str());
            }
            json.plain("authoredOn", format_args!("{}", self.time));
            json.contained_reference("requester", dispenser::ROLE);
            if let Some(owner) = self.owner {
                json.named("owner", system::ODS, owner.as_str());
            }
        });
        json.finish()
    }
}
