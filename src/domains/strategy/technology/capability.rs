//! Capabilities: what the organisation must be able to do.

use crate::resource::value::{Code, Date, Note, Title, Whole};
use crate::resource::{Id, Resource, Rule, Scope, Unique};

crate::resource! {
    /// Something that the organisation must be able to do, whoever does it and with what. Capabilities are a tree.
    pub struct Capability {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What it is, and where it ends.
        #[field(search)]
        pub description: Option<Note>,
        /// The capability that it is part of. The tree has no circles.
        #[field(refers_to(&["strategy/capabilities"]))]
        pub parent_id: Option<Id>,
        /// How mature it is: 0 incomplete, 1 performed, 2 managed, 3 established, 4 predictable, 5 optimising (COBIT 2019).
        pub current_maturity: Option<Whole<0, 5>>,
        /// How mature it is to be, on the same scale.
        pub target_maturity: Option<Whole<0, 5>>,
        /// How much the organisation's plans hang on it: 1 little, 5 wholly.
        pub importance: Option<Whole<1, 5>>,
        /// The day on which its maturity was judged.
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
