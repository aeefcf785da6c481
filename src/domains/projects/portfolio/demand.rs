//! Demands: what the organisation asks IT for, before it becomes a project.

use crate::choice;
use crate::resource::value::{Code, Date, Money, Note, Number, Title, Whole};
use crate::resource::{ApprovalAmount, Guard, Id, Lifecycle, Resource, Scope, Unique};
use serde_json::json;

choice! {
    /// What a demand is about.
    pub enum DemandKind {
        /// Something new.
        Innovation = "innovation",
        /// Something that gets better.
        Improvement = "improvement",
        /// Something that law or a contract asks for.
        Compliance = "compliance",
        /// Something old that is replaced.
        Renewal = "renewal",
        /// Less risk.
        RiskReduction = "risk_reduction",
        /// Less cost.
        CostReduction = "cost_reduction",
    }
}

crate::resource! {
    /// Something that the organisation asks for. Demands are compared by the weighted shortest job first of SAFe:
    /// WSJF = (business value + time criticality + risk reduction) ÷ size; the four are judged against each other, from 1 up.
    pub struct Demand {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// What is asked for, in a line.
        #[field(search)]
        pub name: Title,
        /// What is asked for, and why.
        #[field(search)]
        pub description: Option<Note>,
        /// What it is about.
        #[field(default(|| json!("improvement")))]
        pub kind: DemandKind,
        /// Who asks for it.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
        /// The portfolio in which it competes.
        #[field(refers_to(&["projects/portfolios"]))]
        pub portfolio_id: Option<Id>,
        /// The objective that it serves.
        #[field(refers_to(&["strategy/objectives"]))]
        pub objective_id: Option<Id>,
        /// The service that it changes.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// How much it is worth to users and the organisation, relative to the others.
        pub business_value: Option<Whole<1, 100>>,
        /// How much of that value is lost by waiting, relative to the others.
        pub time_criticality: Option<Whole<1, 100>>,
        /// How much risk it takes away or opportunity it opens, relative to the others.
        pub risk_reduction: Option<Whole<1, 100>>,
        /// How large the work is, relative to the others.
        pub size: Option<Whole<1, 100>>,
        /// The day by which it is needed.
        #[field(deadline)]
        pub needed_on: Option<Date>,
        /// What it will cost, roughly.
        pub estimated_cost: Option<Money>,
        /// How many hours of work it will take, roughly.
        pub estimated_hours: Option<Number<0, 10_000_000>>,
        /// What it will bring in a year, roughly.
        pub expected_benefit: Option<Money>,
        /// Why it was approved, deferred or rejected.
        #[field(search)]
        pub decision_reason: Option<Note>,
        /// The project that it became. A converted demand says so.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Option<Id>,
    }
}

impl Resource for Demand {
    const PATH: &'static str = "projects/demands";
    type Table = steward_schema::projects::demands::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "demands_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["idea", "screened", "qualified", "deferred", "approved"];
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
