//! Units: the tree of the organisation, and the scope of permissions.

use crate::error::Result;
use crate::resource::value::{Code, Title};
use crate::resource::{Check, Id, Lock, Resource, Scope, Unique};

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

    fn sample() -> Self {
        Unit { code: "IT-OPS".into(), name: "IT operations".into(), parent_id: None }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Named("units".into())]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        check.require_no_circle("units", "parent_id", self.parent_id)
    }
}
