//! The tree of units.

use super::Reach;
use crate::database::{Closure, Connection, Narrowed, SqlValue, Statement};
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::Title;
use diesel::Column;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_schema::Described;
use steward_schema::teams::units;

/// A unit and all units above it.
pub fn unit_and_above(connection: &mut Connection, unit: Id) -> Result<Vec<Id>> {
    Ok(above(unit).load(connection)?)
}

/// A unit and all units above it, each with its parent; none at the top.
pub fn parents_above(connection: &mut Connection, unit: Id) -> Result<HashMap<Id, Option<Id>>> {
    let chain: Vec<(Id, Option<Id>)> = units::table.filter(units::id.eq_any(above(unit))).select((units::id, units::parent_id)).load(connection)?;
    Ok(chain.into_iter().collect())
}

/// The units that stand under no other.
pub fn top_units(connection: &mut Connection) -> Result<Vec<Id>> {
    Ok(units::table.filter(units::parent_id.is_null()).select(units::id).load(connection)?)
}

/// Units, each with its parent; none at the top.
pub fn parents(connection: &mut Connection) -> Result<HashMap<Id, Option<Id>>> {
    let tree: Vec<(Id, Option<Id>)> = units::table.select((units::id, units::parent_id)).load(connection)?;
    Ok(tree.into_iter().collect())
}

fn above(unit: Id) -> Closure<'static> {
    Closure::from_id(unit).along(units::table.select((units::id, units::parent_id)))
}

/// A unit as a session reaches it.
#[derive(Debug, Clone, Queryable)]
pub struct ReachedUnit {
    /// The unit.
    pub id: Id,
    /// Its name.
    pub name: Title,
    /// The unit above it.
    pub parent_id: Option<Id>,
}

/// The units within a reach that may be seen, by name, at most so many.
pub fn reached(connection: &mut Connection, reach: &Reach, seen: &Narrowed<units::table>, limit: i64) -> Result<Vec<ReachedUnit>> {
    let within = match reach {
        Reach::Everything => Narrowed::everything(),
        Reach::Part { units, .. } if !units.is_empty() => within_units(units::id, units),
        Reach::Part { .. } | Reach::Nothing => return Ok(Vec::new()),
    };
    let query = units::table.filter(within).filter(seen.clone()).order((units::name, units::id)).limit(limit);
    Ok(query.select((units::id, units::name, units::parent_id)).load(connection)?)
}

/// A sub-select of the units in a reach, for `unit_id IN (…)`: text, since the store appends it to conditions of its own.
pub fn units_within(units: &[Id]) -> Statement {
    let mut query = Statement::new("WITH RECURSIVE below(id) AS (SELECT id FROM units WHERE id IN (");
    query.bind_all(units.iter().map(|unit| SqlValue::Id(*unit)));
    query.push(") UNION SELECT u.id FROM units u JOIN below ON u.parent_id = below.id) SELECT id FROM below");
    query
}

/// The same of these units and all above them.
pub fn units_above(units: &[Id]) -> Statement {
    let mut query = Statement::new("WITH RECURSIVE above(id, parent_id) AS (SELECT id, parent_id FROM units WHERE id IN (");
    query.bind_all(units.iter().map(|unit| SqlValue::Id(*unit)));
    query.push(") UNION SELECT u.id, u.parent_id FROM units u JOIN above ON u.id = above.parent_id) SELECT id FROM above");
    query
}

/// The condition that a column names one of some units or a unit below them: `budgets::table.filter(within_units(budgets::unit_id, &units))`.
pub fn within_units<C: Column<Table: Described>>(_: C, units: &[Id]) -> Narrowed<C::Table> {
    let mut condition = Statement::new(C::Table::NAME);
    condition.push(".").push(C::NAME).push(" IN (").append(units_within(units)).push(")");
    Narrowed::to(condition)
}
