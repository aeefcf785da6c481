//! `steward audit verify`: whether the history of every record is as it was written, and the whole of it as it was sealed.
//!
//! It reads one state of the database and changes nothing, whether or not the service runs.

use super::refusal::{explain, require_this_version};
use crate::access::statement;
use crate::database::{Connection, Database, Standing, has_table, standing};
use crate::error::Result as Outcome;
use crate::history::{Breach, Broken, Fault, SEAL, Seal, Sealed, Verified, seals, verify_all, verify_seals};
use crate::store::transfer::begin_reading;
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Least time between two lines of progress.
const PAUSE: Duration = Duration::from_secs(1);

/// The table of the seals.
const SEALS: &str = "history_seals";
/// Number of seals that are read at once.
const AT_ONCE: i64 = 1_000;

/// What the history comes to.
#[derive(Debug)]
pub struct Audited {
    /// The chains of its records.
    pub history: Verified,
    /// Number of seals over it.
    pub seals: u64,
    /// What is wrong with its order or its seals, a sentence each.
    pub complaints: Vec<String>,
}

/// Verifies every chain and every seal, and that the seals are there that a file keeps; tells how many revisions have been looked at, once a
/// second.
pub fn verify_history(database_url: &str, roots: Option<&Path>, tell: &mut dyn FnMut(u64)) -> Result<Audited, String> {
    let kept = roots.map(read_roots).transpose()?.unwrap_or_default();
    let mut connection = open(database_url)?;
    let mut since = Instant::now();
    let mut seen = |revisions: u64| {
        if since.elapsed() >= PAUSE {
            since = Instant::now();
            tell(revisions);
        }
    };
    let history = verify_all(&mut connection, &mut seen).map_err(explain)?;
    let (seals, mut complaints) = look_at_seals(&mut connection, &kept).map_err(explain)?;
    if let (Some(file), true) = (roots, kept.is_empty()) {
        complaints.push(format!("{} keeps no seals. Write it by `steward audit roots`.", file.display()));
    }
    Ok(Audited { history, seals, complaints })
}

/// The seals of a database as they are to be kept elsewhere: a JWS each.
pub fn roots(database_url: &str) -> Result<Vec<String>, String> {
    let mut connection = open(database_url)?;
    let (mut roots, mut after) = (Vec::new(), 0);
    loop {
        let some = seals(&mut connection, after, AT_ONCE).map_err(explain)?;
        let Some(last) = some.last() else { return Ok(roots) };
        after = last.to_position;
        roots.extend(some.into_iter().map(|seal| seal.signature));
    }
}

/// Opens one state of a database of this version.
fn open(database_url: &str) -> Result<Connection, String> {
    let mut connection = Database::connect(database_url)?;
    let standing = standing(&mut connection)?;
    require_this_version(&standing, "The database")?;
    match standing {
        Standing::Current | Standing::Behind(_) | Standing::Newer(_) => {}
        Standing::Unfinished => return Err("A move into the database has not come to its end. Run `steward move` again.".into()),
        Standing::Foreign => return Err("The database is empty, or none of Steward. Mend STEWARD_DATABASE_URL.".into()),
    }
    begin_reading(&mut connection).map_err(explain)?;
    Ok(connection)
}

/// The seals that a file keeps, one on each line.
fn read_roots(file: &Path) -> Result<Vec<Sealed>, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("The seals cannot be read from {}: {error}.", file.display()))?;
    let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    let read = |(at, line): (usize, &str)| {
        let said = statement::read::<Sealed>(SEAL, line).map(|(_, said)| said);
        said.ok_or_else(|| format!("Line {} of {} is no seal, or is not signed by the key that it brings.", at + 1, file.display()))
    };
    lines.map(read).collect()
}

/// How many seals there are, and what is wrong with them, with the order of the history, or with what is kept elsewhere.
pub(super) fn look_at_seals(connection: &mut Connection, kept: &[Sealed]) -> Outcome<(u64, Vec<String>)> {
    // An older version has none.
    if !has_table(connection, SEALS)? {
        return Ok((0, Vec::new()));
    }
    let (mut count, mut unsigned, mut there) = (0, Vec::new(), HashSet::new());
    let mut seen = |seal: &Seal| {
        count += 1;
        let said = seal.said();
        let signed = statement::read::<Sealed>(SEAL, &seal.signature).is_some_and(|(kid, signed)| kid == seal.kid && signed == said);
        if !signed {
            unsigned.push(format!("The seal of positions {} to {} is not signed by the key that it names.", seal.from_position, seal.to_position));
        }
        there.insert((said.from_position, said.to_position, said.root));
    };
    let mut complaints: Vec<String> = verify_seals(connection, &mut seen)?.iter().map(told_fault).collect();
    complaints.append(&mut unsigned);
    let gone = kept.iter().filter(|seal| !there.contains(&(seal.from_position, seal.to_position, seal.root.clone())));
    complaints.extend(gone.map(|seal| {
        format!(
            "The seal of positions {} to {} that was kept is not in the database: the history was cut off or written anew.",
            seal.from_position, seal.to_position
        )
    }));
    Ok((count, complaints))
}

/// What is wrong with the order of the history or with a seal.
fn told_fault(fault: &Fault) -> String {
    match fault {
        Fault::Gap(from, to) if from == to => format!("No revision has position {from}: it was taken out or moved."),
        Fault::Gap(from, to) => format!("No revisions have positions {from} to {to}: they were taken out or moved."),
        Fault::Unlike { from, to, sealed, found } if sealed == found => {
            format!("The revisions at positions {from} to {to} are not those that were sealed: some were altered, exchanged or moved.")
        }
        Fault::Unlike { from, to, sealed, found } => {
            format!("The revisions at positions {from} to {to} are not those that were sealed: {sealed} were, and {found} are there.")
        }
        Fault::Detached(from, to) => {
            format!("The seal of positions {from} to {to} does not follow the one before it: a seal is missing, or one was inserted.")
        }
    }
}

/// Where a history is broken, and how.
pub fn told(broken: &Broken) -> String {
    let how = match broken.breach {
        Breach::Altered => "was altered by another program",
        Breach::Detached => "does not follow the revision before it: one is missing, or one was inserted",
        Breach::CutOff => "is not the last one: those after it are missing",
        Breach::Missing => return format!("{} {} is missing.", broken.collection, broken.resource_id),
    };
    format!("{} {} is broken: revision {} {how}.", broken.collection, broken.resource_id, broken.revision)
}
