//! A Claim as a `DispenseClaim`.

use super::bundle::Reference;
use super::findings::{Condition, Findings, has_system};
use super::json::Node;
use super::{contained, dispense_notification, dispenser, medication, repeat, rules, system};
use crate::codes::{
    ChargePayment, DispenserEndorsement, ExemptionEvidence, ItemStatus, NotDispensedReason, ReimbursementAuthority,
};
use crate::ids::{LineItemId, MessageId, OdsCode, PrescriptionUuid, WrittenPrescriptionId};
use crate::model::{
    AgentPerson, ChargeExemption, ClaimedItem, ClaimedSupply, Coded, Concept, DispenseClaim, Endorsement, Quantity,
    RepeatNumber, Text,
};
use crate::problem::Problem;

/// What the NHS service calls the role that claims, in the words of its release.
const PROVIDER: &str = "Parameters.parameter(\"agent\").resource";
/// The release that a claim follows: mandatory in HL7 v3, not told in FHIR, and nobody reads it.
const RELEASE: [u8; 16] =
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x4f, 0xff, 0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
/// The most products of a line: each repeats the line's endorsements.
const MAX_PRODUCTS: usize = 64;
/// The most endorsements of a line: there are 13 codes.
const MAX_ENDORSEMENTS: usize = 16;

/// Reads a claim.
pub(super) fn dispense_claim(findings: &mut Findings, root: Node<'_>) -> Option<DispenseClaim> {
    // What the NHS service validates comes first, in its order; the rest is told as it is read.
    let authority = authority(findings, root);
    if let Some(role) = provider(findings, root) {
        dispenser::named_practitioner(findings, role, PROVIDER);
    }
    if let Some(item) = root.list("item").next() {
        endorsed(findings, item);
    }
    let id = id(findings, root);
    let created = findings.date_time(root, "created");
    let author = legal_authenticator(findings, root);
    let ids = ids(findings, root);
    let replaces = dispense_notification::replaces(findings, root);
    let items = findings.list(root, "item");
    let item = findings.exactly_one(root, items, Condition::Any)?;
    let details: Vec<_> = findings.list(item, "detail").collect();
    let repeats = repeats(findings, item, &details);
    let reason = reason(findings, item);
    let status = findings.extension(item, system::PRESCRIPTION_STATUS).and_then(|extension| {
        let coding = findings.required(extension, "valueCoding")?;
        findings.coded(coding)
    });
    let exemption = exemption(findings, item);
    findings.required(item, "detail");
    let (header_repeat, place) = repeats?;
    let items: Vec<_> = details.iter().map(|detail| claimed_item(findings, *detail, place)).collect();
    let (authority, authority_name) = authority?;
    let (prescription, prescription_id) = ids?;
    Some(DispenseClaim {
        id: id?,
        effective_time: created?,
        reimbursement_authority: authority,
        reimbursement_authority_name: authority_name,
        header_id: id?,
        repeat: header_repeat,
        legal_authenticator_time: created?,
        legal_authenticator: author?,
        non_dispensing_reason: reason?,
        status: status?,
        items: items.into_iter().collect::<Option<_>>()?,
        prescription_id,
        prescription,
        replaces: replaces?,
        exemption: exemption?,
        release: MessageId(crate::ids::Guid::from_bytes(RELEASE)),
        collector: None,
        rejection: None,
        predecessor: None,
    })
}

/// The id of the message.
fn id(findings: &mut Findings, root: Node<'_>) -> Option<MessageId> {
    let value = findings.identifier(root, system::UUID)?;
    findings.id(value)
}

/// The contained role of who claims.
fn provider<'d>(findings: &mut Findings, root: Node<'d>) -> Option<Node<'d>> {
    let provider = findings.required(root, "provider")?;
    contained::resolve(findings, root, provider, "PractitionerRole")
}

/// The one insurance: the reimbursement authority and its name.
fn authority(findings: &mut Findings, root: Node<'_>) -> Option<(OdsCode, Option<Text>)> {
    let insurances: Vec<_> = findings.list(root, "insurance").collect();
    let [insurance] = insurances.as_slice() else {
        let message = format!("Expected 1 item(s) in Claim.insurance, but received {}.", insurances.len());
        let place = root.get("insurance").unwrap_or(root).place();
        findings.tell(|| Problem::new(&rules::INSURANCE, place).message(message));
        return None;
    };
    let coverage = findings.required(*insurance, "coverage")?;
    let identifier = findings.required(coverage, "identifier")?;
    let value = findings.required(identifier, "value")?;
    if value.as_str().and_then(ReimbursementAuthority::from_fhir).is_none() {
        findings.breach(&rules::INSURANCE_AUTHORITY, value);
        return None;
    }
    let name = findings.text(coverage, "display");
    Some((findings.id(value)?, name))
}

