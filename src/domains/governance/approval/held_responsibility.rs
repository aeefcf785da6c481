//! The responsibilities that a reader sees, each with its record and its holder.

use super::responsibility::{RaciRole, Responsibility};
use diesel::prelude::*;
use diesel::query_source::Alias;
use steward_core::database::Narrowed;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::store::{Reader, visible};
use steward_schema::governance::responsibilities;
use steward_schema::service::registry;

/// A responsibility with its record and its holder.
#[derive(Debug, Clone, Queryable)]
pub struct HeldResponsibility {
    /// The record.
    pub subject: Id,
    /// The collection of the record.
    pub collection: String,
    /// The title of the record.
    pub title: String,
    /// The person, team, unit or role.
    pub holder: Id,
    /// The collection of the holder.
    pub held_by: String,
    /// The role of the holder.
    pub role: RaciRole,
}

diesel::alias!(registry as r: Subject, registry as o: Root, registry as h: Holder);

/// The responsibilities in sight for records in sight, of one record or of all, in the order in which they were made.
pub fn held(reader: &mut Reader<'_>, subject: Option<Id>) -> Result<Vec<HeldResponsibility>> {
    let seen = reader.sees::<Responsibility>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    // The condition names the entry of a record `r`, and that of the record that it is part of `o`.
    let in_sight: Narrowed<Alias<Root>> = Narrowed::to(visible(&reader.store.definitions, reader.session));
    let mut held = responsibilities::table
        .inner_join(r.on(r.field(registry::id).eq(responsibilities::subject_id)))
        .inner_join(o.on(o.field(registry::id).eq(r.field(registry::root_id))))
        .inner_join(h.on(h.field(registry::id).eq(responsibilities::holder_id)))
        .filter(seen.clone())
        .filter(in_sight)
        .order(responsibilities::id)
        .select((
            responsibilities::subject_id,
            r.field(registry::collection),
            r.field(registry::title),
            responsibilities::holder_id,
            h.field(registry::collection),
            responsibilities::role,
        ))
        .into_boxed();
    if let Some(subject) = subject {
        held = held.filter(responsibilities::subject_id.eq(subject));
    }
    Ok(held.load(reader.within(&seen))?)
}
