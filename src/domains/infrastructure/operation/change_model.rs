//! Change models: changes that are so well known that they need no approval each time.

use super::risk_level::RiskLevel;
use serde_json::json;
use steward_core::access::person_of;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Date, Note, Number, Title};
use steward_core::resource::{Cause, Check, Id, Lifecycle, Resource, Scope, Unique, ValidationErrors};

steward_core::resource! {
    /// Model of a standard change, authorised in advance by another person than its author: a change under an `authorized` model skips
    /// assessment and approval. Once authorised, its content is fixed; it is revised as a draft, and authorised anew.
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
        /// Date of authorisation, set by the move to `authorized`; null before.
        #[field(read_only, happened)]
        pub authorized_on: Option<Date>,
        /// Last day on which a change under it may be planned and made; null without a limit.
        #[field(deadline)]
        pub expires_on: Option<Date>,
        /// Person who authorised it; null before, or if the account of the approver is linked to no person.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub approver_id: Option<Id>,
    }
}

impl Resource for ChangeModel {
    const PATH: &'static str = "infrastructure/change-models";
    type Table = steward_schema::infrastructure::change_models::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "change_models_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft:revise↔authorized:authorize→retired:retire").approving(&["authorize"]))
    }

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
            approver_id: None,
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let (authorized_on, approver_id) = match cause.to() {
            Some("authorized") => (Some(check.today), person_of(check.connection, check.actor)?),
            Some("draft") => (None, None),
            _ => return Ok(None),
        };
        Ok(Some(ChangeModel { authorized_on, approver_id, ..self.clone() }))
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.authorized_on, self.expires_on, "expires_on");
    }
}
