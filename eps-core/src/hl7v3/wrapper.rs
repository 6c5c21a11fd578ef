//! The transmission wrapper and control act around every payload (MCCI_MT010101UK12, MCCI_MT020101UK12).

use super::data::{Data, Extension};
use super::input::In;
use super::out::structure::{AGNT, AUT, PSN_INSTANCE};
use super::out::{Attributes, Out};
use super::parts::{At, Content, Optional, Part, Within, at, optional, shape, within};
use super::{
    NAMESPACE, cancellation, cancellation_response, dispense_claim, dispense_history, dispense_notification,
    dispense_return, parent_prescription, prescription_detail, prescription_query, release_rejection, release_request,
    release_response, rules, stored_document, withdrawal,
};
use crate::codes::{AckCode, Interaction, InteractionId, NOT_KNOWN, Severity, is_not_known, oid};
use crate::ids::{Asid, MessageId};
use crate::model::{Acknowledgement, Envelope, ErrorCode, Message, SdsAuthor};
use crate::problem::Problem;
use crate::xml::Element;

/// The version of the Message Implementation Manual that messages follow (`versionCode`).
pub const PROFILE_VERSION: &str = "V3NPfIT4.2.00";
const DEVICE: Attributes<'static> = &[("classCode", "DEV"), ("determinerCode", "INSTANCE")];

const PART: Attributes<'static> = &[("typeCode", "PART")];
const ROL: Attributes<'static> = &[("classCode", "ROL")];
/// The person who sends, if a person does.
const AUTHOR: Optional<Within<Author>> = optional(at("author", within(AUT, Author)));

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
            AUTHOR.write(out, &envelope.author);
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
                let severity = [("typeCode", error.severity.code())];
                out.within("acknowledgementDetail", &severity, |out| write_error(out, error, false));
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
            out.empty("qualifier", &[("code", error.severity.code())]);
        }
    };
    match &error.display {
        Some(display) => out.within("code", &[code, system, ("displayName", display.as_str())], body),
        None => out.within("code", &[code, system], body),
    }
}

fn write_system_author(out: &mut Out<'_>, asid: Option<&Asid>) {
    out.within("author1", AUT, |out| {
        out.within("AgentSystemSDS", AGNT, |out| {
            out.within("agentSystemSDS", DEVICE, |out| out.id(oid::ASID, system(asid)));
        });
    });
}

fn write_subject<'n>(out: &mut Out<'n>, message: &'n Message) {
    match message {
        Message::Acknowledgement => {}
        // A query stands in the act itself.
        Message::MetadataQuery(_) | Message::DocumentQuery(_) | Message::PrescriptionSearch(_) => {
            write_payload(out, message);
        }
        Message::PrescriptionMetadata(_) | Message::StoredDocument(_) => {
            out.within("subject", &[], |out| write_payload(out, message));
            out.within("queryAck", &[("type", "QueryAck")], |out| out.empty("queryResponseCode", &[("code", "OK")]));
        }
        Message::Prescription(_)
        | Message::ReleaseRequest(_)
        | Message::ReleaseResponse(_)
        | Message::ReleaseRejection(_)
        | Message::DispenseNotification(_)
        | Message::DispenseClaim(_)
        | Message::Cancellation(_)
        | Message::CancellationResponse(_)
        | Message::Return(_)
        | Message::Withdrawal(_)
        | Message::DispenseHistory(_) => out.within("subject", &[], |out| write_payload(out, message)),
    }
}

pub(super) fn write_payload<'n>(out: &mut Out<'n>, message: &'n Message) {
    match message {
        Message::Prescription(prescription) => parent_prescription::PAYLOAD.write(out, prescription),
        Message::ReleaseRequest(request) => release_request::write(out, request),
        Message::ReleaseResponse(response) => release_response::PAYLOAD.write(out, response),
        Message::ReleaseRejection(rejection) => release_rejection::PAYLOAD.write(out, rejection),
        Message::DispenseNotification(notification) => dispense_notification::PAYLOAD.write(out, notification),
        Message::DispenseClaim(claim) => dispense_claim::PAYLOAD.write(out, claim),
        Message::Cancellation(cancellation) => cancellation::PAYLOAD.write(out, cancellation),
        Message::CancellationResponse(response) => cancellation_response::PAYLOAD.write(out, response),
        Message::Return(returned) => dispense_return::PAYLOAD.write(out, returned),
        Message::Withdrawal(withdrawal) => withdrawal::PAYLOAD.write(out, withdrawal),
        Message::DispenseHistory(history) => dispense_history::PAYLOAD.write(out, history),
        Message::MetadataQuery(query) => prescription_query::METADATA.write(out, query),
        Message::PrescriptionMetadata(metadata) => prescription_detail::PAYLOAD.write(out, metadata),
        Message::DocumentQuery(query) => prescription_query::DOCUMENT.write(out, query),
        Message::StoredDocument(document) => stored_document::PAYLOAD.write(out, document),
        Message::PrescriptionSearch(search) => prescription_query::SEARCH.write(out, search),
        Message::Acknowledgement => {}
    }
}

