//! What was sent and what was answered, kept outside of the service, and the check of the service against it.
//!
//! One line of JSON for each message before it is sent and one after its answer. A message that was accepted must have left
//! exactly one event in the prescription's history; one that was refused, none; of one whose answer was lost it is not known,
//! and it may have left one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use eps_core::ids::PrescriptionId;
use eps_core::record::IssueNumber;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::Step;
use crate::broker::{Broker, BrokerError};
use crate::client::{ClientError, PrescriberClient, RequestId};
use crate::store::Store;

/// Prescriptions that are looked up at once.
const AT_ONCE: usize = 16;

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The file cannot be read or written.
    #[error("the ledger cannot be read or written")]
    File(#[from] std::io::Error),
    /// A line is none of a ledger.
    #[error("line {line} of the ledger is none of a ledger")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The service could not be asked.
    #[error("the service could not be asked")]
    Asked(#[from] ClientError),
    /// The store could not be read.
    #[error("the store cannot be read")]
    Store(#[from] BrokerError),
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Became {
    Sent,
    Accepted,
    Refused,
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct Line {
    prescription: PrescriptionId,
    step: String,
    request: String,
    became: Became,
}

/// A ledger that is being written. Each line is with the operating system before its message is sent, so that it outlives
/// this process.
#[derive(Debug)]
pub struct Ledger(Mutex<Written>);

#[derive(Debug)]
struct Written {
    file: File,
    failed: Option<std::io::Error>,
}

impl Ledger {
    /// A new ledger, or one that is continued.
    ///
    /// # Errors
    /// [`LedgerError::File`].
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let file = File::options().create(true).append(true).open(path)?;
        Ok(Self(Mutex::new(Written { file, failed: None })))
    }

    pub(super) fn sent(&self, step: Step, prescription: &PrescriptionId, request: RequestId) {
        self.write(step, prescription, request, Became::Sent);
    }

    pub(super) fn answered(
        &self,
        step: Step,
        prescription: &PrescriptionId,
        request: RequestId,
        error: Option<&ClientError>,
    ) {
        let became = match error {
            None => Became::Accepted,
            Some(ClientError::Refused { .. } | ClientError::NotFound) => Became::Refused,
            Some(_) => Became::Unknown,
        };
        self.write(step, prescription, request, became);
    }

    fn write(&self, step: Step, prescription: &PrescriptionId, request: RequestId, became: Became) {
        let line = Line {
            prescription: prescription.clone(),
            step: step.name().to_owned(),
            request: request.guid().lower(),
            became,
        };
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = serde_json::to_vec(&line).map_err(std::io::Error::from).map(|mut bytes| {
            bytes.push(b'\n');
            bytes
        });
        if let Err(error) = bytes.and_then(|bytes| written.file.write_all(&bytes)) {
            written.failed.get_or_insert(error);
        }
    }

    /// Whether everything was written, once all is done.
    pub(super) fn end(&self) -> Result<(), LedgerError> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.failed.take().map_or(Ok(()), |error| Err(error.into()))
    }
}

/// What a ledger says of a prescription.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    sent: u64,
    accepted: u64,
    refused: u64,
}

impl Account {
    /// The messages of which it is not known whether they arrived.
    const fn unknown(self) -> u64 {
        self.sent.saturating_sub(self.accepted + self.refused)
    }
}

/// What the check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Checked {
    /// Prescriptions of the ledger.
    pub prescriptions: u64,
    /// Messages that were accepted.
    pub accepted: u64,
    /// Messages whose answer was lost.
    pub unknown: u64,
    /// Those of them that arrived.
    pub arrived: u64,
    /// Prescriptions that have fewer events than messages were accepted.
    pub lost: Vec<PrescriptionId>,
    /// Prescriptions that have more events than messages were sent.
    pub doubled: Vec<PrescriptionId>,
}

