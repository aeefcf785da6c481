//! An open connection to either database, as Diesel uses it.

use super::compiled::{Compiled, count_statement};
use super::deferred::Deferring;
use super::dialect::Dialect;
use super::row::{AnyCursor, AnyRow};
use crate::error::Result;
use diesel::connection::{AnsiTransactionManager, CacheSize, ConnectionSealed, DefaultLoadingMode, Instrumentation, LoadConnection, SimpleConnection};
use diesel::expression::QueryMetadata;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::sqlite::SqliteConnection;
use diesel::{ConnectionError, ConnectionResult, QueryResult, RunQueryDsl};

/// An open connection to either database.
pub enum Connection {
    /// The embedded database.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Postgres(Deferring),
}

impl Connection {
    /// True on PostgreSQL, for the few statements that only one of the two needs.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Connection::Postgres(_))
    }

    /// Runs several writes that do not see one another. A statement costs a way to a PostgreSQL server and back: there they are one.
    pub fn execute_together(&mut self, writes: Vec<Compiled>) -> QueryResult<()> {
        match self {
            Connection::Sqlite(sqlite) => writes.into_iter().try_for_each(|write| {
                count_statement();
                write.execute(sqlite).map(drop)
            }),
            Connection::Postgres(postgres) => {
                let postgres = postgres.ready()?;
                count_statement();
                Compiled::together(writes).map_or(Ok(()), |all| all.execute(postgres).map(drop))
            }
        }
    }

    /// Runs the writes of a new record. They may wait until something else is asked, or the transaction ends.
    pub fn defer(&mut self, collection: &'static str, writes: Vec<Compiled>) -> QueryResult<()> {
        match self {
            Connection::Sqlite(_) => self.execute_together(writes),
            Connection::Postgres(postgres) => postgres.defer(collection, writes),
        }
    }

    /// Runs everything that waits.
    pub fn flush(&mut self) -> QueryResult<()> {
        match self {
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(postgres) => postgres.flush(),
        }
    }

    /// Forgets everything that waits, since it is taken back.
    pub fn discard(&mut self) {
        if let Connection::Postgres(postgres) = self {
            postgres.discard();
        }
    }

    /// The SQL that it understands.
    pub fn dialect(&self) -> Dialect {
        if self.is_postgres() { Dialect::Postgres } else { Dialect::Sqlite }
    }
}

impl SimpleConnection for Connection {
    fn batch_execute(&mut self, sql: &str) -> QueryResult<()> {
        match self {
            Connection::Sqlite(sqlite) => sqlite.batch_execute(sql),
            Connection::Postgres(postgres) => postgres.ready()?.batch_execute(sql),
        }
    }
}

impl ConnectionSealed for Connection {}

impl diesel::Connection for Connection {
    type Backend = Dialect;
    type TransactionManager = AnsiTransactionManager;

    fn establish(_: &str) -> ConnectionResult<Self> {
        Err(ConnectionError::BadConnection("Which database it is, the settings say: open a Database.".into()))
    }

    fn execute_returning_count<T: QueryFragment<Dialect> + QueryId>(&mut self, source: &T) -> QueryResult<usize> {
        count_statement();
        let compiled = Compiled::of(source, self.dialect())?;
        match self {
            Connection::Sqlite(sqlite) => compiled.execute(sqlite),
            Connection::Postgres(postgres) => compiled.execute(postgres.ready()?),
        }
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        match self {
            Connection::Sqlite(sqlite) => diesel::Connection::transaction_state(sqlite),
            Connection::Postgres(postgres) => diesel::Connection::transaction_state(postgres.as_is()),
        }
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        match self {
            Connection::Sqlite(sqlite) => diesel::Connection::instrumentation(sqlite),
            Connection::Postgres(postgres) => diesel::Connection::instrumentation(postgres.as_is()),
        }
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        match self {
            Connection::Sqlite(sqlite) => diesel::Connection::set_instrumentation(sqlite, instrumentation),
            Connection::Postgres(postgres) => diesel::Connection::set_instrumentation(postgres.as_is(), instrumentation),
        }
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        match self {
            Connection::Sqlite(sqlite) => diesel::Connection::set_prepared_statement_cache_size(sqlite, size),
            Connection::Postgres(postgres) => diesel::Connection::set_prepared_statement_cache_size(postgres.as_is(), size),
        }
    }
}

impl LoadConnection for Connection {
    type Cursor<'conn, 'query> = AnyCursor<'conn, 'query>;
    type Row<'conn, 'query> = AnyRow<'conn, 'query>;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<AnyCursor<'conn, 'query>>
    where
        T: Query + QueryFragment<Dialect> + QueryId + 'query,
        Dialect: QueryMetadata<T::SqlType>,
    {
        count_statement();
        let compiled = Compiled::of(&source, self.dialect())?;
        match self {
            Connection::Sqlite(sqlite) => Ok(AnyCursor::Sqlite(LoadConnection::load(sqlite, compiled)?)),
            Connection::Postgres(postgres) => Ok(AnyCursor::Postgres(LoadConnection::<DefaultLoadingMode>::load(postgres.ready()?, compiled)?)),
        }
    }
}

/// What a write does. It may be run again, so it must not change anything outside the transaction.
pub type Work<T> = Box<dyn Fn(&mut Connection) -> Result<T> + Send>;
