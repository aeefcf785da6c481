//! The tables of a SQLite database and their rows, a piece at a time.

use crate::database::{Connection, Row, SqlType, SqlValue, Statement};
use crate::error::Result;
use crate::store::schema::shape;

/// Number of rows in a piece.
const PIECE: usize = 500;
/// The same where a row may hold a whole file.
const FEW: usize = 4;
/// Number of values that one statement takes.
const VALUES: usize = 30_000;

/// A table that is moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, and what each holds.
    pub columns: Vec<(String, SqlType)>,
}

impl Table {
    /// Number of rows that are read and written at once.
    pub fn piece(&self) -> usize {
        match self.columns.iter().any(|(_, kind)| *kind == SqlType::Bytes) {
            true => FEW,
            false => PIECE.min(VALUES / self.columns.len().max(1)),
        }
    }

    /// The kinds of its columns.
    pub fn kinds(&self) -> Vec<SqlType> {
        self.columns.iter().map(|(_, kind)| *kind).collect()
    }

    /// The names of its columns, with commas between them.
    pub fn list(&self) -> String {
        self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    }
}

/// All tables that are moved: those of the portable migrations, and the texts that are searched, whose index each database makes by itself.
pub fn tables(source: &mut Connection) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    for name in shape::names(source)? {
        let columns = shape::columns(source, &name)?.into_iter().map(|column| (column.name, column.kind)).collect();
        tables.push(Table { name, columns });
    }
    let searched = [("id", SqlType::Id), ("collection", SqlType::Text), ("content", SqlType::Text)];
    tables.push(Table { name: "search_texts".into(), columns: searched.map(|(name, kind)| (name.to_owned(), kind)).to_vec() });
    Ok(tables)
}

/// Begins to read one state of the data, which stays the same until the connection is closed.
pub fn begin_reading(source: &mut Connection) -> Result<()> {
    Statement::new(if source.is_postgres() { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" } else { "BEGIN" }).execute(source)?;
    Ok(())
}

/// Number of rows of a table.
pub fn rows(source: &mut Connection, table: &Table) -> Result<u64> {
    let counted = Statement::new(format!("SELECT COUNT(*) FROM \"{}\"", table.name)).first(source, &[SqlType::Integer])?;
    let count = counted.and_then(|row| row.first().and_then(SqlValue::as_integer)).unwrap_or_default();
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The rows of a table behind a place in it, and the place of the last; none at its end.
pub fn piece(source: &mut Connection, table: &Table, after: i64) -> Result<Option<(Vec<Row>, i64)>> {
    let mut query = Statement::new(format!("SELECT {}, rowid FROM \"{}\" WHERE rowid > ", table.list(), table.name));
    query.bind(after).push(format!(" ORDER BY rowid LIMIT {}", table.piece()));
    let kinds: Vec<SqlType> = table.kinds().into_iter().chain([SqlType::Integer]).collect();
    let mut rows = query.rows(source, &kinds)?;
    let places: Vec<i64> = rows.iter_mut().filter_map(|row| row.pop()?.as_integer()).collect();
    Ok(places.last().map(|last| (rows, *last)))
}
