//! The embedded database: one writer that groups waiting writes into one commit, and readers that never wait for it.

use super::connection::{Connection, Work, busy};
use super::{limit, migrate};
use crate::error::{Error, Kind, Problem, Result};
use crate::resource::value::letters;
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection as _, QueryResult};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
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
/// How long a write may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many threads serve lists and walks.
pub(super) const READERS: usize = 4;

/// An open SQLite file. The lock keeps a second process away from it.
pub struct Sqlite {
    key: u64,
    path: PathBuf,
    writer: mpsc::SyncSender<Job>,
    readers: mpsc::SyncSender<Reading>,
    /// None in a command that works beside the process that serves the file.
    _lock: Option<File>,
}

struct Job {
    /// Set by who comes first: the writer that begins with it, or the client that waits no longer.
    begun: Arc<AtomicBool>,
    /// Whether it was the writer.
    taken: bool,
    run: Box<dyn FnMut(&mut Connection) -> bool + Send>,
    /// Ports the client: `Ok` when the group's commit is on disk.
    settle: Box<dyn FnMut(Outcome) + Send>,
}

#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Committed,
    FieldError,
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
        let lock = take_lock(&path)?;
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
        let (writer, jobs) = mpsc::sync_channel::<Job>(QUEUE);
        spawn("steward-writer", move || serve_writes(connection, jobs))?;
        let (readers, readings) = mpsc::sync_channel::<Reading>(QUEUE);
        let readings = Arc::new(Mutex::new(readings));
        for _ in 0..READERS {
            let connection = connect(&path).map_err(|error| format!("{} cannot be opened: {error}", path.display()))?;
            let readings = readings.clone();
            spawn("steward-reader", move || serve_reads(connection, &readings))?;
        }
        Ok(Sqlite { key: NEXT_KEY.fetch_add(1, Ordering::Relaxed), path, writer, readers, _lock: lock })
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
        let reading: Reading = Box::new(move |connection| {
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
        patiently(&begun, answer).await
    }

    /// A write, grouped with those that wait beside it; answered once its commit is on disk.
    pub async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let mut reply = Some(reply);
        let result: Arc<Mutex<Option<Result<T>>>> = Arc::default();
        let kept = result.clone();
        let begun = Arc::new(AtomicBool::new(false));
        let job = Job {
            begun: begun.clone(),
            taken: false,
            run: Box::new(move |connection| {
                let outcome = catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or_else(|_| Err(broken().into()));
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
                        _ => Err(broken().into()),
                    });
                }
            }),
        };
        self.writer.try_send(job).map_err(|_| busy())?;
        patiently(&begun, answer).await
    }
}

/// Waits for an answer, but not for work that does not begin in time.
async fn patiently<T>(begun: &AtomicBool, mut answer: oneshot::Receiver<Result<T>>) -> Result<T> {
    match tokio::time::timeout(PATIENCE, &mut answer).await {
        Ok(answer) => answer.map_err(|_| Error::from(busy()))?,
        Err(_) if !begun.swap(true, Ordering::AcqRel) => Err(busy().into()),
        // It is being done: what comes of it is told, however long it takes.
        Err(_) => answer.await.map_err(|_| Error::from(busy()))?,
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

fn serve_writes(mut connection: Connection, jobs: mpsc::Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        while group.len() < GROUP {
            match jobs.try_recv() {
                Ok(job) => group.push(job),
                Err(_) => break,
            }
        }
        if commit_group(&mut connection, &mut group).is_ok() {
            group.iter_mut().for_each(|job| (job.settle)(Outcome::Committed));
            continue;
        }
        // The group's own commit failed, so nothing of it is kept: each write gets a transaction of its own.
        for job in &mut group {
            let alone = commit_group(&mut connection, std::slice::from_mut(job));
            (job.settle)(if alone.is_ok() { Outcome::Committed } else { Outcome::FieldError });
        }
    }
}

/// One transaction with a savepoint for each job. `Err` means that nothing was kept.
fn commit_group(connection: &mut Connection, group: &mut [Job]) -> QueryResult<()> {
    let outcome = (|| {
        execute(connection, "BEGIN IMMEDIATE")?;
        for job in group {
            job.taken = job.taken || !job.begun.swap(true, Ordering::AcqRel);
            if !job.taken {
                continue;
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

fn serve_reads(mut connection: Connection, readings: &Mutex<mpsc::Receiver<Reading>>) {
    loop {
        let next = lock(readings).recv();
        match next {
            Ok(reading) => reading(&mut connection),
            Err(_) => return,
        }
    }
}

fn connect(path: &Path) -> std::result::Result<Connection, String> {
    let name = path.to_str().ok_or("its path is not UTF-8")?;
    steward_sqlite_limit::install();
    let mut sqlite = SqliteConnection::establish(name).map_err(|error| error.to_string())?;
    sqlite
        .batch_execute(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;",
        )
        .map_err(|error| error.to_string())?;
    // SQLite's own lower() knows ASCII only.
    steward_fold_utils::register_impl(&mut sqlite, |text: String| letters(&text)).map_err(|error| error.to_string())?;
    Ok(Connection::Sqlite(sqlite))
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// A text as it is compared.
    fn steward_fold(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

fn execute(connection: &mut Connection, sql: &'static str) -> QueryResult<()> {
    match connection {
        Connection::Sqlite(sqlite) => sqlite.batch_execute(sql),
        Connection::Postgres(postgres) => postgres.batch_execute(sql),
    }
}

fn take_lock(path: &Path) -> std::result::Result<File, String> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| format!("The folder {} cannot be made: {error}", folder.display()))?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = File::create(&name).map_err(|error| format!("{} cannot be made: {error}", Path::new(&name).display()))?;
    file.try_lock().map_err(|_| format!("{} is in use by another Steward process. Stop that one first.", path.display()))?;
    Ok(file)
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
