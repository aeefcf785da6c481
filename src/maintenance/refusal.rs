//! What an operator is told when something is refused or fails.

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

/// The file that a URL names; a refusal for a server, with what to use instead.
pub fn file_in(url: &str, instead: &str) -> Result<PathBuf, String> {
    match file::path_in(url) {
        Some(path) if path.as_os_str().is_empty() => Err("The database URL sqlite:// names no file: write sqlite://PATH.".into()),
        Some(path) => Ok(path),
        None => Err(format!("This is for the file of a SQLite database (sqlite://PATH). {instead}")),
    }
}
