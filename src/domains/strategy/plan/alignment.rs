//! Alignments: what contributes to which objective or key result.

use super::contribution;
use steward_core::error::Result;
use steward_core::resource::value::{Note, Whole};
use steward_core::resource::{Check, Id, Lock, Resource, Scope, Unique, ValidationErrors};

/// What can contribute, the likeliest first.
pub const SOURCES: &[&str] = &[
    "strategy/initiatives",
    "strategy/objectives",
    "strategy/key-results",
    "projects/projects",
    "infrastructure/services",
    "strategy/capabilities",
    "strategy/kpis",
    "finance/budget-lines",
    "governance/controls",
    "security/risks",
    "vendors/contracts",
];

steward_core::resource! {
    /// Alignment: a contribution to an objective or a key result. Contributions are acyclic, including those of a key result to its
    /// objective and of an objective to its parent.
    pub struct Alignment {
        /// Contributing record.
        #[field(refers_to(SOURCES), fixed)]
        pub from_id: Id,
        /// Objective or key result that benefits; each once per contributing record.
        #[field(refers_to(&["strategy/objectives", "strategy/key-results"]), fixed)]
        pub to_id: Id,
        /// Contribution weight: 1 small, 100 nearly complete.
        pub contribution_weight: Whole<1, 100>,
        /// Rationale of the contribution.
        #[field(search)]
        pub rationale: Option<Note>,
    }
}

impl Resource for Alignment {
    const PATH: &'static str = "strategy/alignments";
    type Table = steward_schema::strategy::alignments::table;
    const SCOPE: Scope = Scope::Unit;
    const JOINS: bool = true;
    const OWNED: bool = false;
    const TITLE: &'static str = "id";
    const UNIQUE: &'static [Unique] = &[Unique { index: "alignments_edge_key", fields: &["from_id", "to_id"] }];

    fn joins(&self) -> Option<(Id, Id)> {
        Some((self.to_id, self.from_id))
    }

    fn sample() -> Self {
        Alignment {
            from_id: Id::sample(),
            to_id: Id::sample(),
            contribution_weight: Whole(60),
            rationale: Some("It takes over the orders of the ten largest customers, which are most of them.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.from_id != self.to_id, "to_id", "same", "Nothing contributes to itself. Name another objective.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![contribution::lock()]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_some() {
            return Ok(());
        }
        contribution::require_no_circle(check, "/to_id", self.from_id, self.to_id)
    }
}
