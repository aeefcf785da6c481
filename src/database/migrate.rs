//! The tables: one portable set of migrations, and small sets of what only one database can say.

use super::Connection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const PORTABLE: EmbeddedMigrations = embed_migrations!("migrations/portable");

/// Runs what has not run yet. Refuses a database that a newer binary has already changed.
pub fn run(connection: &mut Connection) -> Result<(), String> {
    let outcome = match connection {
        Connection::Sqlite(sqlite) => bring_up(sqlite),
        Connection::Postgres(postgres) => bring_up(postgres),
    };
    outcome.map_err(|error| format!("The database's tables could not be brought up to date: {error}"))
}

fn bring_up<D: diesel::backend::Backend, C: MigrationHarness<D>>(connection: &mut C) -> Result<(), Box<dyn std::error::Error + Send + Sync>>
where
    EmbeddedMigrations: diesel::migration::MigrationSource<D>,
{
    use diesel::migration::MigrationSource;
    let known: Vec<String> = MigrationSource::<D>::migrations(&PORTABLE)?.iter().map(|migration| migration.name().version().to_string()).collect();
    for applied in connection.applied_migrations()? {
        if !known.contains(&applied.to_string()) {
            return Err(format!("it holds the migration {applied}, which this version of Steward does not know. Run the newer version.").into());
        }
    }
    connection.run_pending_migrations(PORTABLE)?;
    Ok(())
}
