//! The tables: one portable set of migrations, and small sets of what only one database can say.

use super::connection::Connection;
use super::statement::Statement;
use diesel::backend::Backend;
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::sql_types::BigInt;
use diesel::sql_types::Text;
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{RunQueryDsl, connection::SimpleConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const PORTABLE: EmbeddedMigrations = embed_migrations!("../migrations/portable");
const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");
/// Tables of an empty SQLite database as some of the migrations make them, at once: each alteration of a table reads the whole schema anew,
/// and there are many.
const BASELINE: &str = include_str!("../../migrations/baseline.sql");

/// A database that holds a part of another one is told by this table; see `store::transfer`.
pub const UNFINISHED: &str = "unfinished_move";
const IS_UNFINISHED: &str =
    "A move into this database has not come to its end, so it holds a part of the data only. Run `steward move` again, or serve another.";

/// How a database stands to what this binary knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It has not been migrated at all: empty, or not one of Steward.
    Foreign,
    /// A move into it has not come to its end.
    Unfinished,
    /// All migrations have run that this binary knows, and no other.
    Current,
    /// So many have not run yet.
    Behind(usize),
    /// It holds a migration that this binary does not know.
    Newer(String),
}

/// How a database stands to what this binary knows; changes nothing.
pub fn standing(connection: &mut Connection) -> Result<Standing, String> {
    let failed = |error: diesel::result::Error| format!("The database's tables could not be read: {error}");
    if !has_table(connection, "__diesel_schema_migrations").map_err(failed)? {
        return Ok(Standing::Foreign);
    }
    if has_table(connection, UNFINISHED).map_err(failed)? {
        return Ok(Standing::Unfinished);
    }
    let applied = Statement::new("SELECT version FROM __diesel_schema_migrations").load::<Text, String>(connection).map_err(failed)?;
    let known = match connection {
        Connection::Sqlite(_) => names_of::<Sqlite>(&SQLITE),
        Connection::Postgres(_) => names_of::<Pg>(&POSTGRES),
    };
    let known = known.map_err(|error| error.to_string())?;
    Ok(match applied.iter().find(|name| !known.contains(name)) {
        Some(newer) => Standing::Newer(newer.clone()),
        None if applied.is_empty() => Standing::Foreign,
        None if applied.len() < known.len() => Standing::Behind(known.len() - applied.len()),
        None => Standing::Current,
    })
}

/// Whether there is a table of a name.
pub fn has_table(connection: &mut Connection, name: &str) -> diesel::QueryResult<bool> {
    let query = match connection.is_postgres() {
        true => Statement::new("SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = "),
        false => Statement::new("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = "),
    };
    query.with(name, "").finds(connection)
}

fn refuse_unfinished(connection: &mut Connection) -> Result<(), String> {
    match has_table(connection, UNFINISHED) {
        Ok(false) => Ok(()),
        Ok(true) => Err(IS_UNFINISHED.into()),
        Err(error) => Err(format!("The database's tables could not be read: {error}")),
    }
}

/// Runs what has not run yet. Refuses a database that a newer binary has already changed.
pub fn run(connection: &mut Connection) -> Result<(), String> {
    refuse_unfinished(connection)?;
    let outcome = match connection {
        Connection::Sqlite(sqlite) => begin(sqlite).and_then(|()| bring_up(sqlite, SQLITE)),
        Connection::Postgres(postgres) => bring_up(postgres.as_is(), POSTGRES),
    };
    outcome.map_err(|error| format!("The database's tables could not be brought up to date: {error}"))
}

/// Refuses a database whose tables are not those of this binary, and changes nothing.
pub fn require_current(connection: &mut Connection) -> Result<(), String> {
    refuse_unfinished(connection)?;
    let outcome = match connection {
        Connection::Sqlite(sqlite) => is_current(sqlite, SQLITE),
        Connection::Postgres(postgres) => is_current(postgres.as_is(), POSTGRES),
    };
    match outcome {
        Ok(true) => Ok(()),
        Ok(false) => Err("The database's tables are not those of this version of Steward. Run the version that serves it.".into()),
        Err(error) => Err(format!("The database's tables could not be read: {error}")),
    }
}

