//! Initiatives: what is undertaken to reach objectives.

use steward_core::resource::value::{Code, Date, Money, Note, Title};
use steward_core::resource::{ApprovalAmount, Id, Lifecycle, Resource, Rule, Scope, Unique, ValidationErrors};

steward_core::resource! {
    /// Initiative: a change that contributes to objectives, carried out by one or more projects. Its objectives are given by alignments.
    pub struct Initiative {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the initiative.
        #[field(search)]
        pub name: Title,
        /// Intended change, and exclusions from its scope.
        #[field(search)]
        pub description: Option<Note>,
        /// Sponsor, accountable for the value of the initiative.
        #[field(refers_to(&["teams/people"]))]
        pub sponsor_id: Option<Id>,
        /// Theme served.
        #[field(refers_to(&["strategy/themes"]))]
        pub theme_id: Option<Id>,
        /// Strategic plan of the initiative; that of the theme if left out.
        #[field(refers_to(&["strategy/strategic-plans"]))]
        pub plan_id: Option<Id>,
        /// First day of the initiative.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day of the initiative.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Total expected value.
        pub expected_value: Option<Money>,
        /// Total estimated cost, in the currency of the expected value.
        pub estimated_cost: Option<Money>,
        /// Success criteria of the initiative.
        #[field(search)]
        pub success_criteria: Option<Note>,
    }
}

impl Resource for Initiative {
    const PATH: &'static str = "strategy/initiatives";
    type Table = steward_schema::strategy::initiatives::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["plan_id"];
    const UNIQUE: &'static [Unique] = &[Unique { index: "initiatives_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "theme_id", theirs: "plan_id", ours: "plan_id" }];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "proposed→approved:approve→in_progress:start→done:finish|stopped:stop; proposed|approved→stopped";
        let lifecycle = Lifecycle::new(notation).given_up(&["stopped"]);
        let lifecycle = ["proposed", "approved", "in_progress"].iter().fold(lifecycle, |lifecycle, from| lifecycle.named(from, "stopped", "stop"));
        Some(lifecycle.approving(&["approve"]).worth(&[ApprovalAmount::Field("estimated_cost")]))
    }

    fn sample() -> Self {
        Initiative {
            code: "INI-004".into(),
            name: "Orders by interface".into(),
            description: Some("Customers and shops send orders straight into the platform; the form for typing stays for the rest.".into()),
            sponsor_id: None,
            theme_id: None,
            plan_id: None,
            starts_on: Date::parse("2026-02-01"),
            ends_on: Date::parse("2026-11-30"),
            expected_value: Some(Money::sample("420000.00", "EUR")),
            estimated_cost: Some(Money::sample("180000.00", "EUR")),
            success_criteria: Some("Nobody types an order of the ten largest customers.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
        if let (Some(value), Some(cost)) = (self.expected_value, self.estimated_cost) {
            faults.require(value.currency == cost.currency, "estimated_cost", "currency", "Give value and cost in one currency, so that they can be compared.");
        }
    }
}
