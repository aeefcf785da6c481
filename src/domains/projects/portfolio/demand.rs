//! Demands: what the organisation asks IT for, before it becomes a project.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Code, Date, Money, Note, Number, Title, Whole};
use steward_core::resource::{ApprovalAmount, Guard, Id, Lifecycle, Resource, Scope, StateException, Unique};

choice! {
    /// Kind of a demand.
    pub enum DemandKind {
        /// Innovation: something new.
        Innovation = "innovation",
        /// Improvement of something that exists.
        Improvement = "improvement",
        /// Obligation from law or a contract.
        Compliance = "compliance",
        /// Replacement of something old.
        Renewal = "renewal",
        /// Reduction of risk.
        RiskReduction = "risk_reduction",
        /// Reduction of cost.
        CostReduction = "cost_reduction",
    }
}

steward_core::resource! {
    /// Demand of the organisation for a project. Demands are compared by the weighted shortest job first of SAFe: WSJF = (business value +
    /// time criticality + risk reduction) ÷ size; the four are rated relative to other demands, from 1 up. What was approved stays as it was.
    pub struct Demand {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Demand in one line.
        #[field(search)]
        pub name: Title,
        /// Description of the demand and its rationale.
        #[field(search)]
        pub description: Option<Note>,
        /// Kind of demand.
        #[field(default(|| json!("improvement")))]
        pub kind: DemandKind,
        /// Person requesting it.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
        /// Portfolio in which it competes.
        #[field(refers_to(&["projects/portfolios"]))]
        pub portfolio_id: Option<Id>,
        /// Objective that it serves.
        #[field(refers_to(&["strategy/objectives"]))]
        pub objective_id: Option<Id>,
        /// Service that it changes.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Business value to users and the organisation, relative to other demands.
        pub business_value: Option<Whole<1, 100>>,
        /// Time criticality: value lost by waiting, relative to other demands.
        pub time_criticality: Option<Whole<1, 100>>,
        /// Risk reduction or opportunity enablement, relative to other demands.
        pub risk_reduction: Option<Whole<1, 100>>,
        /// Job size, relative to other demands.
        pub size: Option<Whole<1, 100>>,
        /// Date by which it is needed.
        #[field(deadline)]
        pub needed_on: Option<Date>,
        /// Rough estimate of the cost.
        pub estimated_cost: Option<Money>,
        /// Rough estimate of the effort in hours.
        pub estimated_hours: Option<Number<0, 10_000_000>>,
        /// Rough estimate of the benefit in a year.
        pub expected_benefit: Option<Money>,
        /// Reason for the approval, deferral or rejection.
        #[field(search)]
        pub decision_reason: Option<Note>,
        /// Project that it became; required for `converted`.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Option<Id>,
    }
}

impl Resource for Demand {
    const PATH: &'static str = "projects/demands";
    type Table = steward_schema::projects::demands::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "demands_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["idea", "screened", "qualified", "deferred"];
    const STATE_EXCEPTIONS: &'static [StateException] = &[StateException::editable(
        &["approved"],
        &["owner_id", "portfolio_id", "objective_id", "service_id", "project_id"],
        "A demand is approved as it was judged; where it belongs and what becomes of it may still be said.",
    )];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["qualified"], &["business_value", "time_criticality", "risk_reduction", "size"]),
        Guard::set(&["deferred", "rejected"], &["decision_reason"]),
        Guard::set(&["converted"], &["project_id"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "idea→screened:screen→qualified:qualify→approved:approve|deferred:defer; deferred→qualified; screened→rejected:reject; \
            approved→converted:convert";
        Some(
            Lifecycle::new(notation)
                .named("deferred", "qualified", "reconsider")
                .approving(&["approve"])
                .involving(&["requester_id"])
                .worth(&[ApprovalAmount::Field("estimated_cost")]),
        )
    }

    fn sample() -> Self {
        Demand {
            code: "DEM-0042".into(),
            name: "Self-service for passwords".into(),
            description: Some("A third of all calls are about passwords. People could help themselves.".into()),
            kind: DemandKind::Improvement,
            requester_id: None,
            portfolio_id: None,
            objective_id: None,
            service_id: None,
            business_value: Some(Whole(8)),
            time_criticality: Some(Whole(5)),
            risk_reduction: Some(Whole(3)),
            size: Some(Whole(4)),
            needed_on: Date::parse("2026-12-31"),
            estimated_cost: Some(Money::sample("45000.00", "EUR")),
            estimated_hours: Some(Number(320.0)),
            expected_benefit: Some(Money::sample("60000.00", "EUR")),
            decision_reason: Some("Pays for itself within a year.".into()),
            project_id: None,
        }
    }
}
