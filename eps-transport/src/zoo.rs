//! The signature zoo: signed prescriptions, right ones and ones wrong in one way each, with the report that must come of
//! each. What is expected was written by hand, vector by vector; no verifier was asked.
//!
//! Everything follows from a seed and a time, byte for byte, so that others can make the same files. Keys are throw-away
//! keys that everybody can make.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use eps_core::model::Timestamp;

mod algorithms;
mod certificates;
mod documents;
mod revocation;
mod vector;
mod world;

use crate::pki::PkiError;
pub use vector::Vector;
use world::World;

/// The seed of the published zoo.
pub const SEED: u64 = 1;

/// Why there are no vectors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ZooError {
    /// A key, certificate or list could not be made.
    #[error("the keys and certificates of the vectors could not be made")]
    Pki(#[from] PkiError),
    /// The shipped prescription is not what this code was written for.
    #[error("the prescription of the vectors cannot be used")]
    Order,
    /// A vector changes a text that the shipped prescription does not have.
    #[error("the prescription of the vectors does not hold {0}")]
    Mark(String),
    /// Two vectors have one name.
    #[error("two vectors are called {0}")]
    Name(String),
}

/// The vectors, and the certificates and revocation lists to verify them with.
#[derive(Clone, Debug)]
pub struct Zoo {
    now: Timestamp,
    files: BTreeMap<&'static str, String>,
    vectors: Vec<Vector>,
}

impl Zoo {
    /// Makes the vectors from a seed, to be verified at `now`, not before 4 July 2025.
    ///
    /// # Errors
    /// [`ZooError`] when something cannot be made.
    pub fn generate(now: Timestamp, seed: u64) -> Result<Self, ZooError> {
        let mut world = World::new(now, seed)?;
        let vectors = [
            certificates::vectors(&mut world)?,
            revocation::vectors(&mut world)?,
            algorithms::vectors(&mut world)?,
            documents::vectors(&mut world)?,
        ]
        .concat();
        let mut names = BTreeSet::new();
        if let Some(twice) = vectors.iter().find(|vector| !names.insert(vector.name())) {
            return Err(ZooError::Name(twice.name().to_owned()));
        }
        Ok(Self { now, files: world.into_files(), vectors })
    }

    /// The vectors.
    #[must_use]
    pub fn vectors(&self) -> &[Vector] {
        &self.vectors
    }

    /// Writes `NAME.xml` and `NAME.json` of each vector into a folder, and certificates and lists into `trust` below it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        let trust = folder.join("trust");
        std::fs::create_dir_all(&trust)?;
        for (name, pem) in &self.files {
            std::fs::write(trust.join(name), pem)?;
        }
        let now = self.now.to_string();
        for vector in &self.vectors {
            std::fs::write(folder.join(format!("{}.xml", vector.name())), vector.message())?;
            let mut expected = serde_json::to_vec_pretty(&vector.expected(&now))?;
            expected.push(b'\n');
            std::fs::write(folder.join(format!("{}.json", vector.name())), expected)?;
        }
        Ok(())
    }
}

impl From<rcgen::Error> for ZooError {
    fn from(error: rcgen::Error) -> Self {
        Self::Pki(error.into())
    }
}
