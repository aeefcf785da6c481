//! Strategic plans: where a unit wants to be, and why.

use diesel::prelude::*;
use serde_json::json;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Title, Whole};
use steward_core::resource::{Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors, succession};
use steward_schema::strategy::strategic_plans;

steward_core::resource! {
    /// Strategic plan of a unit over several years. One plan of a unit is active; a submitted text is frozen, and a change is a new
    /// version. Activating a version supersedes the one that it replaces (`supersedes_id`) in the same transition.
    pub struct StrategicPlan {
        /// Name of the plan.
        #[field(search)]
        pub name: Title,
        /// First day of the horizon.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the horizon.
        #[field(event)]
        pub ends_on: Date,
        /// Vision of the unit for the end of the horizon.
        #[field(search)]
        pub vision: Option<Note>,
        /// Mission of the unit.
        #[field(search)]
        pub mission: Option<Note>,
        /// Executive summary of the plan.
        #[field(search)]
        pub summary: Option<Note>,
        /// Version number of the plan.
        #[field(default(|| json!(1)))]
        pub version: Whole<1, 1000>,
        /// Version to be replaced. The versions are acyclic.
        #[field(refers_to(&["strategy/strategic-plans"]))]
        pub supersedes_id: Option<Id>,
        /// Sponsor, accountable for the plan to higher management.
        #[field(refers_to(&["teams/people"]))]
        pub sponsor_id: Option<Id>,
        /// File with the full text of the plan.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// Date of the next review.
        #[field(recurring)]
        pub review_on: Option<Date>,
    }
}

impl Resource for StrategicPlan {
    const PATH: &'static str = "strategy/strategic-plans";
    type Table = steward_schema::strategy::strategic_plans::table;
    const SCOPE: Scope = Scope::Unit;
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[Rule::Tree("supersedes_id")];
    const GUARDS: &'static [Guard] = &[Guard::sum(&["approved"], "strategy/themes", "plan_id", "weight", 100.0)];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→in_review:submit_for_review→approved:approve→active:activate→superseded:supersede|archived:archive; \
            in_review→draft:return_to_draft";
        Some(Lifecycle::new(notation).approving(&["approve"]))
    }

    fn sample() -> Self {
        StrategicPlan {
            name: "IT strategy 2026–2028".into(),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::sample("2028-12-31"),
            vision: Some("Every order is followed from click to door without paper.".into()),
            mission: Some("We make the tools that people here like to work with.".into()),
            summary: Some("Three themes: simpler platforms, safer data, faster delivery.".into()),
            version: Whole(1),
            supersedes_id: None,
            sponsor_id: None,
            file_id: None,
            review_on: Date::parse("2026-12-01"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Named("strategy.strategic_plans active".into())]
    }

    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if state != "active" {
            return Ok(Vec::new());
        }
        Ok(succession::unmet(others_active(check)?, self.supersedes_id, "Strategic plan", "unit"))
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to != "active" {
            return Ok(Vec::new());
        }
        Ok(succession::supersede::<StrategicPlan>(others_active(check)?, self.supersedes_id))
    }
}

/// The other plans of the unit of the plan that is judged that are active.
fn others_active(check: &mut Check<'_>) -> Result<Vec<(Id, Title)>> {
    let unit = strategic_plans::table.find(check.id).select(strategic_plans::unit_id);
    let Some(unit) = unit.first::<Id>(check.connection).optional()? else { return Ok(Vec::new()) };
    Ok(strategic_plans::table
        .filter(strategic_plans::state.eq("active").and(strategic_plans::unit_id.eq(unit)).and(strategic_plans::id.ne(check.id)))
        .order(strategic_plans::id)
        .select((strategic_plans::id, strategic_plans::name))
        .load(check.connection)?)
}
