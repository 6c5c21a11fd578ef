//! The log of status updates: what pharmacies told patients of their items. It stands beside the prescription records and
//! changes nothing in them.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use eps_core::fhir::{ItemUpdate, StatusUpdate};
use eps_core::ids::OdsCode;
use eps_core::model::{Text, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::store::StoreError;

/// How long an update is kept: two years, in seconds.
const KEPT: i64 = 2 * 365 * 24 * 60 * 60;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS status_update (
        prescription TEXT    NOT NULL,
        task         TEXT    NOT NULL,
        item         TEXT    NOT NULL,
        patient      TEXT    NOT NULL,
        pharmacy     TEXT    NOT NULL,
        status       TEXT    NOT NULL,
        is_last      INTEGER NOT NULL,
        modified     TEXT    NOT NULL,
        modified_at  INTEGER NOT NULL,
        issue        INTEGER,
        predicted    TEXT,
        request      TEXT    NOT NULL,
        application  TEXT    NOT NULL,
        application_id TEXT  NOT NULL,
        expires      INTEGER NOT NULL,
        PRIMARY KEY (prescription, task)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS status_update_patient ON status_update (patient, prescription, task);
    CREATE INDEX IF NOT EXISTS status_update_pharmacy ON status_update (pharmacy, prescription, task);
    CREATE INDEX IF NOT EXISTS status_update_expires ON status_update (expires);
";

const COLUMNS: &str =
    "prescription, task, item, patient, pharmacy, status, is_last, modified, modified_at, issue, predicted,
    request, application, application_id, expires";

/// An update as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "whoever logs an update says each of these")]
pub struct Logged {
    /// The update.
    pub update: StatusUpdate,
    /// The request that brought it.
    pub request: String,
    /// The name of the application that sent it.
    pub application: String,
    /// Its id.
    pub application_id: String,
    /// When it is forgotten, in seconds since 1970.
    pub expires: i64,
}

impl Logged {
    /// An update that came now.
    #[must_use]
    pub fn new(update: StatusUpdate, request: &str, application: &str, application_id: &str, now: Timestamp) -> Self {
        let expires = now.unix() + KEPT;
        let owned = str::to_owned;
        Self {
            update,
            request: owned(request),
            application: owned(application),
            application_id: owned(application_id),
            expires,
        }
    }
}

/// What became of updates that were to be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "all are logged or none is")]
pub enum Outcome {
    /// They are durable.
    Logged,
    /// Nothing was logged, because these, by their places, are known already; with when each was said to hold.
    Known(Vec<(usize, String)>),
}

/// What is looked for. What is not given is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "whoever looks says each of these")]
pub struct Looked<'q> {
    /// The prescription.
    pub prescription: Option<&'q str>,
    /// The patient.
    pub patient: Option<&'q str>,
    /// The pharmacy.
    pub pharmacy: Option<&'q str>,
    /// The application that sent it.
    pub application: Option<&'q str>,
    /// Those after this prescription and Task.
    pub after: Option<(&'q str, &'q str)>,
}

/// The log, in a file of its own; by default it is in memory and gone with the process.
#[derive(Default)]
pub struct UpdateLog(Mutex<Option<Connection>>);

fn failed(source: rusqlite::Error) -> StoreError {
    StoreError::Engine { doing: "kept or read status updates", source: Arc::new(source) }
}

impl UpdateLog {
    /// Opens the log at `path`; makes it where there is none.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when the file cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let db = Connection::open(path).map_err(failed)?;
        db.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        db.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        db.execute_batch(TABLES).map_err(failed)?;
        Ok(Self(Mutex::new(Some(db))))
    }

    /// Does something with the log, which is made where it is in memory and was not used before.
    fn with<T>(&self, act: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        // A transaction that a panic left open was rolled back when it was dropped.
        let mut db = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let db = match &mut *db {
            Some(db) => db,
            none => {
                let made = Connection::open_in_memory().map_err(failed)?;
                made.execute_batch(TABLES).map_err(failed)?;
                none.insert(made)
            }
        };
        act(db).map_err(failed)
    }

    /// Logs all of these, or none where one is known or comes twice.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when they cannot be kept. Nothing is kept then.
    pub fn add(&self, updates: &[Logged], now: Timestamp) -> Result<Outcome, StoreError> {
        self.with(|db| {
            let transaction = db.transaction()?;
            transaction.execute("DELETE FROM status_update WHERE expires < ?1", [now.unix()])?;
            let mut known = Vec::new();
            for (at, logged) in updates.iter().enumerate() {
                let modified = transaction
                    .prepare_cached("SELECT modified FROM status_update WHERE prescription = ?1 AND task = ?2")?
                    .query_row([&logged.update.prescription, &logged.update.task], |row| row.get(0))
                    .optional()?;
                match modified {
                    Some(modified) => known.push((at, modified)),
                    None => insert(&transaction, logged)?,
                }
            }
            if known.is_empty() {
                transaction.commit()?;
                return Ok(Outcome::Logged);
            }
            Ok(Outcome::Known(known))
        })
    }

    /// The updates that are looked for, in the order of prescription and Task, `limit` at most.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when they cannot be read.
    pub fn find(&self, looked: &Looked<'_>, limit: u32) -> Result<Vec<Logged>, StoreError> {
        let Looked { prescription, patient, pharmacy, application, after } = *looked;
        let mut conditions = vec!["TRUE"];
        let mut values = Vec::new();
        for (condition, value) in [
            ("prescription = ?", prescription),
            ("patient = ?", patient),
            ("pharmacy = ?", pharmacy),
            ("application = ?", application),
        ] {
            conditions.extend(value.map(|_| condition));
            values.extend(value);
        }
        if let Some((prescription, task)) = after {
            conditions.push("(prescription, task) > (?, ?)");
            values.extend([prescription, task]);
        }
        let query = format!(
            "SELECT {COLUMNS} FROM status_update WHERE {} ORDER BY prescription, task LIMIT {limit}",
            conditions.join(" AND ")
        );
        self.with(|db| db.prepare_cached(&query)?.query_map(rusqlite::params_from_iter(values), logged)?.collect())
    }

    /// What holds now of the items of a prescription at a pharmacy, each the latest.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn latest(
        &self,
        prescription: &str,
        pharmacy: &OdsCode,
        now: Timestamp,
    ) -> Result<Vec<ItemUpdate>, StoreError> {
        let looked =
            Looked { prescription: Some(prescription), pharmacy: Some(pharmacy.as_str()), ..Looked::default() };
        let mut updates: Vec<_> = self.find(&looked, u32::MAX)?.into_iter().map(|logged| logged.update).collect();
        updates.retain(|update| update.modified_at <= now.unix());
        updates.sort_by_key(|update| update.modified_at);
        let mut items: Vec<ItemUpdate> = Vec::new();
        for update in updates.iter().filter(|update| !is_revoked(update, &updates)).rev() {
            let (Ok(item), Ok(status)) = (update.item.parse(), Text::new(update.status.as_str())) else { continue };
            if items.iter().all(|known| known.item != item) {
                items.push(ItemUpdate { item, status, at: Timestamp::from_unix(update.modified_at) });
            }
        }
        Ok(items)
    }
}

