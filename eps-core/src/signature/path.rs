//! The way from a signing certificate to a trust anchor, judged at the signing time (RFC 5280 section 6).

use super::policy::Policy;
use super::provider::Hash;
use super::trust::{Ca, Presented, TrustAnchors};

/// The longest path, in certificates from the signer's to the anchor's. The NHS PKI has three.
pub const MAX_PATH_CERTIFICATES: usize = 4;
/// How many partial paths are tried before the search gives up: names repeat, and each trial costs.
pub const MAX_CANDIDATE_PATHS: usize = 16;

/// Why no path was found; of several failed candidates, the one that got furthest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// No configured CA has the issuer's name and key identifier.
    #[error("no configured CA has the name and key identifier of the issuer")]
    UnknownIssuer,
    /// The CAs of that name did not sign it.
    #[error("the certificate was not signed by the CA it names")]
    Signature,
    /// A signature on the path uses SHA-1.
    #[error("a certificate of the path is signed with SHA-1")]
    Sha1,
    /// A CA certificate of the path was not in force when the prescription was signed.
    #[error("a CA certificate was not in force at the signing time")]
    CaNotInForce,
    /// A CA key of the path is smaller than the policy allows.
    #[error("the key of a CA is too small")]
    CaKey,
    /// The CA does not lead to an anchor within [`MAX_PATH_CERTIFICATES`].
    #[error("the CA does not lead to a trust anchor")]
    NoAnchor,
    /// A CA certificate allows fewer CAs below it.
    #[error("the path is longer than a CA on it allows")]
    PathLength,
}

/// A path that holds: indexes into the trust set, from the issuer of the signing certificate up to the anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path(Vec<usize>);

impl Path {
    /// Each CA below the anchor, with the CA that issued it.
    pub(crate) fn links(&self) -> impl Iterator<Item = (usize, usize)> {
        self.0.iter().copied().zip(self.0.iter().copied().skip(1))
    }

    /// The CA that issued the signing certificate.
    pub(crate) fn issuer(&self) -> Option<usize> {
        self.0.first().copied()
    }

    /// The anchor.
    pub(crate) fn anchor(&self) -> Option<usize> {
        self.0.last().copied()
    }

    /// The CAs, from the issuer to the anchor.
    pub(crate) fn cas<'a>(&'a self, trust: &'a TrustAnchors) -> impl Iterator<Item = &'a Ca> {
        self.0.iter().filter_map(|index| trust.get(*index))
    }
}

/// Looks for a path that holds at `time`, seconds since 1970. The certificate's own dates and usages are judged elsewhere.
pub(crate) fn find(presented: &Presented, trust: &TrustAnchors, policy: &Policy, time: i64) -> Result<Path, PathError> {
    let known = trust.may_have_issued(&presented.certificate);
    let mut furthest = if known { PathError::Signature } else { PathError::UnknownIssuer };
    let mut tried = 0;
    for link in &presented.links {
        let Some(ca) = trust.get(link.issuer) else { continue };
        let found =
            judge(link.hash, ca, policy, time).and_then(|()| climb(vec![link.issuer], trust, policy, time, &mut tried));
        match found {
            Ok(path) => return Ok(path),
            Err(error) => furthest = furthest.max(error),
        }
    }
    Err(furthest)
}

/// What must hold for a CA that signed with this hash.
fn judge(hash: Hash, ca: &Ca, policy: &Policy, time: i64) -> Result<(), PathError> {
    if hash == Hash::Sha1 && !policy.sha1_certificates {
        return Err(PathError::Sha1);
    }
    if !ca.certificate.in_force_at(time) {
        return Err(PathError::CaNotInForce);
    }
    let key = ca.certificate.key().map_err(|_| PathError::CaKey)?;
    if key.bits() < policy.rsa_min_bits || key.exponent_value() < policy.rsa_min_exponent {
        return Err(PathError::CaKey);
    }
    Ok(())
}

