//! The tree of units. Recursion is what typed queries cannot say, so it is written as SQL here, and only here.

use crate::database::{Cell, Connection, Kind, Narrowed, Statement};
use crate::error::Result;
use crate::resource::Id;
use diesel::Column;
use diesel::result::{Error, UnexpectedNullError};
use steward_schema::Described;

/// A unit and all units above it.
pub fn unit_and_above(connection: &mut Connection, unit: Id) -> Result<Vec<Id>> {
    let query = Statement::new("WITH RECURSIVE above(id, parent_id) AS (SELECT id, parent_id FROM units WHERE id = ")
        .with(unit, " UNION SELECT u.id, u.parent_id FROM units u JOIN above ON u.id = above.parent_id) SELECT id FROM above");
    let rows = query.rows(connection, &[Kind::Id])?;
    let id = |row: &Vec<Cell>| row.first().and_then(Cell::as_id).ok_or_else(|| Error::DeserializationError(Box::new(UnexpectedNullError)).into());
    rows.iter().map(id).collect()
}

/// A sub-select of the units in a reach, for `unit_id IN (…)`.
pub fn units_within(units: &[Id]) -> Statement {
    let mut query = Statement::new("WITH RECURSIVE below(id) AS (SELECT id FROM units WHERE id IN (");
    query.bind_all(units.iter().map(|unit| Cell::Id(*unit)));
    query.push(") UNION SELECT u.id FROM units u JOIN below ON u.parent_id = below.id) SELECT id FROM below");
    query
}

/// The condition that a column names one of some units or a unit below them: `budgets::table.filter(within_units(budgets::unit_id, &units))`.
pub fn within_units<C: Column<Table: Described>>(_: C, units: &[Id]) -> Narrowed<C::Table> {
    let mut condition = Statement::new(format!("{}.{} IN (", C::Table::NAME, C::NAME));
    condition.append(units_within(units)).push(")");
    Narrowed::to(condition)
}
