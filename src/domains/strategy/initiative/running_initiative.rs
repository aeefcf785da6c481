//! The initiatives that are not stopped.

use super::initiative::Initiative;
use crate::plan::orphan::Orphan;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Title;
use steward_core::store::Reader;
use steward_schema::strategy::initiatives;

/// The initiatives in sight that are not stopped, and the plan of each.
pub fn running_initiatives(reader: &mut Reader<'_>) -> Result<Vec<(Orphan, Option<Id>)>> {
    let seen = reader.sees::<Initiative>()?;
    let running = initiatives::table.filter(initiatives::state.ne("stopped")).filter(seen.clone()).order(initiatives::id);
    let query = running.select((initiatives::id, initiatives::name, initiatives::state, initiatives::plan_id));
    let rows: Vec<(Id, Title, String, Option<Id>)> = query.load(reader.within(&seen))?;
    Ok(rows.into_iter().map(|(id, name, state, plan)| (Orphan::of(id, name, &state), plan)).collect())
}
