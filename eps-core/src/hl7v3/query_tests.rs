//! The query messages there and back, from documents that were made up for these tests.

use super::{read, write};
use crate::codes::{CancellationReason, Interaction};
use crate::model::{Envelope, Message};

const WRAPPER: &str = r#"<id root="CBAE0CBC-07AC-48F1-B1BF-A7B19FFCC4A2"/><creationTime value="20260302094000"/>
<versionCode code="V3NPfIT3.0"/><interactionId root="2.16.840.1.113883.2.1.3.2.4.12" extension="INTERACTION"/>
<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="NE"/>
<communicationFunctionRcv><device><id root="1.2.826.0.1285.0.2.0.107" extension="200000001285"/></device></communicationFunctionRcv>
<communicationFunctionSnd><device><id root="1.2.826.0.1285.0.2.0.107" extension="Not Known"/></device></communicationFunctionSnd>"#;

fn message(interaction: &str, act: &str) -> String {
    let wrapper = WRAPPER.replace("INTERACTION", interaction);
    format!("<{interaction} xmlns=\"urn:hl7-org:v3\">{wrapper}<ControlActEvent>{act}</ControlActEvent></{interaction}>")
}

/// Reads it, and reads what is written of it.
fn there_and_back(text: &str) -> Envelope {
    let envelope = read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(read(&write(&envelope)), Ok(envelope.clone()));
    envelope
}

#[test]
fn a_metadata_query_has_its_issue_in_either_place() {
    for issue in [
        r#"<prescription.repeatNumber value="2"/>"#,
        "<prescription.repeatNumber><value value=\"2\"/></prescription.repeatNumber>",
    ] {
        let act = format!(
            r#"<query><organization.id><value root="1.2.826.0.1285.0.1.10" extension="A83008"/></organization.id>
               <prescription.id><value root="9142DC-A99968-11EB9M"/></prescription.id>{issue}
               <requesterOrganizationType><value code="999" codeSystem="2.16.840.1.113883.2.1.3.2.4.17.128"/></requesterOrganizationType></query>"#
        );
        for interaction in ["QURX_IN000005UK99", "QURX_IN000005UK98"] {
            let Message::MetadataQuery(query) = there_and_back(&message(interaction, &act)).message else {
                panic!("a query")
            };
            assert_eq!(query.issue, Some(2));
        }
    }
}

#[test]
fn a_document_is_asked_for_and_given() {
    let query = r#"<query><prescriptionId value="9142DC-A99968-11EB9M"/><documentKey value="2026_A_1"/></query>"#;
    there_and_back(&message("GET_PRESCRIPTION_DOCUMENT_INUK01", query));
    let reply = r#"<reason/><subject><document><prescriptionID value="9142DC-A99968-11EB9M"/><documentKey value="2026_A_1"/>
        <documentType value="PORX_IN020101SM31"/><content value="eJwDAAAAAAE="/><type value=""/></document></subject>"#;
    there_and_back(&message("GET_PRESCRIPTION_DOCUMENT_RESPONSE_INUK01", reply));
}

#[test]
fn a_search_is_asked_for_and_refused() {
    let query = r#"<query><patientId value="9449304130"/><prescriptionStatus value="0001"/><prescriptionStatus value="0002"/>
        <creationDateRange><value><window><low value="20260101"/></window></value></creationDateRange></query>"#;
    let Message::PrescriptionSearch(search) =
        there_and_back(&message("PrescriptionSearchSyncAsync_1_0", query)).message
    else {
        panic!("a search")
    };
    assert!(search.statuses.len() == 2 && search.created.low.is_some() && search.created.high.is_none());
    let refused = message("MCCI_IN010000UK13", "").replace("xmlns=\"urn:hl7-org:v3\"", "");
    let within = format!("<prescriptionSearchResponse xmlns=\"urn:hl7-org:v3\">{refused}</prescriptionSearchResponse>");
    assert_eq!(there_and_back(&within).interaction.interaction(), Interaction::Acknowledgement);
    let results = message("PRESCRIPTIONSEARCHRESPONSE_SM01", "<subject/>");
    assert!(read(results.as_bytes()).unwrap_err().names("hl7v3.search-results"));
    there_and_back(&message("PRESCRIPTIONSEARCHRESPONSE_SM01", ""));
}

