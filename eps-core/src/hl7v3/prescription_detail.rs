//! `PrescriptionJsonQueryResponse`: the metadata of a prescription (PORX_IN000006UK99) and its clinical view
//! (PORX_IN000006UK98).
//!
//! The Message Implementation Manual has no schema of it; fields and their order are those of the answers that NHS England
//! published with its Clinical Prescription Tracker. Comments in the answers, and elements beside these, are not kept.

use super::leaf::{Leaf, leaf, quoted, value};
use super::numbered::{NotifiedItems, PrescribedItems};
use super::out::{Attributes, Out};
use super::parts::{At, Part, Within, at, many, shape, within};
use crate::hl7v3::input::In;
use crate::model::{
    DayRange, FoundName, HistoryEvent, IndexMetadata, IssueMetadata, ItemMetadata, LineChange, NotificationMetadata,
    ParentMetadata, PrescriptionFacts, PrescriptionMetadata, StatusChange, SupplyMetadata, Text,
};
use crate::xml::Element;

const ORGANIZER: Attributes<'static> = &[("classCode", "ORGANIZER"), ("moodCode", "EVN")];
/// Every answer has this id, and this time.
const CONSTANT_ID: &str = "F8966CE0-E034-11DA-863F-A7A405B41481";
const CONSTANT_TIME: &str = "20050922101500";

/// The payload.
pub(super) const PAYLOAD: At<Within<Metadata>> = at("PrescriptionJsonQueryResponse", within(ORGANIZER, Metadata));

fn constants(out: &mut Out<'_>) {
    out.empty("id", &[("root", CONSTANT_ID)]);
    out.empty("effectiveTime", &[("value", CONSTANT_TIME)]);
}

shape! {
    /// All that Spine tells of an issue.
    pub(super) Metadata: PrescriptionMetadata {
        _: constants,
        index: at("epsIndex", within(&[], Index)),
        in "epsRecord" (&[]) {
            issue: Issue,
            items: many(at("lineItem", within(&[], Item))),
            history: many(at("history", within(&[], History))),
            changes: many(at("filteredHistory", within(&[], Change))),
            supply: Supply,
            facts: Facts,
            parent: at("parentPrescription", within(&[], Parent)),
            notifications: many(at("dispenseNotification", within(&[], Notification))),
        }
    }
}

shape! {
    /// What Spine's index keeps.
    Index: IndexMetadata {
        prescribing_site: leaf("prescribingSite_status"),
        nominated_pharmacy: leaf("nominatedPharmacy_status"),
        next_activity: leaf("nextActivity_nextActivityDate"),
        dispenser: leaf("dispenser_status"),
    }
}

shape! {
    /// The issue.
    Issue: IssueMetadata {
        release_request: leaf("releaseRequestMsgRef"),
        status: leaf("prescriptionStatus"),
        nominated_download: leaf("nominatedDownloadDate"),
        downloaded: leaf("downloadDate"),
        completed: leaf("completionDate"),
        expires: leaf("expiryDate"),
        window: at("dispenseWindow", within(&[], Days)),
        number: leaf("instanceNumber"),
    }
}

shape! {
    /// The first and the last day.
    pub(super) Days: DayRange {
        low: value("low").omitted(),
        high: value("high").omitted(),
    }
}

shape! {
    /// A line item.
    Item: ItemMetadata {
        order: value("order"),
        id: value("ID"),
        previous_status: value("previousStatus"),
        max_repeats: value("lineItemMaxRepeats").omitted(),
        status: value("status"),
    }
}

shape! {
    /// An event as Spine logs it.
    History: HistoryEvent {
        number: leaf("SCN"),
        issue: leaf("instance"),
        interaction: leaf("interactionID").also("interactionId"),
        status: leaf("status"),
        issue_status: leaf("instanceStatus"),
        person: leaf("agentPerson"),
        system: leaf("agentSystem"),
        organisation: leaf("agentPersonOrgCode"),
        message: quoted("message"),
        message_id: quoted("messageID"),
        time: quoted("timestamp"),
        to: quoted("toASID"),
        from: quoted("fromASID"),
    }
}

