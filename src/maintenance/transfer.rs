//! The move of all data from a SQLite file into an empty PostgreSQL database.
//!
//! The file is held for as long as it takes, so that no process serves it: every acknowledged write is moved. Or it is taken as it stands at
//! the beginning, while the service goes on; then it is said up to where the target goes and how much was left behind.

use super::refusal::{explain, file_in, require_this_version};
use crate::database::{Connection, Database, Standing, file, is_postgres, standing};
use crate::error::Result as Outcome;
use crate::history::verify_all;
use crate::store::last_position;
use crate::store::transfer::{Digest, Table, begin, begin_reading, digest_of, finish, piece, rows, tables, write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Least time between two lines of progress.
const PAUSE: Duration = Duration::from_secs(1);

/// What was moved.
#[derive(Debug)]
pub struct Moved {
    /// Number of tables.
    pub tables: usize,
    /// Number of rows in them.
    pub rows: u64,
    /// Number of revisions, whose chains were verified in the target.
    pub revisions: u64,
    /// The position of the last event that was moved.
    pub last_position: i64,
    /// Number of events that the source has had since; 0 unless it was served meanwhile.
    pub left_behind: i64,
}

/// Tells how far the move is, once a second.
struct Progress<'a> {
    tell: &'a mut dyn FnMut(&str),
    told: Option<Instant>,
    doing: &'static str,
    done: u64,
    total: u64,
}

impl Progress<'_> {
    fn begin(&mut self, doing: &'static str) {
        (self.doing, self.done, self.told) = (doing, 0, None);
    }

    fn step(&mut self, rows: u64, table: &str) {
        self.done += rows;
        if self.done == self.total || self.told.is_none_or(|at| at.elapsed() >= PAUSE) {
            self.told = Some(Instant::now());
            (self.tell)(&format!("{} {} of {} rows ({table})", self.doing, self.done, self.total));
        }
    }
}

/// Moves everything from one database into another, and tells how far it is.
pub fn move_database(from: &str, to: &str, while_served: bool, tell: &mut dyn FnMut(&str)) -> Result<Moved, String> {
    let path = file_in(from, "Only a SQLite database can be moved.")?;
    if !is_postgres(to) {
        return Err("Name a PostgreSQL database to move into: --to postgres://USER@HOST/NAME.".into());
    }
    // Without this a place of a file that is not there would be held, and made.
    drop(file::open(&path)?);
    let _held = match while_served {
        true => None,
        false => Some(file::hold(&path).map_err(|why| format!("{why} Or take what is there now, by --while-served."))?),
    };
    let mut source = file::open(&path)?;
    let standing = standing(&mut source)?;
    require_this_version(&standing, "The source")?;
    if matches!(standing, Standing::Foreign | Standing::Unfinished) {
        return Err(format!("{} is no database of Steward.", path.display()));
    }
    let mut target = open_target(to)?;
    let mut moved = copy_all(&mut source, &mut target, tell).map_err(|why| format!("{why} The target cannot be served; begin again."))?;
    moved.left_behind = since(&path)? - moved.last_position;
    Ok(moved)
}

/// The target, with its tables up to date.
fn open_target(url: &str) -> Result<Connection, String> {
    let mut target = Database::connect(url)?;
    let known = standing(&mut target)?;
    if !matches!(known, Standing::Current | Standing::Unfinished) {
        drop(Database::open(url)?);
    }
    Ok(target)
}

/// The position of the last event that a database has now.
fn since(path: &Path) -> Result<i64, String> {
    last_position(&mut file::open(path)?).map_err(explain)
}

fn copy_all(source: &mut Connection, target: &mut Connection, tell: &mut dyn FnMut(&str)) -> Result<Moved, String> {
    // One state of the data, whoever writes meanwhile; it is ended with the connection.
    begin_reading(source).map_err(explain)?;
    let last_position = last_position(source).map_err(explain)?;
    let all = tables(source).map_err(explain)?;
    begin(target, &all).map_err(explain)??;
    let mut total = 0;
    for table in &all {
        total += rows(source, table).map_err(explain)?;
    }
    let mut progress = Progress { tell, told: None, doing: "", done: 0, total };
    progress.begin("copied");
    let mut sent = Vec::with_capacity(all.len());
    for table in &all {
        sent.push(copy(source, target, table, &mut progress).map_err(|error| format!("{} could not be copied: {}", table.name, explain(error)))?);
    }
    progress.begin("verified");
    for (table, sent) in all.iter().zip(&sent) {
        let there = digest_of(target, table, &mut |rows| progress.step(rows, &table.name)).map_err(explain)?;
        if there != *sent {
            return Err(format!("The rows of {} are not the same in both: {} were sent, and {} are there.", table.name, sent.rows, there.rows));
        }
    }
    let history = verify_all(target, &mut |_| {}).map_err(explain)?;
    if let Some(broken) = history.broken.first() {
        return Err(format!(
            "The history of {} {} is broken at revision {} in the source already. `steward check` names all such records.",
            broken.collection, broken.resource_id, broken.revision
        ));
    }
    finish(target).map_err(explain)?;
    Ok(Moved { tables: all.len(), rows: total, revisions: history.revisions, last_position, left_behind: 0 })
}

/// Copies a table piece by piece; what was sent.
fn copy(source: &mut Connection, target: &mut Connection, table: &Table, progress: &mut Progress<'_>) -> Outcome<Digest> {
    let (mut digest, mut after) = (Digest::default(), i64::MIN);
    while let Some((rows, last)) = piece(source, table, after)? {
        rows.iter().for_each(|row| digest.add(row));
        let count = rows.len() as u64;
        write(target, table, rows)?;
        progress.step(count, &table.name);
        after = last;
    }
    Ok(digest)
}
