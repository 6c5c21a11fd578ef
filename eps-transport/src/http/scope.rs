//! Scopes: what a token is good for.

use super::route::Product;

/// What an operation asks of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// Preparing, ordering and cancelling prescriptions.
    Prescribing,
    /// Dispensing, claiming, returning and withdrawing.
    Dispensing,
    /// Releasing what waits for a pharmacy, which an unattended system may do.
    NominatedRelease,
    /// Releasing one prescription by its id.
    ReleaseById(Product),
    /// Finding prescriptions.
    Tracker,
    /// Telling patients of their items.
    StatusUpdate,
    /// Any valid token.
    Any,
}

/// Scopes of a user-restricted token.
const USER_PRESCRIBING: [&str; 2] = [
    "urn:nhsd:apim:user-nhs-id:aal3:electronic-prescription-service-api:prescribing",
    "urn:nhsd:apim:user-nhs-id:aal3:fhir-prescribing",
];
const USER_DISPENSING: [&str; 2] = [
    "urn:nhsd:apim:user-nhs-id:aal3:electronic-prescription-service-api:dispensing",
    "urn:nhsd:apim:user-nhs-id:aal3:fhir-dispensing",
];
const USER_TRACKER: [&str; 2] = [
    "urn:nhsd:apim:user-nhs-id:aal3:clinical-prescription-tracker",
    "urn:nhsd:apim:user-nhs-id:aal3:electronic-prescription-service-api:tracker",
];
/// Scopes of an application-restricted token.
const APP_PRESCRIBING: [&str; 1] = ["urn:nhsd:apim:app:level3:electronic-prescription-service-api:prescribing"];
const APP_DISPENSING: [&str; 2] = [
    "urn:nhsd:apim:app:level3:electronic-prescription-service-api:dispensing",
    "urn:nhsd:apim:app:level3:fhir-dispensing",
];

const APP_STATUS_UPDATE: [&str; 1] = ["urn:nhsd:apim:app:level3:prescription-status-update"];

/// Every scope, which a caller of a server without authorisation has.
pub(super) const EVERY: [&str; 6] = [
    USER_PRESCRIBING[0],
    USER_PRESCRIBING[1],
    USER_DISPENSING[0],
    USER_DISPENSING[1],
    USER_TRACKER[0],
    APP_STATUS_UPDATE[0],
];

/// Why a token is not good for an operation, in the words of the NHS service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Denied(pub(super) &'static str);

impl Access {
    /// Whether these scopes allow it. Source: `fhir.md` 1.7, as `api-contract.md` 2.3 overrides it.
    pub(super) fn allowed(self, scopes: &[String]) -> Result<(), Denied> {
        let has = |any: &[&str]| scopes.iter().any(|scope| any.contains(&scope.as_str()));
        let attended = |user: &[&str], app: &[&str], words: [&'static str; 2]| match () {
            () if has(user) => Ok(()),
            () if has(app) => Err(Denied(words[0])),
            () => Err(Denied(words[1])),
        };
        match self {
            Self::Any => Ok(()),
            Self::Prescribing => attended(&USER_PRESCRIBING, &APP_PRESCRIBING, PRESCRIBING),
            Self::ReleaseById(Product::Dispensing) if has(&[APP_DISPENSING[1]]) => Ok(()),
            Self::Dispensing | Self::ReleaseById(_) => attended(&USER_DISPENSING, &APP_DISPENSING, DISPENSING),
            Self::NominatedRelease if has(&USER_DISPENSING) || has(&APP_DISPENSING) => Ok(()),
            Self::NominatedRelease => Err(Denied(DISPENSING[1])),
            Self::StatusUpdate if has(&APP_STATUS_UPDATE) => Ok(()),
            Self::StatusUpdate => {
                Err(Denied("Your app does not have permission to access status update functionality."))
            }
            Self::Tracker if has(&USER_TRACKER) => Ok(()),
            Self::Tracker => Err(Denied("Your app does not have permission to access tracker functionality.")),
        }
    }
}

const PRESCRIBING: [&str; 2] = [
    "Prescribing functionality can only be accessed using the user-restricted access mode.",
    "Your app does not have permission to access prescribing functionality.",
];
const DISPENSING: [&str; 2] = [
    "Dispensing functionality can only be accessed using the user-restricted access mode.",
    "Your app does not have permission to access dispensing functionality.",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(access: Access, scope: &str) -> bool {
        access.allowed(&[scope.to_owned()]).is_ok()
    }

    #[test]
    fn a_prescriber_cannot_release_and_a_dispenser_cannot_prescribe() {
        for scope in USER_PRESCRIBING {
            assert!(allowed(Access::Prescribing, scope));
            assert!(!allowed(Access::Dispensing, scope));
            assert!(!allowed(Access::NominatedRelease, scope));
            assert!(!allowed(Access::ReleaseById(Product::Dispensing), scope));
        }
        for scope in USER_DISPENSING {
            assert!(allowed(Access::Dispensing, scope));
            assert!(allowed(Access::NominatedRelease, scope));
            assert!(allowed(Access::ReleaseById(Product::Combined), scope));
            assert!(!allowed(Access::Prescribing, scope));
        }
    }

    #[test]
    fn an_application_releases_what_waits_and_under_fhir_dispensing_by_id_too() {
        let [older, newer] = APP_DISPENSING;
        for scope in [older, newer] {
            assert!(allowed(Access::NominatedRelease, scope));
            assert!(!allowed(Access::Dispensing, scope));
            assert!(!allowed(Access::ReleaseById(Product::Combined), scope));
        }
        assert!(allowed(Access::ReleaseById(Product::Dispensing), newer));
        assert!(!allowed(Access::ReleaseById(Product::Dispensing), older));
    }

    #[test]
    fn the_refusal_tells_an_application_from_a_stranger() {
        let told = |scope: &str| Access::Prescribing.allowed(&[scope.to_owned()]);
        assert_eq!(told(APP_PRESCRIBING[0]), Err(Denied(PRESCRIBING[0])));
        assert_eq!(told("openid"), Err(Denied(PRESCRIBING[1])));
        assert_eq!(Access::Any.allowed(&[]), Ok(()));
    }
}
