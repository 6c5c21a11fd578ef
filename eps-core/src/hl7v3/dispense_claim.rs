//! `DispenseClaim` (PORX_MT142001UK31).

use super::agent;
use super::dispense_notification::{
    DISPENSED_MEDICATION, PRESCRIPTION_ID, RUNNING_TOTAL, read_item_status, read_items, read_prescription_id,
    read_prescription_status, read_reason, read_recipient, read_replacement, write_item_status,
    write_prescription_status, write_reason, write_recipient, write_replacement, write_sequel,
};
use super::input::{In, optional_text};
use super::line_item::{read_product, write_product, write_repeat};
use super::out::structure::{
    COMP, INFO_EVN, MMAT_KIND, PERT_CONDUCTED, PERT_CONDUCTED_POSITIVE, PRD_OP, SBADM_EVN, SBADM_PRMS, SPLY_EVN,
};
use super::out::{ADMINISTRATION, DISPENSING, Observation, Out};
use crate::codes::{DispenserEndorsement, oid};
use crate::ids::{LineItemId, MessageId, PrescriptionUuid};
use crate::model::{ChargeExemption, ClaimedItem, ClaimedSupply, DispenseClaim, Endorsement};
use crate::xml::Element;

const MESSAGE_TYPE: &str = "PORX_MT142001UK31";
const CHARGE: Observation = Observation::new("pertinentInformation1", "pertinentChargePayment", "CP");
const ENDORSEMENT: Observation =
    Observation::new("pertinentInformation2", "pertinentDispensingEndorsement", "DE").separable();

pub(super) fn write(out: &mut Out<'_>, claim: &DispenseClaim) {
    out.within("DispenseClaim", INFO_EVN, |out| {
        out.guid(claim.id.0);
        out.fixed_code(&DISPENSED_MEDICATION);
        out.time("effectiveTime", claim.effective_time);
        out.empty("typeId", &[("extension", MESSAGE_TYPE), ("root", oid::MESSAGE_TYPE)]);
        let name = claim.reimbursement_authority_name.as_ref();
        write_recipient(out, &[("typeCode", "PRCP")], &claim.reimbursement_authority, name);
        out.within("pertinentInformation1", PERT_CONDUCTED, |out| {
            out.template("CSAB_RM-NPfITUK10.pertinentInformation");
            write_header(out, claim);
        });
        write_replacement(out, claim.replaces);
        claim.exemption.iter().for_each(|exemption| write_exemption(out, exemption));
        write_sequel(out, claim.release);
    });
}

fn write_header(out: &mut Out<'_>, claim: &DispenseClaim) {
    out.within("pertinentSupplyHeader", SBADM_EVN, |out| {
        out.guid(claim.header_id.0);
        out.code("code", oid::SNOMED_CT, ADMINISTRATION.code);
        out.no_effective_time();
        write_repeat(out, claim.repeat);
        out.within("legalAuthenticator", &[("contextControlCode", "OP"), ("typeCode", "LA")], |out| {
            out.time("time", claim.legal_authenticator_time);
            out.empty("signatureText", &[("nullFlavor", "NA")]);
            agent::write(out, &claim.legal_authenticator);
        });
        write_reason(out, claim.non_dispensing_reason.as_ref());
        write_prescription_status(out, &claim.status);
        for item in &claim.items {
            out.within("pertinentInformation1", PERT_CONDUCTED_POSITIVE, |out| {
                out.separable(false);
                out.template("CSAB_RM-NPfITUK10.sourceOf2");
                write_item(out, item);
            });
        }
        out.observation(&PRESCRIPTION_ID, |out| {
            out.empty("value", &[("extension", claim.prescription_id.as_str()), ("root", oid::PRESCRIPTION_ID)]);
        });
        out.fulfilment("priorOriginalPrescriptionRef", claim.prescription.0);
    });
}

fn write_item(out: &mut Out<'_>, item: &ClaimedItem) {
    out.within("pertinentSuppliedLineItem", SBADM_PRMS, |out| {
        out.guid(item.id.0);
        out.fixed_code(&ADMINISTRATION);
        out.no_effective_time();
        write_repeat(out, item.repeat);
        item.supplies.iter().for_each(|supply| write_supply(out, supply));
        if let Some(total) = &item.running_total {
            out.observation(&RUNNING_TOTAL, |out| out.quantity("value", total));
        }
        write_reason(out, item.non_dispensing_reason.as_ref());
        write_item_status(out, &item.status);
        out.fulfilment("priorOriginalItemRef", item.prescribed_item.0);
    });
}

fn write_supply(out: &mut Out<'_>, supply: &ClaimedSupply) {
    out.within("component", COMP, |out| {
        out.separable(false);
        out.within("suppliedLineItemQuantity", SPLY_EVN, |out| {
            out.fixed_code(&DISPENSING);
            out.quantity("quantity", &supply.quantity);
            // The NHS converter says KIND in a claim and INSTANCE in a notification; the schema takes either.
            let supplied = ("manufacturedSuppliedMaterial", MMAT_KIND);
            write_product(out, ("product", PRD_OP), "suppliedManufacturedProduct", supplied, &supply.product);
            out.observation(&CHARGE, |out| out.value("value", supply.charge_paid));
            for endorsement in &supply.endorsements {
                out.observation(&ENDORSEMENT, |out| {
                    endorsement.text.iter().for_each(|text| out.text("text", text));
                    out.code("value", DispenserEndorsement::OID, endorsement.code.code());
                });
            }
        });
    });
}

