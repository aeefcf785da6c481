//! The embedded database: one writer that groups waiting writes into one commit, and readers that never wait for it.

use super::connection::{Connection, Work};
use super::health::Health;
use super::refusal::{PATIENCE, busy, no_room, outcome_unknown};
use super::{collation, limit, migrate};
use crate::error::{Error, Kind, Problem, Result};
use crate::resource::value::letters;
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection as _, QueryResult};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{File, OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;

/// How many writes may share one commit.
const GROUP: usize = 256;
/// How many writes may wait; the next is told that the service is busy.
const QUEUE: usize = 4096;
/// How many threads serve lists and walks.
pub(super) const READERS: usize = 4;
/// How long a thread that broke waits before it opens the file again and goes on.
const PAUSE: Duration = Duration::from_secs(1);
/// Who may read and write the files: the account of the process alone, as the keys that sign tokens are in them.
const OWNER_ONLY: u32 = 0o600;

/// An open SQLite file. The lock keeps a second process away from it.
pub struct Sqlite {
    key: u64,
    path: PathBuf,
    writer: mpsc::SyncSender<Job>,
    readers: mpsc::SyncSender<Reading>,
    /// What its threads leave for readiness.
    pub(super) health: Arc<Health>,
    /// None in a command that works beside the process that serves the file.
    _lock: Option<File>,
}

struct Job {
    /// Set by who comes first: the writer that begins with it, or the client that waits no longer.
    begun: Arc<AtomicBool>,
    /// Whether it was the writer.
    taken: bool,
    /// True if it has a transaction of its own. In a savepoint SQLite keeps each page as it was, and looks through those kept at the end of
    /// many statements.
    alone: bool,
    run: Box<dyn FnMut(&mut Connection) -> bool + Send>,
    /// Ports the client: `Ok` when the group's commit is on disk.
    settle: Box<dyn FnMut(Outcome) + Send>,
}

#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Committed,
    NoRoom,
    Broken,
}

type Reading = Box<dyn FnOnce(&mut Connection) + Send>;

static NEXT_KEY: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// This thread's own connection to each open file, for short reads where the request is served.
    static SERVING: RefCell<HashMap<u64, Connection>> = RefCell::new(HashMap::new());
}

impl Sqlite {
    /// Opens or creates the file, takes its lock, brings its tables up to date and starts the threads.
    pub fn open(path: &str) -> std::result::Result<Self, String> {
        let path = PathBuf::from(path.split('?').next().unwrap_or(path));
        if path.as_os_str().is_empty() {
            return Err("The database URL sqlite:// names no file: write sqlite://PATH.".into());
        }
        let path = real(&path)?;
        let lock = take_lock(&path)?;
        keep_private(&path)?;
        let mut connection = connect(&path).map_err(|error| format!("{} cannot be opened: {error}", path.display()))?;
        migrate::run(&mut connection)?;
        Self::start(path, connection, Some(lock))
    }

    /// Opens a file that another process may be serving, for a short write beside it: SQLite has the two wait for each
    /// other.
    pub fn open_beside(path: &str) -> std::result::Result<Self, String> {
        let path = PathBuf::from(path.split('?').next().unwrap_or(path));
        if !path.is_file() {
            return Err(format!("There is no database at {}.", path.display()));
        }
        let mut connection = connect(&path).map_err(|error| format!("{} cannot be opened: {error}", path.display()))?;
        migrate::require_current(&mut connection)?;
        Self::start(path, connection, None)
    }

    fn start(path: PathBuf, connection: Connection, lock: Option<File>) -> std::result::Result<Self, String> {
        let health = Arc::new(Health::default());
        let (writer, jobs) = mpsc::sync_channel::<Job>(QUEUE);
        let (of, noted) = (path.clone(), health.clone());
        spawn("steward-writer", move || supervise(&of, connection, Some(&noted), |connection| serve_writes(connection, &jobs, &noted)))?;
        let (readers, readings) = mpsc::sync_channel::<Reading>(QUEUE);
        let readings = Arc::new(Mutex::new(readings));
        for _ in 0..READERS {
            let connection = connect(&path).map_err(|error| format!("{} cannot be opened: {error}", path.display()))?;
            let (of, readings) = (path.clone(), readings.clone());
            spawn("steward-reader", move || supervise(&of, connection, None, |connection| serve_reads(connection, &readings)))?;
        }
        Ok(Sqlite { key: NEXT_KEY.fetch_add(1, Ordering::Relaxed), path, writer, readers, health, _lock: lock })
    }

