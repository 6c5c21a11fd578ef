//! What survives a restart of what gives tokens: the key that seals them, and the assertions that were used.
//!
//! A token is `eps1.{claims}.{seal}`: who it was given to and until when, and the HMAC-SHA-256 of that. So none is kept.

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, OptionalExtension as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The form of the tokens.
const FORM: &str = "eps1";
/// The most assertions that are remembered.
const MOST: u32 = 100_000;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS seal (only INTEGER PRIMARY KEY CHECK (only = 1), key BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS assertion (digest BLOB PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS assertion_until ON assertion (until);
";

/// The file that keeps it cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeepingError {
    /// The file cannot be made or looked at.
    #[error("the file cannot be made or looked at")]
    File(#[from] io::Error),
    /// Others than its owner may read or write it.
    #[error("others than its owner may read or write the file (chmod 600)")]
    Open,
    /// The engine refuses it.
    #[error("the file cannot be read or written")]
    Engine(#[from] rusqlite::Error),
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes")]
    Random,
}

/// What a token says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Given {
    /// The application that it was given to.
    pub(super) client: String,
    /// The end of its life, in seconds since 1970.
    pub(super) until: u64,
}

/// What became of an assertion that was to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    First,
    Again,
    /// There is no room to remember it.
    NoRoom,
}

/// The key and the assertions.
pub(super) struct Kept {
    key: hmac::Key,
    assertions: Mutex<Connection>,
}

impl Kept {
    /// In memory, and gone with the process.
    pub(super) fn in_memory() -> Result<Self, KeepingError> {
        Self::of(Connection::open_in_memory()?)
    }

    /// In a file that only its owner may read; it is made where there is none.
    pub(super) fn open(path: &Path) -> Result<Self, KeepingError> {
        own(path)?;
        let db = Connection::open(path)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        Self::of(db)
    }

    fn of(mut db: Connection) -> Result<Self, KeepingError> {
        db.execute_batch(TABLES)?;
        let transaction = db.transaction()?;
        let known = transaction.query_row("SELECT key FROM seal", [], |row| row.get(0)).optional()?;
        let bytes: Zeroizing<Vec<u8>> = match known {
            Some(bytes) => Zeroizing::new(bytes),
            None => {
                let mut made = Zeroizing::new(vec![0; 32]);
                SystemRandom::new().fill(&mut made).map_err(|_| KeepingError::Random)?;
                transaction.execute("INSERT INTO seal (only, key) VALUES (1, ?1)", [made.as_slice()])?;
                made
            }
        };
        transaction.commit()?;
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, &bytes), assertions: Mutex::new(db) })
    }

    /// A token that says this.
    pub(super) fn seal(&self, given: &Given) -> String {
        let claims = serde_json::to_vec(given).unwrap_or_default();
        let text = format!("{FORM}.{}", URL_SAFE_NO_PAD.encode(claims));
        let seal = URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, text.as_bytes()));
        format!("{text}.{seal}")
    }

    /// What a token says that was sealed here; the seals are compared in constant time.
    pub(super) fn open_token(&self, token: &str) -> Option<Given> {
        let (text, seal) = token.rsplit_once('.')?;
        let claims = text.strip_prefix(FORM)?.strip_prefix('.')?;
        let seal = URL_SAFE_NO_PAD.decode(seal).ok()?;
        hmac::verify(&self.key, text.as_bytes(), &seal).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    /// Remembers an assertion of this application until it is over anyway. What is told is durable.
    pub(super) fn used(&self, client: &str, jti: &str, until: u64, now: u64) -> Result<Use, KeepingError> {
        // Two texts are told apart however long each is.
        let digest = Sha256::new().chain_update(Sha256::digest(client)).chain_update(Sha256::digest(jti)).finalize();
        let seconds = |time: u64| i64::try_from(time).unwrap_or(i64::MAX);
        // A transaction that a panic left open was rolled back when it was dropped.
        let mut db = self.assertions.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = db.transaction()?;
        transaction.prepare_cached("DELETE FROM assertion WHERE until < ?1")?.execute([seconds(now)])?;
        let remembered: u32 =
            transaction.prepare_cached("SELECT count(*) FROM assertion")?.query_row([], |row| row.get(0))?;
        if remembered >= MOST {
            return Ok(Use::NoRoom);
        }
        let added = transaction
            .prepare_cached("INSERT OR IGNORE INTO assertion (digest, until) VALUES (?1, ?2)")?
            .execute(rusqlite::params![digest.as_slice(), seconds(until)])?;
        transaction.commit()?;
        Ok(if added == 1 { Use::First } else { Use::Again })
    }
}

/// Makes the file, for its owner alone, or sees that it is so.
#[cfg(unix)]
fn own(path: &Path) -> Result<(), KeepingError> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let mode = std::fs::metadata(path)?.permissions().mode();
            if mode & 0o077 == 0 { Ok(()) } else { Err(KeepingError::Open) }
        }
        Err(error) => Err(error.into()),
    }
}

/// Elsewhere the folder says who may.
#[cfg(not(unix))]
fn own(_: &Path) -> Result<(), KeepingError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> Given {
        Given { client: "a".to_owned(), until: 7 }
    }

    #[test]
    fn a_token_is_good_where_it_was_sealed_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.db");
        let token = Kept::open(&path).unwrap().seal(&given());
        let kept = Kept::open(&path).unwrap();
        assert_eq!(kept.open_token(&token), Some(given()), "also after a restart");
        assert_eq!(Kept::in_memory().unwrap().open_token(&token), None, "another key");
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(kept.open_token(std::str::from_utf8(&changed).unwrap()), None, "byte {at}");
        }
        for other in ["", ".", "..", "eps1", "eps1..", "x.y.z"] {
            assert_eq!(kept.open_token(other), None, "{other}");
        }
    }

    #[test]
    fn an_assertion_is_used_once_until_it_is_over_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.db");
        let used = |client, jti, now| Kept::open(&path).unwrap().used(client, jti, 100, now).unwrap();
        assert_eq!(used("a", "1", 50), Use::First);
        assert_eq!(used("a", "1", 100), Use::Again);
        assert_eq!((used("b", "1", 60), used("a1", "", 60), used("a", "2", 60)), (Use::First, Use::First, Use::First));
        assert_eq!(used("a", "1", 101), Use::First, "it would be refused for its age");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.db");
        drop(Kept::open(&path).unwrap());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Kept::open(&path), Err(KeepingError::Open)));
    }
}
