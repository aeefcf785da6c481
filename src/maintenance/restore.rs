//! A restore: a backup is looked at as a whole before it becomes a database, and nothing that is there is written over.

use super::refusal::{explain, file_in};
use crate::database::{Connection, Standing, file, standing};
use crate::history::{Verified, verify_all};
use std::fs::File;
use std::io;
use std::path::Path;

/// What a restored database holds.
#[derive(Debug)]
pub struct Restored {
    /// Its history, which is whole.
    pub history: Verified,
    /// Number of migrations that the next start will run.
    pub behind: usize,
}

/// Makes a database of a backup.
pub fn restore(path: &Path, url: &str) -> Result<Restored, String> {
    let target = file_in(url, "Restore PostgreSQL by pg_restore: docs/operating.md says how.")?;
    if !path.is_file() {
        return Err(format!("There is no file {}.", path.display()));
    }
    if file::is_served(path) {
        return Err(format!("{} is in use by a Steward process. Take a backup of it by `steward backup`, and restore that.", path.display()));
    }
    if let Some(kept) = file::unmerged(path) {
        return Err(format!(
            "{} belongs to {} and holds a part of its data. Take a backup by `steward backup`, and restore that.",
            kept.display(),
            path.display()
        ));
    }
    let held = file::hold(&target)?;
    let there = [held.path.clone()].into_iter().filter(|file| file.metadata().is_ok_and(|known| known.len() > 0)).chain(file::unmerged(&held.path)).next();
    if let Some(there) = there {
        return Err(format!("{} is there already, and nothing was written over it. Move it away, or name another file.", there.display()));
    }
    let partial = file::beside(&held.path, ".partial");
    let outcome = copy(path, &partial).and_then(|()| examine(path, &partial)).and_then(|restored| {
        // An empty file is in the way of a link and holds nothing.
        drop(std::fs::remove_file(&held.path));
        file::put_in_place(&partial, &held.path).map(|()| restored)
    });
    if outcome.is_err() {
        drop(std::fs::remove_file(&partial));
    }
    outcome
}

fn copy(path: &Path, partial: &Path) -> Result<(), String> {
    let mut into = file::make_partial(partial)?;
    let copied = File::open(path).and_then(|mut from| io::copy(&mut from, &mut into)).and_then(|_| into.sync_all());
    copied.map_err(|error| format!("{} could not be written: {error}", partial.display()))
}

/// Looks at the copy, which is what will be served.
fn examine(path: &Path, partial: &Path) -> Result<Restored, String> {
    let shown = path.display();
    let unreadable = |error: String| format!("{shown} is no whole database of Steward: {error}");
    let mut copy: Connection = file::open_unchanging(partial).map_err(unreadable)?;
    let behind = match standing(&mut copy).map_err(unreadable)? {
        Standing::Current => 0,
        Standing::Behind(count) => count,
        Standing::Newer(name) => return Err(format!("{shown} is of a newer version of Steward: it holds the migration {name}. Restore it with that version.")),
        Standing::Foreign | Standing::Unfinished => return Err(format!("{shown} is no database of Steward.")),
    };
    let faults = file::faults(&mut copy).map_err(unreadable)?;
    if !faults.is_empty() {
        return Err(format!("{shown} is damaged: {} Restore another backup.", faults.join(" ")));
    }
    let history = match behind {
        0 => verify_all(&mut copy, &mut |_| {}).map_err(explain)?,
        // An older database may lack a column that the verification reads; `steward check` verifies it once it is up to date.
        _ => Verified::default(),
    };
    if let Some(broken) = history.broken.first() {
        return Err(format!(
            "{shown} was changed: the history of {} {} is broken at revision {}, and {} more. Restore another backup.",
            broken.collection,
            broken.resource_id,
            broken.revision,
            history.broken.len() - 1
        ));
    }
    Ok(Restored { history, behind })
}
