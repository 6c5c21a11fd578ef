//! A `DispenseClaim` as a Claim.

use super::dispenser::{self, Pharmacy, contained_pharmacy, contained_role};
use super::elements::display;
use super::{document, refusal};
use crate::codes::{
    ChargePayment, DispenserEndorsement, ExemptionEvidence, ItemStatus, NotDispensedReason, PrescriptionStatus, system,
};
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, MessageId};
use crate::model::{ClaimedItem, Coded, DispenseClaim, Text};
use crate::problem::Problems;
use crate::rules::fhir as rules;

/// Writes the Claim. FHIR says a line's charge and endorsements once, whatever was supplied on it.
pub(super) fn write(claim: &DispenseClaim, ids: &mut dyn FnMut() -> Guid) -> Result<Vec<u8>, Problems> {
    if !claim.items.iter().all(is_even) {
        return Err(refusal(&rules::CLAIM_UNEVEN));
    }
    Ok(document(4 * 1024 + 2 * 1024 * claim.items.len(), |json| members(json, claim, ids())))
}

/// Whether all supplies of a line have the same charge and endorsements.
fn is_even(item: &ClaimedItem) -> bool {
    let terms = |at: usize| item.supplies.get(at).map(|supply| (supply.charge_paid, &supply.endorsements));
    (1..item.supplies.len()).all(|at| terms(at) == terms(0))
}

fn members(json: &mut JsonWriter, claim: &DispenseClaim, id: Guid) {
    json.resource("Claim", id);
    json.list("contained", |json| {
        contained_role(json, &claim.legal_authenticator, Pharmacy::Contained);
        contained_pharmacy(json, &claim.legal_authenticator.organisation);
    });
    if let Some(MessageId(replaced)) = claim.replaces {
        json.list("extension", |json| {
            json.extension(system::REPLACEMENT_OF, |json| {
                json.guid_identifier("valueIdentifier", system::UUID, replaced);
            });
        });
    }
    json.guid_identifiers("identifier", system::UUID, claim.id.0);
    json.text("status", "active");
    json.concept("type", system::CLAIM_TYPE, "pharmacy", Some("Pharmacy"));
    json.text("use", "claim");
    json.plain("created", format_args!("{}", claim.effective_time));
    json.contained_reference("provider", dispenser::ROLE);
    json.concept("priority", system::CLAIM_PRIORITY, "normal", None);
    json.member("prescription", |json| {
        json.list("extension", |json| {
            json.extension(system::GROUP_IDENTIFIER, |json| {
                json.list("extension", |json| {
                    json.extension(system::part::SHORT_FORM, |json| {
                        let short = claim.prescription_id.as_str();
                        json.identifier("valueIdentifier", system::PRESCRIPTION_NUMBER, short);
                    });
                    json.extension(system::part::LONG_FORM, |json| {
                        json.guid_identifier("valueIdentifier", system::PRESCRIPTION_UUID, claim.prescription.0);
                    });
                });
            });
        });
    });
    json.member("payee", |json| {
        json.concept("type", system::PAYEE_TYPE, "provider", Some("Provider"));
        json.contained_reference("party", dispenser::PHARMACY);
    });
    json.list_of_one("insurance", |json| {
        json.count("sequence", 1);
        json.boolean("focal", true);
        json.member("coverage", |json| {
            json.identifier("identifier", system::ODS, claim.reimbursement_authority.as_str());
            json.optional("display", claim.reimbursement_authority_name.as_ref().map(Text::as_str));
        });
    });
    json.list_of_one("item", |json| prescription(json, claim));
}

/// The one item: the prescription.
fn prescription(json: &mut JsonWriter, claim: &DispenseClaim) {
    json.list("extension", |json| {
        let (status, words) = (claim.status.code.code(), claim.status.display.as_ref());
        json.coding_extension(system::PRESCRIPTION_STATUS, PrescriptionStatus::SYSTEM, status, words);
        reason(json, claim.non_dispensing_reason.as_ref());
        claim.repeat.into_iter().for_each(|repeat| json.repeat_information(repeat));
    });
    json.count("sequence", 1);
    json.concept("productOrService", system::SNOMED, "16076005", Some("Prescription"));
    json.list("programCode", |json| {
        let Some(exemption) = &claim.exemption else { return };
        json.object(|json| json.concept_members(system::EXEMPTION, exemption.code.as_str(), None));
        if let Some(seen) = exemption.evidence_seen {
            let (code, words) = match seen {
                true => ("evidence-seen", "Evidence Seen"),
                false => ("no-evidence-seen", "No Evidence Seen"),
            };
            json.object(|json| json.concept_members(ExemptionEvidence::SYSTEM, code, Some(words)));
        }
    });
    json.list("detail", |json| {
        for (sequence, item) in (1..).zip(&claim.items) {
            json.object(|json| line(json, sequence, item));
        }
    });
}

fn reason(json: &mut JsonWriter, reason: Option<&Coded<NotDispensedReason>>) {
    let Some(Coded { code, display }) = reason else { return };
    json.coding_extension(system::STATUS_REASON, NotDispensedReason::TASK_SYSTEM, code.code(), display.as_ref());
}

fn line(json: &mut JsonWriter, sequence: i64, item: &ClaimedItem) {
    json.list("extension", |json| {
        json.extension(system::CLAIM_SEQUENCE, |json| {
            json.guid_identifier("valueIdentifier", system::CLAIM_ITEM, item.id.0);
        });
        json.extension(system::CLAIM_REQUEST, |json| {
            json.member("valueReference", |json| {
                json.guid_identifier("identifier", system::ORDER_ITEM, item.prescribed_item.0);
            });
        });
        reason(json, item.non_dispensing_reason.as_ref());
        item.repeat.into_iter().for_each(|repeat| json.repeat_information(repeat));
    });
    json.count("sequence", sequence);
    match item.supplies.first() {
        Some(supply) => json.product("productOrService", &supply.product),
        None => json.concept("productOrService", system::SNOMED, "763158003", Some("Medicinal product")),
    }
    json.concepts("modifier", ItemStatus::SYSTEM, item.status.code.code(), display(&item.status));
    json.list("programCode", |json| {
        let Some(supply) = item.supplies.first() else {
            // Every claim is endorsed, and where nothing was supplied there is nothing to endorse.
            let none = DispenserEndorsement::NoEndorsement;
            return json
                .object(|json| json.concept_members(DispenserEndorsement::SYSTEM, none.code(), Some(none.display())));
        };
        let charge = if supply.charge_paid { ChargePayment::PaidOnce } else { ChargePayment::NotPaid };
        json.object(|json| json.concept_members(ChargePayment::SYSTEM, charge.code(), Some(charge.display())));
        for endorsement in &supply.endorsements {
            json.object(|json| {
                let (code, words) = (endorsement.code.code(), endorsement.code.display());
                json.concept_members(DispenserEndorsement::SYSTEM, code, Some(words));
                json.optional("text", endorsement.text.as_ref().map(Text::as_str));
            });
        }
    });
    if let Some(total) = &item.running_total {
        json.quantity(total);
    }
    json.list("subDetail", |json| {
        for (sequence, supply) in (1..).zip(&item.supplies) {
            json.object(|json| {
                json.count("sequence", sequence);
                json.product("productOrService", &supply.product);
                json.quantity(&supply.quantity);
            });
        }
    });
}
