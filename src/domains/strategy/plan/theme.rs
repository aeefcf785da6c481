//! Themes: the few lines along which a plan moves.

use crate::resource::value::{Name, Note, Number};
use crate::resource::{Id, PartOf, Resource, Scope, Unique, ValidationErrors};

crate::resource! {
    /// A line along which a strategic plan moves. It can be written while the plan is a draft.
    pub struct Theme {
        /// The plan that it is part of.
        #[field(refers_to(&["strategy/strategic-plans"]))]
        pub plan_id: Id,
        /// Name as people know it, unique in the plan.
        #[field(unique, search)]
        pub name: Name,
        /// What it is about, and what it leaves out.
        #[field(search)]
        pub description: Option<Note>,
        /// What is different when it has succeeded.
        #[field(search)]
        pub outcome: Option<Note>,
        /// How much of the plan it is, in parts of a hundred, more than 0. The themes of a plan have 100 together before it is
        /// approved.
        pub weight: Number<0, 100>,
        /// The person who answers for it above.
        #[field(refers_to(&["teams/people"]))]
        pub sponsor_id: Option<Id>,
    }
}

impl Resource for Theme {
    const PATH: &'static str = "strategy/themes";
    type Table = steward_schema::strategy::themes::table;
    const SCOPE: Scope = Scope::Within("plan_id");
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("plan_id", &["draft"]));
    const UNIQUE: &'static [Unique] = &[Unique { index: "themes_name_key", fields: &["plan_id", "name"] }];

    fn sample() -> Self {
        Theme {
            plan_id: Id::sample(),
            name: "Simpler platforms".into(),
            description: Some("Fewer systems that do the same; nothing about the workplace.".into()),
            outcome: Some("One platform for orders in all countries.".into()),
            weight: Number(40.0),
            sponsor_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.weight.0 > 0.0, "weight", "range", "Expected more than 0: a theme that weighs nothing is none.");
    }
}