    /// The folder that it is in.
    pub fn folder(&self) -> Option<&Path> {
        self.path.parent()
    }

    /// A short read in the calling thread.
    pub fn quick<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        SERVING.with(|serving| {
            let mut serving = serving.borrow_mut();
            let connection = match serving.entry(self.key) {
                std::collections::hash_map::Entry::Occupied(open) => open.into_mut(),
                std::collections::hash_map::Entry::Vacant(none) => none.insert(connect(&self.path).map_err(|_| busy())?),
            };
            work(connection)
        })
    }

    /// A longer read on one of the reader threads, in one read transaction.
    pub async fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let gone = Arc::new(AtomicBool::new(false));
        // A client that hangs up drops this future, and with it what it waits for.
        let _leaving = Leaving(gone.clone());
        let begun = Arc::new(AtomicBool::new(false));
        let taken = begun.clone();
        let queued = self.health.read_waits();
        let reading: Reading = Box::new(move |connection| {
            drop(queued);
            if gone.load(Ordering::Relaxed) || taken.swap(true, Ordering::AcqRel) {
                return;
            }
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                execute(connection, "BEGIN")?;
                let limited = || steward_sqlite_limit::limited(limit::any_read(), || work(connection));
                let outcome = steward_sqlite_limit::while_wanted(gone, limited);
                execute(connection, "COMMIT")?;
                outcome
            }));
            let _ = reply.send(outcome.map(stopped).unwrap_or_else(|_| {
                let _ = execute(connection, "ROLLBACK");
                Err(broken().into())
            }));
        });
        self.readers.try_send(reading).map_err(|_| busy())?;
        patiently(&begun, answer, busy).await
    }

    /// A write, alone or grouped with those that wait beside it; answered once its commit is on disk.
    pub async fn write<T: Send + 'static>(&self, work: Work<T>, alone: bool) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let mut reply = Some(reply);
        let result: Arc<Mutex<Option<Result<T>>>> = Arc::default();
        let (kept, health) = (result.clone(), self.health.clone());
        let begun = Arc::new(AtomicBool::new(false));
        let mut queued = Some(self.health.write_waits());
        let job = Job {
            begun: begun.clone(),
            taken: false,
            alone,
            run: Box::new(move |connection| {
                drop(queued.take());
                let outcome = catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or_else(|_| Err(broken().into()));
                let outcome = outcome.map_err(|error| match &error {
                    Error::Database(full) => health.full_disk(full).map_or(error, Error::from),
                    _ => error,
                });
                let keep = outcome.is_ok();
                *lock(&kept) = Some(outcome);
                keep
            }),
            settle: Box::new(move |outcome| {
                if let Some(reply) = reply.take() {
                    let done = lock(&result).take();
                    let _ = reply.send(match (outcome, done) {
                        (Outcome::Committed, Some(done)) => done,
                        (_, Some(Err(problem))) => Err(problem),
                        (Outcome::NoRoom, _) => Err(no_room().into()),
                        _ => Err(broken().into()),
                    });
                }
            }),
        };
        self.writer.try_send(job).map_err(|_| busy())?;
        // A writer that broke may have committed before: nobody knows.
        patiently(&begun, answer, outcome_unknown).await
    }
}

/// Waits for an answer, but not for work that does not begin in time.
async fn patiently<T>(begun: &AtomicBool, mut answer: oneshot::Receiver<Result<T>>, lost: fn() -> Problem) -> Result<T> {
    match tokio::time::timeout(PATIENCE, &mut answer).await {
        Ok(answer) => answer.map_err(|_| Error::from(lost()))?,
        Err(_) if !begun.swap(true, Ordering::AcqRel) => Err(busy().into()),
        // It is being done: what comes of it is told, however long it takes.
        Err(_) => answer.await.map_err(|_| Error::from(lost()))?,
    }
}

