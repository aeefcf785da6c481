//! What the migrations still lack for the resources as they are: the SQL to put into the next one.

use crate::database::{Connection, SqlType, Statement};
use crate::error::Result;
use crate::resource::{Field, ResourceType, ResourceTypes};
use diesel::sql_types::{BigInt, Text};
use std::collections::HashSet;

/// A column as a resource wants it.
struct Wanted {
    name: String,
    kind: SqlType,
    nullable: bool,
    /// The table that it refers to.
    refers_to: Option<String>,
}

/// The tables, columns and indexes that resources ask for and a migrated SQLite database has not: empty if all is there.
pub fn lacking(connection: &mut Connection, definitions: &ResourceTypes) -> Result<String> {
    let there = tables(connection)?;
    let (mut sql, missing) = lacking_columns(connection, definitions, &there)?;
    sql.push_str(&lacking_tables(connection, definitions, there, missing)?);
    let indexes = indexes(connection)?;
    for definition in definitions.all() {
        let lacking = indexes_of(definitions, definition).into_iter().filter(|(name, _)| !indexes.contains(name));
        lacking.for_each(|(_, statement)| sql.push_str(&statement));
    }
    Ok(sql)
}

/// What tables that are there lack, and the definitions whose tables are not, or whose new columns refer to such a table.
fn lacking_columns(connection: &mut Connection, definitions: &ResourceTypes, there: &HashSet<String>) -> Result<(String, Vec<&'static ResourceType>)> {
    let mut sql = String::new();
    let mut missing: Vec<&'static ResourceType> = definitions.all().iter().copied().filter(|definition| !there.contains(&definition.table)).collect();
    for definition in definitions.all().iter().filter(|definition| there.contains(&definition.table)) {
        let known = columns(connection, &definition.table)?;
        for wanted in wanted(definitions, definition) {
            match known.iter().find(|(name, _)| *name == wanted.name) {
                None if wanted.refers_to.as_ref().is_none_or(|target| there.contains(target)) => sql.push_str(&added(definition, &wanted)),
                None => missing.push(definition),
                Some((_, nullable)) if *nullable && !wanted.nullable => {
                    sql.push_str(&format!("-- {}.{} may be empty there and must not be.\n", definition.table, wanted.name))
                }
                Some((_, nullable)) if !*nullable && wanted.nullable => {
                    sql.push_str(&format!("-- {}.{} must not be empty there and may be.\n", definition.table, wanted.name))
                }
                Some(_) => {}
            }
        }
    }
    missing.dedup_by_key(|definition| definition.table.clone());
    Ok((sql, missing))
}

/// Whole tables. One comes after those that it refers to; what leads round in a circle becomes a column added later.
fn lacking_tables(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    mut there: HashSet<String>,
    mut missing: Vec<&'static ResourceType>,
) -> Result<String> {
    let mut sql = String::new();
    let mut later: Vec<(&'static ResourceType, Wanted)> = Vec::new();
    while !missing.is_empty() {
        // First what stands on what is there already, its own domain included; what leads to another domain may come later.
        let next = missing.iter().position(|definition| is_ready(definitions, definition, &there, true));
        let next = next.or_else(|| missing.iter().position(|definition| is_ready(definitions, definition, &there, false)));
        let definition = missing.remove(next.unwrap_or(0));
        let (now, after): (Vec<Wanted>, Vec<Wanted>) = wanted(definitions, definition)
            .into_iter()
            .partition(|wanted| wanted.refers_to.as_ref().is_none_or(|target| *target == definition.table || there.contains(target)));
        if there.insert(definition.table.clone()) {
            sql.push_str(&created(definition, &now));
            later.extend(after.into_iter().map(|wanted| (definition, wanted)));
        } else {
            let known = columns(connection, &definition.table)?;
            later.extend(now.into_iter().chain(after).filter(|wanted| !known.iter().any(|(name, _)| *name == wanted.name)).map(|wanted| (definition, wanted)));
        }
    }
    later.iter().for_each(|(definition, wanted)| sql.push_str(&added(definition, wanted)));
    Ok(sql)
}

/// Whether a table can be made now: what it cannot do without is there, and, if asked, what it names of its own domain.
fn is_ready(definitions: &ResourceTypes, definition: &'static ResourceType, there: &HashSet<String>, with_own_domain: bool) -> bool {
    let waits = |wanted: &Wanted| wanted.refers_to.as_ref().is_some_and(|target| *target != definition.table && !there.contains(target));
    let is_own = |wanted: &Wanted| definitions.all().iter().any(|other| other.domain == definition.domain && Some(&other.table) == wanted.refers_to.as_ref());
    !wanted(definitions, definition).iter().any(|wanted| waits(wanted) && (!wanted.nullable || (with_own_domain && is_own(wanted))))
}

fn tables(connection: &mut Connection) -> Result<HashSet<String>> {
    Ok(Statement::new("SELECT name FROM sqlite_master WHERE type = 'table'").load::<Text, String>(connection)?.into_iter().collect())
}

/// The columns of a table, and whether each may be empty.
fn columns(connection: &mut Connection, table: &str) -> Result<Vec<(String, bool)>> {
    let query = Statement::new("SELECT name, \"notnull\" FROM pragma_table_info(").with(table.to_owned(), ")");
    let rows = query.load::<(Text, BigInt), (String, i64)>(connection)?;
    Ok(rows.into_iter().map(|(name, not_null)| (name, not_null == 0)).collect())
}

fn indexes(connection: &mut Connection) -> Result<HashSet<String>> {
    Ok(Statement::new("SELECT name FROM sqlite_master WHERE type = 'index'").load::<Text, String>(connection)?.into_iter().collect())
}

fn wanted(definitions: &ResourceTypes, definition: &ResourceType) -> Vec<Wanted> {
    let target = |field: &Field| match field.refers_to {
        [] => None,
        [only] if *only != "*" => definitions.get(only).map(|target| target.table.clone()),
        _ => Some("registry".to_owned()),
    };
    definition
        .written_fields()
        .flat_map(|field| {
            field.columns.iter().map(move |column| Wanted {
                name: format!("{}{}", field.name, column.suffix),
                kind: column.kind,
                nullable: field.nullable,
                refers_to: target(field),
            })
        })
        .collect()
}

fn sql_type(kind: SqlType) -> &'static str {
    match kind {
        SqlType::Id => "uuid",
        SqlType::Text => "text",
        SqlType::Integer => "bigint",
        SqlType::Real => "double precision",
        SqlType::Bool => "boolean",
        SqlType::Date => "date",
        SqlType::Instant => "timestamptz",
        SqlType::Doc => "jsonb",
        SqlType::Bytes => "bytea",
    }
}

