//! Which records a session reaches: a condition in the query, never a filter over its rows.

use crate::access::{Reach, Session, unit_and_above, units_within};
use crate::database::{Connection, Statement};
use crate::error::Result;
use crate::resource::{Definition, Definitions, Id, Scope};

/// The session reaches nothing of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nowhere;

/// The condition that narrows a query on a definition's table to what a permission reaches. `None`: no narrowing;
/// `Err`: nothing is reached at all.
pub fn condition(definitions: &Definitions, definition: &'static Definition, session: &Session, verb: &str) -> std::result::Result<Option<Statement>, Nowhere> {
    let units = match session.reach(&definition.permission(verb)) {
        Reach::Nothing => return Err(Nowhere),
        Reach::Everything => return Ok(None),
        Reach::Units(units) => units,
    };
    let mut narrowed = match (definition.scope, definitions.root_of(definition).scope) {
        (_, Scope::Shared) => return Ok(None),
        (Scope::Unit, _) => Statement::new("unit_id IN ("),
        (Scope::Tree, _) => Statement::new("id IN ("),
        (Scope::Within(field), _) => {
            Statement::new(format!("{field} IN (SELECT r.id FROM registry r JOIN registry o ON o.id = r.root_id WHERE o.unit_id IN ("))
        }
        (Scope::Shared, _) => return Ok(None),
    };
    narrowed.append(units_within(&units));
    narrowed.push(if matches!(definition.scope, Scope::Within(_)) { "))" } else { ")" });
    Ok(Some(narrowed))
}

/// Where a record stands: what decides whether a permission reaches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the catalogue that all share.
    Shared,
    /// In a unit, or nowhere in the tree of units.
    Unit(Option<Id>),
}

/// Whether a session holds a permission at a place.
pub fn holds(connection: &mut Connection, session: &Session, permission: &str, place: Place) -> Result<bool> {
    Ok(match (session.reach(permission), place) {
        (Reach::Everything, _) => true,
        (Reach::Nothing, _) | (_, Place::Shared | Place::Unit(None)) => false,
        (reach, Place::Unit(Some(unit))) => reach.covers(&unit_and_above(connection, unit)?),
    })
}

/// Whether a session may read what stands at a place.
pub fn may_read(connection: &mut Connection, session: &Session, definition: &Definition, place: Place) -> Result<bool> {
    let permission = definition.permission("read");
    if place == Place::Shared {
        return Ok(session.reach(&permission) != Reach::Nothing);
    }
    holds(connection, session, &permission, place)
}
