//! Revocation lists, and what they say of a certificate at the time it signed.
//!
//! Lists come from the caller; nothing is fetched here. A list counts only if a configured CA signed it, it is fresh, and
//! its scope covers the certificate (RFC 5280 sections 5 and 6.3). What cannot be known is [`Unknown`], never "good".

use std::fmt;

use time::Duration;

use super::certificate::{Certificate, hex};
use super::policy::Policy;
use super::provider::Provider;
use super::trust::TrustAnchors;
use crate::model::Timestamp;

mod list;
mod scope;

use list::{Entry, List, ListError};

/// The longest revocation list, in bytes of DER.
pub const MAX_LIST_BYTES: usize = 20 * 1024 * 1024;

/// Why a certificate was revoked (RFC 5280 section 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the standard's list, with one variant for what is outside of it")]
pub enum RevocationReason {
    /// No reason is given.
    Absent,
    /// 0.
    Unspecified,
    /// 1.
    KeyCompromise,
    /// 2.
    CaCompromise,
    /// 3.
    AffiliationChanged,
    /// 4.
    Superseded,
    /// 5.
    CessationOfOperation,
    /// 6.
    CertificateHold,
    /// 8: only delta lists may say so.
    RemoveFromCrl,
    /// 9.
    PrivilegeWithdrawn,
    /// 10.
    AaCompromise,
    /// Any other number.
    Other(u8),
}

impl RevocationReason {
    const fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            other => Self::Other(other),
        }
    }

    /// Whether signatures made before the revocation are in doubt too.
    const fn reaches_back(self) -> bool {
        match self {
            Self::KeyCompromise | Self::CaCompromise | Self::AaCompromise => true,
            Self::Absent
            | Self::Unspecified
            | Self::AffiliationChanged
            | Self::Superseded
            | Self::CessationOfOperation
            | Self::CertificateHold
            | Self::RemoveFromCrl
            | Self::PrivilegeWithdrawn
            | Self::Other(_) => false,
        }
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "no reason given",
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
            Self::Other(code) => return write!(f, "reason {code}"),
        })
    }
}

/// Why nothing can be said of a certificate; of several lists, the one that came nearest to saying something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Unknown {
    /// A sub-CA was configured as the anchor: who could revoke it is not known.
    #[error("the trust anchor is a sub-CA, whose own issuer is not configured")]
    SubCaIsAnchor,
    /// No list of this issuer was given.
    #[error("no revocation list of this issuer is at hand")]
    NoList,
    /// A list names this issuer, and no configured CA signed it.
    #[error("the revocation list was not signed by the CA it names")]
    NotSigned,
    /// The list is a delta or indirect list, has an unknown critical extension, or is limited to some reasons.
    #[error("the revocation list is of a kind that is not supported")]
    Unsupported,
    /// The lists are for other certificates of this issuer.
    #[error("the revocation lists of this issuer do not cover this certificate")]
    OutOfScope,
    /// The list will be issued in the future.
    #[error("the revocation list is not yet valid")]
    NotYetValid,
    /// The list is past its `nextUpdate`, or does not state one.
    #[error("the revocation list is out of date")]
    Stale,
    /// The list is older than a policy that fails open puts up with.
    #[error("the revocation list is older than the policy accepts in any case")]
    TooOld,
}

/// What the lists say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Not revoked.
    Good,
    /// Revoked after it signed, for a reason that does not reach back.
    RevokedLater { reason: RevocationReason, since: i64 },
    /// Revoked when it signed, or for a reason that reaches back.
    Revoked { reason: RevocationReason, since: i64 },
    /// Nothing can be said.
    Unknown(Unknown),
}

impl Standing {
    /// Of two certificates on a path, what is said of the worse one.
    pub(crate) fn worse(self, other: Self) -> Self {
        let rank = |standing: &Self| match standing {
            Self::Good => 0,
            Self::RevokedLater { .. } => 1,
            Self::Unknown(_) => 2,
            Self::Revoked { .. } => 3,
        };
        if rank(&other) > rank(&self) { other } else { self }
    }
}

/// The instants that a verdict depends on; seconds since 1970, UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instants {
    /// What the signer claims.
    pub(crate) signed: i64,
    /// When the service received the prescription, where that is known.
    pub(crate) received: Option<i64>,
    pub(crate) now: i64,
}

/// A revocation list that was given and is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("revocation list {position} is not used: {why}")]
#[non_exhaustive]
pub struct UnusedList {
    /// Which one of those given, from 0.
    pub position: usize,
    /// Why.
    pub why: UnusedListReason,
}

/// Why a revocation list is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusedListReason {
    /// Longer than [`MAX_LIST_BYTES`], or not one DER revocation list.
    #[error("it is not one DER revocation list")]
    Malformed,
    /// A delta or indirect list, one with an unknown critical extension, or one limited to some reasons.
    #[error("its kind is not supported")]
    Unsupported,
    /// No configured CA has its issuer's name.
    #[error("its issuer is not configured")]
    UnknownIssuer,
    /// A CA of that name is configured, and did not sign it.
    #[error("it was not signed by the CA it names")]
    NotSigned,
}

/// The revocation lists of a verifier, each checked against the CA that signed it when the store is built.
#[derive(Clone, Debug, Default)]
pub struct Crls {
    lists: Vec<(usize, List)>,
    /// CAs that an unusable list names, with what that leaves unknown.
    unusable: Vec<(usize, Unknown)>,
    unused: Vec<UnusedList>,
}