/// Says that whoever wanted a read is gone.
struct Leaving(Arc<AtomicBool>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A read that was stopped did not fail: it took too long.
fn stopped<T>(outcome: Result<T>) -> Result<T> {
    match outcome {
        Err(Error::Database(error)) if limit::was_stopped(&error) => Err(limit::too_long().into()),
        outcome => outcome,
    }
}

/// Runs a thread's work; when it breaks, the file is opened anew and the work goes on, so that no queue is left without its thread.
fn supervise(path: &Path, first: Connection, health: Option<&Health>, mut serve: impl FnMut(&mut Connection)) {
    let mut connection = Some(first);
    loop {
        if let Some(open) = &mut connection {
            if catch_unwind(AssertUnwindSafe(|| serve(open))).is_ok() {
                return;
            }
            tracing::error!("a thread of the database broke; it is replaced");
            health.inspect(|health| health.lose_writer());
        }
        // What the broken one left undone is rolled back with its connection.
        drop(connection.take());
        match connect(path) {
            Ok(opened) => {
                connection = Some(opened);
                health.inspect(|health| health.replace_writer());
            }
            Err(error) => {
                tracing::error!(error, "the database cannot be opened again");
                std::thread::sleep(PAUSE);
            }
        }
    }
}

fn serve_writes(connection: &mut Connection, jobs: &mpsc::Receiver<Job>, health: &Health) {
    // A long import changes many pages; with the usual room it goes on, only slower.
    if let Err(error) = execute(connection, "PRAGMA cache_size = -16000") {
        tracing::warn!(%error, "the writer has no more room than a reader");
    }
    let mut next = None;
    while let Some(first) = next.take().or_else(|| jobs.recv().ok()) {
        health.begin();
        let mut group = vec![first];
        while group.len() < GROUP && group.iter().all(|job| !job.alone) {
            match jobs.try_recv() {
                Ok(job) if job.alone => {
                    next = Some(job);
                    break;
                }
                Ok(job) => group.push(job),
                Err(_) => break,
            }
        }
        if commit_group(connection, &mut group).is_ok() {
            health.wrote();
            group.iter_mut().for_each(|job| (job.settle)(Outcome::Committed));
        } else {
            // The group's own commit failed, so nothing of it is kept: each write gets a transaction of its own.
            for job in &mut group {
                health.begin();
                let outcome = match commit_group(connection, std::slice::from_mut(job)) {
                    Ok(()) => Outcome::Committed,
                    Err(error) if health.full_disk(&error).is_some() => Outcome::NoRoom,
                    Err(_) => Outcome::Broken,
                };
                (job.settle)(outcome);
            }
        }
        health.rest();
    }
}

/// One transaction, with a savepoint for each job where there are several. `Err` means that nothing was kept.
fn commit_group(connection: &mut Connection, group: &mut [Job]) -> QueryResult<()> {
    let alone = group.len() == 1;
    let outcome = (|| {
        execute(connection, "BEGIN IMMEDIATE")?;
        for job in group {
            job.taken = job.taken || !job.begun.swap(true, Ordering::AcqRel);
            if !job.taken {
                continue;
            }
            if alone {
                let kept = (job.run)(connection);
                return execute(connection, if kept { "COMMIT" } else { "ROLLBACK" });
            }
            execute(connection, "SAVEPOINT one")?;
            if (job.run)(connection) {
                execute(connection, "RELEASE one")?;
            } else {
                execute(connection, "ROLLBACK TO one")?;
                execute(connection, "RELEASE one")?;
            }
        }
        execute(connection, "COMMIT")
    })();
    if let Err(error) = &outcome {
        tracing::error!(%error, "a group of writes was not committed");
        let _ = execute(connection, "ROLLBACK");
    }
    outcome
}

fn serve_reads(connection: &mut Connection, readings: &Mutex<mpsc::Receiver<Reading>>) {
    loop {
        let next = lock(readings).recv();
        match next {
            Ok(reading) => reading(connection),
            Err(_) => return,
        }
    }
}

/// Opens the file, and makes it where there is none.
pub(super) fn connect(path: &Path) -> std::result::Result<Connection, String> {
    let name = path.to_str().ok_or("its path is not UTF-8")?;
    steward_sqlite_limit::install();
    let mut sqlite = SqliteConnection::establish(name).map_err(|error| error.to_string())?;
    sqlite
        .batch_execute(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4000; PRAGMA temp_store = MEMORY;",
        )
        .map_err(|error| error.to_string())?;
    teach(&mut sqlite)?;
    Ok(Connection::Sqlite(sqlite))
}

/// Gives a connection what SQLite lacks: its own lower() knows ASCII only, and its own order is that of bytes.
pub(super) fn teach(sqlite: &mut SqliteConnection) -> std::result::Result<(), String> {
    steward_fold_utils::register_impl(sqlite, |text: String| letters(&text)).map_err(|error| error.to_string())?;
    // Diesel calls it with the right side first.
    sqlite.register_collation("steward_uca", |right, left| collation::compare(left, right)).map_err(|error| error.to_string())
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// A text as it is compared.
    fn steward_fold(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

fn execute(connection: &mut Connection, sql: &'static str) -> QueryResult<()> {
    match connection {
        Connection::Sqlite(sqlite) => sqlite.batch_execute(sql),
        Connection::Postgres(postgres) => postgres.ready()?.batch_execute(sql),
    }
}

/// Where the file really is: two names of one file are one database. Its folder is made where there is none.
pub(super) fn real(path: &Path) -> std::result::Result<PathBuf, String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| format!("The folder {} cannot be made: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    if let Ok(known) = path.canonicalize() {
        return Ok(known);
    }
    let name = path.file_name().ok_or_else(|| format!("{} names no file.", path.display()))?;
    Ok(folder.canonicalize().map_err(failed)?.join(name))
}

/// Keeps every other process away from the file.
pub(super) fn take_lock(path: &Path) -> std::result::Result<File, String> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = private().create(true).truncate(true).open(&name);
    let file = file.map_err(|error| format!("{} cannot be made: {error}", Path::new(&name).display()))?;
    file.try_lock().map_err(|_| format!("{} is in use by another Steward process. Stop that one first.", path.display()))?;
    Ok(file)
}

/// How files are made that belong to the account of the process alone.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(OWNER_ONLY);
    options
}