/// Searches depth first, by a list of partial paths, for an anchor above the last CA of `start`.
fn climb(
    start: Vec<usize>,
    trust: &TrustAnchors,
    policy: &Policy,
    time: i64,
    tried: &mut usize,
) -> Result<Path, PathError> {
    let mut furthest = PathError::NoAnchor;
    let mut open = vec![start];
    while let Some(path) = open.pop() {
        let Some(last) = path.last().and_then(|index| trust.get(*index)) else {
            continue;
        };
        if last.is_anchor {
            let path = Path(path);
            if lengths_allow(&path, trust) {
                return Ok(path);
            }
            furthest = PathError::PathLength;
            continue;
        }
        for link in &last.links {
            let Some(issuer) = trust.get(link.issuer) else { continue };
            *tried += 1;
            // One certificate more than CAs: the signer's own.
            if *tried > MAX_CANDIDATE_PATHS || path.len() + 2 > MAX_PATH_CERTIFICATES || path.contains(&link.issuer) {
                continue;
            }
            match judge(link.hash, issuer, policy, time) {
                Ok(()) => open.push([path.as_slice(), &[link.issuer]].concat()),
                Err(error) => furthest = furthest.max(error),
            }
        }
    }
    Err(furthest)
}

/// `pathLenConstraint` counts the CA certificates below that are not self-issued (RFC 5280 section 4.2.1.9).
fn lengths_allow(path: &Path, trust: &TrustAnchors) -> bool {
    let mut below = 0_u32;
    path.cas(trust).all(|ca| {
        let allowed = ca.certificate.extensions.ca.is_some_and(|it| it.path_len.is_none_or(|limit| below <= limit));
        below += u32::from(!ca.is_self_issued());
        allowed
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::testing::{self, Pki, providers};

    fn now() -> i64 {
        testing::now().unix()
    }

    fn search(pki: &Pki, policy: &Policy, time: i64) -> Vec<Result<usize, PathError>> {
        providers()
            .map(|provider| {
                let intermediates = pki.intermediates.iter().map(Vec::as_slice);
                let trust = TrustAnchors::new([pki.root.as_slice()], intermediates, provider.as_ref()).unwrap();
                let presented = trust.present(pki.prescriber.clone(), provider.as_ref()).unwrap();
                find(&presented, &trust, policy, time).map(|path| path.0.len())
            })
            .collect()
    }

    fn all_are(results: &[Result<usize, PathError>], expected: Result<usize, PathError>) {
        assert!(!results.is_empty());
        assert!(results.iter().all(|result| *result == expected), "{results:?}, expected {expected:?}");
    }

    #[test]
    fn a_path_leads_over_the_sub_ca_to_the_root() {
        all_are(&search(&Pki::new(), &Policy::production(), now()), Ok(2));
    }

    #[test]
    fn a_ca_that_was_not_in_force_breaks_the_path() {
        let late = now() + 15 * 365 * 86_400;
        all_are(&search(&Pki::new(), &Policy::production(), late), Err(PathError::CaNotInForce));
    }

    #[test]
    fn a_lookalike_issuer_breaks_the_path() {
        let mut pki = Pki::new();
        pki.prescriber = Pki::lookalike().prescriber;
        all_are(&search(&pki, &Policy::production(), now()), Err(PathError::Signature));
    }

    #[test]
    fn every_ca_of_the_name_is_tried() {
        let mut pki = Pki::new();
        pki.intermediates.insert(0, Pki::lookalike().sub_ca);
        all_are(&search(&pki, &Policy::production(), now()), Ok(2));
    }

    #[test]
    fn an_unknown_issuer_or_a_sub_ca_without_its_root_breaks_the_path() {
        let mut pki = Pki::new();
        pki.intermediates.clear();
        all_are(&search(&pki, &Policy::production(), now()), Err(PathError::UnknownIssuer));
        let mut pki = Pki::new();
        pki.root = Pki::lookalike().root;
        all_are(&search(&pki, &Policy::production(), now()), Err(PathError::NoAnchor));
    }

    #[test]
    fn a_path_length_of_zero_allows_no_ca_below() {
        all_are(&search(&Pki::with_root_path_len(0), &Policy::production(), now()), Err(PathError::PathLength));
        all_are(&search(&Pki::with_root_path_len(1), &Policy::production(), now()), Ok(2));
    }

    #[test]
    fn a_policy_can_ask_for_larger_ca_keys() {
        let policy = Policy { rsa_min_bits: 3072, ..Policy::production() };
        all_are(&search(&Pki::new(), &policy, now()), Err(PathError::CaKey));
    }

    #[test]
    fn an_anchored_sub_ca_ends_the_path() {
        let pki = Pki::new();
        for provider in providers() {
            let trust = TrustAnchors::new([pki.sub_ca.as_slice()], [], provider.as_ref()).unwrap();
            let presented = trust.present(pki.prescriber.clone(), provider.as_ref()).unwrap();
            let path = find(&presented, &trust, &Policy::production(), now()).unwrap();
            assert_eq!(path, Path(vec![0]));
        }
    }
}