impl Crls {
    /// A store without lists: whether a certificate is revoked is never known.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads DER lists and verifies each with the keys of `trust`. What cannot be used is left out and told by
    /// [`Crls::unused`]: one bad download must not switch off the others.
    #[must_use]
    pub fn new<'a>(lists: impl IntoIterator<Item = &'a [u8]>, trust: &TrustAnchors, provider: &dyn Provider) -> Self {
        let mut store = Self::default();
        for (position, der) in lists.into_iter().enumerate() {
            if let Err(why) = store.add(der, trust, provider) {
                store.unused.push(UnusedList { position, why });
            }
        }
        store
    }

    /// The lists that were given and are not used.
    #[must_use]
    pub fn unused(&self) -> &[UnusedList] {
        &self.unused
    }

    fn add(&mut self, der: &[u8], trust: &TrustAnchors, provider: &dyn Provider) -> Result<(), UnusedListReason> {
        if der.len() > MAX_LIST_BYTES {
            return Err(UnusedListReason::Malformed);
        }
        let signed = list::Signed::read(der).map_err(|_| UnusedListReason::Malformed)?;
        let issuers: Vec<usize> = trust.named(signed.issuer).map(|(index, _)| index).collect();
        if issuers.is_empty() {
            return Err(UnusedListReason::UnknownIssuer);
        }
        let signers: Vec<usize> = trust
            .named(signed.issuer)
            .filter(|(_, ca)| ca.certificate.extensions.key_usage.is_none_or(|usage| usage.crl_sign))
            .filter(|(_, ca)| signed.is_signed_by(&ca.certificate, provider))
            .map(|(index, _)| index)
            .collect();
        if signers.is_empty() {
            self.unusable.extend(issuers.into_iter().map(|index| (index, Unknown::NotSigned)));
            return Err(UnusedListReason::NotSigned);
        }
        match signed.into_list() {
            Ok(list) => {
                self.lists.extend(signers.into_iter().map(|index| (index, list.clone())));
                Ok(())
            }
            Err(ListError::Malformed) => Err(UnusedListReason::Malformed),
            Err(ListError::Unsupported) => {
                self.unusable.extend(signers.into_iter().map(|index| (index, Unknown::Unsupported)));
                Err(UnusedListReason::Unsupported)
            }
        }
    }

    /// What the lists of CA number `issuer` say of `certificate`, which that CA issued.
    pub(crate) fn standing(
        &self,
        certificate: &Certificate,
        issuer: usize,
        instants: Instants,
        policy: &Policy,
    ) -> Standing {
        let mut unknown = Unknown::NoList;
        let mut newest: Option<&List> = None;
        for (_, why) in self.unusable.iter().filter(|(ca, _)| *ca == issuer) {
            unknown = unknown.max(*why);
        }
        for (_, list) in self.lists.iter().filter(|(ca, _)| *ca == issuer) {
            match usable(list, certificate, instants.now, policy) {
                Ok(()) if newest.is_none_or(|other| other.this_update < list.this_update) => newest = Some(list),
                Ok(()) => {}
                Err(why) => unknown = unknown.max(why),
            }
        }
        let Some(list) = newest else {
            return Standing::Unknown(unknown);
        };
        match list.entry(certificate.serial()) {
            None => Standing::Good,
            Some(entry) => judge(entry, instants, policy.max_submission_delay),
        }
    }

    /// The lists of CA number `issuer`: their numbers and when they were issued.
    pub(crate) fn of_issuer(&self, issuer: usize) -> impl Iterator<Item = ListFacts> {
        self.lists.iter().filter(move |(ca, _)| *ca == issuer).map(|(_, list)| ListFacts {
            number: list.number.as_deref().map(hex),
            issued: Timestamp::from_unix(list.this_update),
        })
    }
}

/// A revocation list that was consulted.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ListFacts {
    /// Its number, hexadecimal, where it states one.
    pub number: Option<String>,
    /// Its `thisUpdate`.
    pub issued: Timestamp,
}

/// Whether a list that its CA signed may be asked about a certificate now.
fn usable(list: &List, certificate: &Certificate, now: i64, policy: &Policy) -> Result<(), Unknown> {
    if !list.scope.covers(certificate) {
        return Err(Unknown::OutOfScope);
    }
    if list.this_update > now.saturating_add(policy.clock_skew.whole_seconds()) {
        return Err(Unknown::NotYetValid);
    }
    if list.sha1 && !policy.sha1_certificates {
        return Err(Unknown::Unsupported);
    }
    match list.next_update {
        Some(next) if now <= next.saturating_add(policy.list_grace.whole_seconds()) => Ok(()),
        Some(_) | None if is_too_old(list, now, policy) => Err(Unknown::TooOld),
        Some(_) | None => Err(Unknown::Stale),
    }
}

fn is_too_old(list: &List, now: i64, policy: &Policy) -> bool {
    policy.fail_open_list_age.is_some_and(|age| list.this_update.saturating_add(age.whole_seconds()) < now)
}

/// The business rule: a compromise reaches back before the revocation, other reasons do not. Equality counts as after.
///
/// The time of signing is only a claim. If the prescription was received after the revocation, the claim to have signed
/// before it is believed for as long as a submission may take.
fn judge(entry: &Entry, instants: Instants, max_delay: Option<Duration>) -> Standing {
    if entry.reason == RevocationReason::RemoveFromCrl {
        return Standing::Unknown(Unknown::Unsupported); // malformed in a full list
    }
    let since = entry.invalid_from.map_or(entry.revoked, |invalid| invalid.min(entry.revoked));
    let belated = instants.received.is_some_and(|received| {
        let delay = received.saturating_sub(instants.signed);
        received >= since && max_delay.is_some_and(|limit| delay > limit.whole_seconds())
    });
    if entry.reason.reaches_back() || instants.signed >= since || belated {
        Standing::Revoked { reason: entry.reason, since }
    } else {
        Standing::RevokedLater { reason: entry.reason, since }
    }
}

#[cfg(test)]
mod tests;
