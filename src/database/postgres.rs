//! A PostgreSQL server: a pool of connections, and transactions that are run again when the server asks for it.

use super::connection::{Connection, Work};
use super::deferred::Deferring;
use super::health::{Health, Queued};
use super::refusal::{PATIENCE, busy, outcome_unknown};
use super::turn::{Turn, beat};
use super::{limit, migrate};
use crate::error::{Error, Kind, Problem, Result};
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};
use diesel::result::{DatabaseErrorKind, Error as Diesel};
use diesel::{Connection as _, QueryResult};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many connections one process holds.
pub(super) const CONNECTIONS: u32 = 16;
/// How often a transaction is run again after 40001 or 40P01.
const ATTEMPTS: u32 = 12;
/// How long after its beginning a transaction may be run again.
const AGAIN: Duration = Duration::from_secs(5);
/// How long one short read may take to answer.
const SHORT: Duration = Duration::from_secs(5);
/// How long one statement of anything else may: a little more than the server itself allows it.
const LONG: Duration = Duration::from_secs(25);
/// How often who waits looks whether anything moves.
const LOOK: Duration = Duration::from_millis(250);
/// What the client's side of a connection asks of the network, where the URL does not say otherwise: a server that has gone
/// without a word is noticed.
const NETWORK: [(&str, &str); 5] =
    [("connect_timeout", "5"), ("tcp_user_timeout", "15000"), ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3")];
/// What the server's side of one allows.
const SESSION: &str = "SET TIME ZONE 'UTC'; SET statement_timeout = '20s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning;";

/// A pool of connections to one server.
pub struct Postgres {
    pool: Pool<Server>,
    /// What its writes leave for readiness.
    pub(super) health: Arc<Health>,
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
        postgres.batch_execute(SESSION).map_err(diesel::r2d2::Error::QueryError)?;
        Ok(Connection::Postgres(Deferring::new(postgres)))
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), Self::Error> {
        match connection {
            Connection::Postgres(postgres) => postgres.as_is().ping().map_err(diesel::r2d2::Error::QueryError),
            Connection::Sqlite(_) => Ok(()),
        }
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        match connection {
            Connection::Postgres(postgres) => std::thread::panicking() || postgres.as_is().is_broken(),
            Connection::Sqlite(_) => true,
        }
    }
}

impl Postgres {
    /// Connects, brings the tables up to date and fills the pool.
    pub fn open(url: &str) -> std::result::Result<Self, String> {
        refuse_missing_tls(url)?;
        let server = Server { url: with_network(url) };
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
        let server = Server { url: with_network(url) };
        let mut first = server.connect().map_err(|error| format!("The PostgreSQL database cannot be reached: {error}"))?;
        migrate::require_current(&mut first)?;
        Self::fill(server)
    }

    /// One connection for a command whose statements may take as long as they do.
    pub fn connect(url: &str) -> std::result::Result<Connection, String> {
        refuse_missing_tls(url)?;
        let opened = Server { url: with_network(url) }.connect();
        let mut connection = opened.map_err(|error| format!("The PostgreSQL database cannot be reached: {error}"))?;
        execute(&mut connection, "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0").map_err(|error| error.to_string())?;
        Ok(connection)
    }

    fn fill(server: Server) -> std::result::Result<Self, String> {
        let pool = Pool::builder()
            .max_size(CONNECTIONS)
            .min_idle(Some(2))
            .connection_timeout(PATIENCE)
            .test_on_check_out(false)
            .build(server)
            .map_err(|error| format!("The PostgreSQL database cannot be reached: {error}"))?;
        Ok(Postgres { pool, health: Arc::default() })
    }

    /// How many connections are open, and how many of them nobody uses.
    pub fn connections(&self) -> (i64, i64) {
        let state = self.pool.state();
        (state.connections.into(), state.idle_connections.into())
    }

