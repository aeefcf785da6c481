//! What values inside a record name by id: it must be there and be visible to who writes it.

use crate::error::{FieldError, Problem, Result};
use crate::resource::{Check, Id};
use diesel::prelude::*;
use steward_schema::service::registry;

/// A record that a value names, and where.
pub struct Named {
    /// The pointer of the value.
    pub pointer: String,
    /// The record.
    pub id: Id,
}

/// The records that the values of a list name, each by a field.
pub fn all<T>(list: &str, field: &str, values: &[T], id: impl Fn(&T) -> Id) -> Vec<Named> {
    values.iter().enumerate().map(|(at, value)| Named { pointer: format!("/{list}/{at}/{field}"), id: id(value) }).collect()
}

/// Refuses what is absent, of another kind or out of the writer's sight (422). What was named before may stay.
pub fn require(check: &mut Check<'_>, named: &[Named], before: &[Id], collections: &[&str]) -> Result<()> {
    let mut broken = Vec::new();
    for each in named.iter().filter(|each| !before.contains(&each.id)) {
        if !is_visible(check, each.id, collections)? {
            let detail = format!("There is no such record of {}, or it is not visible to you.", collections.join(" or "));
            broken.push(FieldError::new(each.pointer.clone(), "reference", detail));
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Problem::invalid(broken).into()) }
}

diesel::alias!(registry as roots: Roots);

fn is_visible(check: &mut Check<'_>, id: Id, collections: &[&str]) -> Result<bool> {
    let entry = registry::table
        .inner_join(roots.on(roots.field(registry::id).eq(registry::root_id)))
        .filter(registry::id.eq(id).and(registry::deleted_at.is_null()))
        .select((registry::collection, roots.field(registry::unit_id)));
    let Some((collection, unit)) = entry.first::<(String, Option<Id>)>(check.connection).optional()? else { return Ok(false) };
    let wanted = collections.contains(&collection.as_str()).then(|| check.definitions.get(&collection)).flatten();
    let Some(definition) = wanted else { return Ok(false) };
    let holds = check.holds;
    holds(check.connection, &definition.permission("read"), unit)
}

/// The place of the first value that names what another one names already.
pub fn twice<T: PartialEq>(values: &[T]) -> Option<usize> {
    values.iter().enumerate().find(|(at, value)| values.iter().take(*at).any(|other| other == *value)).map(|(at, _)| at)
}