shape! {
    /// An event that moved the issue or one of its items.
    Change: StatusChange {
        number: leaf("SCN"),
        document: leaf("internalId"),
        time: leaf("timestamp"),
        from: leaf("fromStatus"),
        to: leaf("toStatus"),
        person: leaf("agentPerson"),
        role_profile: leaf("agentRoleProfileCodeId"),
        message: leaf("message"),
        reason: leaf("cancellationReason").omitted(),
        system: leaf("orgASID"),
        organisation: leaf("agentPersonOrgCode"),
        in "lineStatusChangeDict" (&[]) {
            lines: many(at("line", within(&[], Line))),
        }
    }
}

shape! {
    /// What an event did to an item.
    Line: LineChange {
        order: leaf("order"),
        id: leaf("id"),
        status: leaf("status"),
        from: leaf("fromStatus"),
        to: leaf("toStatus"),
        reason: leaf("cancellationReason").omitted(),
    }
}

shape! {
    /// Where the issue is and was supplied.
    Supply: SupplyMetadata {
        dispenser: leaf("dispensingOrganization"),
        last_dispensed: leaf("lastDispenseDate"),
        last_notification_document: leaf("lastDispenseNotificationMsgRef"),
        last_notification: leaf("lastDispenseNotificationGuid"),
        claimed: leaf("claimReceivedDate"),
    }
}

shape! {
    /// What holds for all issues.
    Facts: PrescriptionFacts {
        current_issue: leaf("currentInstance"),
        signed: leaf("signedTime"),
        treatment_type: leaf("prescriptionTreatmentType"),
        prescription_type: leaf("prescriptionType"),
        prescribed: leaf("prescriptionTime"),
        id: leaf("prescriptionID"),
        document: leaf("prescriptionMsgRef"),
        prescriber: leaf("prescribingOrganization"),
        days_supply: leaf("daysSupply"),
        max_repeats: leaf("maxRepeats"),
        event: leaf("eventID"),
        lower_age_limit: leaf("lowerAgeLimit"),
        higher_age_limit: leaf("higherAgeLimit"),
        nhs_number: leaf("patientNhsNumber"),
        birth: leaf("patientBirthTime"),
        nominated: leaf("nominatedPerformer"),
        nominated_kind: leaf("nominatedPerformerType"),
    }
}

shape! {
    /// What was written on the prescription.
    Parent: ParentMetadata {
        birth: leaf("birthTime"),
        gender: leaf("administrativeGenderCode"),
        name: Name,
        address: Lines,
        postcode: leaf("postalCode"),
        items: PrescribedItems,
    }
}

shape! {
    /// The patient's name.
    Name: FoundName {
        prefix: leaf("prefix"),
        given: leaf("given"),
        family: leaf("family"),
        suffix: leaf("suffix"),
    }
}

/// The three lines of the patient's address.
#[derive(Clone, Copy)]
struct Lines;

const LINES: [Leaf; 3] = [leaf("addrLine1"), leaf("addrLine2"), leaf("addrLine3")];

impl Part<[Option<Text>; 3]> for Lines {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n [Option<Text>; 3]) {
        LINES.iter().zip(value).for_each(|(line, text)| line.write(out, text));
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<[Option<Text>; 3]> {
        let [first, second, third] = LINES.map(|line| line.read(input, parent));
        Some([first?, second?, third?])
    }
}

shape! {
    /// What was dispensed at one time.
    Notification: NotificationMetadata {
        id: leaf("dispenseNotificationID"),
        document: leaf("dispNotifDocumentKey"),
        from: leaf("dispNotifFromStatus"),
        to: leaf("dispNotifToStatus"),
        time: leaf("dispenseNotifDateTime"),
        items: NotifiedItems,
        status: leaf("statusPrescription"),
        reason: leaf("nonDispensingReasonPrescription").omitted(),
    }
}
