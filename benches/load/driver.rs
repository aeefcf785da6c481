//! The same work on the bare driver: the statements that the service cannot do without, on one connection per thread,
//! with no scope, no rules and no JSON.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

/// A connection to either database.
pub enum Driver {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A row as the driver gives it.
#[derive(QueryableByName)]
#[allow(dead_code, reason = "only the cost of reading it matters")]
pub struct Person {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Nullable<Text>)]
    location: Option<String>,
}

const COLUMNS: &str = "SELECT name, email, state, location FROM people";
const REGISTRY: &str = "INSERT INTO registry (id, collection, title, state, unit_id, root_id, revision, hash)";
const REVISIONS: &str = "INSERT INTO revisions (id, resource_id, collection, revision, action, actor_id, at, request_id, document, salt, hash)";
const PEOPLE: &str = "INSERT INTO people (id, revision, created_at, created_by, updated_at, updated_by, state, unit_id, name, email, email_key, location, weekly_hours, mentoring_capacity)";

impl Driver {
    pub fn open(url: &str) -> Driver {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let mut connection = SqliteConnection::establish(path).expect("a connection");
            connection
                .batch_execute("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;")
                .expect("pragmas");
            return Driver::Sqlite(connection);
        }
        Driver::Postgres(PgConnection::establish(url).expect("a connection"))
    }

    /// One row by its unique key.
    pub fn get(&mut self, email: &str) {
        assert_eq!(self.rows(&format!("{COLUMNS} WHERE email_key = "), email, "").len(), 1);
    }

    /// A page of those in a state, as a clause orders it.
    pub fn list(&mut self, state: &str, rest: &str) {
        assert!(!self.rows(&format!("{COLUMNS} WHERE state = "), state, rest).is_empty());
    }

    /// A page of those at a place, which no index finds.
    pub fn at_place(&mut self, place: &str) {
        assert!(!self.rows(&format!("{COLUMNS} WHERE location = "), place, " ORDER BY id LIMIT 51").is_empty());
    }

    /// The row, its entry in the registry and its revision, in one transaction.
    pub fn create(&mut self, number: usize) {
        let (id, other, unit, now) = (self.id(), self.id(), self.unit(), "'2026-06-15 09:00:00.000000+00:00'");
        self.transaction(&format!(
            "{REGISTRY} VALUES ({id}, 'teams/people', 'Driver', 'invited', {unit}, {id}, 1, '{HASH}');
             {PEOPLE} VALUES ({id}, 1, {now}, {id}, {now}, {id}, 'invited', {unit}, 'Driver', 'driver{number}', 'driver{number}', 'Bench', 40, 0);
             {REVISIONS} VALUES ({other}, {id}, 'teams/people', 1, 'create', {id}, {now}, 'bench', '{DOCUMENT}', 'salt', '{HASH}');"
        ));
    }

    /// The row changed, its entry and a revision, in one transaction.
    pub fn patch(&mut self, email: &str, number: usize) {
        let (other, now) = (self.id(), "'2026-06-15 09:00:00.000000+00:00'");
        let whose = format!("(SELECT id FROM people WHERE email_key = '{email}')");
        self.transaction(&format!(
            "UPDATE people SET location = 'Place {number}', revision = revision + 1, updated_at = {now} WHERE email_key = '{email}';
             UPDATE registry SET revision = revision + 1, hash = '{HASH}' WHERE id = {whose};
             {REVISIONS} VALUES ({other}, {whose}, 'teams/people', {}, 'update', {other}, {now}, 'bench', '{DOCUMENT}', 'salt', '{HASH}');",
            number + 1_000_000
        ));
    }

    fn rows(&mut self, before: &str, value: &str, after: &str) -> Vec<Person> {
        match self {
            Driver::Sqlite(connection) => sql_query(format!("{before}?{after}")).bind::<Text, _>(value).load(connection),
            Driver::Postgres(connection) => sql_query(format!("{before}$1{after}")).bind::<Text, _>(value).load(connection),
        }
        .expect("rows")
    }

    fn transaction(&mut self, statements: &str) {
        match self {
            Driver::Sqlite(connection) => connection.batch_execute(&format!("BEGIN IMMEDIATE; {statements} COMMIT;")),
            Driver::Postgres(connection) => connection.batch_execute(&format!("BEGIN; {statements} COMMIT;")),
        }
        .expect("a transaction");
    }

    fn id(&self) -> &'static str {
        match self {
            Driver::Sqlite(_) => "randomblob(16)",
            Driver::Postgres(_) => "gen_random_uuid()",
        }
    }

    fn unit(&self) -> &'static str {
        "(SELECT id FROM units LIMIT 1)"
    }
}

const HASH: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const DOCUMENT: &str =
    r#"{"created_at":"2026-06-15T09:00:00Z","email":"driver@example.org","location":"Bench","name":"Driver","state":"invited","weekly_hours":40}"#;
