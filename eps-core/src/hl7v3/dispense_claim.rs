//! `DispenseClaim` (PORX_MT142001UK31).

use super::agent::AGENT;
use super::data::{Data, ODS_CODE, OpenCode, data};
use super::dispense_notification::{
    DISPENSED_MEDICATION, ITEM_STATUS, NON_DISPENSING, PRESCRIPTION_STATUS, RUNNING_TOTAL, related_item,
};
use super::elements::{
    PERTINENT_INFORMATION, PriorPrescription, Product, REPLACEMENT, SEQUEL, claimed_prescription_id, fixed_code,
    fixed_code_alone, fulfilment, message_type, no_effective_time, no_signature, not_specified, predecessor, product,
    template, write_prior_prescription,
};
use super::input::In;
use super::out::structure::{
    AGNT, COMP, INFO_EVN, LA_OP, MMAT_KIND, ORG_INSTANCE, PERT_CONDUCTED, PRD_OP, PSN_INSTANCE, SBADM_EVN, SBADM_PRMS,
    SPLY_EVN,
};
use super::out::{ADMINISTRATION, Attributes, DISPENSING, Observation, Out};
use super::parts::{
    At, Boxed, Content, Part, Within, at, at_least_one, many, observation, observed, optional, reference, related,
    shape, within,
};
use super::rules;
use crate::codes::oid;
use crate::model::{ChargeExemption, ClaimedItem, ClaimedSupply, Collector, DispenseClaim, Endorsement};
use crate::xml::Element;

const MESSAGE_TYPE: &str = "PORX_MT142001UK31";
const CHARGE: Observation = Observation::new("pertinentInformation1", "pertinentChargePayment", "CP");
const ENDORSEMENT: Observation =
    Observation::new("pertinentInformation2", "pertinentDispensingEndorsement", "DE").separable();
const RECIPIENT: Attributes<'static> = &[("typeCode", "PRCP")];
const RECEIVER: Attributes<'static> = &[("typeCode", "RCV")];
const REJECTION: &str = "pertinentReimbursementClaimRejectRef";
const ADJUD_EVN: Attributes<'static> = &[("classCode", "ADJUD"), ("moodCode", "EVN")];
/// The NHS converter says KIND in a claim and INSTANCE in a notification; the schema takes either.
const SUPPLIED: Product =
    product(("product", PRD_OP), "suppliedManufacturedProduct", ("manufacturedSuppliedMaterial", MMAT_KIND));

/// The payload.
pub(super) const PAYLOAD: At<Within<Claim>> = at("DispenseClaim", within(INFO_EVN, Claim));

shape! {
    /// A dispenser claims what a prescription has earned.
    pub(super) Claim: DispenseClaim {
        id: data("id"),
        _: fixed_code(&DISPENSED_MEDICATION),
        effective_time: data("effectiveTime"),
        _: message_type(MESSAGE_TYPE),
        in "primaryInformationRecipient" (RECIPIENT) {
            in "AgentOrg" (AGNT) {
                in "agentOrganization" (ORG_INSTANCE) {
                    reimbursement_authority: at("id", ODS_CODE),
                    _: not_specified,
                    reimbursement_authority_name: optional(data("name")),
                }
            }
        }
        collector: optional(at("receiver", Boxed(within(RECEIVER, at("agent", within(AGNT, CollectorParts)))))),
        in "pertinentInformation1" (PERT_CONDUCTED) {
            _: template(PERTINENT_INFORMATION),
            in "pertinentSupplyHeader" (SBADM_EVN) {
                header_id: data("id"),
                _: fixed_code_alone(&ADMINISTRATION),
                _: no_effective_time,
                repeat: optional(data("repeatNumber")),
                in "legalAuthenticator" (LA_OP) {
                    legal_authenticator_time: data("time"),
                    _: no_signature,
                    legal_authenticator: AGENT,
                }
                non_dispensing_reason: optional(observed(NON_DISPENSING, Data)),
                status: observed(PRESCRIPTION_STATUS, Data),
                items: at_least_one(related_item(Item), &rules::LINE_ITEMS),
                prescription_id: claimed_prescription_id("pertinentInformation4"),
                prescription: PriorPrescription,
                = |out: &mut Out<'_>, message: &DispenseClaim| {
                    write_prior_prescription(out, message.prescription, &message.prescription_id);
                },
                predecessor: predecessor("priorSupplyHeaderRef", SBADM_EVN),
            }
        }
        rejection: optional(at("pertinentInformation2", reference(PERT_CONDUCTED, REJECTION, ADJUD_EVN))),
        replaces: REPLACEMENT,
        exemption: optional(at("coverage", Coverage)),
        release: SEQUEL,
    }
}

