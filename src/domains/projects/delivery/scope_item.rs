//! Scope items: what a project is to bring, requirement by requirement.

use crate::choice;
use crate::resource::value::{Code, Note, Number, Title};
use crate::resource::{Id, Lifecycle, Resource, Rule, Scope, Unique};
use serde_json::json;

choice! {
    /// How much a requirement matters (MoSCoW).
    pub enum ScopePriority {
        /// Without it the rest is worth nothing.
        Must = "must",
        /// It hurts to leave it out.
        Should = "should",
        /// Good to have.
        Could = "could",
        /// Not this time.
        Wont = "wont",
    }
}

crate::resource! {
    /// A requirement of a project. Once agreed it is changed only by a project change.
    pub struct ScopeItem {
        /// The project.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Short code, unique in the project.
        #[field(unique, search)]
        pub code: Code,
        /// What is required, in a line.
        #[field(search)]
        pub name: Title,
        /// What is required, and why.
        #[field(search)]
        pub description: Option<Note>,
        /// The requirement that it is a part of, in the same project.
        #[field(refers_to(&["projects/scope-items"]))]
        pub parent_id: Option<Id>,
        /// How much it matters.
        #[field(default(|| json!("should")))]
        pub priority: ScopePriority,
        /// Who asks for it.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
        /// Where it comes from, such as a law or a workshop.
        pub source: Option<Title>,
        /// How it is shown that it is met.
        #[field(search)]
        pub acceptance_criteria: Option<Note>,
        /// How many hours it will take, roughly.
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
}
