//! Portfolios: projects that are chosen and steered together.

use crate::resource::value::{Code, Money, Note, Number, Title};
use crate::resource::{Id, Resource, Rule, Scope, Unique};

crate::resource! {
    /// Projects and demands that share money and people, and are chosen and steered together.
    pub struct Portfolio {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What belongs into it, and by which criteria it is chosen.
        #[field(search)]
        pub description: Option<Note>,
        /// The portfolio above it. The tree has no circles.
        #[field(refers_to(&["projects/portfolios"]))]
        pub parent_id: Option<Id>,
        /// The theme of the strategy that it serves.
        #[field(refers_to(&["strategy/themes"]))]
        pub theme_id: Option<Id>,
        /// The budget that pays for it.
        #[field(refers_to(&["finance/budgets"]))]
        pub budget_id: Option<Id>,
        /// How much it may cost in all.
        pub funding_limit: Option<Money>,
        /// How many hours of people's time it may take in all.
        pub capacity_hours: Option<Number<0, 100_000_000>>,
        /// What is decided by whom, and how often it is reviewed.
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