    /// One statement or a few, each seeing what is committed when it starts.
    pub async fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        self.on_thread(SHORT, self.health.read_waits(), move |connection, _| guarded(|| work(connection))).await
    }

    /// Several statements that see one state of the data.
    pub async fn snapshot<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        self.on_thread(LONG, self.health.read_waits(), move |connection, _| {
            execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            let outcome = guarded(|| work(connection));
            execute(connection, if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
            outcome
        })
        .await
    }

    /// A transaction at READ COMMITTED, run again when it met a deadlock or a serialisation failure, for a while.
    pub async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T> {
        let health = self.health.clone();
        self.on_thread(LONG, self.health.write_waits(), move |connection, turn| {
            let (since, mut attempt) = (Instant::now(), 0);
            loop {
                let outcome = transact(connection, turn, &work);
                attempt += 1;
                match outcome {
                    Err(Error::Database(error)) if wants_another_run(&error) && attempt < ATTEMPTS && since.elapsed() < AGAIN => {
                        turn.begin_again();
                        std::thread::sleep(Duration::from_millis(u64::from(attempt * attempt) + u64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 16));
                    }
                    Err(Error::Database(error)) => return Err(health.full_disk(&error).map_or(Error::Database(error), Error::from)),
                    Ok(value) => {
                        health.wrote();
                        return Ok(value);
                    }
                    outcome => return outcome,
                }
            }
        })
        .await
    }

    /// Runs something on a connection. Who asked gives up when nothing moves there for so long.
    async fn on_thread<T, W>(&self, patience: Duration, queued: Queued, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&mut Connection, &Turn) -> Result<T> + Send + 'static,
    {
        let (pool, turn) = (self.pool.clone(), Arc::new(Turn::default()));
        let taken = turn.clone();
        let run = move || {
            let connection = pool.get().map_err(|_| busy());
            drop(queued);
            let mut connection: PooledConnection<Server> = connection?;
            taken.take(|| work(&mut connection, &taken)).map_err(away)
        };
        let mut running = tokio::task::spawn_blocking(run);
        loop {
            match tokio::time::timeout(LOOK, &mut running).await {
                Ok(done) => return done.map_err(|_| Error::from(outcome_unknown()))?,
                Err(_) if turn.is_silent(patience) => {
                    tracing::warn!(seconds = patience.as_secs(), "PostgreSQL does not answer");
                    return Err(turn.give_up().into());
                }
                Err(_) => {}
            }
        }
    }
}

/// A write runs the same few statements by key again and again: to plan each anew costs the server more than to run it.
const BEGIN_WRITE: &str = "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan";

fn transact<T>(connection: &mut Connection, turn: &Turn, work: &Work<T>) -> Result<T> {
    execute(connection, BEGIN_WRITE)?;
    let done = guarded(|| {
        let value = work(connection)?;
        connection.flush()?;
        Ok(value)
    });
    match done {
        Ok(value) if turn.may_commit() => match execute(connection, "COMMIT") {
            Ok(()) => Ok(value),
            Err(error) if is_gone(&error) => {
                tracing::warn!(%error, "the answer to a commit was lost");
                Err(outcome_unknown().into())
            }
            Err(error) => Err(error.into()),
        },
        Ok(_) => {
            execute(connection, "ROLLBACK")?;
            Err(busy().into())
        }
        Err(error) => {
            connection.discard();
            // Why it failed says more than that the connection is lost as well.
            let _ = execute(connection, "ROLLBACK");
            Err(error)
        }
    }
}

fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Problem::new(Kind::Internal, "Nothing was changed. Report the request id.").into()))
}

/// A lost connection, a full server or a statement that ran out of time: the client may try again.
fn away(error: Error) -> Error {
    let Error::Database(of_database) = &error else { return error };
    if limit::was_stopped(of_database) {
        return limit::too_long().into();
    }
    if is_gone(of_database) || wants_another_run(of_database) {
        tracing::warn!(error = %of_database, "PostgreSQL is away or busy");
        return busy().into();
    }
    error
}

fn is_gone(error: &Diesel) -> bool {
    let Diesel::DatabaseError(kind, information) = error else { return false };
    let text = information.message();
    matches!(kind, DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand)
        || [
            "terminating connection",
            "server closed the connection",
            "no connection to the server",
            "lock timeout",
            "the database system is",
            "too many clients",
            "SSL SYSCALL",
            "could not receive data",
        ]
        .iter()
        .any(|sign| text.contains(sign))
}

fn wants_another_run(error: &Diesel) -> bool {
    matches!(error, Diesel::DatabaseError(kind, information) if wants_another_run_kind(kind, information.message()))
}

fn wants_another_run_kind(kind: &DatabaseErrorKind, text: &str) -> bool {
    matches!(kind, DatabaseErrorKind::SerializationFailure) || text.contains("deadlock detected") || text.contains("could not serialize")
}

fn execute(connection: &mut Connection, sql: &'static str) -> QueryResult<()> {
    beat();
    connection.batch_execute(sql)
}

/// The URL with what the client's side of its connections asks of the network.
fn with_network(url: &str) -> String {
    let mut url = url.to_owned();
    for (name, value) in NETWORK {
        if url.contains(&format!("{name}=")) {
            continue;
        }
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&format!("{name}={value}"));
    }
    url
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_url_says_of_the_network_stays_and_the_rest_is_added() {
        assert_eq!(
            with_network("postgres://u@h/db?tcp_user_timeout=9"),
            "postgres://u@h/db?tcp_user_timeout=9&connect_timeout=5&keepalives_idle=10&keepalives_interval=5&keepalives_count=3"
        );
        assert!(with_network("postgres://u@h/db").starts_with("postgres://u@h/db?connect_timeout=5&"));
    }
}
