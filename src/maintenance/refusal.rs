//! What an operator is told when something is refused or fails.

use crate::database::Standing;
use crate::database::file;
use crate::error::Error;
use std::path::PathBuf;

/// What an error says to an operator: all of it.
pub fn explain(error: Error) -> String {
    match error {
        Error::Database(error) => error.to_string(),
        other => other.into_problem().detail,
    }
}

/// Refuses a database of another version of Steward; the subject is what the operator calls it.
pub fn require_this_version(standing: &Standing, subject: &str) -> Result<(), String> {
    match standing {
        Standing::Behind(_) => Err(format!("{subject} is of an older version of Steward. Bring it up to date by `steward migrate` first.")),
        Standing::Newer(_) => Err(format!("{subject} is of a newer version of Steward. Run that version.")),
        Standing::Current | Standing::Unfinished | Standing::Foreign => Ok(()),
    }
}

/// The file that a URL names; a refusal for a server, with what to use instead.
pub fn file_in(url: &str, instead: &str) -> Result<PathBuf, String> {
    match file::path_in(url) {
        Some(path) if path.as_os_str().is_empty() => Err("The database URL sqlite:// names no file: write sqlite://PATH.".into()),
        Some(path) => Ok(path),
        None => Err(format!("This is for the file of a SQLite database (sqlite://PATH). {instead}")),
    }
}
