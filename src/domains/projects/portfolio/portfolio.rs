//! Portfolios: projects that are chosen and steered together.

use steward_core::resource::value::{Code, Money, Note, Number, Title};
use steward_core::resource::{Id, Resource, Rule, Scope, Unique};

steward_core::resource! {
    /// Group of projects and demands that share money and people, and are selected and governed together.
    pub struct Portfolio {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Scope of the portfolio and its selection criteria.
        #[field(search)]
        pub description: Option<Note>,
        /// Parent portfolio. The tree has no cycles.
        #[field(refers_to(&["projects/portfolios"]))]
        pub parent_id: Option<Id>,
        /// Strategic theme that it serves.
        #[field(refers_to(&["strategy/themes"]))]
        pub theme_id: Option<Id>,
        /// Budget that funds it.
        #[field(refers_to(&["finance/budgets"]))]
        pub budget_id: Option<Id>,
        /// Funding limit in total.
        pub funding_limit: Option<Money>,
        /// Capacity limit in hours of people's time in total.
        pub capacity_hours: Option<Number<0, 100_000_000>>,
        /// Governance: decision rights and frequency of review.
        pub governance: Option<Note>,
    }
}

impl Resource for Portfolio {
    const PATH: &'static str = "projects/portfolios";
    type Table = steward_schema::projects::portfolios::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "portfolios_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];

    fn sample() -> Self {
        Portfolio {
            code: "IT-2026".into(),
            name: "IT change 2026".into(),
            description: Some("All projects that change how IT works; the running of services is not among them.".into()),
            parent_id: None,
            theme_id: None,
            budget_id: None,
            funding_limit: Some(Money::sample("2400000.00", "EUR")),
            capacity_hours: Some(Number(18_000.0)),
            governance: Some("Reviewed every quarter by the IT steering board.".into()),
        }
    }
}
