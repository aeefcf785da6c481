//! Which requirements apply to a unit: the statement of applicability.

use steward_core::resource::value::Note;
use steward_core::resource::{Id, Resource, Scope, Unique, ValidationErrors};

steward_core::resource! {
    /// Statement of the applicability of a requirement to a unit. A requirement that does not apply needs a reason.
    pub struct ApplicabilityStatement {
        /// Requirement; one statement for each unit.
        #[field(refers_to(&["governance/requirements"]), unique)]
        pub requirement_id: Id,
        /// True if the requirement applies.
        pub applicable: bool,
        /// Reason for the statement; required where the requirement does not apply.
        pub reason: Option<Note>,
    }
}

impl Resource for ApplicabilityStatement {
    const PATH: &'static str = "governance/applicability-statements";
    type Table = steward_schema::governance::applicability_statements::table;
    const SCOPE: Scope = Scope::Unit;
    const TITLE: &'static str = "id";
    const UNIQUE: &'static [Unique] = &[Unique { index: "applicability_statements_pair_key", fields: &["unit_id", "requirement_id"] }];

    fn sample() -> Self {
        ApplicabilityStatement { requirement_id: Id::sample(), applicable: false, reason: Some("We have no data centre of our own.".into()) }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.applicable || self.reason.is_some(), "reason", "required", "Say why it does not apply.");
    }
}
