//! `steward audit verify`: whether the history of every record is as it was written.
//!
//! It reads one state of the database and changes nothing, whether or not the service runs.

use super::refusal::{explain, require_this_version};
use crate::database::{Database, Standing, standing};
use crate::history::{Breach, Broken, Verified, verify_all};
use crate::store::transfer::begin_reading;
use std::time::{Duration, Instant};

/// Least time between two lines of progress.
const PAUSE: Duration = Duration::from_secs(1);

/// Verifies every chain, and tells how many revisions have been looked at, once a second.
pub fn verify_history(database_url: &str, tell: &mut dyn FnMut(u64)) -> Result<Verified, String> {
    let mut connection = Database::connect(database_url)?;
    let standing = standing(&mut connection)?;
    require_this_version(&standing, "The database")?;
    match standing {
        Standing::Current | Standing::Behind(_) | Standing::Newer(_) => {}
        Standing::Unfinished => return Err("A move into the database has not come to its end. Run `steward move` again.".into()),
        Standing::Foreign => return Err("The database is empty, or none of Steward. Mend STEWARD_DATABASE_URL.".into()),
    }
    begin_reading(&mut connection).map_err(explain)?;
    let mut since = Instant::now();
    let mut seen = |revisions: u64| {
        if since.elapsed() >= PAUSE {
            since = Instant::now();
            tell(revisions);
        }
    };
    verify_all(&mut connection, &mut seen).map_err(explain)
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
