//! Organisations and healthcare services.

use super::bundle::{Bundle, Reference};
use super::findings::{Condition, Findings};
use super::json::Node;
use super::{demographics, rules, system};
use crate::codes::ORGANISATION_NOT_SPECIFIED;
use crate::ids::OdsCode;
use crate::model::{Code, Licence, Organisation, Text};

/// What is known of the organisation of a role: a resource, or a reference and the role around it.
pub(super) struct Source<'d> {
    /// The resource, or the reference.
    node: Node<'d>,
    /// What has the telecoms.
    pub(super) telecom_owner: Node<'d>,
    /// The name.
    pub(super) name: Option<Node<'d>>,
    /// The role, where only an identifier names the organisation.
    role: Option<Node<'d>>,
}

impl<'d> Source<'d> {
    fn resource(node: Node<'d>) -> Self {
        Self { node, telecom_owner: node, name: node.get("name"), role: None }
    }

    /// An organisation or service that is only named has the telecoms and locations of the role.
    fn named(node: Node<'d>, role: Node<'d>) -> Self {
        Self { node, telecom_owner: role, name: node.get("display"), role: Some(role) }
    }

    fn find(findings: &mut Findings, bundle: &Bundle<'d>, role: Node<'d>, element: Node<'d>) -> Option<Self> {
        match Reference::read(element) {
            Reference::Literal(_) => bundle.resolve(findings, element).map(Self::resource),
            Reference::Identifier(_) => Some(Self::named(element, role)),
            Reference::None => {
                findings.no_reference(element);
                None
            }
        }
    }

    fn ods(&self, findings: &mut Findings) -> Option<OdsCode> {
        let value = match self.role {
            None => findings.identifier(self.node, system::ODS),
            Some(_) => named_ods(findings, self.node),
        };
        value.and_then(|value| findings.id(value))
    }

    fn name(&self, findings: &mut Findings) -> Option<Text> {
        required_name(findings, self.node, self.name)
    }
}

/// The ODS code in a reference by identifier.
fn named_ods<'d>(findings: &mut Findings, reference: Node<'d>) -> Option<Node<'d>> {
    let identifier = findings.required(reference, "identifier")?;
    findings.single_identifier(identifier, system::ODS)
}

fn required_name(findings: &mut Findings, owner: Node<'_>, name: Option<Node<'_>>) -> Option<Text> {
    match name.filter(|name| name.as_str() != Some("")) {
        Some(name) => findings.text_of(name),
        None => {
            findings.breach(&rules::ORGANISATION_NAME, owner);
            None
        }
    }
}

/// The organisation of a role.
pub(super) fn of_role<'d>(findings: &mut Findings, bundle: &Bundle<'d>, role: Node<'d>) -> Option<Source<'d>> {
    let element = findings.required(role, "organization")?;
    Source::find(findings, bundle, role, element)
}

/// The organisation that a role acts for: its first healthcare service where it has any, else its organisation. Only
/// prescribing asks who licenses it.
pub(super) fn represented<'d>(
    findings: &mut Findings,
    bundle: &Bundle<'d>,
    role: Node<'d>,
    organisation: &Source<'d>,
    is_licensed: bool,
) -> Option<Organisation> {
    let service = match role.get("healthcareService") {
        None => None,
        Some(services) => {
            let Some(element) = findings.list(role, "healthcareService").next() else {
                if services.is_array() {
                    findings.missing(role, "healthcareService");
                }
                return None;
            };
            Some(Source::find(findings, bundle, role, element)?)
        }
    };
    let site = service.as_ref().unwrap_or(organisation);
    let ods = site.ods(findings);
    let name = site.name(findings);
    let telecoms = findings.list(site.telecom_owner, "telecom");
    let telecom = findings.exactly_one(site.telecom_owner, telecoms, Condition::Any);
    let telecom = telecom.and_then(|telecom| demographics::telecom(findings, telecom));
    let address = address(findings, bundle, site, service.is_some());
    let address = address.and_then(|address| demographics::address(findings, address));
    let licence = if is_licensed { licence(findings, bundle, organisation).map(Some) } else { Some(None) };
    Some(Organisation {
        ods: Some(ods?),
        kind: not_specified(),
        name: Some(name?),
        description: None,
        telecom: Some(telecom?),
        address: Some(address?),
        licence: licence?,
        further_licences: Vec::new(),
    })
}

/// The code of an organisation whose kind is not told.
pub(super) fn not_specified() -> Option<Code> {
    ORGANISATION_NOT_SPECIFIED.parse().ok()
}

/// An organisation has its address; a service, and whatever is only named, has that of its one location.
fn address<'d>(findings: &mut Findings, bundle: &Bundle<'d>, site: &Source<'d>, is_service: bool) -> Option<Node<'d>> {
    if site.role.is_none() && !is_service {
        let addresses = findings.list(site.node, "address");
        return findings.exactly_one(site.node, addresses, Condition::Any);
    }
    let owner = site.role.unwrap_or(site.node);
    let locations = findings.list(owner, "location");
    let element = findings.exactly_one(owner, locations, Condition::Any)?;
    let location = bundle.resolve(findings, element)?;
    let address = location.get("address");
    if address.is_none() {
        findings.breach(&rules::LOCATION_ADDRESS, location);
    }
    address
}

/// The organisation that licenses: the one that the role's organisation is part of, else that organisation itself.
fn licence<'d>(findings: &mut Findings, bundle: &Bundle<'d>, organisation: &Source<'d>) -> Option<Licence> {
    let (ods, name) = match (organisation.role, organisation.node.get("partOf")) {
        (None, Some(parent)) => match Reference::read(parent) {
            Reference::Literal(_) => {
                let parent = Source::resource(bundle.resolve(findings, parent)?);
                (parent.ods(findings), parent.name(findings))
            }
            Reference::Identifier(_) | Reference::None => {
                let ods = named_ods(findings, parent).and_then(|value| findings.id(value));
                (ods, required_name(findings, parent, parent.get("display")))
            }
        },
        (Some(_), _) | (None, None) => (organisation.ods(findings), organisation.name(findings)),
    };
    Some(Licence { ods: Some(ods?), kind: not_specified(), name: Some(name?) })
}
