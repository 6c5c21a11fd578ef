//! The transmission wrapper and control act around every payload (MCCI_MT010101UK12, MCCI_MT020101UK12).

use super::input::{In, display};
use super::out::structure::{AGNT, AUT, PSN_INSTANCE};
use super::out::{Attributes, Out};
use super::{
    NAMESPACE, dispense_claim, dispense_notification, parent_prescription, release_rejection, release_request,
    release_response, rules,
};
use crate::codes::{Interaction, InteractionId, oid};
use crate::ids::{Asid, MessageId};
use crate::model::{AckCode, Acknowledgement, Envelope, ErrorCode, Message, SdsAuthor};
use crate::problem::Problem;
use crate::xml::Element;

/// The version of the Message Implementation Manual that messages follow (`versionCode`).
pub const PROFILE_VERSION: &str = "V3NPfIT4.2.00";
/// What a reply says for a system that is not known.
const NOT_KNOWN: &str = "Not Known";
const DEVICE: Attributes<'static> = &[("classCode", "DEV"), ("determinerCode", "INSTANCE")];

pub(super) fn write<'n>(out: &mut Out<'n>, envelope: &'n Envelope) {
    out.within(envelope.interaction.as_str(), &[], |out| {
        out.guid(envelope.id.0);
        out.time("creationTime", envelope.created);
        out.empty("versionCode", &[("code", PROFILE_VERSION)]);
        out.empty("interactionId", &[("extension", envelope.interaction.as_str()), ("root", oid::INTERACTION)]);
        out.empty("processingCode", &[("code", "P")]);
        out.empty("processingModeCode", &[("code", "T")]);
        out.empty("acceptAckCode", &[("code", "NE")]);
        envelope.acknowledgement.iter().for_each(|acknowledgement| write_acknowledgement(out, acknowledgement));
        write_system(out, "communicationFunctionRcv", envelope.to.as_ref());
        write_system(out, "communicationFunctionSnd", envelope.from.as_ref());
        out.within("ControlActEvent", &[("classCode", "CACT"), ("moodCode", "EVN")], |out| {
            envelope.author.iter().for_each(|author| write_author(out, author));
            write_system_author(out, envelope.from.as_ref());
            envelope.acknowledgement.iter().for_each(|acknowledgement| write_reasons(out, acknowledgement));
            write_subject(out, &envelope.message);
        });
    });
}

fn system(asid: Option<&Asid>) -> &str {
    asid.map_or(NOT_KNOWN, Asid::as_str)
}

fn write_system(out: &mut Out<'_>, name: &'static str, asid: Option<&Asid>) {
    out.within(name, &[], |out| out.within("device", DEVICE, |out| out.id(oid::ASID, system(asid))));
}

fn write_acknowledgement(out: &mut Out<'_>, acknowledgement: &Acknowledgement) {
    out.within("acknowledgement", &[("typeCode", acknowledgement.code.code())], |out| {
        match acknowledgement.code {
            AckCode::Rejected => acknowledgement.errors.iter().for_each(|error| {
                out.within("acknowledgementDetail", &[("typeCode", "ER")], |out| write_error(out, error, false));
            }),
            AckCode::Accepted | AckCode::Error => {}
        }
        out.within("messageRef", &[], |out| out.guid(acknowledgement.refers_to.0));
    });
}

fn write_reasons(out: &mut Out<'_>, acknowledgement: &Acknowledgement) {
    match acknowledgement.code {
        AckCode::Accepted | AckCode::Rejected => {}
        AckCode::Error => acknowledgement.errors.iter().for_each(|error| {
            out.within("reason", &[("typeCode", "RSON")], |out| {
                out.within("justifyingDetectedIssueEvent", &[("classCode", "ALRT"), ("moodCode", "EVN")], |out| {
                    write_error(out, error, true);
                });
            });
        }),
    }
}

fn write_error(out: &mut Out<'_>, error: &ErrorCode, qualified: bool) {
    let (code, system) = (("code", error.code.as_str()), ("codeSystem", error.system.as_str()));
    let body = |out: &mut Out<'_>| {
        if qualified {
            out.empty("qualifier", &[("code", "ER")]);
        }
    };
    match &error.display {
        Some(display) => out.within("code", &[code, system, ("displayName", display.as_str())], body),
        None => out.within("code", &[code, system], body),
    }
}

