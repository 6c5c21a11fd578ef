//! Copies of a store that is in use.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use super::{SqliteStore, engine, schema};
use crate::store::StoreError;

impl SqliteStore {
    /// Copies the store, as it is at this moment, into a new file. Others write meanwhile; what they write is not in it.
    ///
    /// The copy gets its name once it is whole and on the disk: a file of that name is a backup.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where there is a file of that name; [`StoreError::Damaged`] where the copy does not pass
    /// SQLite's check; the others when either file fails.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(StoreError::Exists);
        }
        let part = PartialFile(with_suffix(to, ".part"));
        let mut copy = Connection::open(&part.0).map_err(engine("opened the backup"))?;
        let source = self.reader().map_err(engine("opened the file to read"))?;
        copy_all(&source, &mut copy).map_err(engine("copied the file"))?;
        // One file, complete in itself.
        copy.pragma_update(None, "journal_mode", "DELETE").map_err(engine("closed the backup"))?;
        check(&copy)?;
        schema::check(&copy)?;
        copy.close().map_err(|(_, error)| engine("closed the backup")(error))?;
        part.keep_as(to).map_err(|source| StoreError::Engine {
            doing: "gave the backup its name",
            source: std::sync::Arc::new(source),
        })
    }
}

/// All in one step: it reads one state of the file, and in a write-ahead log readers hinder nobody.
fn copy_all(source: &Connection, copy: &mut Connection) -> rusqlite::Result<()> {
    Backup::new(source, copy)?.run_to_completion(i32::MAX, Duration::ZERO, None)
}

/// Has SQLite check a whole file.
pub(super) fn check(db: &Connection) -> Result<(), StoreError> {
    let verdict: String =
        db.pragma_query_value(None, "integrity_check", |row| row.get(0)).map_err(engine("checked the file"))?;
    if verdict == "ok" { schema::check_text(db) } else { Err(StoreError::Damaged) }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A file that is deleted unless it is kept.
struct PartialFile(PathBuf);

impl PartialFile {
    fn keep_as(self, name: &Path) -> std::io::Result<()> {
        std::fs::File::open(&self.0)?.sync_all()?;
        // A link and not a renaming: a file that came to be meanwhile is not replaced.
        std::fs::hard_link(&self.0, name)?;
        let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // It may not be there.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A connection that only reads.
pub(super) fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(super::BUSY)?;
    Ok(connection)
}
