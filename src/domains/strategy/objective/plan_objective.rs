//! The objectives that count for a strategic plan: those of its unit and the units below, in its horizon.

use super::objective::Objective;
use crate::plan::orphan::Orphan;
use crate::plan::strategic_plan::StrategicPlan;
use diesel::prelude::*;
use steward_core::access::within_units;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Title;
use steward_core::store::Reader;
use steward_schema::strategy::{objectives, planning_cycles};

/// The objectives that count for a plan, and the weight of each.
pub fn objectives_of(reader: &mut Reader<'_>, plan: &StrategicPlan, unit: &[Id]) -> Result<Vec<(Orphan, f64)>> {
    let seen = reader.sees::<Objective>()?;
    let query = objectives::table
        .inner_join(planning_cycles::table)
        .filter(objectives::state.ne("cancelled"))
        .filter(within_units(objectives::unit_id, unit))
        .filter(planning_cycles::starts_on.le(plan.ends_on))
        .filter(planning_cycles::ends_on.ge(plan.starts_on))
        .filter(seen.clone())
        .order(objectives::id)
        .select((objectives::id, objectives::name, objectives::state, objectives::weight));
    let rows: Vec<(Id, Title, String, f64)> = query.load(reader.within(&seen))?;
    Ok(rows.into_iter().map(|(id, name, state, weight)| (Orphan::of(id, name, &state), weight)).collect())
}