fn write_author(out: &mut Out<'_>, author: &SdsAuthor) {
    out.within("author", AUT, |out| {
        out.within("AgentPersonSDS", AGNT, |out| {
            out.id(oid::SDS_ROLE_PROFILE, author.role_profile.as_str());
            out.within("agentPersonSDS", PSN_INSTANCE, |out| out.id(oid::SDS_USER, author.user.as_str()));
            out.within("part", &[("typeCode", "PART")], |out| {
                out.within("partSDSRole", &[("classCode", "ROL")], |out| {
                    out.id(oid::SDS_JOB_ROLE, author.job_role.as_str());
                });
            });
        });
    });
}

fn write_system_author(out: &mut Out<'_>, asid: Option<&Asid>) {
    out.within("author1", AUT, |out| {
        out.within("AgentSystemSDS", AGNT, |out| {
            out.within("agentSystemSDS", DEVICE, |out| out.id(oid::ASID, system(asid)));
        });
    });
}

fn write_subject<'n>(out: &mut Out<'n>, message: &'n Message) {
    if *message == Message::Acknowledgement {
        return;
    }
    out.within("subject", &[], |out| match message {
        Message::Prescription(prescription) => parent_prescription::write(out, prescription),
        Message::ReleaseRequest(request) => release_request::write(out, request),
        Message::ReleaseResponse(response) => release_response::write(out, response),
        Message::ReleaseRejection(rejection) => release_rejection::write(out, rejection),
        Message::DispenseNotification(notification) => dispense_notification::write(out, notification),
        Message::DispenseClaim(claim) => dispense_claim::write(out, claim),
        Message::Cancellation(_)
        | Message::CancellationResponse(_)
        | Message::Return(_)
        | Message::Withdrawal(_)
        | Message::DispenseHistory(_) => {}
        Message::Acknowledgement => {}
    });
}

pub(super) fn read(input: &mut In, root: Element<'_, '_>) -> Option<Envelope> {
    let interaction = read_interaction(input, root)?;
    let id = input.guid(root);
    let created = input.time_of(root, "creationTime");
    let acknowledgement = input.optional(root, "acknowledgement");
    let to = read_system(input, root, "communicationFunctionRcv");
    let from = read_system(input, root, "communicationFunctionSnd");
    let act = input.one(root, "ControlActEvent")?;
    let author = input.optional(act, "author");
    let author = input.maybe(author, read_author);
    let acknowledgement = input.maybe(acknowledgement, |input, element| read_acknowledgement(input, element, act));
    let message = read_message(input, interaction.interaction(), act);
    Some(Envelope {
        id: MessageId(id?),
        created: created?,
        interaction,
        to: to?,
        from: from?,
        author: author?,
        acknowledgement: acknowledgement?,
        message: message?,
    })
}

fn read_interaction(input: &mut In, root: Element<'_, '_>) -> Option<InteractionId> {
    let Ok(interaction) = root.name().parse::<InteractionId>() else {
        input.report(Problem::new(&rules::INTERACTION, root.place()).found(root.name()));
        return None;
    };
    if root.namespace() != Some(NAMESPACE) {
        let found = root.namespace().unwrap_or("no namespace");
        input.report(Problem::new(&rules::NAMESPACE, root.place()).found(found).expected(NAMESPACE));
        return None;
    }
    let element = input.one(root, "interactionId");
    let written = element.and_then(|element| input.attribute(element, "extension").map(|text| (element, text)));
    if let Some((element, text)) = written.filter(|(_, text)| *text != interaction.as_str()) {
        let place = element.attribute_place("extension");
        let problem = Problem::new(&rules::INTERACTION_MISMATCH, place).found(text);
        input.report(problem.expected(interaction.as_str()));
    }
    Some(interaction)
}

/// The first device's ASID. A reply to a sender that Spine could not identify names none.
fn read_system(input: &mut In, root: Element<'_, '_>, name: &'static str) -> Option<Option<Asid>> {
    let Some(communication) = In::all(root, name).next() else {
        input.missing(root, name);
        return None;
    };
    let id = input.path(communication, &["device", "id"])?;
    match id.attribute("extension") {
        Some(NOT_KNOWN | "None") => Some(None),
        Some(_) | None => input.identifier(id, "extension").map(Some),
    }
}

