//! An open connection to either database, and what both say when they are busy.

use crate::error::{Kind, Problem, Result};
use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;
use std::cell::Cell as Counter;

/// An open connection to either database.
pub enum Connection {
    /// The embedded database.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Postgres(PgConnection),
}

impl Connection {
    /// True on PostgreSQL, for the few statements that only one of the two needs.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Connection::Postgres(_))
    }
}

/// What a write does. It may be run again, so it must not change anything outside the transaction.
pub type Work<T> = Box<dyn Fn(&mut Connection) -> Result<T> + Send>;

/// The database is busy or away (503).
pub fn busy() -> Problem {
    Problem::new(Kind::Unavailable, "The database is busy or away. Nothing was changed; try again in a moment.").header("Retry-After", "1")
}

thread_local! {
    static STATEMENTS: Counter<u64> = const { Counter::new(0) };
}

/// A statement is run.
pub fn count_statement() {
    STATEMENTS.with(|count| count.set(count.get() + 1));
}

/// How many statements this thread has run, for the tests that hold a list to a number of them.
pub fn statements_run() -> u64 {
    STATEMENTS.with(Counter::get)
}