pub(super) fn read(input: &mut In, root: Element<'_, '_>) -> Option<Envelope> {
    let interaction = read_interaction(input, root)?;
    let id = input.guid(root);
    let created = input.time_of(root, "creationTime");
    let acknowledgement = input.optional(root, "acknowledgement");
    let to = read_system(input, root, "communicationFunctionRcv");
    let from = read_system(input, root, "communicationFunctionSnd");
    let act = input.one(root, "ControlActEvent")?;
    let author = AUTHOR.read(input, act);
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
        Some(text) if is_not_known(text) => Some(None),
        Some(_) | None => input.identifier(id, "extension").map(Some),
    }
}

shape! {
    /// Who sends.
    Author: SdsAuthor {
        in "AgentPersonSDS" (AGNT) {
            role_profile: at("id", Extension(oid::SDS_ROLE_PROFILE)),
            user: at("agentPersonSDS", within(PSN_INSTANCE, at("id", Extension(oid::SDS_USER)))),
            job_role: at("part", within(PART, at("partSDSRole", within(ROL, at("id", Extension(oid::SDS_JOB_ROLE)))))),
        }
    }
}

fn read_acknowledgement(input: &mut In, element: Element<'_, '_>, act: Element<'_, '_>) -> Option<Acknowledgement> {
    let code = input.parsed(element, "typeCode", str::parse::<AckCode>, |_| &rules::CODE)?;
    let refers_to = input.guid_at(element, &["messageRef"]);
    let details = input.every(In::all(element, "acknowledgementDetail"), |input, detail| {
        let severity = detail.attribute("typeCode").map(|_| (detail, "typeCode"));
        read_error(input, detail, severity)
    });
    let reasons = In::all(act, "reason").filter(|reason| reason.children().next().is_some());
    let reasons = input.every(reasons, |input, reason| {
        let issue = input.one(reason, "justifyingDetectedIssueEvent")?;
        let code = input.optional(issue, "code");
        let qualifier = code.and_then(|code| input.optional(code, "qualifier"));
        read_error(input, issue, qualifier.map(|qualifier| (qualifier, "code")))
    });
    let errors = details?.into_iter().chain(reasons?).collect();
    Some(Acknowledgement { code, errors, refers_to: MessageId(refers_to?) })
}

