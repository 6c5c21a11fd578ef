//! The entries of the journal: one for each accepted message, and one for each batch of what time brought.
//!
//! An entry names no patient. It holds the hashes of all that was stored, so that the chain of entries covers the records,
//! messages and replies themselves; and it holds what cannot be worked out again from the message: when it was answered,
//! by whom, and the ids in the reply. That is enough to do it all again (`journal::replay`).

use std::fmt;

use eps_core::ids::{Asid, MessageId, PrescriptionId};
use eps_core::model::{Date, Envelope, Timestamp};
use eps_core::record::Effect;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// SHA-256 of something that was stored; written in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[expect(clippy::exhaustive_structs, reason = "it is its bytes")]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

/// The text is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not 64 hexadecimal digits")]
pub struct NotAHash;

impl TryFrom<String> for Hash {
    type Error = NotAHash;

    fn try_from(text: String) -> Result<Self, NotAHash> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
        let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
        let bytes = bytes.filter(|_| rest.is_empty()).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(NotAHash)
    }
}

/// One entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalEntry {
    /// When it happened.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// The records that changed.
    pub records: Vec<JournalRecord>,
}

/// Why records changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a replay must do each again")]
pub enum Cause {
    /// A message was accepted.
    Message(Box<AcceptedMessage>),
    /// Time passed.
    Time,
}

/// A message that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AcceptedMessage {
    /// Its id.
    pub id: MessageId,
    /// The id of its interaction: `PORX_IN020101SM31`.
    pub interaction: String,
    /// The sending system.
    pub from: Option<Asid>,
    /// The system that answered; absent in entries of the first schema.
    pub by: Option<Asid>,
    /// Of the message.
    pub digest: Hash,
    /// What a repeat is told by, where the message was made from another one; else by its digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Hash>,
    /// Of the reply; absent in entries of the first schema.
    pub reply: Option<Hash>,
    /// The ids in the reply, in the order in which they were taken.
    pub ids: Vec<MessageId>,
    /// The messages to others that followed from it. Each is stored as the document under its id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<SentLater>,
}

/// A message that the broker sends unasked: what became of a cancellation that had to wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentLater {
    /// The message.
    pub message: MessageId,
    /// The system that it is for; `None` where the cancellation did not say whom to answer.
    pub to: Option<Asid>,
    /// Of the message.
    pub hash: Hash,
}

impl AcceptedMessage {
    /// What a repeat is told by.
    #[must_use]
    pub fn fingerprint(&self) -> Hash {
        self.fingerprint.unwrap_or(self.digest)
    }
}

impl SentLater {
    pub(super) fn of(message: &Envelope, bytes: &[u8]) -> Self {
        Self { message: message.id, to: message.to.clone(), hash: Hash::of(bytes) }
    }
}

/// A record that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalRecord {
    /// Which prescription.
    pub id: PrescriptionId,
    /// The version of its record from then on.
    pub version: u32,
    /// What became of the record; absent in entries of the first schema.
    pub becomes: Option<Becomes>,
    /// What followed.
    pub effects: Vec<Effect>,
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a replay must do each again")]
pub enum Becomes {
    /// It is stored, and this is its hash.
    Kept(Hash),
    /// It is deleted, and its id is kept from use until this day.
    Deleted(Date),
    /// Nothing is kept of it.
    Purged,
}

/// An entry as the first schema wrote it.
#[derive(Deserialize)]
struct FirstEntry {
    at: Timestamp,
    message: MessageId,
    interaction: String,
    from: Option<Asid>,
    digest: Hash,
    records: Vec<JournalRecord>,
}

impl From<FirstEntry> for JournalEntry {
    fn from(entry: FirstEntry) -> Self {
        let FirstEntry { at, message: id, interaction, from, digest, records } = entry;
        let message = AcceptedMessage {
            id,
            interaction,
            from,
            by: None,
            digest,
            fingerprint: None,
            reply: None,
            ids: Vec::new(),
            sent: Vec::new(),
        };
        Self { at, cause: Cause::Message(Box::new(message)), records }
    }
}

impl JournalEntry {
    /// The message that was accepted; `None` where time passed.
    #[must_use]
    pub fn message(&self) -> Option<&AcceptedMessage> {
        match &self.cause {
            Cause::Message(message) => Some(message),
            Cause::Time => None,
        }
    }

    /// The entry as it is stored.
    ///
    /// # Errors
    /// None is known: every entry can be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The entry from what was stored, in this release or an older one.
    ///
    /// # Errors
    /// Where the bytes are not an entry.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
            .or_else(|error| serde_json::from_slice::<FirstEntry>(bytes).map(Self::from).map_err(|_| error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = r#"{"at":"20261124205245","message":"CBDEF3F3-477D-4A7F-B9DB-3AD4245D0073","interaction":"PORX_IN060102UK30","from":"200000001285","digest":"6eecb335999f84a17ffe0717d71c7dc0a965e490922c4bf62edd2dc142ec7662","records":[{"id":"5D1B7C-Y90217-3E42AY","version":3,"effects":[{"keep":"CBDEF3F3-477D-4A7F-B9DB-3AD4245D0073"}]}]}"#;

    #[test]
    fn an_entry_comes_back_from_its_bytes() {
        let mut entry = JournalEntry::from_bytes(FIRST.as_bytes()).unwrap();
        assert_eq!(entry.message().unwrap().reply, None);
        for becomes in [Becomes::Kept(Hash::of(b"")), Becomes::Deleted(entry.at.date()), Becomes::Purged] {
            entry.records[0].becomes = Some(becomes);
            assert_eq!(JournalEntry::from_bytes(&entry.to_bytes().unwrap()).unwrap(), entry);
        }
        entry.cause = Cause::Time;
        assert_eq!(JournalEntry::from_bytes(&entry.to_bytes().unwrap()).unwrap(), entry);
    }

    #[test]
    fn what_is_no_entry_is_refused() {
        for wrong in ["", "{}", &FIRST.replace("6eec", "6eeg"), &FIRST.replace("6eec", "6ee"), &FIRST[1..]] {
            assert!(JournalEntry::from_bytes(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