fn read_author(input: &mut In, author: Element<'_, '_>) -> Option<SdsAuthor> {
    let agent = input.one(author, "AgentPersonSDS")?;
    let role_profile = input.one(agent, "id").and_then(|id| input.identifier(id, "extension"));
    let user = input.path(agent, &["agentPersonSDS", "id"]).and_then(|id| input.identifier(id, "extension"));
    let job_role = input.path(agent, &["part", "partSDSRole", "id"]).and_then(|id| input.open_code(id, "extension"));
    Some(SdsAuthor { role_profile: role_profile?, user: user?, job_role: job_role? })
}

fn read_acknowledgement(input: &mut In, element: Element<'_, '_>, act: Element<'_, '_>) -> Option<Acknowledgement> {
    let code = match input.attribute(element, "typeCode")? {
        "AA" => AckCode::Accepted,
        "AR" => AckCode::Rejected,
        // Some Spine samples say ER where they mean AE.
        "AE" | "ER" => AckCode::Error,
        other => {
            input.report(Problem::new(&rules::CODE, element.attribute_place("typeCode")).found(other));
            return None;
        }
    };
    let refers_to = input.guid_at(element, &["messageRef"]);
    let details = input.every(In::all(element, "acknowledgementDetail"), read_error);
    let reasons = In::all(act, "reason").filter(|reason| reason.children().next().is_some());
    let reasons = input.every(reasons, |input, reason| {
        let issue = input.one(reason, "justifyingDetectedIssueEvent")?;
        read_error(input, issue)
    });
    let errors = details?.into_iter().chain(reasons?).collect();
    Some(Acknowledgement { code, errors, refers_to: MessageId(refers_to?) })
}

fn read_error(input: &mut In, parent: Element<'_, '_>) -> Option<ErrorCode> {
    let element = input.one(parent, "code")?;
    let system = input.open_code(element, "codeSystem");
    let code = input.open_code(element, "code");
    Some(ErrorCode { system: system?, code: code?, display: display(element) })
}

fn read_message(input: &mut In, interaction: Interaction, act: Element<'_, '_>) -> Option<Message> {
    let mut payload = |name| input.path(act, &["subject", name]);
    Some(match interaction {
        Interaction::ParentPrescriptionUrgent | Interaction::ParentPrescriptionRoutine => {
            let payload = payload("ParentPrescription")?;
            Message::Prescription(Box::new(parent_prescription::read(input, payload)?))
        }
        Interaction::NominatedReleaseRequest => {
            let payload = payload(release_request::NOMINATED)?;
            Message::ReleaseRequest(Box::new(release_request::read_nominated(input, payload)?))
        }
        Interaction::PatientReleaseRequest => {
            let payload = payload(release_request::PATIENT)?;
            Message::ReleaseRequest(Box::new(release_request::read_patient(input, payload)?))
        }
        Interaction::NominatedReleaseResponse | Interaction::PatientReleaseResponse => {
            let payload = payload("PrescriptionReleaseResponse")?;
            Message::ReleaseResponse(Box::new(release_response::read(input, payload)?))
        }
        Interaction::ReleaseRejection => {
            let payload = payload("PrescriptionReleaseReject")?;
            Message::ReleaseRejection(Box::new(release_rejection::read(input, payload)?))
        }
        Interaction::DispenseNotification => {
            let payload = payload("DispenseNotification")?;
            Message::DispenseNotification(Box::new(dispense_notification::read(input, payload)?))
        }
        Interaction::DispenseClaim | Interaction::DispenseClaimResubmission => {
            let payload = payload("DispenseClaim")?;
            Message::DispenseClaim(Box::new(dispense_claim::read(input, payload)?))
        }
        Interaction::CancellationRequest
        | Interaction::CancellationResponse
        | Interaction::SubsequentCancellationResponse
        | Interaction::DispenseProposalReturn
        | Interaction::DispenserWithdraw
        | Interaction::RebuildDispenseHistory => {
            input.missing(act, "subject");
            return None;
        }
        Interaction::Acknowledgement => Message::Acknowledgement,
    })
}
