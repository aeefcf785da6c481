//! Dependencies of initiatives: what must come first.

use diesel::prelude::*;
use steward_core::database::Closure;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Note;
use steward_core::resource::{Check, Id, Lock, PartOf, Resource, Scope, Unique};
use steward_schema::strategy::initiative_dependencies;

steward_core::resource! {
    /// Dependency of an initiative on a predecessor. Dependencies are acyclic.
    pub struct InitiativeDependency {
        /// Dependent initiative.
        #[field(refers_to(&["strategy/initiatives"]), fixed)]
        pub initiative_id: Id,
        /// Predecessor, which comes first.
        #[field(refers_to(&["strategy/initiatives"]), fixed, differs_from("initiative_id"))]
        pub depends_on_id: Id,
        /// Deliverable needed from the predecessor.
        #[field(search)]
        pub note: Option<Note>,
    }
}

impl Resource for InitiativeDependency {
    const PATH: &'static str = "strategy/initiative-dependencies";
    type Table = steward_schema::strategy::initiative_dependencies::table;
    const SCOPE: Scope = Scope::Within("initiative_id");
    const JOINS: bool = true;
    const TITLE: &'static str = "id";
    const PART_OF: Option<PartOf> = Some(PartOf::of("initiative_id"));
    const UNIQUE: &'static [Unique] = &[Unique { index: "initiative_dependencies_edge_key", fields: &["initiative_id", "depends_on_id"] }];

    fn joins(&self) -> Option<(Id, Id)> {
        Some((self.initiative_id, self.depends_on_id))
    }

    fn sample() -> Self {
        InitiativeDependency { initiative_id: Id::sample(), depends_on_id: Id::sample(), note: Some("The new customer numbers.".into()) }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Named("initiative_dependencies".into())]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let edges = initiative_dependencies::table.select((initiative_dependencies::initiative_id, initiative_dependencies::depends_on_id));
        let earlier = Closure::from_id(self.depends_on_id).along(edges);
        if earlier.reaches(self.initiative_id).get_result(check.connection)? {
            let detail = "The other initiative waits for this one already, itself or through others. Remove that dependency first.";
            return Err(Problem::conflict("/depends_on_id", "circle", detail).into());
        }
        Ok(())
    }
}