const METADATA: &str = r#"<subject><PrescriptionJsonQueryResponse><epsIndex><dispenser_status>['FA565_0003']</dispenser_status></epsIndex>
<epsRecord><prescriptionStatus>0003</prescriptionStatus><completionDate>None</completionDate><expiryDate>20260901</expiryDate>
<dispenseWindow><low value="20260301"/></dispenseWindow><instanceNumber>1</instanceNumber>
<lineItem><order value="1"/><ID value="EA66EE9D-A981-432F-8C27-6907CBD99219"/><previousStatus value="0008"/><status value="0003"/></lineItem>
<history><SCN>2</SCN><interactionId>PORX_IN020101SM31</interactionId><message>"A "good" upload"</message><messageID>""</messageID>
<timestamp>"20260301"</timestamp></history>
<filteredHistory><SCN>2</SCN><timestamp>2026030109</timestamp><fromStatus>False</fromStatus><toStatus>0001</toStatus>
<message>Prescription upload successful</message><cancellationReason>Pending: Clinical grounds</cancellationReason>
<lineStatusChangeDict><line><order>1</order><id>EA66EE9D-A981-432F-8C27-6907CBD99219</id><fromStatus>None</fromStatus>
<toStatus>0007</toStatus></line></lineStatusChangeDict></filteredHistory>
<dispensingOrganization>FA565</dispensingOrganization><claimReceivedDate>False</claimReceivedDate>
<prescriptionTreatmentType>0001</prescriptionTreatmentType><prescriptionType>0101</prescriptionType>
<prescriptionTime>20260301</prescriptionTime><prescriptionID>9142DC-A99968-11EB9M</prescriptionID>
<prescribingOrganization>A83008</prescribingOrganization><patientNhsNumber>9449304130</patientNhsNumber>
<nominatedPerformerType>P1</nominatedPerformerType>
<parentPrescription><family>NONE</family><productLineItem1>Something 5 mg</productLineItem1><quantityLineItem1>28</quantityLineItem1></parentPrescription>
<dispenseNotification><dispenseNotificationID>EA66EE9D-A981-432F-8C27-6907CBD99219</dispenseNotificationID>
<dispenseNotifDateTime>20260302</dispenseNotifDateTime><componentsLineItem1>
	[{"product": "Something
	 5 mg","quantity": "14","narrative": "tablet","dosage": ""}]
</componentsLineItem1><statusLineItem1>0003</statusLineItem1></dispenseNotification>
</epsRecord></PrescriptionJsonQueryResponse></subject>"#;

#[test]
fn metadata_are_read_field_by_field() {
    for interaction in ["PORX_IN000006UK99", "PORX_IN000006UK98"] {
        let envelope = there_and_back(&message(interaction, METADATA));
        let Message::PrescriptionMetadata(metadata) = envelope.message else { panic!("metadata") };
        assert!(metadata.issue.completed.is_none() && metadata.facts.days_supply.is_none());
        assert_eq!(metadata.history[0].message.as_ref().unwrap().as_str(), "A \"good\" upload");
        assert_eq!(metadata.history[0].interaction.as_ref().unwrap().as_str(), "PORX_IN020101SM31");
        let change = &metadata.changes[0];
        assert_eq!(change.time.timestamp().to_hl7(), "20260301090000");
        let reason = change.reason.unwrap();
        assert!(reason.pending && reason.reason == CancellationReason::ClinicalGrounds && change.from.is_none());
        assert_eq!(metadata.parent.name.family.as_ref().unwrap().as_str(), "NONE");
        let components = &metadata.notifications[0].items[0].components;
        assert_eq!(components[0].product.as_ref().unwrap().as_str(), "Something 5 mg");
    }
}

#[test]
fn broken_components_are_told_with_their_place() {
    let broken = message("PORX_IN000006UK99", &METADATA.replace("\"product\"", "product"));
    let problems = read(broken.as_bytes()).unwrap_err();
    assert!(problems.names("tracker.components") && problems.to_string().contains("componentsLineItem1"));
}
