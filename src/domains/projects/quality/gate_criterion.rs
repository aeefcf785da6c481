//! Criteria of gates: what is asked, and the record that shows it.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::Id;
use steward_core::resource::value::{Note, Title};

choice! {
    /// Kind of record that decides a gate criterion.
    pub enum CriterionKind {
        /// A risk is accepted (monitored) or closed.
        Risk = "risk",
        /// A control operates.
        Control = "control",
        /// A recovery test is completed.
        RecoveryTest = "recovery_test",
        /// A due diligence is completed.
        Diligence = "diligence",
        /// The budget of the project (its `budget_id`) is approved or active.
        Funds = "funds",
        /// A resource request is fulfilled.
        Skills = "skills",
        /// A deliverable of the project is accepted; if none is named all of them are accepted or waived, and there is at least one.
        Deliverables = "deliverables",
    }
}

steward_core::value! {
    /// Criterion of a gate.
    pub struct GateCriterion {
        /// Condition to be met. From `ready` on, only `met` and `evidence` of the criteria of a gate may change.
        pub name: Title,
        /// True if the gate cannot be passed without it.
        #[field(default(|| json!(true)))]
        pub mandatory: bool,
        /// True if it is met; counts only without a kind.
        #[field(default(|| json!(false)))]
        pub met: bool,
        /// Kind of record that decides it; null where a person records it.
        pub kind: Option<CriterionKind>,
        /// Record that decides it, of the collection of its kind.
        #[field(refers_to(&[
            "security/risks", "governance/controls", "security/recovery-tests", "vendors/due-diligence", "finance/budgets",
            "finance/resource-requests", "projects/deliverables"
        ]))]
        pub subject_id: Option<Id>,
        /// Evidence that it is met.
        pub evidence: Option<Note>,
    }
}

impl GateCriterion {
    /// Whether it asks for the same as another one, whatever is recorded of it.
    pub fn asks_same(&self, other: &GateCriterion) -> bool {
        (&self.name, self.mandatory, self.kind, self.subject_id) == (&other.name, other.mandatory, other.kind, other.subject_id)
    }
}