/// Whether a prediction was overtaken: something was told of the item after it was made.
fn is_revoked(update: &StatusUpdate, all: &[StatusUpdate]) -> bool {
    let Some(made) = update.predicted.as_deref().and_then(instant) else { return false };
    all.iter().any(|other| other.predicted.is_none() && other.item == update.item && other.modified_at > made)
}

fn instant(text: &str) -> Option<i64> {
    use time::format_description::well_known::Rfc3339;
    time::OffsetDateTime::parse(text, &Rfc3339).ok().map(time::OffsetDateTime::unix_timestamp)
}

fn insert(db: &Connection, logged: &Logged) -> rusqlite::Result<()> {
    let Logged { update, request, application, application_id, expires } = logged;
    let StatusUpdate {
        prescription,
        item,
        patient,
        pharmacy,
        status,
        is_last,
        task,
        modified,
        modified_at,
        issue,
        predicted,
    } = update;
    db.prepare_cached(&format!(
        "INSERT INTO status_update ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
    ))?
    .execute(params![
        prescription,
        task,
        item,
        patient.as_str(),
        pharmacy,
        status,
        is_last,
        modified,
        modified_at,
        issue,
        predicted,
        request,
        application,
        application_id,
        expires
    ])
    .map(drop)
}

fn logged(row: &Row<'_>) -> rusqlite::Result<Logged> {
    let patient: String = row.get(3)?;
    let damaged = |_| rusqlite::Error::InvalidColumnType(3, "patient".to_owned(), Type::Text);
    Ok(Logged {
        update: StatusUpdate {
            prescription: row.get(0)?,
            task: row.get(1)?,
            item: row.get(2)?,
            patient: patient.parse().map_err(damaged)?,
            pharmacy: row.get(4)?,
            status: row.get(5)?,
            is_last: row.get(6)?,
            modified: row.get(7)?,
            modified_at: row.get(8)?,
            issue: row.get(9)?,
            predicted: row.get(10)?,
        },
        request: row.get(11)?,
        application: row.get(12)?,
        application_id: row.get(13)?,
        expires: row.get(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse_hl7("20260302090000").unwrap()
    }

    fn update(task: &str, status: &str, modified: &str, predicted: Option<&str>) -> Logged {
        let update = StatusUpdate {
            prescription: "9142DC-A99968-11EB9M".to_owned(),
            item: "3F0F7A52-9A6E-4C55-8A5A-0C5D7B1E2A41".to_owned(),
            patient: "9990173923".parse().unwrap(),
            pharmacy: "FA565".to_owned(),
            status: status.to_owned(),
            is_last: false,
            task: task.to_owned(),
            modified: modified.to_owned(),
            modified_at: instant(modified).unwrap(),
            issue: None,
            predicted: predicted.map(str::to_owned),
        };
        Logged::new(update, "request", "application", "id", now())
    }

    fn latest(updates: &[Logged]) -> Vec<String> {
        let log = UpdateLog::default();
        assert_eq!(log.add(updates, now()).unwrap(), Outcome::Logged);
        let latest = log.latest("9142DC-A99968-11EB9M", &"FA565".parse().unwrap(), now()).unwrap();
        latest.iter().map(|update| update.status.as_str().to_owned()).collect()
    }

    #[test]
    fn all_are_logged_or_none_and_none_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("updates.db");
        let one = update("1", "With Pharmacy", "2026-03-01T09:00:00Z", None);
        let two = update("2", "Collected", "2026-03-01T10:00:00Z", None);
        let log = UpdateLog::open(&path).unwrap();
        assert_eq!(log.add(std::slice::from_ref(&one), now()).unwrap(), Outcome::Logged);
        let known = Outcome::Known(vec![(1, one.update.modified.clone())]);
        assert_eq!(log.add(&[two.clone(), one.clone()], now()).unwrap(), known);
        let known = Outcome::Known(vec![(1, two.update.modified.clone())]);
        assert_eq!(log.add(&[two.clone(), two.clone()], now()).unwrap(), known, "twice in one request");
        drop(log);
        let log = UpdateLog::open(&path).unwrap();
        let all = |looked: &Looked<'_>| log.find(looked, 9).unwrap();
        assert_eq!(all(&Looked { patient: Some("9990173923"), ..Looked::default() }), [one]);
        assert_eq!(all(&Looked { application: Some("another"), ..Looked::default() }), []);
        let later = Timestamp::from_unix(now().unix() + KEPT + 1);
        assert_eq!(log.add(&[two], later).unwrap(), Outcome::Logged);
        assert_eq!(all(&Looked::default()).len(), 1, "after two years an update is forgotten");
    }

    #[test]
    fn the_latest_that_holds_is_told() {
        let with = |time| update("1", "With Pharmacy", time, None);
        let ready = |task, time| update(task, "Ready to Collect", time, None);
        assert_eq!(latest(&[ready("2", "2026-03-02T08:00:00Z"), with("2026-03-01T09:00:00Z")]), ["Ready to Collect"]);
        assert_eq!(latest(&[ready("2", "2026-03-02T10:00:00Z"), with("2026-03-01T09:00:00Z")]), ["With Pharmacy"]);
    }

    #[test]
    fn a_prediction_holds_unless_something_was_told_since() {
        let told = |time| update("1", "With Pharmacy", time, None);
        let predicted = update("2", "Ready to Collect", "2026-03-02T08:00:00Z", Some("2026-03-01T08:00:00Z"));
        assert_eq!(latest(&[told("2026-03-01T07:00:00Z"), predicted.clone()]), ["Ready to Collect"]);
        assert_eq!(latest(&[told("2026-03-01T09:00:00Z"), predicted]), ["With Pharmacy"]);
    }
}
