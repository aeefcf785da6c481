//! Capabilities: what the organisation must be able to do.

use steward_core::resource::value::{Code, Date, Note, Title, Whole};
use steward_core::resource::{Id, Resource, Rule, Scope, Unique};

steward_core::resource! {
    /// Business capability of the organisation, independent of the people and tools that provide it. Capabilities form a tree.
    pub struct Capability {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the capability.
        #[field(search)]
        pub name: Title,
        /// Scope and boundaries of the capability.
        #[field(search)]
        pub description: Option<Note>,
        /// Parent capability. The tree is acyclic.
        #[field(refers_to(&["strategy/capabilities"]))]
        pub parent_id: Option<Id>,
        /// Current maturity: 0 incomplete, 1 performed, 2 managed, 3 established, 4 predictable, 5 optimising (COBIT 2019).
        pub current_maturity: Option<Whole<0, 5>>,
        /// Target maturity, on the same scale.
        pub target_maturity: Option<Whole<0, 5>>,
        /// Importance for the organisation's plans: 1 little, 5 essential.
        pub importance: Option<Whole<1, 5>>,
        /// Date of the maturity assessment.
        #[field(happened)]
        pub assessed_on: Option<Date>,
    }
}

impl Resource for Capability {
    const PATH: &'static str = "strategy/capabilities";
    type Table = steward_schema::strategy::capabilities::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "capabilities_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];

    fn sample() -> Self {
        Capability {
            code: "ORDER-FULFIL".into(),
            name: "Order fulfilment".into(),
            description: Some("From the confirmed order to the delivery; returns are another one.".into()),
            parent_id: None,
            current_maturity: Some(Whole(2)),
            target_maturity: Some(Whole(4)),
            importance: Some(Whole(5)),
            assessed_on: Date::parse("2026-02-10"),
        }
    }
}
