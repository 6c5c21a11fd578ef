//! Where two journals part.

use super::{Entry, JournalError, entries};
use crate::store::Store;

/// How two journals compare.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no other way to compare")]
pub enum Difference {
    /// They are the same, of so many entries.
    None(u64),
    /// One goes on where the other ends, after so many common entries.
    Longer {
        /// The entries that both have.
        common: u64,
        /// The next entry of the first journal, if it is the longer one.
        left: Option<Box<Entry>>,
        /// The next entry of the second journal, if it is the longer one.
        right: Option<Box<Entry>>,
    },
    /// They part: the entries before are the same.
    At {
        /// The first entry that differs.
        number: u64,
        /// As it stands in the first journal.
        left: Box<Entry>,
        /// As it stands in the second one.
        right: Box<Entry>,
    },
}

/// Compares two journals. Where the entries are the same, so are the hashes of all that was stored.
///
/// # Errors
/// [`JournalError`] where either journal is broken or cannot be read.
pub fn diff(left: &dyn Store, right: &dyn Store) -> Result<Difference, JournalError> {
    let (mut left, mut right) = (entries(left), entries(right));
    let mut common = 0;
    loop {
        match (left.next().transpose()?, right.next().transpose()?) {
            (None, None) => return Ok(Difference::None(common)),
            (Some(left), Some(right)) if left.link == right.link => common = left.number,
            (Some(left), Some(right)) => {
                return Ok(Difference::At { number: left.number, left: left.into(), right: right.into() });
            }
            (left, right) => {
                return Ok(Difference::Longer { common, left: left.map(Box::new), right: right.map(Box::new) });
            }
        }
    }
}
