//! Planning cycles: the quarters and years for which objectives are set.

use diesel::prelude::*;
use steward_core::choice;
use steward_core::database::expression::{Condition, shared};
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Check, Due, Guard, Lifecycle, Resource, Rule, Scope, ValidationErrors};
use steward_schema::strategy::planning_cycles;

choice! {
    /// Length of a planning cycle.
    pub enum CycleKind {
        /// Three months.
        Quarter = "quarter",
        /// Six months.
        Half = "half",
        /// Twelve months.
        Year = "year",
        /// Several years.
        MultiYear = "multi_year",
    }
}

steward_core::resource! {
    /// Planning cycle: a period for which objectives are set, tracked and evaluated. Cycles of one kind in a unit do not overlap; a closed
    /// one, with all that was planned in it, is read-only. Closing requires that no objective in it is still committed.
    pub struct PlanningCycle {
        /// Name of the cycle.
        #[field(search)]
        pub name: Title,
        /// Length of the cycle.
        pub kind: CycleKind,
        /// First day of the cycle.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the cycle.
        #[field(event)]
        pub ends_on: Date,
        /// Focus of the cycle.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for PlanningCycle {
    const PATH: &'static str = "strategy/planning-cycles";
    type Table = steward_schema::strategy::planning_cycles::table;
    const SCOPE: Scope = Scope::Unit;
    const EDITABLE_IN: &'static [&'static str] = &["preparation", "active", "closing"];
    const RULES: &'static [Rule] = &[Rule::NoOverlap { same: &["unit_id", "kind"], starts: "starts_on", ends: "ends_on" }];
    const GUARDS: &'static [Guard] = &[Guard::none_in(&["closed"], "strategy/objectives", "planning_cycle_id", &["committed"])];
    const DUE: &'static [Due] = &[Due::on("active", "starts_on"), Due::after("closing", "ends_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("preparation→active:activate→closing:start_closing→closed:close"))
    }

    fn sample() -> Self {
        PlanningCycle {
            name: "Second quarter of 2026".into(),
            kind: CycleKind::Quarter,
            starts_on: Date::sample("2026-04-01"),
            ends_on: Date::sample("2026-06-30"),
            description: Some("The move of the order platform before the summer.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        if check.state == Some("closed") { Err(closed("").into()) } else { Ok(()) }
    }
}

fn closed(pointer: &str) -> Problem {
    Problem::conflict(pointer, "closed_cycle", "The planning cycle is closed, and what was planned in it is only read. Plan it in another cycle.")
}

/// Refuses a write of what was planned in a closed cycle (409). The condition finds the cycle, which cannot close before the write
/// is done.
pub fn require_open<'c>(check: &mut Check<'_>, pointer: &str, condition: impl Condition<'c, planning_cycles::table>) -> Result<()> {
    let cycle = shared(planning_cycles::table.filter(condition).select(planning_cycles::state));
    let state: Option<String> = cycle.get_result(check.connection).optional()?;
    if state.as_deref() == Some("closed") { Err(closed(pointer).into()) } else { Ok(()) }
}
