//! Which certificates of its issuer a list speaks of (RFC 5280 section 5.2.5).

use x509_parser::extensions::{CRLDistributionPoints, DistributionPointName, GeneralName};
use x509_parser::prelude::FromDer as _;

use super::list::ListError;
use crate::signature::certificate::Certificate;
use crate::signature::der::{CONTEXT_0, Der};

/// The issuing distribution point of a list; without one, all certificates of the issuer.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// The names of the distribution point, as DER.
    point: Option<Vec<u8>>,
    only_users: bool,
    only_cas: bool,
    /// Attribute certificates are not read here, so such a list covers none.
    only_attributes: bool,
}

/// `[n]`, primitive.
const ONLY_USERS: u8 = 0x81;
const ONLY_CAS: u8 = 0x82;
const ONLY_SOME_REASONS: u8 = 0x83;
const INDIRECT: u8 = 0x84;
const ONLY_ATTRIBUTES: u8 = 0x85;

impl Scope {
    pub(super) fn read(value: &[u8]) -> Result<Self, ListError> {
        let mut parts = Der::only(value, crate::signature::der::SEQUENCE)?;
        let point = parts.take_optional(CONTEXT_0)?.map(<[u8]>::to_vec);
        let only_users = flag(&mut parts, ONLY_USERS)?;
        let only_cas = flag(&mut parts, ONLY_CAS)?;
        let some_reasons = parts.take_optional(ONLY_SOME_REASONS)?.is_some();
        let indirect = flag(&mut parts, INDIRECT)?;
        let only_attributes = flag(&mut parts, ONLY_ATTRIBUTES)?;
        parts.end()?;
        if some_reasons || indirect {
            return Err(ListError::Unsupported);
        }
        Ok(Self { point, only_users, only_cas, only_attributes })
    }

    pub(super) fn covers(&self, certificate: &Certificate) -> bool {
        let is_ca = certificate.extensions.ca.is_some();
        let kind = if is_ca { !self.only_users } else { !self.only_cas };
        kind && !self.only_attributes
            && self.point.as_ref().is_none_or(|point| names_point(certificate, point).unwrap_or(false))
    }
}

fn flag(parts: &mut Der<'_>, tag: u8) -> Result<bool, ListError> {
    match parts.take_optional(tag)? {
        None => Ok(false),
        Some([0xff]) => Ok(true),
        Some(_) => Err(ListError::Malformed),
    }
}

/// Whether one of the certificate's distribution points has a name of the list's. Names relative to the issuer are not
/// resolved: such a list is taken not to cover the certificate.
fn names_point(certificate: &Certificate, point: &[u8]) -> Option<bool> {
    let names = general_names(point)?;
    let (_, points) = CRLDistributionPoints::from_der(certificate.crl_distribution_points()?).ok()?;
    let matches = points.iter().any(|other| match &other.distribution_point {
        Some(DistributionPointName::FullName(others)) => others.iter().any(|name| names.contains(name)),
        Some(DistributionPointName::NameRelativeToCRLIssuer(_)) | None => false,
    });
    Some(matches)
}

/// `fullName [0] GeneralNames`
fn general_names(point: &[u8]) -> Option<Vec<GeneralName<'_>>> {
    let mut point = Der::new(point);
    let mut rest = point.take(CONTEXT_0).ok()?;
    let mut names = Vec::new();
    while !rest.is_empty() {
        let (after, name) = GeneralName::from_der(rest).ok()?;
        names.push(name);
        rest = after;
    }
    Some(names)
}
