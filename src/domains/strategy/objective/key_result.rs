//! Key results: by what an objective is measured.

use super::commitment::ENDED;
use super::direction::{Direction, Measure, Range};
use crate::plan::planning_cycle;
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::database::expression::Condition;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Number, Text, Title};
use steward_core::resource::{Check, Id, Lifecycle, Lock, Model, Resource, Scope, ValidationErrors};
use steward_schema::strategy::{objectives, planning_cycles};

choice! {
    /// Type of key result.
    pub enum KeyResultKind {
        /// Numeric metric.
        Metric = "metric",
        /// Milestone, done or not, or done in part: from 0 to 1, or from 0 to 100.
        Milestone = "milestone",
    }
}

steward_core::resource! {
    /// Key result: a measurable outcome that shows progress towards an objective. It moves from `baseline` to `target`, or is held in a
    /// range. It stays as it was once the objective has ended or its cycle is closed; it can still be closed then.
    pub struct KeyResult {
        /// Objective measured.
        #[field(refers_to(&["strategy/objectives"]), fixed)]
        pub objective_id: Id,
        /// Measure and its target.
        #[field(search)]
        pub name: Title,
        /// Method of measurement, and source of the data.
        #[field(search)]
        pub description: Option<Note>,
        /// Type of key result: a metric or a milestone.
        #[field(default(|| json!("metric")))]
        pub kind: KeyResultKind,
        /// Intended direction of the value.
        #[field(default(|| json!("increase")))]
        pub direction: Direction,
        /// Value at the start. Required to increase or decrease.
        pub baseline: Option<Measure>,
        /// Target value, beyond the baseline in the given direction. Required to increase or decrease.
        pub target: Option<Measure>,
        /// Stretch target: the target or beyond.
        pub stretch: Option<Measure>,
        /// Lower bound of the range, included.
        pub low: Option<Measure>,
        /// Upper bound of the range, included.
        pub high: Option<Measure>,
        /// Distance outside the range at which progress is 0; at half this distance it is 0.5.
        pub tolerance: Option<Measure>,
        /// Unit of the values, such as percent, hours or EUR.
        pub unit_of_measure: Text<1, 60>,
        /// Weight among the key results of the objective, more than 0.
        #[field(default(|| json!(1)))]
        pub weight: Number<0, 1000>,
        /// Owner, responsible for the check-ins.
        #[field(refers_to(&["teams/people"]))]
        pub owner_id: Option<Id>,
        /// KPI that supplies the value.
        #[field(refers_to(&["strategy/kpis"]))]
        pub kpi_id: Option<Id>,
        /// Due date, if before the end of the cycle.
        #[field(deadline)]
        pub due_on: Option<Date>,
    }
}

impl Resource for KeyResult {
    const PATH: &'static str = "strategy/key-results";
    type Table = steward_schema::strategy::key_results::table;
    const SCOPE: Scope = Scope::Within("objective_id");
    const EDITABLE_IN: &'static [&'static str] = &["open"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("open→closed:close").given_up(&["closed"]))
    }

    fn sample() -> Self {
        KeyResult {
            objective_id: Id::sample(),
            name: "80 of 100 orders arrive without typing".into(),
            description: Some("Counted by the order platform, over the week before.".into()),
            kind: KeyResultKind::Metric,
            direction: Direction::Increase,
            baseline: Some(Number(35.0)),
            target: Some(Number(80.0)),
            stretch: Some(Number(95.0)),
            low: None,
            high: None,
            tolerance: None,
            unit_of_measure: "percent".into(),
            weight: Number(2.0),
            owner_id: None,
            kpi_id: None,
            due_on: Date::parse("2026-06-15"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.weight.0 > 0.0, "weight", "range", "Expected more than 0.");
        self.direction.require_range(faults, &Range { low: self.low, high: self.high, tolerance: self.tolerance });
        if self.direction == Direction::HoldRange {
            for (field, value) in [("target", self.target), ("stretch", self.stretch)] {
                faults.require(value.is_none(), field, "not_allowed", "A range that is to be held has low and high instead.");
            }
            return;
        }
        for (field, value) in [("baseline", self.baseline), ("target", self.target)] {
            faults.require(value.is_some(), field, "required", "To increase or decrease it needs a baseline and a target.");
        }
        self.direction.require_order(faults, (self.baseline, self.target), true, "target");
        self.direction.require_order(faults, (self.target, self.stretch), false, "stretch");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.objective_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        planning_cycle::require_open(check, "/objective_id", is_cycle_of(self.objective_id))?;
        // A move changes no field.
        if check.before::<KeyResult>()?.is_some_and(|before| before.to_json() == self.to_json()) { Ok(()) } else { self.require_going(check) }
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        planning_cycle::require_open(check, "/objective_id", is_cycle_of(self.objective_id))?;
        self.require_going(check)
    }
}

impl KeyResult {
    /// Refuses to change by what an objective is measured that has ended (409).
    fn require_going(&self, check: &mut Check<'_>) -> Result<()> {
        let ended = objectives::table.find(self.objective_id).filter(objectives::state.eq_any(ENDED)).select((objectives::name, objectives::state));
        match ended.first::<(String, String)>(check.connection).optional()? {
            Some((name, state)) => {
                let detail = format!("The objective “{name}” is {state}, and its key results stay as they were. Measure another objective.");
                Err(Problem::conflict("/objective_id", "ended", detail).into())
            }
            None => Ok(()),
        }
    }
}

/// The condition that a planning cycle is the one of an objective.
fn is_cycle_of(objective: Id) -> impl Condition<'static, planning_cycles::table> {
    planning_cycles::id.eq_any(objectives::table.find(objective).select(objectives::planning_cycle_id))
}