fn write_exemption(out: &mut Out<'_>, exemption: &ChargeExemption) {
    let conducted = ("contextConductionInd", "true");
    // Who paid is not exempt; who saw no evidence negates having seen it.
    let event = |negation: bool| {
        [("classCode", "OBS"), ("moodCode", "EVN"), ("negationInd", if negation { "true" } else { "false" })]
    };
    out.within("coverage", &[conducted, ("typeCode", "COVBY")], |out| {
        out.separable(false);
        out.within("coveringChargeExempt", &event(exemption.charge_paid()), |out| {
            out.code("code", oid::ANNOTATION, "EX");
            out.code("value", oid::CHARGE_EXEMPTION, exemption.code.as_str());
            if let Some(seen) = exemption.evidence_seen {
                out.within("authorization", &[conducted, ("typeCode", "AUTH")], |out| {
                    out.separable(false);
                    out.within("authorizingEvidenceSeen", &event(!seen), |out| {
                        out.code("code", oid::ANNOTATION, "ES");
                    });
                });
            }
        });
    });
}

pub(super) fn read(input: &mut In, payload: Element<'_, '_>) -> Option<DispenseClaim> {
    let id = input.guid(payload);
    let effective_time = input.time_of(payload, "effectiveTime");
    let recipient = read_recipient(input, payload);
    let header = input.path(payload, &["pertinentInformation1", "pertinentSupplyHeader"])?;
    let header_id = input.guid(header);
    let repeat = input.repeat(header);
    let authenticator = input.one(header, "legalAuthenticator");
    let time = authenticator.and_then(|authenticator| input.time_of(authenticator, "time"));
    let authenticator = authenticator.and_then(|authenticator| agent::read(input, authenticator));
    let reason = read_reason(input, header);
    let status = read_prescription_status(input, header);
    let items = read_items(input, header, read_item);
    let prescription_id = read_prescription_id(input, header);
    let prescription = input.guid_at(header, &["inFulfillmentOf", "priorOriginalPrescriptionRef"]);
    let replaces = read_replacement(input, payload);
    let coverage = input.optional(payload, "coverage");
    let exemption = input.maybe(coverage, read_exemption);
    let release = input.guid_at(payload, &["sequelTo", "priorPrescriptionReleaseEventRef"]);
    let (reimbursement_authority, reimbursement_authority_name) = recipient?;
    Some(DispenseClaim {
        id: MessageId(id?),
        effective_time: effective_time?,
        reimbursement_authority,
        reimbursement_authority_name,
        header_id: MessageId(header_id?),
        repeat: repeat?,
        legal_authenticator_time: time?,
        legal_authenticator: authenticator?,
        non_dispensing_reason: reason?,
        status: status?,
        items: items?,
        prescription_id: prescription_id?,
        prescription: PrescriptionUuid(prescription?),
        replaces: replaces?,
        exemption: exemption?,
        release: MessageId(release?),
    })
}

fn read_item(input: &mut In, item: Element<'_, '_>) -> Option<ClaimedItem> {
    let id = input.guid(item);
    let repeat = input.repeat(item);
    let supplies = input.every(In::all(item, "component"), read_supply);
    let total = input.optional_observation(item, RUNNING_TOTAL.relationship, RUNNING_TOTAL.name);
    let running_total = input.maybe(total, |input, total| input.quantity(total, "value"));
    let reason = read_reason(input, item);
    let status = read_item_status(input, item);
    let prescribed_item = input.guid_at(item, &["inFulfillmentOf", "priorOriginalItemRef"]);
    Some(ClaimedItem {
        id: LineItemId(id?),
        repeat: repeat?,
        supplies: supplies?,
        running_total: running_total?,
        non_dispensing_reason: reason?,
        status: status?,
        prescribed_item: LineItemId(prescribed_item?),
    })
}

fn read_supply(input: &mut In, component: Element<'_, '_>) -> Option<ClaimedSupply> {
    let supplied = input.one(component, "suppliedLineItemQuantity")?;
    let quantity = input.quantity(supplied, "quantity");
    let product =
        read_product(input, supplied, &["product", "suppliedManufacturedProduct", "manufacturedSuppliedMaterial"]);
    let charge_paid =
        input.value(supplied, CHARGE.relationship, CHARGE.name).and_then(|value| input.boolean(value, "value"));
    let endorsements = input.every(In::all(supplied, ENDORSEMENT.relationship), |input, relationship| {
        let observation = input.one(relationship, ENDORSEMENT.name)?;
        let text = input.optional(observation, "text").and_then(optional_text);
        let code = input.one(observation, "value").and_then(|value| input.vocabulary(value));
        Some(Endorsement { code: code?, text })
    });
    Some(ClaimedSupply {
        quantity: quantity?,
        product: product?,
        charge_paid: charge_paid?,
        endorsements: endorsements?,
    })
}

fn read_exemption(input: &mut In, coverage: Element<'_, '_>) -> Option<ChargeExemption> {
    let exempt = input.one(coverage, "coveringChargeExempt")?;
    let code = input.one(exempt, "value").and_then(|value| input.open_code(value, "code"));
    let authorization = input.optional(exempt, "authorization");
    let evidence_seen = input.maybe(authorization, |input, authorization| {
        let seen = input.one(authorization, "authorizingEvidenceSeen")?;
        input.boolean(seen, "negationInd").map(|negated| !negated)
    });
    Some(ChargeExemption { code: code?, evidence_seen: evidence_seen? })
}
