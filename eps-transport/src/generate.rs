//! Prescriptions made up for tests and demonstrations: valid, different from each other, and the same again from the same
//! seed.
//!
//! ```text
//!  seed, number, kind, time ─▶ order ─▶ Order ─▶ sign ─▶ bundle ─▶ prescription-order, FHIR
//! ```
//!
//! Patients, prescribers and pharmacies are invented: their NHS numbers are of the range that is never issued, their
//! postcodes and telephone numbers are nobody's. The medicines are of the dictionary of medicines and devices.
//!
//! ```
//! use eps_transport::generate::{Kind, Recipe, order};
//! let recipe = Recipe::new(7, "20260302090000".to_owned().try_into()?);
//! let acute = order(&Recipe { kind: Some(Kind::Acute), ..recipe }, 1)?;
//! assert_eq!(acute.bundle()?, order(&Recipe { kind: Some(Kind::Acute), ..recipe }, 1)?.bundle()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use eps_core::fhir::{self, Outgoing, SignatureVerdict};
use eps_core::ids::Asid;
use eps_core::model::{Envelope, Message, Prescription, SignedDocument, Timestamp};
use eps_core::problem::Problems;
use eps_core::signature::Policy;
use eps_core::signature::provider::Provider;
use eps_core::signature::signer::Signer;

use crate::signers::{self, NotSigned};

mod medicines;
mod people;
mod places;
mod prescription;
mod random;

pub use places::PHARMACIES;
use random::Draws;

/// What kind of prescription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "who generates prescriptions decides about every kind")]
pub enum Kind {
    /// Once, and done.
    Acute,
    /// One issue of a repeat that the practice keeps.
    Repeat,
    /// Several issues that the pharmacy keeps: electronic repeat dispensing.
    RepeatDispensing,
    /// Acute, with a controlled drug whose quantity is written in words too.
    ControlledDrug,
}

impl Kind {
    /// Every kind, as often as they are drawn for a mixture.
    const MIXTURE: [Self; 8] = [
        Self::Acute,
        Self::Acute,
        Self::Acute,
        Self::Repeat,
        Self::Repeat,
        Self::Repeat,
        Self::RepeatDispensing,
        Self::ControlledDrug,
    ];
}

/// What to make orders from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "who generates prescriptions decides each of these")]
pub struct Recipe {
    /// The same number makes the same orders.
    pub seed: u64,
    /// The kind; of all kinds where none is said.
    pub kind: Option<Kind>,
    /// When they are written.
    pub written: Timestamp,
    /// Whether every one is nominated to a pharmacy; about two of three are where it is not said.
    pub nominated: Option<bool>,
}

impl Recipe {
    /// Orders of every kind, some nominated and some not.
    #[must_use]
    pub const fn new(seed: u64, written: Timestamp) -> Self {
        Self { seed, kind: None, written, nominated: None }
    }
}

/// A value of the generator's tables is none: it was changed without running its tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the generator made a value that is no {kind}")]
#[non_exhaustive]
pub struct GenerateError {
    /// What it should be.
    pub kind: &'static str,
}

impl GenerateError {
    fn of<T>() -> Self {
        Self { kind: std::any::type_name::<T>() }
    }
}

/// A text of the generator as the value that it is.
fn value<T: std::str::FromStr>(text: &str) -> Result<T, GenerateError> {
    text.parse().map_err(|_| GenerateError::of::<T>())
}

/// An order, before or after it is signed.
#[derive(Clone, Debug)]
pub struct Order {
    prescription: Prescription,
    recipe: Recipe,
    number: u64,
}

/// Order `number` of a recipe. It depends on nothing else.
///
/// # Errors
/// [`GenerateError`], which no number or seed brings about.
pub fn order(recipe: &Recipe, number: u64) -> Result<Order, GenerateError> {
    let mut draws = Draws::new(recipe.seed, "order", number);
    let kind = match recipe.kind {
        Some(kind) => kind,
        None => *draws.pick(&Kind::MIXTURE)?,
    };
    let nominated = recipe.nominated.unwrap_or_else(|| draws.below(3) > 0);
    let prescription = prescription::prescription(&mut draws, kind, recipe.written, nominated)?;
    Ok(Order { prescription, recipe: *recipe, number })
}

impl Order {
    /// What it prescribes.
    #[must_use]
    pub const fn prescription(&self) -> &Prescription {
        &self.prescription
    }

    /// Signs it, at the time at which it is written.
    ///
    /// # Errors
    /// [`NotSigned`] where the signer makes no signature, or one that does not verify.
    pub fn sign(&mut self, signer: &dyn Signer, policy: &Policy, provider: &dyn Provider) -> Result<(), NotSigned> {
        signers::sign_prescription(&mut self.prescription, signer, policy, provider, self.recipe.written)
    }

    /// The prescription-order Bundle, with its Provenance where it is signed.
    ///
    /// # Errors
    /// What FHIR has no form for; what is generated has.
    pub fn bundle(&self) -> Result<Vec<u8>, Problems> {
        let mut draws = Draws::new(self.recipe.seed, "resources", self.number);
        let mut ids = || draws.guid();
        // An order holds no prescription that was released.
        let verify = |_: &SignedDocument| SignatureVerdict::Invalid;
        let mut outgoing = Outgoing { now: self.recipe.written, ids: &mut ids, verify: &verify, base_path: "" };
        fhir::write(&self.envelope(None, None), &mut outgoing)
    }

    /// The message, from one system to another.
    #[must_use]
    pub fn envelope(&self, from: Option<Asid>, to: Option<Asid>) -> Envelope {
        Envelope {
            id: self.prescription.message_id,
            created: self.recipe.written,
            interaction: eps_core::codes::Interaction::ParentPrescriptionUrgent.sm(),
            to,
            from,
            author: None,
            acknowledgement: None,
            message: Message::Prescription(Box::new(self.prescription.clone())),
        }
    }
}

#[cfg(test)]
mod tests;
