//! The PostgreSQL database that a move fills: made ready, filled, read back, and bound together at the end.

use super::digest::Digest;
use super::source::Table;
use crate::database::{Connection, Row, SqlType, SqlValue, Statement, UNFINISHED, has_table};
use crate::error::Result;
use diesel::sql_types::{Bool, Text};
use std::collections::BTreeSet;

/// The number by which moves take turns.
const TURN: &str = "7853221152";

/// Why a target cannot be moved into.
pub type Refusal = String;

/// Makes a migrated database ready: empty of rows, and its tables not bound to one another. Where a move was begun before, what that has left
/// goes; any other rows are refused.
pub fn begin(target: &mut Connection, tables: &[Table]) -> Result<std::result::Result<(), Refusal>> {
    let turn = Statement::new(format!("SELECT pg_try_advisory_lock({TURN})")).load::<Bool, bool>(target)?;
    if turn != [true] {
        return Ok(Err("Another move into the target is under way. Wait for its end.".into()));
    }
    if let Some(other) = differing(target, tables)? {
        return Ok(Err(other));
    }
    within(target, |target| match has_table(target, UNFINISHED)? {
        true => Ok(empty(target, tables).map(Ok)?),
        false => match held(target, tables)? {
            Some(table) => Ok(Err(format!("The target holds data already, in {table}. Name an empty database."))),
            None => Ok(unbind(target).map(Ok)?),
        },
    })
}

/// Does something in a transaction.
fn within<T>(target: &mut Connection, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
    Statement::new("BEGIN").execute(target)?;
    let outcome = work(target);
    Statement::new(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" }).execute(target)?;
    outcome
}

/// How the tables of the target differ from those that are moved.
fn differing(target: &mut Connection, tables: &[Table]) -> Result<Option<Refusal>> {
    let query = Statement::new(
        "SELECT CAST(table_name AS text), CAST(column_name AS text) FROM information_schema.columns WHERE table_schema = current_schema() AND is_generated = 'NEVER'",
    );
    let known: BTreeSet<(String, String)> = query.load::<(Text, Text), (String, String)>(target)?.into_iter().collect();
    let own = |name: &str| name.starts_with("__") || name == UNFINISHED;
    let there: BTreeSet<(String, String)> = known.into_iter().filter(|(table, _)| !own(table)).collect();
    let moved = tables.iter().flat_map(|table| table.columns.iter().map(|(column, _)| (table.name.clone(), column.clone())));
    let moved: BTreeSet<(String, String)> = moved.collect();
    let odd = there.symmetric_difference(&moved).next();
    Ok(odd.map(|(table, column)| format!("{table}.{column} is in one of the two databases only. Name an empty database that no other program uses.")))
}

/// The first table that has a row.
fn held(target: &mut Connection, tables: &[Table]) -> Result<Option<String>> {
    for table in tables {
        if Statement::new(format!("SELECT 1 FROM \"{}\" LIMIT 1", table.name)).finds(target)? {
            return Ok(Some(table.name.clone()));
        }
    }
    Ok(None)
}

fn empty(target: &mut Connection, tables: &[Table]) -> Result<()> {
    let names: Vec<String> = tables.iter().map(|table| format!("\"{}\"", table.name)).collect();
    Statement::new(format!("TRUNCATE {}", names.join(", "))).execute(target)?;
    Ok(())
}

/// Takes the foreign keys off, and keeps what makes them anew in the table that says that the move is unfinished.
fn unbind(target: &mut Connection) -> Result<()> {
    Statement::new(format!("CREATE TABLE {UNFINISHED} (statement text NOT NULL)")).execute(target)?;
    Statement::new(format!(
        "INSERT INTO {UNFINISHED} SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) \
         FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ))
    .execute(target)?;
    let drop = Statement::new(
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) \
         FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace",
    );
    for statement in drop.load::<Text, String>(target)? {
        Statement::new(statement).once().execute(target)?;
    }
    Ok(())
}

/// Writes a piece of a table.
pub fn write(target: &mut Connection, table: &Table, rows: Vec<Row>) -> Result<()> {
    let whole = rows.len() == table.piece();
    let mut insert = Statement::new(format!("INSERT INTO \"{}\" ({}) VALUES ", table.name, table.list()));
    for (at, row) in rows.into_iter().enumerate() {
        insert.push(if at > 0 { ", (" } else { "(" }).bind_all(row).push(")");
    }
    // The text of a whole piece comes again and again.
    let insert = if whole { insert } else { insert.once() };
    insert.execute(target)?;
    Ok(())
}

/// Reads a table back; tells how many rows have been read.
pub fn digest_of(target: &mut Connection, table: &Table, seen: &mut dyn FnMut(u64)) -> Result<Digest> {
    let kinds: Vec<SqlType> = table.kinds();
    within(target, |target| {
        Statement::new(format!("DECLARE moved NO SCROLL CURSOR FOR SELECT {} FROM \"{}\"", table.list(), table.name)).once().execute(target)?;
        let fetch = Statement::new(format!("FETCH {} FROM moved", table.piece())).once();
        let mut digest = Digest::default();
        loop {
            let rows: Vec<Vec<SqlValue>> = fetch.rows(target, &kinds)?;
            if rows.is_empty() {
                return Ok(digest);
            }
            rows.iter().for_each(|row| digest.add(row));
            seen(rows.len() as u64);
        }
    })
}

/// Binds the tables together again, which checks every reference, and says that the move has come to its end.
pub fn finish(target: &mut Connection) -> Result<()> {
    within(target, |target| {
        for statement in Statement::new(format!("SELECT statement FROM {UNFINISHED}")).load::<Text, String>(target)? {
            Statement::new(statement).once().execute(target)?;
        }
        Statement::new(format!("DROP TABLE {UNFINISHED}")).execute(target)?;
        Ok(())
    })?;
    Statement::new("ANALYZE").execute(target)?;
    Ok(())
}
