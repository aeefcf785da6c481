//! Which requirement a control meets, and how far.

use steward_core::choice;
use steward_core::resource::value::Note;
use steward_core::resource::{Id, Resource, Scope, Unique};

choice! {
    /// Extent to which a control meets a requirement.
    pub enum Extent {
        /// Wholly, by the control alone.
        Full = "full",
        /// In part.
        Partial = "partial",
    }
}

steward_core::resource! {
    /// A link from a control to a requirement that it meets.
    pub struct ControlRequirement {
        /// The control.
        #[field(refers_to(&["governance/controls"]), unique)]
        pub control_id: Id,
        /// The requirement; one link for each pair.
        #[field(refers_to(&["governance/requirements"]), unique)]
        pub requirement_id: Id,
        /// Extent to which the control meets the requirement.
        pub extent: Extent,
        /// Rationale of the link.
        pub rationale: Option<Note>,
    }
}

impl Resource for ControlRequirement {
    const PATH: &'static str = "governance/control-requirements";
    type Table = steward_schema::governance::control_requirements::table;
    const SCOPE: Scope = Scope::Within("control_id");
    const TITLE: &'static str = "id";
    const UNIQUE: &'static [Unique] = &[Unique { index: "control_requirements_pair_key", fields: &["control_id", "requirement_id"] }];

    const JOINS: bool = true;

    fn joins(&self) -> Option<(Id, Id)> {
        Some((self.requirement_id, self.control_id))
    }

    fn sample() -> Self {
        ControlRequirement {
            control_id: Id::sample(),
            requirement_id: Id::sample(),
            extent: Extent::Full,
            rationale: Some("The review covers every account.".into()),
        }
    }
}