shape! {
    /// Who collected the medicine.
    CollectorParts: Collector {
        role: data("code"),
        in "agentPerson" (PSN_INSTANCE) {
            name: data("name"),
            telecom: optional(data("telecom")),
            address: optional(data("addr")),
        }
    }
}

shape! {
    /// What is claimed on one line item.
    Item: ClaimedItem {
        id: data("id"),
        _: fixed_code(&ADMINISTRATION),
        _: no_effective_time,
        repeat: optional(data("repeatNumber")),
        supplies: many(at("component", related(COMP, SUPPLY).separable(false))),
        running_total: optional(observed(RUNNING_TOTAL, Data)),
        non_dispensing_reason: optional(observed(NON_DISPENSING, Data)),
        status: observed(ITEM_STATUS, Data),
        prescribed_item: fulfilment("inFulfillmentOf", "priorOriginalItemRef"),
        predecessor: predecessor("priorSuppliedLineItemRef", SBADM_PRMS),
    }
}

const SUPPLY: At<Within<SupplyParts>> = at("suppliedLineItemQuantity", within(SPLY_EVN, SupplyParts));

shape! {
    /// One product supplied and claimed.
    SupplyParts: ClaimedSupply {
        _: fixed_code(&DISPENSING),
        quantity: data("quantity"),
        product: SUPPLIED,
        charge_paid: observed(CHARGE, Data),
        endorsements: many(observation(ENDORSEMENT, EndorsementParts)),
    }
}

shape! {
    /// A dispenser's endorsement.
    EndorsementParts: Endorsement {
        text: optional(data("text")),
        code: data("value"),
    }
}

/// Why the patient paid no charge: who paid is not exempt, and who saw no evidence negates having seen it.
#[derive(Clone, Copy)]
struct Coverage;

impl Content<ChargeExemption> for Coverage {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, exemption: &'n ChargeExemption) {
        let conducted = ("contextConductionInd", "true");
        let event = |negation: bool| {
            [("classCode", "OBS"), ("moodCode", "EVN"), ("negationInd", if negation { "true" } else { "false" })]
        };
        out.within(name, &[conducted, ("typeCode", "COVBY")], |out| {
            out.separable(false);
            out.within("coveringChargeExempt", &event(exemption.charge_paid()), |out| {
                out.code("code", oid::ANNOTATION, "EX");
                at("value", OpenCode(oid::CHARGE_EXEMPTION)).write(out, &exemption.code);
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

    fn read(&self, input: &mut In, coverage: Element<'_, '_>) -> Option<ChargeExemption> {
        let exempt = input.one(coverage, "coveringChargeExempt")?;
        let code = at("value", OpenCode(oid::CHARGE_EXEMPTION)).read(input, exempt);
        let authorization = input.optional(exempt, "authorization");
        let evidence_seen = input.maybe(authorization, |input, authorization| {
            let seen = input.one(authorization, "authorizingEvidenceSeen")?;
            input.boolean(seen, "negationInd").map(|negated| !negated)
        });
        Some(ChargeExemption { code: code?, evidence_seen: evidence_seen? })
    }
}
