//! Check-ins: where a key result stood, and how sure its owner was.

use super::direction::Measure;
use crate::database::Dialect;
use crate::domains::strategy::plan::planning_cycle;
use crate::error::{FieldError, Problem, Result};
use crate::resource::value::{Instant, Note, Number, Whole};
use crate::resource::{Check, Id, Lock, Resource, Scope};
use diesel::prelude::*;
use steward_schema::strategy::{key_results, objectives, planning_cycles};

crate::resource! {
    /// Where a key result stood at a time. It is a fact: it stays as it was recorded, and what is put right is checked in anew.
    pub struct CheckIn {
        /// The key result.
        #[field(refers_to(&["strategy/key-results"]))]
        pub key_result_id: Id,
        /// When it stood there, not in the future. The latest counts.
        pub checked_in_at: Instant,
        /// Where it stood, in the key result's unit of measure.
        pub value: Measure,
        /// How sure one is that the target will be reached: 0 not at all, 10 wholly.
        pub confidence: Option<Whole<0, 10>>,
        /// What happened since the last one, and what stands in the way.
        #[field(search)]
        pub note: Option<Note>,
    }
}

impl Resource for CheckIn {
    const PATH: &'static str = "strategy/check-ins";
    type Table = steward_schema::strategy::check_ins::table;
    const SCOPE: Scope = Scope::Within("key_result_id");
    const TITLE: &'static str = "checked_in_at";
    const FACT: bool = true;

    fn sample() -> Self {
        CheckIn {
            key_result_id: Id::sample(),
            checked_in_at: Instant::sample("2026-05-15T09:00:00Z"),
            value: Number(52.0),
            confidence: Some(Whole(7)),
            note: Some("The two largest customers send orders by interface now.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.key_result_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        // Clocks differ, and a day may have begun elsewhere.
        if self.checked_in_at.date() > check.today.plus_days(1) {
            let detail = "A check-in says where something stood: the time cannot be in the future.";
            return Err(Problem::invalid(vec![FieldError::new("/checked_in_at", "future", detail)]).into());
        }
        let measured = objectives::table.inner_join(key_results::table).filter(key_results::id.eq(self.key_result_id));
        let cycle = measured.select(objectives::planning_cycle_id).into_boxed::<Dialect>();
        planning_cycle::require_open(check, "/key_result_id", planning_cycles::id.eq_any(cycle))
    }
}
