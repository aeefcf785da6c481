//! The tables: one portable set of migrations, and small sets of what only one database can say.

use super::connection::Connection;
use diesel::backend::Backend;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const PORTABLE: EmbeddedMigrations = embed_migrations!("migrations/portable");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Runs what has not run yet. Refuses a database that a newer binary has already changed.
pub fn run(connection: &mut Connection) -> Result<(), String> {
    let outcome = match connection {
        Connection::Sqlite(sqlite) => bring_up(sqlite, SQLITE),
        Connection::Postgres(postgres) => bring_up(postgres, POSTGRES),
    };
    outcome.map_err(|error| format!("The database's tables could not be brought up to date: {error}"))
}

/// Refuses a database whose tables are not those of this binary, and changes nothing.
pub fn require_current(connection: &mut Connection) -> Result<(), String> {
    let outcome = match connection {
        Connection::Sqlite(sqlite) => is_current(sqlite, SQLITE),
        Connection::Postgres(postgres) => is_current(postgres, POSTGRES),
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