fn is_current<D: Backend, C: MigrationHarness<D>>(connection: &mut C, own: EmbeddedMigrations) -> Result<bool, Box<dyn std::error::Error + Send + Sync>>
where
    EmbeddedMigrations: MigrationSource<D>,
{
    let mut known = names_of::<D>(&own)?;
    let mut applied: Vec<String> = connection.applied_migrations()?.iter().map(ToString::to_string).collect();
    known.sort();
    applied.sort();
    Ok(known == applied)
}

/// The migrations that this binary knows.
fn names_of<D: Backend>(own: &EmbeddedMigrations) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>>
where
    EmbeddedMigrations: MigrationSource<D>,
{
    let mut known: Vec<String> = Vec::new();
    for set in [&PORTABLE, own] {
        known.extend(MigrationSource::<D>::migrations(set)?.iter().map(|migration| migration.name().version().to_string()));
    }
    Ok(known)
}

/// Gives an empty database the tables of the baseline.
fn begin(sqlite: &mut SqliteConnection) -> Outcome {
    let tables: i64 = diesel::select(diesel::dsl::sql::<BigInt>("(SELECT count(*) FROM sqlite_master)")).get_result(sqlite)?;
    // The file is this process's alone, and one that has its tables is not locked for writing.
    if tables == 0 { Ok(sqlite.immediate_transaction(|sqlite| sqlite.batch_execute(BASELINE))?) } else { Ok(()) }
}

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

fn bring_up<D: Backend, C: MigrationHarness<D>>(connection: &mut C, own: EmbeddedMigrations) -> Outcome
where
    EmbeddedMigrations: MigrationSource<D>,
{
    let known = names_of::<D>(&own)?;
    for applied in connection.applied_migrations()? {
        if !known.contains(&applied.to_string()) {
            return Err(format!("it holds the migration {applied}, which this version of Steward does not know. Run the newer version.").into());
        }
    }
    connection.run_pending_migrations(PORTABLE)?;
    connection.run_pending_migrations(own)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn empty() -> Connection {
        super::super::sqlite::connect(Path::new(":memory:")).unwrap()
    }

    /// Tables, indexes and triggers of a database, and the migrations that made them.
    fn made(connection: &mut Connection) -> Vec<String> {
        let sql =
            "SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_master UNION ALL SELECT version FROM __diesel_schema_migrations ORDER BY 1";
        Statement::new(sql).load::<Text, String>(connection).unwrap()
    }

    #[test]
    fn a_new_database_has_at_once_what_the_migrations_make_one_by_one() {
        let (mut at_once, mut one_by_one) = (empty(), empty());
        run(&mut at_once).unwrap();
        let Connection::Sqlite(sqlite) = &mut one_by_one else { panic!("it is SQLite") };
        bring_up(sqlite, SQLITE).unwrap();
        let (left, right) = (made(&mut at_once), made(&mut one_by_one));
        let differs: Vec<_> = left.iter().filter(|one| !right.contains(one)).chain(right.iter().filter(|one| !left.contains(one))).collect();
        assert!(differs.is_empty(), "{differs:#?}\nWrite it anew: cargo run -- schema baseline --into migrations/baseline.sql");
        assert_eq!(left.len(), right.len());
    }

    #[test]
    fn a_database_that_has_tables_gets_no_baseline() {
        let mut old = empty();
        let Connection::Sqlite(sqlite) = &mut old else { panic!("it is SQLite") };
        sqlite.batch_execute("CREATE TABLE theirs (id INTEGER)").unwrap();
        begin(sqlite).unwrap();
        assert_eq!(Statement::new("SELECT name FROM sqlite_master").load::<Text, String>(&mut old).unwrap(), ["theirs"]);
    }
}
