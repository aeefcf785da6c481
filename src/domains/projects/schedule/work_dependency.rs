//! Work dependencies: what must come before what.

use super::schedule_circle;
use crate::project::evidence;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::database::Closure;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Note, Number};
use steward_core::resource::{Check, Id, Lock, Resource, Scope, Unique};
use steward_schema::projects::work_items;

/// What work can wait for.
const PREDECESSORS: &[&str] = &[
    "projects/work-items",
    "vendors/purchase-orders",
    "vendors/contracts",
    "infrastructure/changes",
    "infrastructure/maintenance-windows",
    "teams/person-certifications",
    "governance/audits",
];

choice! {
    /// Kind of a dependency: the ends that it links.
    pub enum WorkDependencyKind {
        /// Finish to start: the successor starts when the predecessor has finished.
        Fs = "fs",
        /// Start to start: the successor starts when the predecessor has started.
        Ss = "ss",
        /// Finish to finish: the successor finishes when the predecessor has finished.
        Ff = "ff",
        /// Start to finish: the successor finishes when the predecessor has started.
        Sf = "sf",
    }
}

steward_core::resource! {
    /// Dependency of work on other work, of any project, or on an event outside of projects: an order's receipt, a contract's signature, a
    /// change, a certification, an audit. Dependencies have no cycles, and none links an item with one that contains it.
    pub struct WorkDependency {
        /// Predecessor of the work.
        #[field(refers_to(PREDECESSORS), unique, fixed)]
        pub predecessor_id: Id,
        /// Successor: the work that waits. A caller who may write that work may write its dependencies.
        #[field(refers_to(&["projects/work-items"]), fixed, differs_from("predecessor_id"))]
        pub successor_id: Id,
        /// Kind of dependency; fs where the predecessor is not a work item.
        #[field(default(|| json!("fs")))]
        pub kind: WorkDependencyKind,
        /// Lag in working hours; negative for a lead.
        #[field(default(|| json!(0)))]
        pub lag_hours: Number<-100_000, 100_000>,
        /// Reason for the dependency.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for WorkDependency {
    const PATH: &'static str = "projects/work-dependencies";
    type Table = steward_schema::projects::work_dependencies::table;
    const SCOPE: Scope = Scope::Within("successor_id");
    const JOINS: bool = true;
    const TITLE: &'static str = "kind";
    const UNIQUE: &'static [Unique] = &[Unique { index: "work_dependencies_edge_key", fields: &["predecessor_id", "successor_id", "kind"] }];

    fn joins(&self) -> Option<(Id, Id)> {
        Some((self.successor_id, self.predecessor_id))
    }

    fn sample() -> Self {
        WorkDependency {
            predecessor_id: Id::sample(),
            successor_id: Id::sample(),
            kind: WorkDependencyKind::Fs,
            lag_hours: Number(8.0),
            description: Some("The concrete must dry.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![schedule_circle::lock()]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        self.require_running(check)?;
        if self.kind != WorkDependencyKind::Fs && !is_work(check, self.predecessor_id)? {
            let detail = "What is no work item is waited for until it has happened: its kind is fs.";
            return Err(Problem::invalid(vec![FieldError::new("/kind", "kind", detail)]).into());
        }
        if check.before.is_some() {
            return Ok(());
        }
        for (upper, lower) in [(self.predecessor_id, self.successor_id), (self.successor_id, self.predecessor_id)] {
            if is_above(check, upper, lower)? {
                return Err(Problem::conflict("/predecessor_id", "ancestor", "One of them lies in the other. Let what lies beside it wait instead.").into());
            }
        }
        schedule_circle::require_none(check, (self.successor_id, true), (self.predecessor_id, false), "/predecessor_id")
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        self.require_running(check)
    }
}

impl WorkDependency {
    /// What a project that is over waited for stays (409).
    fn require_running(&self, check: &mut Check<'_>) -> Result<()> {
        match evidence::project_of(check, self.successor_id)? {
            Some(project) => evidence::require_running(check, project, "successor_id"),
            None => Ok(()),
        }
    }
}

/// Whether a predecessor is a work item.
fn is_work(check: &mut Check<'_>, predecessor: Id) -> Result<bool> {
    Ok(select(exists(work_items::table.find(predecessor))).get_result(check.connection)?)
}

/// Whether one item lies in another, however deep.
fn is_above(check: &mut Check<'_>, upper: Id, lower: Id) -> Result<bool> {
    let above = Closure::from_id(lower).along(work_items::table.select((work_items::id, work_items::parent_id)));
    Ok(above.reaches(upper).get_result(check.connection)?)
}
