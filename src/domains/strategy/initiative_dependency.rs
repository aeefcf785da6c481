//! Dependencies of initiatives: what must come first.

use crate::database::Statement;
use crate::error::{Problem, Result};
use crate::resource::value::Note;
use crate::resource::{Check, Id, Lock, PartOf, Resource, Scope, Unique};

crate::resource! {
    /// Another initiative that must come first. Dependencies have no circles.
    pub struct InitiativeDependency {
        /// The initiative that waits.
        #[field(refers_to(&["strategy/initiatives"]), fixed)]
        pub initiative_id: Id,
        /// The initiative that comes first.
        #[field(refers_to(&["strategy/initiatives"]), fixed, differs_from("initiative_id"))]
        pub depends_on_id: Id,
        /// What of it is needed.
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
        let mut waiting = Statement::new("WITH RECURSIVE earlier(id) AS (SELECT depends_on_id FROM initiative_dependencies WHERE initiative_id = ");
        waiting.bind(self.depends_on_id).push(
            " UNION SELECT d.depends_on_id FROM initiative_dependencies d JOIN earlier ON d.initiative_id = earlier.id) SELECT 1 FROM earlier WHERE id = ",
        );
        waiting.bind(self.initiative_id).push(" LIMIT 1");
        if check.finds(waiting)? {
            let detail = "The other initiative waits for this one already, itself or through others. Remove that dependency first.";
            return Err(Problem::conflict("/depends_on_id", "circle", detail).into());
        }
        Ok(())
    }
}
