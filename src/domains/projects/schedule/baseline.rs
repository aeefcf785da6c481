//! Baselines: what was agreed of a project's scope, schedule and cost, to compare with.

use super::frozen_item::FrozenItems;
use crate::project::evidence;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use std::collections::HashSet;
use steward_core::database::CHUNK;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Check, Effect, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::projects::{baselines, projects, work_items};
use steward_schema::service::revisions;

/// How many items that are no work of the project an answer names.
const MOST_FAULTS: usize = 1_000;

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
        /// Work items of the project that are not cancelled, filled in by `/snapshot`.
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
            // They are work of the project, taken by /snapshot.
            items: FrozenItems(Vec::new()),
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

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_unchanged_once_over(check, self, self.project_id, "project_id")?;
        self.require_own_items(check)
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
    /// Refuses items that are no work of the project (422); what was frozen before may be gone since.
    fn require_own_items(&self, check: &mut Check<'_>) -> Result<()> {
        let before = check.before::<Baseline>()?.map(|before| before.items.0.as_slice()).unwrap_or_default();
        let mut known: HashSet<Id> = before.iter().flat_map(|item| [Some(item.work_item_id), item.parent_id]).flatten().collect();
        let named =
            || self.items.0.iter().enumerate().flat_map(|(at, item)| [(at, "work_item_id", Some(item.work_item_id)), (at, "parent_id", item.parent_id)]);
        let new: HashSet<Id> = named().filter_map(|(_, _, id)| id).filter(|id| !known.contains(id)).collect();
        for chunk in new.into_iter().collect::<Vec<Id>>().chunks(CHUNK) {
            let own = work_items::table.filter(work_items::id.eq_any(chunk)).filter(work_items::project_id.eq(self.project_id));
            known.extend(own.select(work_items::id).load::<Id>(check.connection)?);
        }
        let foreign = |(at, name, id): (usize, &str, Option<Id>)| {
            let detail = "There is no such work item in the project of the baseline. Take its plan by /snapshot, or name its own work.";
            id.filter(|id| !known.contains(id)).map(|_| FieldError::new(format!("/items/{at}/{name}"), "reference", detail))
        };
        let faults: Vec<FieldError> = named().filter_map(foreign).take(MOST_FAULTS).collect();
        if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults).into()) }
    }

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