/// Who answers for the claim: the contained role and its contained organisation.
fn legal_authenticator(findings: &mut Findings, root: Node<'_>) -> Option<AgentPerson> {
    let role = provider(findings, root)?;
    let element = findings.required(role, "organization");
    let pharmacy = element.and_then(|element| {
        if !Reference::read(element).is_literal() {
            findings.breach(&rules::CLAIM_ORGANISATION, element);
            return None;
        }
        contained::resolve(findings, root, element, "Organization")
    });
    dispenser::agent_person(findings, role, pharmacy, PROVIDER)
}

/// The long and the short form of the prescription's id.
fn ids(findings: &mut Findings, root: Node<'_>) -> Option<(PrescriptionUuid, WrittenPrescriptionId)> {
    let prescription = findings.required(root, "prescription")?;
    let group = findings.extension(prescription, system::GROUP_IDENTIFIER)?;
    let mut value = |url| {
        let extension = findings.extension(group, url)?;
        let identifier = findings.required(extension, "valueIdentifier")?;
        findings.required(identifier, "value")
    };
    let (short, long) = (value(system::part::SHORT_FORM), value(system::part::LONG_FORM));
    let short = short.and_then(|value| findings.prescription_id(value));
    let long = long.and_then(|value| findings.id(value));
    Some((long?, short?))
}

/// Where the details tell their issue.
#[derive(Clone, Copy)]
enum RepeatPlace {
    Detail,
    /// The place of older claims, whose header's issue stands in the detail.
    SubDetail,
}

/// The issue of the prescription, and where to find that of a line.
fn repeats(
    findings: &mut Findings,
    item: Node<'_>,
    details: &[Node<'_>],
) -> Option<(Option<RepeatNumber>, RepeatPlace)> {
    if let Some(repeat) = repeat::of_information(findings, item)? {
        return Some((Some(repeat), RepeatPlace::Detail));
    }
    let repeat = match details.first() {
        Some(detail) => repeat::of_information(findings, *detail)?,
        None => None,
    };
    Some((repeat, RepeatPlace::SubDetail))
}

/// Why it was not dispensed; `Some(None)` where nothing says so.
fn reason(findings: &mut Findings, owner: Node<'_>) -> Option<Option<Coded<NotDispensedReason>>> {
    let Some(extension) = findings.optional_extension(owner, system::STATUS_REASON) else { return Some(None) };
    let coding = findings.required(extension, "valueCoding")?;
    findings.coded(coding).map(Some)
}

/// The codings of a list of concepts with this system.
fn codings<'d>(owner: Node<'d>, field: &str, code_system: &'static str) -> impl Iterator<Item = Node<'d>> + use<'d> {
    let concepts = owner.get(field).into_iter().flat_map(Node::items);
    concepts.flat_map(|concept| concept.list("coding")).filter(move |coding| has_system(*coding, code_system))
}

/// Why the patient paid nothing, or that they did; `Some(None)` where the claim does not say.
fn exemption(findings: &mut Findings, item: Node<'_>) -> Option<Option<ChargeExemption>> {
    let exemptions = codings(item, "programCode", system::EXEMPTION);
    let Some(exemption) = findings.at_most_one(exemptions, Condition::System(system::EXEMPTION)) else {
        return Some(None);
    };
    let evidence = codings(item, "programCode", ExemptionEvidence::SYSTEM);
    let evidence = findings.at_most_one(evidence, Condition::System(ExemptionEvidence::SYSTEM));
    let evidence_seen = evidence
        .map(|coding| coding.str("code").and_then(ExemptionEvidence::from_fhir) == Some(ExemptionEvidence::Seen));
    findings.code(exemption, "code").map(|code| Some(ChargeExemption { code, evidence_seen }))
}

/// A claim is endorsed. Like the NHS service, only the first line with program codes is looked at.
fn endorsed(findings: &mut Findings, item: Node<'_>) {
    let detail = item.list("detail").find(|detail| detail.list("programCode").next().is_some());
    let endorsed =
        detail.is_some_and(|detail| codings(detail, "programCode", DispenserEndorsement::SYSTEM).next().is_some());
    if !endorsed {
        findings.breach(&rules::CLAIM_ENDORSEMENT, detail.unwrap_or(item));
    }
}