/// The error of this parent; its severity stands in an attribute of another element. What is not said is an error.
fn read_error(
    input: &mut In,
    parent: Element<'_, '_>,
    severity: Option<(Element<'_, '_>, &'static str)>,
) -> Option<ErrorCode> {
    let error: Option<ErrorCode> = at("code", Data).read(input, parent);
    let severity = severity.map_or(Some(Severity::Error), |(element, attribute)| {
        input.parsed(element, attribute, str::parse, |_| &rules::CODE)
    });
    Some(ErrorCode { severity: severity?, ..error? })
}

fn read_message(input: &mut In, interaction: Interaction, act: Element<'_, '_>) -> Option<Message> {
    match interaction {
        Interaction::Acknowledgement => Some(Message::Acknowledgement),
        // Spine answers a search in JSON; in XML it says only why it does not.
        Interaction::PrescriptionSearchReply => match In::all(act, "subject").next() {
            None => Some(Message::Acknowledgement),
            Some(subject) => {
                input.report(Problem::new(&rules::SEARCH_RESULTS, subject.place()));
                None
            }
        },
        Interaction::MetadataQuery
        | Interaction::ClinicalViewQuery
        | Interaction::DocumentQuery
        | Interaction::PrescriptionSearch => read_payload(input, interaction, Payload::In(act)),
        Interaction::ParentPrescriptionUrgent
        | Interaction::ParentPrescriptionRoutine
        | Interaction::NominatedReleaseRequest
        | Interaction::PatientReleaseRequest
        | Interaction::NominatedReleaseResponse
        | Interaction::PatientReleaseResponse
        | Interaction::ReleaseRejection
        | Interaction::DispenseNotification
        | Interaction::DispenseClaim
        | Interaction::DispenseClaimResubmission
        | Interaction::CancellationRequest
        | Interaction::CancellationResponse
        | Interaction::SubsequentCancellationResponse
        | Interaction::DispenseProposalReturn
        | Interaction::DispenserWithdraw
        | Interaction::RebuildDispenseHistory
        | Interaction::MetadataReply
        | Interaction::ClinicalViewReply
        | Interaction::DocumentReply => {
            let subject = input.one(act, "subject")?;
            read_payload(input, interaction, Payload::In(subject))
        }
    }
}

/// Where a payload is.
#[derive(Clone, Copy)]
pub(super) enum Payload<'d, 'a> {
    /// In this element, among others.
    In(Element<'d, 'a>),
    /// This element.
    Itself(Element<'d, 'a>),
}

/// Reads the payload of an interaction.
pub(super) fn read_payload(input: &mut In, interaction: Interaction, payload: Payload<'_, '_>) -> Option<Message> {
    /// The payload in a box.
    fn boxed<T, C: Content<T>>(part: At<C>, input: &mut In, payload: Payload<'_, '_>) -> Option<Box<T>> {
        let read = match payload {
            Payload::In(parent) => part.read(input, parent),
            Payload::Itself(element) => part.read_itself(input, element),
        };
        read.map(Box::new)
    }
    match interaction {
        Interaction::ParentPrescriptionUrgent | Interaction::ParentPrescriptionRoutine => {
            boxed(parent_prescription::PAYLOAD, input, payload).map(Message::Prescription)
        }
        Interaction::NominatedReleaseRequest => {
            boxed(release_request::NOMINATED, input, payload).map(Message::ReleaseRequest)
        }
        Interaction::PatientReleaseRequest => {
            boxed(release_request::PATIENT, input, payload).map(Message::ReleaseRequest)
        }
        Interaction::NominatedReleaseResponse | Interaction::PatientReleaseResponse => {
            boxed(release_response::PAYLOAD, input, payload).map(Message::ReleaseResponse)
        }
        Interaction::ReleaseRejection => {
            boxed(release_rejection::PAYLOAD, input, payload).map(Message::ReleaseRejection)
        }
        Interaction::DispenseNotification => {
            boxed(dispense_notification::PAYLOAD, input, payload).map(Message::DispenseNotification)
        }
        Interaction::DispenseClaim | Interaction::DispenseClaimResubmission => {
            boxed(dispense_claim::PAYLOAD, input, payload).map(Message::DispenseClaim)
        }
        Interaction::CancellationRequest => boxed(cancellation::PAYLOAD, input, payload).map(Message::Cancellation),
        Interaction::CancellationResponse | Interaction::SubsequentCancellationResponse => {
            boxed(cancellation_response::PAYLOAD, input, payload).map(Message::CancellationResponse)
        }
        Interaction::DispenseProposalReturn => boxed(dispense_return::PAYLOAD, input, payload).map(Message::Return),
        Interaction::DispenserWithdraw => boxed(withdrawal::PAYLOAD, input, payload).map(Message::Withdrawal),
        Interaction::RebuildDispenseHistory => {
            boxed(dispense_history::PAYLOAD, input, payload).map(Message::DispenseHistory)
        }
        Interaction::MetadataQuery | Interaction::ClinicalViewQuery => {
            boxed(prescription_query::METADATA, input, payload).map(Message::MetadataQuery)
        }
        Interaction::MetadataReply | Interaction::ClinicalViewReply => {
            boxed(prescription_detail::PAYLOAD, input, payload).map(Message::PrescriptionMetadata)
        }
        Interaction::DocumentQuery => boxed(prescription_query::DOCUMENT, input, payload).map(Message::DocumentQuery),
        Interaction::DocumentReply => boxed(stored_document::PAYLOAD, input, payload).map(Message::StoredDocument),
        Interaction::PrescriptionSearch => {
            boxed(prescription_query::SEARCH, input, payload).map(Message::PrescriptionSearch)
        }
        Interaction::PrescriptionSearchReply | Interaction::Acknowledgement => Some(Message::Acknowledgement),
    }
}
