//! The migrations: what both databases understand, and an index under every reference.

use super::source::SOURCES;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What a table says of one column.
struct Column {
    table: String,
    name: String,
    kind: String,
    rest: String,
}

fn migrations() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/portable");
    let mut all: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| {
            let text = fs::read_to_string(entry.path().join("up.sql")).unwrap();
            let plain: Vec<&str> = text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
            (entry.file_name().to_string_lossy().into_owned(), plain.join("\n"))
        })
        .collect();
    all.sort();
    assert!(!all.is_empty());
    all
}

fn statements() -> Vec<String> {
    migrations()
        .iter()
        .flat_map(|(_, text)| text.split(';').map(|each| each.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>())
        .filter(|each| !each.is_empty())
        .collect()
}

/// The parts of a list between commas that stand in no inner bracket.
fn parts(list: &str) -> Vec<String> {
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for letter in list.chars() {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        match letter {
            ',' if depth == 0 => parts.push(String::new()),
            _ => parts.last_mut().unwrap().push(letter),
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

fn columns() -> Vec<Column> {
    let mut columns = Vec::new();
    for statement in statements() {
        let (table, definitions) = if let Some(rest) = statement.strip_prefix("CREATE TABLE ") {
            let (table, list) = rest.split_once('(').unwrap();
            (table.trim().to_owned(), parts(list.trim_end().strip_suffix(')').unwrap()))
        } else if let Some((table, definition)) = statement.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN ")) {
            (table.trim().to_owned(), vec![definition.to_owned()])
        } else {
            continue;
        };
        for definition in definitions {
            let mut words = definition.splitn(3, ' ');
            let (name, kind) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
            let rest = words.next().unwrap_or_default().to_owned();
            if !matches!(name.as_str(), "PRIMARY" | "UNIQUE" | "CHECK" | "FOREIGN" | "CONSTRAINT") {
                columns.push(Column { table: table.clone(), name, kind, rest });
            }
        }
    }
    assert!(columns.len() > 50);
    columns
}

/// The columns with which an index or key of each table begins.
fn indexed() -> BTreeSet<(String, String)> {
    let first = |list: &str| list.split([',', ')']).next().unwrap_or_default().trim().to_owned();
    let mut indexed = BTreeSet::new();
    for statement in statements() {
        if let Some((_, rest)) = statement.split_once(" ON ").filter(|_| statement.starts_with("CREATE") && statement.contains("INDEX")) {
            let (table, list) = rest.split_once('(').unwrap();
            indexed.insert((table.trim().to_owned(), first(list)));
        }
        if let Some((table, rest)) = statement.strip_prefix("CREATE TABLE ").and_then(|rest| rest.split_once('(')) {
            for key in ["PRIMARY KEY (", "UNIQUE ("] {
                indexed.extend(rest.split(key).skip(1).map(|list| (table.trim().to_owned(), first(list))));
            }
        }
    }
    indexed
}

#[test]
fn columns_have_types_that_both_databases_share() {
    let known = ["uuid", "text", "bigint", "boolean", "date", "timestamptz", "jsonb", "bytea"];
    let faults: Vec<String> = columns()
        .iter()
        .filter(|column| !(known.contains(&column.kind.as_str()) || column.kind == "double" && column.rest.starts_with("precision")))
        .map(|column| format!("{}.{} {}", column.table, column.name, column.kind))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}\nUse {known:?} or double precision: numeric loses digits on SQLite, timestamps without a zone lose their meaning.");
}

#[test]
fn migrations_say_only_what_both_databases_understand() {
    let forbidden = [
        "NUMERIC",
        "DECIMAL(",
        "VARCHAR",
        "AUTOINCREMENT",
        "TIMESTAMP ",
        "NOW()",
        "CURRENT_TIMESTAMP",
        "GEN_RANDOM_UUID",
        "WITHOUT ROWID",
        "CREATE EXTENSION",
        "PRAGMA",
        "ON CONFLICT (",
        "ON CONFLICT DO",
    ];
    for (name, text) in migrations() {
        let upper = text.to_uppercase();
        for word in forbidden {
            assert!(!upper.contains(word), "{name} says {word}: ids and times come from the program, and types are those that both share");
        }
        for default in upper.split(" DEFAULT ").skip(1) {
            let constant = default.starts_with(['\'', '-'])
                || default.starts_with(|c: char| c.is_ascii_digit())
                || ["TRUE", "FALSE", "NULL"].iter().any(|word| default.starts_with(word));
            assert!(constant, "{name} has a default that is no constant: {}", default.lines().next().unwrap_or_default());
        }
    }
}

#[test]
fn every_reference_has_a_foreign_key_and_an_index() {
    /// Ids that outlive what they name, or name no row. This list should only ever shrink.
    const NO_KEY: &[(&str, &str)] = &[
        ("registry.unit_id", "the registry is written before and outlives the rows"),
        ("registry.root_id", "likewise"),
        ("registry.parent_id", "likewise"),
        ("registry.principal_id", "likewise"),
        ("jobs.principal_id", "the house itself is no row"),
        ("revisions.resource_id", "history outlives what it tells of"),
        ("revisions.actor_id", "likewise"),
        ("revisions.request_id", "a request has no row"),
        ("refresh_tokens.family_id", "a family is no more than its tokens"),
        ("budget_lines.lineage_id", "a lineage outlives the record that it began with"),
        ("themes.lineage_id", "likewise"),
        ("webhook_deliveries.subject_id", "an event is told after its record is gone, and a fact is in no registry"),
    ];
    const NO_INDEX: &[&str] = &["revisions.actor_id", "revisions.request_id", "jobs.principal_id"];
    let (columns, indexed) = (columns(), indexed());
    let mut faults = Vec::new();
    let mut used = BTreeMap::new();
    for column in columns.iter().filter(|column| column.name.ends_with("_id")) {
        let place = format!("{}.{}", column.table, column.name);
        let excused = NO_KEY.iter().any(|(known, _)| *known == place);
        used.insert(place.clone(), ());
        if column.rest.contains("REFERENCES") == excused {
            faults.push(format!("{place}: {}", if excused { "has a foreign key: take it off NO_KEY" } else { "has no REFERENCES" }));
        }
        if !indexed.contains(&(column.table.clone(), column.name.clone())) && !NO_INDEX.contains(&place.as_str()) {
            faults.push(format!("{place}: no index begins with it"));
        }
    }
    faults.extend(NO_KEY.iter().filter(|(known, _)| !used.contains_key(*known)).map(|(known, why)| format!("{known} is gone ({why}): take it off NO_KEY")));
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_collection_has_the_unique_indexes_that_it_names() {
    let statements = statements();
    for definition in steward::catalogue::api().definitions.all() {
        for unique in definition.unique {
            let found = statements.iter().any(|each| each.starts_with(&format!("CREATE UNIQUE INDEX {} ON {} ", unique.index, definition.table)));
            assert!(found, "{} names {}, which no migration makes", definition.path, unique.index);
        }
    }
}

#[actix_web::test]
async fn every_collection_has_the_table_columns_and_indexes_that_its_fields_ask_for() {
    let folder = tempfile::tempdir().unwrap();
    let database = steward::database::Database::open(&format!("sqlite://{}", folder.path().join("empty.db").display())).unwrap();
    let definitions = steward::catalogue::api().definitions;
    let lacking = database.read(move |connection| steward::store::schema::lacking(connection, &definitions)).await.unwrap();
    assert!(lacking.is_empty(), "The migrations lack this; `cargo run -- schema diff` prints it:\n{lacking}");
}

#[actix_web::test]
async fn the_schema_crate_is_what_the_migrations_make() {
    let folder = tempfile::tempdir().unwrap();
    let database = steward::database::Database::open(&format!("sqlite://{}", folder.path().join("empty.db").display())).unwrap();
    let definitions = steward::catalogue::api().definitions;
    let printed = database.read(move |connection| steward::store::schema::print(connection, &definitions)).await.unwrap();
    let there = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/src/tables.rs")).unwrap();
    assert!(printed == there, "The schema has moved on: `cargo run -- schema print --into schema/src/tables.rs`.");
}

#[test]
fn every_collection_names_its_table() {
    let ahead: Vec<&str> = SOURCES.sources.iter().filter(|source| source.code.contains("steward_schema::NotYet")).map(|source| source.path.as_str()).collect();
    assert!(ahead.is_empty(), "Write the migration, `cargo run -- schema print --into schema/src/tables.rs`, and name the table: {ahead:?}");
}
