//! Grants: who has which role, where.

use crate::resource::value::Explicit;
use crate::resource::{Id, Resource, Scope, Unique};

crate::resource! {
    /// A role given to a user, on a unit and all below it, or on everything.
    pub struct Grant {
        /// The user who gets the role.
        #[field(refers_to(&["identity/users"]), fixed)]
        pub principal_id: Id,
        /// The role.
        #[field(refers_to(&["identity/roles"]), fixed)]
        pub role_id: Id,
        /// The unit on which it holds, with all units below. It must be said: null means everything.
        #[field(refers_to(&["teams/units"]), fixed)]
        pub unit_id: Explicit<Id>,
    }
}

impl Resource for Grant {
    const PATH: &'static str = "identity/grants";
    const SCOPE: Scope = Scope::Shared;
    const TITLE: &'static str = "id";
    const UNIQUE: &'static [Unique] = &[
        Unique { index: "grants_unit_key", fields: &["principal_id", "role_id", "unit_id"] },
        Unique { index: "grants_everything_key", fields: &["principal_id", "role_id"] },
    ];

    fn sample() -> Self {
        Grant { principal_id: Id::sample(), role_id: Id::sample(), unit_id: Explicit(None) }
    }
}
