//! Many prescriptions signed in one user action, each with its own result.

use std::collections::HashSet;

use super::{SignError, Signed, Signer, ToSign, fit_to_sign, genuine};
use crate::model::Timestamp;
use crate::signature::algorithm::SignedInfo;
use crate::signature::policy::Policy;
use crate::signature::provider::Provider;

/// The most prescriptions of one batch: the NHS signing service takes as many at a time.
pub const MAX_BATCH: usize = 250;

/// Why nothing of a batch was signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// There are more than [`MAX_BATCH`].
    #[error("a batch of {found} is larger than the {MAX_BATCH} that can be signed at once")]
    TooMany {
        /// How many there are.
        found: usize,
    },
    /// Two have the same id, so that their signatures could be mixed up.
    #[error("prescription {position} of the batch has the id of an earlier one")]
    SameId {
        /// Which one, from 0.
        position: usize,
    },
    /// The signer cannot sign now.
    #[error("nothing was signed")]
    Signer(#[from] SignError),
}

/// Signs a batch at `now`. The result has one entry for each of the batch, in its order: one that cannot be signed, or
/// whose signature does not verify, does not spoil the others.
///
/// The same holds before and after as for [`sign`](super::sign).
///
/// # Errors
/// [`BatchError`] when nothing was signed.
pub fn sign_batch(
    signer: &dyn Signer,
    batch: Vec<ToSign>,
    policy: &Policy,
    provider: &dyn Provider,
    now: Timestamp,
) -> Result<Vec<Result<Signed, SignError>>, BatchError> {
    countable(&batch)?;
    if let Some(certificate) = signer.certificate() {
        fit_to_sign(certificate, policy, now)?;
    }
    let offered = |it: &ToSign| signer.algorithms().contains(&it.payload.algorithm());
    let wanted: Vec<Result<SignedInfo, SignError>> = batch
        .iter()
        .map(|it| match offered(it) {
            true => Ok(it.payload.clone()),
            false => Err(SignError::Algorithm { algorithm: it.payload.algorithm() }),
        })
        .collect();
    let asked: Vec<ToSign> = batch.into_iter().filter(offered).collect();
    if asked.is_empty() {
        return Ok(wanted.into_iter().filter_map(Result::err).map(Err).collect());
    }
    let made = signer.sign(&asked)?;
    let (asked, given) = (asked.len(), made.values.len());
    if asked != given {
        return Err(SignError::Answer { asked, given }.into());
    }
    let certificate = fit_to_sign(&made.certificate, policy, now)?;
    let mut values = made.values.into_iter();
    let finish = |payload: Result<SignedInfo, SignError>| {
        let payload = payload?;
        let value = values.next().unwrap_or(Err(SignError::NotTried))?;
        genuine(payload, value, &certificate, provider)
    };
    Ok(wanted.into_iter().map(finish).collect())
}