fn claimed_item(findings: &mut Findings, detail: Node<'_>, place: RepeatPlace) -> Option<ClaimedItem> {
    let id = findings.extension(detail, system::CLAIM_SEQUENCE).and_then(|extension| {
        let identifier = findings.required(extension, "valueIdentifier")?;
        let value = findings.required(identifier, "value")?;
        findings.id::<LineItemId>(value)
    });
    let prescribed_item = findings.extension(detail, system::CLAIM_REQUEST).and_then(|extension| {
        let reference = findings.required(extension, "valueReference")?;
        let identifier = findings.required(reference, "identifier")?;
        let value = findings.required(identifier, "value")?;
        findings.id(value)
    });
    let sub_details: Vec<_> = findings.list(detail, "subDetail").collect();
    let repeat = match (place, sub_details.first()) {
        (RepeatPlace::Detail, _) => repeat::of_information(findings, detail),
        (RepeatPlace::SubDetail, Some(sub_detail)) => repeat::of_information(findings, *sub_detail),
        (RepeatPlace::SubDetail, None) => Some(None),
    };
    let reason = reason(findings, detail);
    let modifiers = codings(detail, "modifier", ItemStatus::SYSTEM);
    let status = findings.exactly_one(detail, modifiers, Condition::System(ItemStatus::SYSTEM));
    let status = status.and_then(|coding| findings.coded(coding));
    let supplies = supplies(findings, detail, &sub_details);
    Some(ClaimedItem {
        id: id?,
        repeat: repeat?,
        supplies: supplies?,
        running_total: None,
        non_dispensing_reason: reason?,
        status: status?,
        prescribed_item: prescribed_item?,
        predecessor: None,
    })
}

/// The products of a line. Charge and endorsements are the line's, and repeat in each product.
fn supplies(findings: &mut Findings, detail: Node<'_>, sub_details: &[Node<'_>]) -> Option<Vec<ClaimedSupply>> {
    if sub_details.is_empty() {
        return Some(Vec::new());
    }
    let charge_paid = charge_paid(findings, detail);
    let endorsements = endorsements(findings, detail);
    let products: Vec<_> = sub_details.iter().map(|sub_detail| supplied(findings, *sub_detail)).collect();
    let products: Vec<_> = products.into_iter().collect::<Option<_>>()?;
    let (charge_paid, endorsements) = (charge_paid?, endorsements?);
    if products.len() > MAX_PRODUCTS || endorsements.len() > MAX_ENDORSEMENTS {
        findings.breach(&rules::CLAIM_TOO_LONG, detail);
        return None;
    }
    let supply =
        |(quantity, product)| ClaimedSupply { quantity, product, charge_paid, endorsements: endorsements.clone() };
    Some(products.into_iter().map(supply).collect())
}

fn supplied(findings: &mut Findings, sub_detail: Node<'_>) -> Option<(Quantity, Concept)> {
    let quantity = findings.required(sub_detail, "quantity");
    let quantity = quantity.and_then(|quantity| medication::quantity(findings, quantity));
    let product = findings.required(sub_detail, "productOrService");
    let product = product.and_then(|concept| findings.coding(concept, system::SNOMED));
    let product = product.and_then(|coding| medication::concept_of(findings, coding));
    Some((quantity?, product?))
}

fn charge_paid(findings: &mut Findings, detail: Node<'_>) -> Option<bool> {
    let charges = codings(detail, "programCode", ChargePayment::SYSTEM);
    let coding = findings.exactly_one(detail, charges, Condition::System(ChargePayment::SYSTEM))?;
    let code = findings.required(coding, "code")?;
    let charge = code.as_str().and_then(ChargePayment::from_fhir);
    if charge.is_none() {
        findings.breach(&rules::CHARGE, code);
    }
    charge.map(ChargePayment::is_paid)
}

fn endorsements(findings: &mut Findings, detail: Node<'_>) -> Option<Vec<Endorsement>> {
    let mut endorsements = Vec::new();
    let mut complete = true;
    for concept in findings.list(detail, "programCode") {
        let coding = concept.list("coding").find(|coding| has_system(*coding, DispenserEndorsement::SYSTEM));
        let Some(coding) = coding else { continue };
        let text = concept.get("text").filter(|text| text.as_str() != Some(""));
        let text = text.and_then(|text| findings.text_of(text));
        match findings.code_of(coding, "code") {
            Some(code) => endorsements.push(Endorsement { code, text }),
            None => complete = false,
        }
    }
    complete.then_some(endorsements)
}
