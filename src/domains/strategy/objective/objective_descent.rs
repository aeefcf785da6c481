//! The objectives under others.

use diesel::prelude::*;
use steward_core::database::Closure;
use steward_core::resource::Id;
use steward_core::resource::value::Date;
use steward_schema::strategy::{objectives, planning_cycles};

/// The root and the objectives under it that are not cancelled. Without a root the trees start at all that are committed to in a
/// cycle that is active and has not ended.
pub fn tree(root: Option<Id>, today: Date) -> Closure<'static> {
    let roots = || {
        let current = planning_cycles::state.eq("active").and(planning_cycles::ends_on.ge(today));
        objectives::table.inner_join(planning_cycles::table).filter(objectives::state.eq("committed").and(current)).select(objectives::id)
    };
    let start = root.map_or_else(|| Closure::from_all(roots()), Closure::from_id);
    start.along(objectives::table.filter(objectives::state.ne("cancelled")).select((objectives::parent_id, objectives::id)))
}
