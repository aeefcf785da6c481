//! What a database answers, as Diesel reads it: rows of raw values, decoded by type where they are used.

use super::dialect::Dialect;
use super::raw::RawValue;
use super::sql_value::SqlValue;
use diesel::QueryResult;
use diesel::connection::LoadConnection;
use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgConnection};
use diesel::row::{Field, PartialRow, Row, RowIndex, RowSealed};
use diesel::sqlite::{Sqlite, SqliteConnection};

type SqliteRow<'conn, 'query> = <SqliteConnection as LoadConnection>::Row<'conn, 'query>;
type PostgresRow<'conn, 'query> = <PgConnection as LoadConnection>::Row<'conn, 'query>;

/// A row of either database.
pub enum AnyRow<'conn, 'query> {
    /// From SQLite.
    Sqlite(SqliteRow<'conn, 'query>),
    /// From PostgreSQL.
    Postgres(PostgresRow<'conn, 'query>),
}

/// One field of it.
pub enum AnyField<'f> {
    /// From SQLite.
    Sqlite(<SqliteRow<'f, 'f> as Row<'f, Sqlite>>::Field<'f>),
    /// From PostgreSQL.
    Postgres(<PostgresRow<'f, 'f> as Row<'f, Pg>>::Field<'f>),
}

/// The rows of a query, one after the other.
pub enum AnyCursor<'conn, 'query> {
    /// From SQLite.
    Sqlite(<SqliteConnection as LoadConnection>::Cursor<'conn, 'query>),
    /// From PostgreSQL.
    Postgres(<PgConnection as LoadConnection>::Cursor<'conn, 'query>),
}

impl<'conn, 'query> Iterator for AnyCursor<'conn, 'query> {
    type Item = QueryResult<AnyRow<'conn, 'query>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            AnyCursor::Sqlite(rows) => Some(rows.next()?.map(AnyRow::Sqlite)),
            AnyCursor::Postgres(rows) => Some(rows.next()?.map(AnyRow::Postgres)),
        }
    }
}

impl<'f> Field<'f, Dialect> for AnyField<'f> {
    fn field_name(&self) -> Option<&str> {
        match self {
            AnyField::Sqlite(field) => field.field_name(),
            AnyField::Postgres(field) => field.field_name(),
        }
    }

    fn value(&self) -> Option<RawValue<'_>> {
        match self {
            AnyField::Sqlite(field) => field.value().map(RawValue::Sqlite),
            AnyField::Postgres(field) => field.value().map(RawValue::Postgres),
        }
    }
}

impl RowSealed for AnyRow<'_, '_> {}

impl RowIndex<usize> for AnyRow<'_, '_> {
    fn idx(&self, at: usize) -> Option<usize> {
        match self {
            AnyRow::Sqlite(row) => row.idx(at),
            AnyRow::Postgres(row) => row.idx(at),
        }
    }
}

impl RowIndex<&str> for AnyRow<'_, '_> {
    fn idx(&self, name: &str) -> Option<usize> {
        match self {
            AnyRow::Sqlite(row) => row.idx(name),
            AnyRow::Postgres(row) => row.idx(name),
        }
    }
}

impl<'conn> Row<'conn, Dialect> for AnyRow<'conn, '_> {
    type Field<'f>
        = AnyField<'f>
    where
        'conn: 'f,
        Self: 'f;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        match self {
            AnyRow::Sqlite(row) => row.field_count(),
            AnyRow::Postgres(row) => row.field_count(),
        }
    }

    fn get<'b, I>(&'b self, at: I) -> Option<AnyField<'b>>
    where
        'conn: 'b,
        Self: RowIndex<I>,
    {
        let at = self.idx(at)?;
        match self {
            AnyRow::Sqlite(row) => row.get(at).map(AnyField::Sqlite),
            AnyRow::Postgres(row) => row.get(at).map(AnyField::Postgres),
        }
    }

    fn partial_row(&self, range: std::ops::Range<usize>) -> PartialRow<'_, Self> {
        PartialRow::new(self, range)
    }
}

/// The values of a row, one after the other, for models whose fields say how many each takes.
pub struct Values<'r> {
    row: &'r dyn RawRow,
    at: usize,
}

/// A row whose type does not matter.
trait RawRow {
    /// Shows one value, none for null; false if there is no such column.
    fn show(&self, at: usize, see: &mut dyn FnMut(Option<RawValue<'_>>)) -> bool;
}

struct DieselRow<'r, R>(&'r R);

impl<'a, R: Row<'a, Dialect>> RawRow for DieselRow<'_, R> {
    fn show(&self, at: usize, see: &mut dyn FnMut(Option<RawValue<'_>>)) -> bool {
        let Some(field) = self.0.get(at) else { return false };
        see(field.value());
        true
    }
}

impl RawRow for &[SqlValue] {
    fn show(&self, at: usize, see: &mut dyn FnMut(Option<RawValue<'_>>)) -> bool {
        let Some(cell) = self.get(at) else { return false };
        see((!cell.is_null()).then_some(RawValue::SqlValue(cell)));
        true
    }
}

impl Values<'_> {
    /// Reads a row of a query.
    pub fn of_row<'a, T>(row: &impl Row<'a, Dialect>, read: impl FnOnce(&mut Values<'_>) -> T) -> T {
        read(&mut Values { row: &DieselRow(row), at: 0 })
    }

    /// Reads values that were read before.
    pub fn of_cells<T>(cells: &[SqlValue], read: impl FnOnce(&mut Values<'_>) -> T) -> T {
        read(&mut Values { row: &cells, at: 0 })
    }

    /// The next value.
    pub fn take<ST, T: FromSql<ST, Dialect>>(&mut self) -> deserialize::Result<T> {
        let mut taken = None;
        self.row.show(self.at, &mut |raw| taken = Some(T::from_nullable_sql(raw)));
        self.at += 1;
        taken.unwrap_or_else(|| Err(Box::new(diesel::result::UnexpectedEndOfRow)))
    }

    /// Skips values.
    pub fn skip(&mut self, count: usize) {
        self.at += count;
    }

    /// True if all of the next values are null.
    pub fn are_null(&self, count: usize) -> bool {
        (self.at..self.at + count).all(|at| {
            let mut null = false;
            self.row.show(at, &mut |raw| null = raw.is_none());
            null
        })
    }
}