fn column(wanted: &Wanted) -> String {
    let null = if wanted.nullable { "" } else { " NOT NULL" };
    let reference = wanted.refers_to.as_ref().map(|table| format!(" REFERENCES {table} (id)")).unwrap_or_default();
    format!("{} {}{null}{reference}", wanted.name, sql_type(wanted.kind))
}

fn created(definition: &ResourceType, wanted: &[Wanted]) -> String {
    let mut lines = vec!["id uuid PRIMARY KEY".to_owned()];
    let head: &[&str] = match definition.fact {
        true if definition.anonymous => &["created_at timestamptz NOT NULL", "created_by uuid"],
        true => &["created_at timestamptz NOT NULL", "created_by uuid NOT NULL"],
        false => &[
            "revision bigint NOT NULL",
            "created_at timestamptz NOT NULL",
            "created_by uuid NOT NULL",
            "updated_at timestamptz NOT NULL",
            "updated_by uuid NOT NULL",
        ],
    };
    lines.extend(head.iter().map(|line| (*line).to_owned()));
    lines.extend(definition.lifecycle.as_ref().map(|_| "state text NOT NULL".to_owned()));
    lines.extend(wanted.iter().map(column));
    format!("\nCREATE TABLE {} (\n    {}\n);\n", definition.table, lines.join(",\n    "))
}

fn added(definition: &ResourceType, wanted: &Wanted) -> String {
    let warning = if wanted.nullable { "" } else { " -- must not be empty: give it a constant default, or make it optional" };
    let loose = Wanted { name: wanted.name.clone(), kind: wanted.kind, nullable: true, refers_to: wanted.refers_to.clone() };
    format!("ALTER TABLE {} ADD COLUMN {};{warning}\n", definition.table, column(&loose))
}

/// An index for each unique key, and one for each reference that no unique key begins with.
fn indexes_of(definitions: &ResourceTypes, definition: &ResourceType) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let compared = |name: &str| {
        let keyed = definition.field(name).is_some_and(|field| field.columns.iter().any(|column| column.suffix == "_key"));
        format!("{name}{}", if keyed { "_key" } else { "" })
    };
    for unique in definition.unique {
        let list: Vec<String> = unique.fields.iter().map(|name| compared(name)).collect();
        all.push((unique.index.to_owned(), format!("CREATE UNIQUE INDEX {} ON {} ({});\n", unique.index, definition.table, list.join(", "))));
    }
    let first = |name: &str| definition.unique.iter().any(|unique| unique.fields.first() == Some(&name));
    for wanted in wanted(definitions, definition).iter().filter(|wanted| wanted.refers_to.is_some() && !first(&wanted.name)) {
        let name = format!("{}_{}_idx", definition.table, wanted.name.trim_end_matches("_id"));
        all.push((name.clone(), format!("CREATE INDEX {name} ON {} ({});\n", definition.table, wanted.name)));
    }
    all
}
