//! Baselines: what was agreed of a project's scope, schedule and cost, to compare with.

use super::frozen_item::{FrozenItem, FrozenItems};
use super::work_kind::{ProgressMethod, WorkKind};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Money, Note, Number, Title};
use steward_core::resource::{Check, Effect, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::projects::{baselines, projects};
use steward_schema::service::revisions;

steward_core::resource! {
    /// Baseline: agreed scope, schedule and cost. As a draft it takes the current plan by `/snapshot`; from its approval on it is
    /// immutable. A project has one current baseline: making another current supersedes it.
    pub struct Baseline {
        /// Project of the baseline.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Purpose of the baseline.
        #[field(search)]
        pub description: Option<Note>,
        /// Project change that requires it, of the same project.
        #[field(refers_to(&["projects/project-changes"]))]
        pub project_change_id: Option<Id>,
        /// Date of the baseline.
        #[field(happened)]
        pub baselined_on: Option<Date>,
        /// Scope statement: inclusions and exclusions, in words.
        pub scope_statement: Option<Note>,
        /// Work items that are not cancelled, filled in by `/snapshot`.
        #[field(default(|| json!([])))]
        pub items: FrozenItems,
    }
}

impl Resource for Baseline {
    const PATH: &'static str = "projects/baselines";
    type Table = steward_schema::projects::baselines::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "project_change_id", theirs: "project_id", ours: "project_id" }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→approved:approve→current:make_current→superseded:supersede").approving(&["approve"]))
    }

    fn sample() -> Self {
        Baseline {
            project_id: Id::sample(),
            name: "As signed in February".into(),
            description: Some("The plan that the board approved with the charter.".into()),
            project_change_id: None,
            baselined_on: Date::parse("2026-02-16"),
            scope_statement: Some("All production services; the office network stays where it is.".into()),
            items: FrozenItems(vec![FrozenItem {
                work_item_id: Id::sample(),
                parent_id: None,
                wbs_code: Some("1.2.3".into()),
                name: "Cable the core switches".into(),
                kind: Some(WorkKind::Task),
                progress_method: Some(ProgressMethod::Percent),
                duration_hours: Some(Number(16.0)),
                starts_on: Date::parse("2026-05-04"),
                ends_on: Date::parse("2026-05-06"),
                effort_hours: Some(Number(24.0)),
                cost: Some(Money::sample("2100.00", "EUR")),
            }]),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        for (at, item) in self.items.0.iter().enumerate() {
            let sound = item.starts_on.zip(item.ends_on).is_none_or(|(starts, ends)| ends >= starts);
            faults.within("items", |faults| faults.require(sound, &at.to_string(), "before_start", "The end must not be before the start."));
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.project_id)]
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to == "superseded" {
            return self.unmet_of_superseding(check);
        }
        let mut unmet = Vec::new();
        if step.to != "approved" {
            return Ok(unmet);
        }
        if self.items.0.is_empty() {
            unmet.push(UnmetGuard::new("/items", "required", "It holds no work. Take the plan by /snapshot first."));
        }
        // Of a baseline that a change has made, the change's last move is what making it is of others.
        if let Some(change) = self.project_change_id {
            let applied = revisions::table.filter(revisions::resource_id.eq(change).and(revisions::action.eq("apply"))).order(revisions::revision.desc());
            let by: Option<Id> = applied.select(revisions::actor_id).first(check.connection).optional()?;
            if by == Some(check.actor) {
                unmet.push(UnmetGuard::new("", "four_eyes", "You have applied the change that makes it. Ask somebody else to approve it."));
            }
        }
        Ok(unmet)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to != "current" {
            return Ok(Vec::new());
        }
        let current = baselines::table.filter(baselines::project_id.eq(self.project_id)).filter(baselines::state.eq("current"));
        let before: Vec<Id> = current.filter(baselines::id.ne(check.id)).select(baselines::id).load(check.connection)?;
        Ok(before.into_iter().map(|id| Effect::transition::<Baseline>(id, "superseded")).collect())
    }
}

impl Baseline {
    /// A project that is carried out keeps a current baseline: one is superseded by the next.
    fn unmet_of_superseding(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let running = projects::table.find(self.project_id).filter(projects::state.eq_any(["executing", "on_hold", "closing"]));
        let Some(state) = running.select(projects::state).first::<String>(check.connection).optional()? else { return Ok(Vec::new()) };
        let current = baselines::table.filter(baselines::project_id.eq(self.project_id)).filter(baselines::state.eq("current"));
        let others = current.filter(baselines::id.ne(check.id));
        if select(exists(others)).get_result(check.connection)? {
            return Ok(Vec::new());
        }
        let detail =
            format!("Its project is {state}, and this is its only current baseline. Approve the next one and make it current: that supersedes this one.");
        Ok(vec![UnmetGuard::new("", "baseline", detail)])
    }
}