/// Makes the file, and takes from others what they may do with it and with what SQLite keeps beside it.
fn keep_private(path: &Path) -> std::result::Result<(), String> {
    private().create(true).truncate(false).open(path).map_err(|error| format!("{} cannot be opened: {error}", path.display()))?;
    for suffix in ["", "-wal", "-shm", ".lock"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let name = Path::new(&name);
        let Ok(known) = name.metadata() else { continue };
        if known.permissions().mode() & 0o077 != 0 {
            let closed = std::fs::set_permissions(name, Permissions::from_mode(OWNER_ONLY));
            closed.map_err(|error| format!("{} is open to other accounts, and that cannot be changed: {error}", name.display()))?;
        }
    }
    Ok(())
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> std::result::Result<(), String> {
    std::thread::Builder::new().name(name.into()).spawn(run).map(drop).map_err(|error| format!("A thread could not be started: {error}"))
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn broken() -> Problem {
    Problem::new(Kind::Internal, "Nothing was changed. Report the request id.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_breaks_goes_on_with_a_connection_of_its_own_and_nothing_half_done() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("steward.db");
        let (health, mut runs) = (Health::default(), 0);
        supervise(&path, connect(&path).unwrap(), Some(&health), |connection| {
            runs += 1;
            execute(connection, "BEGIN IMMEDIATE").expect("the one before has let go");
            if runs == 1 {
                execute(connection, "CREATE TABLE kept (id INTEGER)").unwrap();
                execute(connection, "COMMIT").unwrap();
                execute(connection, "BEGIN IMMEDIATE").unwrap();
                execute(connection, "DROP TABLE kept").unwrap();
                panic!("on purpose");
            }
            execute(connection, "INSERT INTO kept VALUES (1)").expect("what was left undone is taken back");
        });
        assert_eq!(runs, 2);
        assert!(health.checks(None).iter().all(|check| check.ok), "there is a writer again");
    }
}