/// Not too many, and each with an id of its own.
fn countable(batch: &[ToSign]) -> Result<(), BatchError> {
    let found = batch.len();
    if found > MAX_BATCH {
        return Err(BatchError::TooMany { found });
    }
    let mut seen = HashSet::with_capacity(found);
    match batch.iter().position(|it| !seen.insert(it.id.as_str())) {
        Some(position) => Err(BatchError::SameId { position }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Made;
    use super::*;
    use crate::signature::algorithm::{Algorithm, Digest};
    use crate::signature::testing::{self, Pki};

    fn batch(size: usize) -> Vec<ToSign> {
        let payload = |at: usize| SignedInfo::new(Digest::Sha256([u8::try_from(at).unwrap_or(255); 32]));
        (0..size).map(|at| ToSign { id: at.to_string(), payload: payload(at) }).collect()
    }

    fn run(signer: &dyn Signer, batch: Vec<ToSign>) -> Result<Vec<Result<Signed, SignError>>, BatchError> {
        let provider = testing::providers().next().unwrap();
        sign_batch(signer, batch, &Policy::production(), provider.as_ref(), testing::now())
    }

    #[test]
    fn each_of_a_full_batch_has_the_signature_of_its_own_payload() {
        let signers = Pki::new().signers();
        let signer = signers.last().unwrap();
        let asked = batch(MAX_BATCH);
        let made = run(signer.as_ref(), asked.clone()).unwrap();
        assert_eq!(made.len(), MAX_BATCH);
        for (asked, made) in asked.iter().zip(&made) {
            assert_eq!(made.as_ref().unwrap().signed_info(), &asked.payload);
        }
    }

    #[test]
    fn one_more_than_a_full_batch_is_refused_whole() {
        for signer in Pki::new().signers() {
            let made = run(signer.as_ref(), batch(MAX_BATCH + 1));
            assert!(matches!(made, Err(BatchError::TooMany { found: 251 })), "{made:?}");
        }
    }

    #[test]
    fn two_of_the_same_id_are_refused() {
        for signer in Pki::new().signers() {
            let mut asked = batch(3);
            asked[2].id = "0".to_owned();
            let made = run(signer.as_ref(), asked);
            assert!(matches!(made, Err(BatchError::SameId { position: 2 })), "{made:?}");
        }
    }

    #[test]
    fn an_algorithm_that_is_not_offered_spoils_only_its_own() {
        for signer in Pki::new().signers() {
            let mut asked = batch(3);
            asked[1].payload = SignedInfo::new(Digest::Sha1([1; 20]));
            let made = run(signer.as_ref(), asked.clone()).unwrap();
            assert_eq!(made[0].as_ref().unwrap().signed_info(), &asked[0].payload);
            assert!(matches!(made[1], Err(SignError::Algorithm { algorithm: Algorithm::Rs1 })), "{:?}", made[1]);
            assert_eq!(made[2].as_ref().unwrap().signed_info(), &asked[2].payload);
        }
    }

    /// A signer that spoils one of what another signer makes.
    #[derive(Debug)]
    struct Spoiling {
        inner: Box<dyn Signer>,
        how: fn(&mut Made),
    }

    impl Signer for Spoiling {
        fn certificate(&self) -> Option<&[u8]> {
            None
        }
        fn algorithms(&self) -> &[Algorithm] {
            self.inner.algorithms()
        }
        fn sign(&self, batch: &[ToSign]) -> Result<Made, SignError> {
            let mut made = self.inner.sign(batch)?;
            (self.how)(&mut made);
            Ok(made)
        }
    }

    fn spoiling(how: fn(&mut Made)) -> Spoiling {
        Spoiling { inner: Pki::new().signers().remove(0), how }
    }

    #[test]
    fn a_signature_that_does_not_verify_or_was_not_made_spoils_only_its_own() {
        let made = run(&spoiling(|made| made.values[0] = Ok(vec![1; 256])), batch(2)).unwrap();
        assert!(matches!(made[0], Err(SignError::Verification(_))), "{:?}", made[0]);
        assert!(made[1].is_ok());
        let made = run(&spoiling(|made| made.values[1] = Err(SignError::NotTried)), batch(2)).unwrap();
        assert!(made[0].is_ok());
        assert!(matches!(made[1], Err(SignError::NotTried)), "{:?}", made[1]);
    }

    #[test]
    fn signatures_that_are_exchanged_are_found_out() {
        let made = run(&spoiling(|made| made.values.swap(0, 1)), batch(3)).unwrap();
        assert!(matches!(made[0], Err(SignError::Verification(_))));
        assert!(matches!(made[1], Err(SignError::Verification(_))));
        assert!(made[2].is_ok());
    }

    #[test]
    fn an_answer_for_another_number_or_with_a_certificate_of_no_use_spoils_all() {
        let made = run(&spoiling(|made| made.values.truncate(1)), batch(2));
        assert!(matches!(made, Err(BatchError::Signer(SignError::Answer { asked: 2, given: 1 }))), "{made:?}");
        let made = run(&spoiling(|made| made.certificate = Pki::new().root), batch(2));
        assert!(matches!(made, Err(BatchError::Signer(SignError::KeyUsage))), "{made:?}");
    }
}
