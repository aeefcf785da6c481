//! What a reader sees of a project: all of it, or only what is their own in it.

use steward_core::error::Result;
use steward_core::resource::{Id, Resource, Stored};
use steward_core::store::Reader;

/// Whether a reader may read every record of a collection within a project, and not only those that are their own: what is counted over a part of
/// them is no figure of the project.
pub fn covers<R: Resource>(reader: &mut Reader<'_>, project: &Stored) -> Result<bool> {
    covers_unit::<R>(reader, project.placement.unit_id)
}

/// The same of the projects of a unit.
pub fn covers_unit<R: Resource>(reader: &mut Reader<'_>, unit: Option<Id>) -> Result<bool> {
    let permission = reader.definition::<R>()?.permission("read");
    reader.ask(|check| (check.holds)(check.connection, &permission, unit))
}
