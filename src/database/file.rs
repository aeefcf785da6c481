//! The embedded database as a file that commands work on: held, copied while it is served, and looked at before it is trusted.

use super::connection::Connection;
use super::sqlite;
use super::statement::Statement;
use diesel::Connection as _;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::sqlite::SqliteConnection;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The file that a URL names; none for another database.
pub fn path_in(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://")?;
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// A file that no other process opens as long as this is kept.
pub struct Held {
    /// Where it really is.
    pub path: PathBuf,
    _lock: File,
}

/// Holds a file, or the place of one that is to be made; refuses where another process serves it.
pub fn hold(path: &Path) -> Result<Held, String> {
    let path = sqlite::real(path)?;
    let lock = sqlite::take_lock(&path)?;
    Ok(Held { path, _lock: lock })
}

/// Whether another process serves a file.
pub fn is_served(path: &Path) -> bool {
    // Opened for reading, and only if it is there: a question must not leave a file behind.
    File::open(beside(path, ".lock")).is_ok_and(|lock| lock.try_lock().is_err())
}

/// Opens a file that is there, whether or not another process serves it.
pub fn open(path: &Path) -> Result<Connection, String> {
    if !path.is_file() {
        return Err(format!("There is no database at {}.", path.display()));
    }
    sqlite::connect(path).map_err(|error| format!("{} cannot be opened: {error}", path.display()))
}

/// Opens a file that nobody writes, and leaves nothing beside it.
pub fn open_unchanging(path: &Path) -> Result<Connection, String> {
    let named = path.to_str().ok_or_else(|| format!("{}: its path is not UTF-8.", path.display()))?;
    let escaped = named.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let opened = SqliteConnection::establish(&format!("file:{escaped}?mode=ro&immutable=1")).map_err(|error| error.to_string());
    let opened = opened.and_then(|mut connection| sqlite::teach(&mut connection).map(|()| connection));
    opened.map(Connection::Sqlite).map_err(|error| format!("{} cannot be opened: {error}", path.display()))
}

/// What SQLite keeps beside a file while it is written; without it the file alone is not the whole database.
pub fn unmerged(path: &Path) -> Option<PathBuf> {
    let kept = ["-wal", "-journal"].map(|suffix| beside(path, suffix));
    kept.into_iter().find(|file| file.metadata().is_ok_and(|known| known.len() > 0))
}

/// Makes a new file, readable and writable by this account alone; what a command that was killed has left there goes.
pub fn make_partial(path: &Path) -> Result<File, String> {
    let failed = |error: std::io::Error| format!("{} cannot be made: {error}", path.display());
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    sqlite::private().read(true).create_new(true).open(path).map_err(failed)
}

/// Writes what is committed now into an empty file, as SQLite's VACUUM INTO does: whoever writes meanwhile goes on.
pub fn copy_into(connection: &mut Connection, empty: &Path) -> Result<(), String> {
    let name = empty.to_str().ok_or_else(|| format!("{}: its path is not UTF-8.", empty.display()))?.to_owned();
    let copied = Statement::new("VACUUM INTO ").with(name, "").execute(connection);
    copied.map(drop).map_err(|error| format!("{} could not be written: {error}", empty.display()))
}

/// Gives a finished file its name, unless there is one of that name, and has the folder written to the disk.
pub fn put_in_place(partial: &Path, path: &Path) -> Result<(), String> {
    // Unlike a renaming, a second link refuses a name that is taken, whoever took it meanwhile.
    fs::hard_link(partial, path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => format!("{} is there already, and nothing was written over it. Name a new file.", path.display()),
        _ => format!("{} cannot be made: {error}", path.display()),
    })?;
    fs::remove_file(partial).map_err(|error| format!("{} cannot be removed: {error}", partial.display()))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = File::open(folder).and_then(|folder| folder.sync_all());
    written.map_err(|error| format!("{} could not be written to the disk: {error}", folder.display()))
}

/// The name of a file with something behind it.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// What is wrong with the file of a database in itself: pages, indexes and references.
pub fn faults(connection: &mut Connection) -> Result<Vec<String>, String> {
    let failed = |error: diesel::result::Error| format!("It is not a whole SQLite database: {error}.");
    let said: Vec<String> = Statement::new("PRAGMA integrity_check(5)").load::<Text, String>(connection).map_err(failed)?;
    let mut faults: Vec<String> = said.into_iter().filter(|line| line != "ok").collect();
    let loose = Statement::new("SELECT \"table\", \"parent\", \"rowid\" FROM pragma_foreign_key_check LIMIT 5");
    let loose = loose.load::<(Text, Text, Nullable<BigInt>), (String, String, Option<i64>)>(connection).map_err(failed)?;
    faults.extend(loose.into_iter().map(|(table, parent, _)| format!("A row of {table} names one of {parent} that is not there.")));
    Ok(faults)
}
