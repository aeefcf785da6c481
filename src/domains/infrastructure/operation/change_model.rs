//! Change models: changes that are so well known that they need no approval each time.

use super::risk_level::RiskLevel;
use serde_json::json;
use steward_core::resource::value::{Code, Date, Note, Number, Title};
use steward_core::resource::{Resource, Scope, Unique, ValidationErrors};

steward_core::resource! {
    /// Model of a standard change, authorised in advance: a change under it skips assessment and approval.
    pub struct ChangeModel {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Scope of the model and its exclusions.
        #[field(search)]
        pub description: Option<Note>,
        /// Likelihood of failure.
        #[field(default(|| json!("low")))]
        pub risk: RiskLevel,
        /// Standard implementation steps.
        #[field(search)]
        pub implementation_plan: Option<Note>,
        /// Test plan: proof that the change worked.
        pub test_plan: Option<Note>,
        /// Rollback plan.
        pub rollback_plan: Option<Note>,
        /// Usual duration in hours.
        pub duration_hours: Option<Number<0, 10000>>,
        /// Date of authorisation.
        #[field(happened)]
        pub authorized_on: Option<Date>,
        /// Last day on which a change can be scheduled under it; none while it is in force.
        #[field(deadline)]
        pub expires_on: Option<Date>,
    }
}

impl Resource for ChangeModel {
    const PATH: &'static str = "infrastructure/change-models";
    type Table = steward_schema::infrastructure::change_models::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "change_models_code_key", fields: &["code"] }];

    fn sample() -> Self {
        ChangeModel {
            code: "STD-PATCH".into(),
            name: "Monthly patches of one server of a pair".into(),
            description: Some("Servers whose other half carries the load meanwhile.".into()),
            risk: RiskLevel::Low,
            implementation_plan: Some("Drain it, install, restart, let the load back.".into()),
            test_plan: Some("The health check is green for ten minutes.".into()),
            rollback_plan: Some("Start the snapshot from before.".into()),
            duration_hours: Some(Number(1.0)),
            authorized_on: Date::parse("2026-01-15"),
            expires_on: Date::parse("2030-12-31"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.authorized_on, self.expires_on, "expires_on");
    }
}
