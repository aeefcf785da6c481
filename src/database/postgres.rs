//! A PostgreSQL server: a pool of connections, and transactions that are run again when the server asks for it.

use super::connection::{Connection, Work, busy};
use super::{limit, migrate};
use crate::error::{Error, Kind, Problem, Result};
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};
use diesel::result::{DatabaseErrorKind, Error as Diesel};
use diesel::{Connection as _, QueryResult};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How many connections one process holds.
pub(super) const CONNECTIONS: u32 = 16;
/// How long a request waits for a connection before it is told that the service is busy.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a transaction is run again after 40001 or 40P01.
const ATTEMPTS: u32 = 12;

/// A pool of connections to one server.
pub struct Postgres {
    pool: Pool<Server>,
}

#[derive(Clone)]
struct Server {
    url: String,
}

impl ManageConnection for Server {
    type Connection = Connection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Connection, Self::Error> {
        let mut postgres = PgConnection::establish(&self.url)?;
        postgres
            .batch_execute(
                "SET TIME ZONE 'UTC'; SET statement_timeout = '20s'; SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning;",
            )
            .map_err(diesel::r2d2::Error::QueryError)?;
        Ok(Connection::Postgres(postgres))
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), Self::Error> {
        match connection {
            Connection::Postgres(postgres) => postgres.ping().map_err(diesel::r2d2::Error::QueryError),
            Connection::Sqlite(_) => Ok(()),
        }
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        match connection {
            Connection::Postgres(postgres) => std::thread::panicking() || postgres.is_broken(),
            Connection::Sqlite(_) => true,
        }
    }
}

impl Postgres {
    /// Connects, brings the tables up to date and fills the pool.
    pub fn open(url: &str) -> std::result::Result<Self, String> {
        refuse_missing_tls(url)?;
        let server = Server { url: url.to_owned() };
        let mut first = server.connect().map_err(|error| format!("The PostgreSQL database cannot be reached: {error}"))?;
        // Two replicas that start together must not migrate at the same time.
        let locked = execute(&mut first, "SELECT pg_advisory_lock(7853221149)").map_err(|error| error.to_string());
        locked.and_then(|()| migrate::run(&mut first))?;
        drop(first);
        Self::fill(server)
    }

    /// Connects for a short write beside the processes that serve, and changes no table.
    pub fn open_beside(url: &str) -> std::result::Result<Self, String> {
        refuse_missing_tls(url)?;
        let server = Server { url: url.to_owned() };
        let mut first = server.connect().map_err(|error| format!("The PostgreSQL database cannot be reached: {error}"))?;
        migrate::require_current(&mut first)?;
        Self::fill(server)
    }

    fn fill(server: Server) -> std::result::Result<Self, String> {
        let pool = Pool::builder()
            .max_size(CONNECTIONS)
            .min_idle(Some(2))
            .connection_timeout(PATIENCE)
            .test_on_check_out(false)
            .build(server)
            .map_err(|error| format!("The PostgreSQL database cannot be reached: {error}"))?;
        Ok(Postgres { pool })
    }

    /// One statement or a few, each seeing what is committed when it starts.
    pub async fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        self.on_thread(move |connection| guarded(|| work(connection))).await
    }

    /// Several statements that see one state of the data.
    pub async fn snapshot<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        self.on_thread(move |connection| {
            execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            let outcome = guarded(|| work(connection));
            execute(connection, if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
            outcome
        })
        .await
    }

    /// A transaction at READ COMMITTED, run again when it met a deadlock or a serialisation failure.
    pub async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T> {
        self.on_thread(move |connection| {
            let mut attempt = 0;
            loop {
                let outcome = transact(connection, &work);
                attempt += 1;
                match outcome {
                    Err(Error::Database(error)) if wants_another_run(&error) && attempt < ATTEMPTS => {
                        std::thread::sleep(Duration::from_millis(u64::from(attempt * attempt) + u64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 16));
                    }
                    outcome => return outcome,
                }
            }
        })
        .await
    }

    async fn on_thread<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        let pool = self.pool.clone();
        let run = move || {
            let mut connection: PooledConnection<Server> = pool.get().map_err(|_| busy())?;
            work(&mut connection).map_err(away)
        };
        tokio::task::spawn_blocking(run).await.map_err(|_| Error::from(busy()))?
    }
}

fn transact<T>(connection: &mut Connection, work: &Work<T>) -> Result<T> {
    execute(connection, "BEGIN")?;
    match guarded(|| work(connection)) {
        Ok(value) => {
            execute(connection, "COMMIT")?;
            Ok(value)
        }
        Err(error) => {
            execute(connection, "ROLLBACK")?;
            Err(error)
        }
    }
}

fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Problem::new(Kind::Internal, "Nothing was changed. Report the request id.").into()))
}

/// A lost connection, a full server or a statement that ran out of time: the client may try again.
fn away(error: Error) -> Error {
    let Error::Database(Diesel::DatabaseError(kind, information)) = &error else { return error };
    let text = information.message();
    let gone = matches!(kind, DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand)
        || [
            "terminating connection",
            "server closed the connection",
            "no connection to the server",
            "the database system is",
            "too many clients",
            "SSL SYSCALL",
            "could not receive data",
        ]
        .iter()
        .any(|sign| text.contains(sign));
    if limit::was_stopped_message(text) {
        return limit::too_long().into();
    }
    if gone || wants_another_run_kind(kind, text) {
        tracing::warn!(error = text, "PostgreSQL is away or busy");
        return busy().into();
    }
    error
}

fn wants_another_run(error: &Diesel) -> bool {
    matches!(error, Diesel::DatabaseError(kind, information) if wants_another_run_kind(kind, information.message()))
}

fn wants_another_run_kind(kind: &DatabaseErrorKind, text: &str) -> bool {
    matches!(kind, DatabaseErrorKind::SerializationFailure) || text.contains("deadlock detected") || text.contains("could not serialize")
}

fn execute(connection: &mut Connection, sql: &'static str) -> QueryResult<()> {
    match connection {
        Connection::Sqlite(sqlite) => sqlite.batch_execute(sql),
        Connection::Postgres(postgres) => postgres.batch_execute(sql),
    }
}

fn refuse_missing_tls(url: &str) -> std::result::Result<(), String> {
    let asks = ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"].iter().any(|mode| url.contains(mode));
    if asks && !cfg!(feature = "postgres-tls") {
        return Err(
            "The database URL asks for TLS, which this binary was built without. Build it with `--features postgres-tls`, or remove sslmode from the URL."
                .into(),
        );
    }
    Ok(())
}
