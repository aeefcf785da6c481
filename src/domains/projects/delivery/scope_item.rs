//! Scope items: what a project is to bring, requirement by requirement.

use crate::project::evidence;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Note, Number, Title};
use steward_core::resource::{Check, Id, Lifecycle, Resource, Rule, Scope, Unique};

choice! {
    /// Priority of a requirement (MoSCoW).
    pub enum ScopePriority {
        /// Must have: without it the rest is worthless.
        Must = "must",
        /// Should have: painful to leave out.
        Should = "should",
        /// Could have: desirable.
        Could = "could",
        /// Will not have this time.
        Wont = "wont",
    }
}

steward_core::resource! {
    /// Requirement of a project. Once agreed it is changed only by a project change.
    pub struct ScopeItem {
        /// Project of the requirement.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Short code, unique in the project.
        #[field(unique, search)]
        pub code: Code,
        /// Requirement in one line.
        #[field(search)]
        pub name: Title,
        /// Description of the requirement and its rationale.
        #[field(search)]
        pub description: Option<Note>,
        /// Parent requirement in the same project.
        #[field(refers_to(&["projects/scope-items"]))]
        pub parent_id: Option<Id>,
        /// Priority of the requirement.
        #[field(default(|| json!("should")))]
        pub priority: ScopePriority,
        /// Person requesting it.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
        /// Source of the requirement, such as a law or a workshop.
        pub source: Option<Title>,
        /// Acceptance criteria.
        #[field(search)]
        pub acceptance_criteria: Option<Note>,
        /// Estimated effort in hours.
        pub estimated_hours: Option<Number<0, 1_000_000>>,
    }
}

impl Resource for ScopeItem {
    const PATH: &'static str = "projects/scope-items";
    type Table = steward_schema::projects::scope_items::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const UNIQUE: &'static [Unique] = &[Unique { index: "scope_items_code_key", fields: &["project_id", "code"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id"), Rule::Agrees { by: "parent_id", theirs: "project_id", ours: "project_id" }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→agreed:agree→built:build→accepted:accept|rejected:reject").approving(&["accept"]).involving(&["requester_id"]))
    }

    fn sample() -> Self {
        ScopeItem {
            project_id: Id::sample(),
            code: "REQ-07".into(),
            name: "No outage of more than an hour".into(),
            description: Some("Orders are taken around the clock. An hour at night can be made up for.".into()),
            parent_id: None,
            priority: ScopePriority::Must,
            requester_id: None,
            source: Some("Workshop with sales".into()),
            acceptance_criteria: Some("The move of each service is rehearsed and measured.".into()),
            estimated_hours: Some(Number(120.0)),
        }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_unchanged_once_over(check, self, self.project_id, "project_id")
    }
}
