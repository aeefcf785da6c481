//! A backup: what is committed at one moment, in a new file, while the service goes on.
//!
//! By SQLite's VACUUM INTO and not by its online backup: it reads one state of the data, so whoever writes meanwhile neither waits for it nor
//! makes it begin again, and it needs no unsafe code. Every write that was acknowledged before it began is in it.

use super::refusal::{explain, file_in};
use crate::database::{Standing, file, standing};
use crate::store::last_position;
use std::fs::File;
use std::path::Path;

/// What was written.
#[derive(Debug)]
pub struct Backup {
    /// Size of the file in bytes.
    pub bytes: u64,
    /// The position of the last event that is in it.
    pub last_position: i64,
}

/// Writes a database into a new file.
pub fn back_up(url: &str, path: &Path) -> Result<Backup, String> {
    let source = file_in(url, "Back up PostgreSQL by pg_dump or pg_basebackup: docs/operating.md says how.")?;
    if path.exists() {
        return Err(format!("{} is there already, and nothing was written over it. Name a new file.", path.display()));
    }
    let mut connection = file::open(&source)?;
    if standing(&mut connection)? == Standing::Foreign {
        return Err(format!("{} is no database of Steward.", source.display()));
    }
    let partial = file::beside(path, ".partial");
    let written = write(&mut connection, &partial);
    let finished = written.and_then(|backup| file::put_in_place(&partial, path).map(|()| backup));
    if finished.is_err() {
        drop(std::fs::remove_file(&partial));
    }
    finished
}

fn write(connection: &mut crate::database::Connection, partial: &Path) -> Result<Backup, String> {
    // Kept open until SQLite is done, since to close it would give up the locks that SQLite holds on it.
    let made: File = file::make_partial(partial)?;
    file::copy_into(connection, partial)?;
    made.sync_all().map_err(|error| format!("{} could not be written to the disk: {error}", partial.display()))?;
    let mut copy = file::open_unchanging(partial)?;
    let faults = file::faults(&mut copy)?;
    if !faults.is_empty() {
        return Err(format!("The database is damaged, and so would its backup be: {} Restore the last backup that is whole.", faults.join(" ")));
    }
    let last_position = last_position(&mut copy).map_err(explain)?;
    Ok(Backup { bytes: made.metadata().map_err(|error| error.to_string())?.len(), last_position })
}
