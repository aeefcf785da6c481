//! Units: the tree of the organisation, and the scope of permissions.

use crate::resource::value::{Code, Title};
use crate::resource::{Id, Resource, Rule, Scope, Unique};

crate::resource! {
    /// A unit of the organisation. Units form a tree; a role granted on a unit holds for all units below it.
    pub struct Unit {
        /// Short code, unique in the organisation.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// The unit above; none for a unit at the top.
        #[field(refers_to(&["teams/units"]))]
        pub parent_id: Option<Id>,
    }
}

impl Resource for Unit {
    const PATH: &'static str = "teams/units";
    const SCOPE: Scope = Scope::Tree;
    const UNIQUE: &'static [Unique] = &[Unique { index: "units_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];

    fn sample() -> Self {
        Unit { code: "IT-OPS".into(), name: "IT operations".into(), parent_id: None }
    }
}