/// Looks every prescription of a ledger up with a service.
///
/// # Errors
/// [`LedgerError`].
pub async fn check(path: &Path, client: &PrescriberClient) -> Result<Checked, LedgerError> {
    let mut checked = Checked::default();
    let mut looked_up = JoinSet::new();
    for (id, account) in read(path)? {
        if looked_up.len() >= AT_ONCE {
            checked.note_next(&mut looked_up).await?;
        }
        let client = client.clone();
        looked_up.spawn(async move {
            // What load sends is about the first issue.
            match client.track_issue(&id, IssueNumber::FIRST).await {
                Ok(tracked) => Ok((id, account, tracked.history.len())),
                Err(ClientError::NotFound) => Ok((id, account, 0)),
                Err(error) => Err(error),
            }
        });
    }
    while !looked_up.is_empty() {
        checked.note_next(&mut looked_up).await?;
    }
    checked.lost.sort();
    checked.doubled.sort();
    Ok(checked)
}

/// Looks every prescription of a ledger up in the store of a service, which need not run.
///
/// # Errors
/// [`LedgerError`].
pub fn check_store<S: Store>(path: &Path, broker: &Broker<S>) -> Result<Checked, LedgerError> {
    let mut checked = Checked::default();
    for (id, account) in read(path)? {
        let events = broker.track(&id)?.map_or(0, |track| track.record.timeline().len());
        checked.note(id, account, events);
    }
    Ok(checked)
}

type LookedUp = Result<(PrescriptionId, Account, usize), ClientError>;

impl Checked {
    async fn note_next(&mut self, looked_up: &mut JoinSet<LookedUp>) -> Result<(), LedgerError> {
        if let Some(found) = looked_up.join_next().await {
            let (id, account, events) = found.map_err(std::io::Error::from)??;
            self.note(id, account, events);
        }
        Ok(())
    }

    fn note(&mut self, id: PrescriptionId, account: Account, events: usize) {
        let events = events as u64;
        self.prescriptions += 1;
        self.accepted += account.accepted;
        self.unknown += account.unknown();
        if events < account.accepted {
            self.lost.push(id);
        } else if events > account.accepted + account.unknown() {
            self.doubled.push(id);
        } else {
            self.arrived += events - account.accepted;
        }
    }
}

fn read(path: &Path) -> Result<BTreeMap<PrescriptionId, Account>, LedgerError> {
    let mut accounts: BTreeMap<PrescriptionId, Account> = BTreeMap::new();
    for (at, line) in BufReader::new(File::open(path)?).lines().enumerate() {
        let line = line?;
        let line: Line = serde_json::from_str(&line).map_err(|source| LedgerError::Line { line: at + 1, source })?;
        let account = accounts.entry(line.prescription).or_default();
        match line.became {
            Became::Sent => account.sent += 1,
            Became::Accepted => account.accepted += 1,
            Became::Refused => account.refused += 1,
            Became::Unknown => {}
        }
    }
    Ok(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let ledger = Ledger::open(&path).unwrap();
        let id: PrescriptionId = "9142DC-A99968-11EB9M".parse().unwrap();
        let error = ClientError::NoAnswer(crate::client::TransportError::TooSlow);
        for error in [None, Some(&ClientError::NotFound), Some(&error)] {
            let request = RequestId::new();
            ledger.sent(Step::Create, &id, request);
            ledger.answered(Step::Create, &id, request, error);
        }
        ledger.sent(Step::Claim, &id, RequestId::new());
        ledger.end().unwrap();
        let account = read(&path).unwrap()[&id];
        assert_eq!((account.accepted, account.refused, account.unknown()), (1, 1, 2));
        std::fs::write(&path, "{}\n").unwrap();
        assert!(matches!(read(&path), Err(LedgerError::Line { line: 1, .. })));
    }

    #[test]
    fn fewer_events_than_accepted_are_lost_and_more_than_sent_are_doubled() {
        let id: PrescriptionId = "9142DC-A99968-11EB9M".parse().unwrap();
        let account = Account { sent: 3, accepted: 2, refused: 0 };
        let of = |events| {
            let mut checked = Checked::default();
            checked.note(id.clone(), account, events);
            (checked.lost.len(), checked.doubled.len(), checked.arrived)
        };
        assert_eq!([1, 2, 3, 4].map(of), [(1, 0, 0), (0, 0, 0), (0, 0, 1), (0, 1, 0)]);
    }
}
