//! Two databases behind one connection: SQLite inside the process, or PostgreSQL by URL, chosen when the service starts.
//!
//! To Diesel the two are one backend, [`Dialect`]: a typed query over the tables of `steward_schema` is compiled once and runs on either
//! [`Connection`]. The store and the search alone build [`Statement`]s, SQL that both understand, with bound [`SqlValue`]s of
//! nine portable kinds. Reads run on [`Database::quick`] (one row, answered where the request is served) or
//! [`Database::read`] (lists and walks, on a bounded set of threads). Every write runs on [`Database::write`]: on SQLite
//! a single writer thread groups the waiting writes into one commit, each in a savepoint of its own; on PostgreSQL each
//! write is a transaction, run again when the database asks for it (40001, 40P01). A write may therefore run more than
//! once and must be a `Fn`.

mod closure;
mod codec;
mod collation;
mod compiled;
mod connection;
mod deferred;
mod dialect;
pub mod expression;
pub mod file;
mod frequent;
mod health;
mod limit;
mod migrate;
mod postgres;
mod raw;
mod refusal;
mod row;
pub mod server;
mod share;
mod sql_value;
mod sqlite;
pub mod statement;
mod turn;

/// How many ids one statement names at most.
pub const CHUNK: usize = 5_000;

pub use closure::Closure;
pub use codec::Any;
pub use compiled::{Compiled, statements_run};
pub use connection::{Connection, Work};
pub use dialect::Dialect;
pub use expression::Narrowed;
pub use health::{Check, Load, ROOM, free};
pub use migrate::{Standing, UNFINISHED, has_table, standing};
pub use raw::{RawValue, unlike};
pub use refusal::OUTCOME;
pub use row::Values;
pub use share::Shares;
pub use sql_value::{Doc, Row, SqlType, SqlValue};
pub use statement::Statement;

use crate::error::Result;
use crate::resource::value::Id;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;

/// The database of a running service.
#[derive(Clone)]
pub struct Database(Arc<Backend>, Arc<Shares>);

/// How soon a database answers that is ready.
const READY: Duration = Duration::from_secs(1);
/// How soon it is asked again that has refused to answer.
const PAUSE: Duration = Duration::from_millis(20);

type Opens<T> = fn(&str) -> std::result::Result<T, String>;

enum Backend {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Database {
    /// Opens `sqlite://PATH` or `postgres://…` and brings its tables up to date.
    pub fn open(url: &str) -> std::result::Result<Self, String> {
        Self::by_url(url, sqlite::Sqlite::open, postgres::Postgres::open)
    }

    /// Opens one that other processes may be serving, for a command beside them: its tables stay as they are.
    pub fn open_beside(url: &str) -> std::result::Result<Self, String> {
        Self::by_url(url, sqlite::Sqlite::open_beside, postgres::Postgres::open_beside)
    }

    /// One connection for a command beside the processes that serve a database; nothing is made, and no table is changed.
    pub fn connect(url: &str) -> std::result::Result<Connection, String> {
        match file::path_in(url) {
            Some(path) => file::open(&path),
            None if is_postgres(url) => postgres::Postgres::connect(url),
            None => Err(neither(url)),
        }
    }

    fn by_url(url: &str, sqlite: Opens<sqlite::Sqlite>, postgres: Opens<postgres::Postgres>) -> std::result::Result<Self, String> {
        let backend = if is_postgres(url) {
            Backend::Postgres(postgres(url)?)
        } else if let Some(path) = url.strip_prefix("sqlite://") {
            Backend::Sqlite(sqlite(path)?)
        } else {
            return Err(neither(url));
        };
        // On SQLite one reader thread, on PostgreSQL a quarter of the connections is always for others.
        let share = match backend {
            Backend::Sqlite(_) => sqlite::READERS - 1,
            Backend::Postgres(_) => postgres::CONNECTIONS as usize * 3 / 4,
        };
        Ok(Database(Arc::new(backend), Arc::new(Shares::new(share))))
    }

    /// A short read, such as one row by its id. On SQLite it runs in the calling thread.
    pub async fn quick<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        match &*self.0 {
            Backend::Sqlite(sqlite) => sqlite.quick(work),
            Backend::Postgres(postgres) => postgres.read(work).await,
        }
    }

    /// Waits for the share of a principal in longer reads; whoever holds it may [`Database::read`].
    pub async fn share(&self, principal: Id) -> Result<OwnedSemaphorePermit> {
        self.1.take(principal).await.ok_or_else(|| refusal::busy().into())
    }

    /// The same for a write, where each write has a connection of its own.
    pub async fn share_of_writes(&self, principal: Id) -> Result<Option<OwnedSemaphorePermit>> {
        if self.has_one_writer() { Ok(None) } else { self.share(principal).await.map(Some) }
    }

    /// A longer read on a bounded set of threads, seeing one state of the data throughout.
    pub async fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        let span = tracing::info_span!("database read");
        match &*self.0 {
            Backend::Sqlite(sqlite) => sqlite.read(work).instrument(span).await,
            Backend::Postgres(postgres) => postgres.snapshot(work).instrument(span).await,
        }
    }

    /// One write transaction: all of it is kept when this returns `Ok`, none of it otherwise.
    pub async fn write<T: Send + 'static>(&self, work: impl Fn(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        self.write_as(work, false).await
    }

    /// The same of a write that changes much: no others share its commit.
    pub async fn write_alone<T: Send + 'static>(&self, work: impl Fn(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        self.write_as(work, true).await
    }

    async fn write_as<T: Send + 'static>(&self, work: impl Fn(&mut Connection) -> Result<T> + Send + 'static, alone: bool) -> Result<T> {
        let span = tracing::info_span!("database write");
        match &*self.0 {
            Backend::Sqlite(sqlite) => sqlite.write(Box::new(work), alone).instrument(span).await,
            Backend::Postgres(postgres) => postgres.write(Box::new(work)).instrument(span).await,
        }
    }

    /// True where all writes wait for one another: on SQLite, which one process alone can open.
    pub fn has_one_writer(&self) -> bool {
        matches!(&*self.0, Backend::Sqlite(_))
    }

    /// What waits for the database in this process.
    pub fn load(&self) -> Load {
        match &*self.0 {
            Backend::Sqlite(sqlite) => sqlite.health.load(None),
            Backend::Postgres(postgres) => postgres.health.load(Some(postgres.connections())),
        }
    }

    /// What must hold for the service to be ready: whether the database answers within a second, whether its writer lives and
    /// its queue moves on, and whether there is room on the disk.
    pub async fn checks(&self) -> Vec<Check> {
        let (health, folder) = match &*self.0 {
            Backend::Sqlite(sqlite) => (&sqlite.health, sqlite.folder()),
            Backend::Postgres(postgres) => (&postgres.health, None),
        };
        // A connection that was lost before is found out by asking; the next one may be new.
        let asked = async {
            while self.read(|connection| Ok(Statement::new("SELECT 1").execute(connection)?)).await.is_err() {
                tokio::time::sleep(PAUSE).await;
            }
        };
        let answer = tokio::time::timeout(READY, asked).await.map(|()| "It answers.".to_owned()).map_err(|_| "It does not answer within a second.".to_owned());
        let mut checks = vec![Check::new("database", answer)];
        checks.extend(health.checks(folder));
        checks
    }
}

/// Whether a URL names a PostgreSQL server.
pub fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn neither(url: &str) -> String {
    format!("The database URL {url:?} is neither sqlite://PATH nor postgres://USER@HOST/NAME.")
}
