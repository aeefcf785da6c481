//! Which columns the rows of a resource have, and the check of the build that these are the columns of its table.

use super::field::Field;
use super::value::{Column, Custom, Id};
use super::{Resource, Scope};
use crate::database::{Dialect, SqlType};
use diesel::QueryResult;
use diesel::query_builder::AstPass;
use steward_schema::{ColumnType, Described, Held};

const UNIT: Field = Field::of::<Id>(
    "unit_id",
    &["Unit that the record belongs to. Left out, it is the only unit in which you may create it, or the first unit if you may do so everywhere."],
)
.refers_to(&["teams/units"]);
/// What names a person.
pub const PEOPLE: &[&str] = &["teams/people"];
/// Who answers for a record.
pub(super) const OWNER: Field = Field::of::<Option<Id>>("owner_id", &["Accountable owner."]).refers_to(PEOPLE);
pub(super) const BESIDE: &[Field] = &[Field::of::<Option<Custom>>("custom", &["Values of custom fields (platform/custom-fields), by their code."])];
pub(super) const OWNED: &[Field] = &[UNIT, OWNER];
pub(super) const PLACED: &[Field] = &[UNIT];

/// The columns of a table, in the order in which a record reads and writes them.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub(super) head: &'static [Head],
    pub(super) placement: &'static [Field],
    fields: &'static [Field],
    beside: &'static [Field],
}

/// One of the columns that the service writes.
pub(super) type Head = (&'static str, SqlType);

const HEAD: &[Head] = &[
    ("id", SqlType::Id),
    ("revision", SqlType::Integer),
    ("created_at", SqlType::Instant),
    ("created_by", SqlType::Id),
    ("updated_at", SqlType::Instant),
    ("updated_by", SqlType::Id),
    ("state", SqlType::Text),
];
const HEAD_OF_FACT: &[Head] = &[("id", SqlType::Id), ("created_at", SqlType::Instant), ("created_by", SqlType::Id)];

impl Shape {
    /// The columns of a resource. The build fails where they are not those of its table.
    pub const fn of<R: Resource>() -> Shape {
        let (head, stateless) = HEAD.split_at(HEAD.len() - 1);
        let shape = Shape {
            head: match (R::FACT, has_column(R::Table::COLUMNS, "state") && !has_field(R::FIELDS, "state")) {
                (true, _) => HEAD_OF_FACT,
                (false, true) => HEAD,
                (false, false) => head,
            },
            placement: match R::SCOPE {
                Scope::Unit if R::OWNED => OWNED,
                Scope::Unit => PLACED,
                _ => &[],
            },
            fields: R::FIELDS,
            beside: if R::FACT { &[] } else { BESIDE },
        };
        let _ = stateless;
        // While a resource is ahead of the migrations, as the one that is being written, `schema diff` still says what they lack.
        if cfg!(feature = "schema-ahead") || R::Table::COLUMNS.is_empty() {
            return shape;
        }
        assert!(all_held(shape.placement, R::Table::COLUMNS), "a column of the placement is not in the table, or not as it should be");
        assert!(all_held(shape.fields, R::Table::COLUMNS), "a field has no column of its name, type and nullability in the table");
        assert!(all_held(shape.beside, R::Table::COLUMNS), "the table has no column for custom values");
        let count = shape.head.len() + columns_in(shape.placement) + columns_in(shape.fields) + columns_in(shape.beside);
        assert!(count == R::Table::COLUMNS.len(), "the table has a column that no field stands for");
        shape
    }

    /// True if a row has a state.
    pub fn has_state(&self) -> bool {
        self.head.len() == HEAD.len()
    }

    pub(super) fn written(&self) -> impl Iterator<Item = (&'static Field, &'static Column)> + use<> {
        let fields = self.placement.iter().chain(self.fields).chain(self.beside);
        fields.flat_map(|field| field.columns.iter().map(move |column| (field, column)))
    }

    /// The names of the columns, in order.
    pub fn columns(&self) -> String {
        let head = self.head.iter().map(|(name, _)| (*name).to_owned());
        let written = self.written().map(|(field, column)| format!("{}{}", field.name, column.suffix));
        head.chain(written).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn write_names(&self, table: Option<&'static str>, pass: &mut AstPass<'_, '_, Dialect>) -> QueryResult<()> {
        let head = self.head.iter().map(|(name, _)| (*name, ""));
        for (at, (name, suffix)) in head.chain(self.written().map(|(field, column)| (field.name, column.suffix))).enumerate() {
            if at > 0 {
                pass.push_sql(", ");
            }
            if let Some(table) = table {
                pass.push_sql(table);
                pass.push_sql(".");
            }
            pass.push_sql(name);
            pass.push_sql(suffix);
        }
        Ok(())
    }
}

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// True if a name is another with a suffix.
const fn is_joined(name: &str, start: &str, suffix: &str) -> bool {
    if name.len() != start.len() + suffix.len() {
        return false;
    }
    let (head, tail) = name.as_bytes().split_at(start.len());
    let (mut at, start, suffix) = (0, start.as_bytes(), suffix.as_bytes());
    while at < head.len() {
        if head[at] != start[at] {
            return false;
        }
        at += 1;
    }
    at = 0;
    while at < tail.len() {
        if tail[at] != suffix[at] {
            return false;
        }
        at += 1;
    }
    true
}

const fn has_column(columns: &[Held], name: &str) -> bool {
    let mut at = 0;
    while at < columns.len() {
        if is_same(columns[at].name, name) {
            return true;
        }
        at += 1;
    }
    false
}

const fn has_field(fields: &[Field], name: &str) -> bool {
    let mut at = 0;
    while at < fields.len() {
        if is_same(fields[at].name, name) {
            return true;
        }
        at += 1;
    }
    false
}

const fn columns_in(fields: &[Field]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < fields.len() {
        count += fields[at].columns.len();
        at += 1;
    }
    count
}

const fn is_held(field: &Field, column: &Column, columns: &[Held]) -> bool {
    let mut at = 0;
    while at < columns.len() {
        let held = &columns[at];
        if is_joined(held.name, field.name, column.suffix) {
            return matches!(
                (column.kind, held.sql_type),
                (SqlType::Id, ColumnType::Uuid)
                    | (SqlType::Text, ColumnType::Text)
                    | (SqlType::Integer, ColumnType::BigInt)
                    | (SqlType::Real, ColumnType::Double)
                    | (SqlType::Bool, ColumnType::Bool)
                    | (SqlType::Date, ColumnType::Date)
                    | (SqlType::Instant, ColumnType::Timestamptz)
                    | (SqlType::Doc, ColumnType::Jsonb)
                    | (SqlType::Bytes, ColumnType::Binary)
            ) && held.nullable == field.nullable;
        }
        at += 1;
    }
    false
}

const fn all_held(fields: &[Field], columns: &[Held]) -> bool {
    let mut at = 0;
    while at < fields.len() {
        let mut column = 0;
        while column < fields[at].columns.len() {
            if !is_held(&fields[at], &fields[at].columns[column], columns) {
                return false;
            }
            column += 1;
        }
        at += 1;
    }
    true
}
