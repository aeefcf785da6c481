//! Grants: who has which role, where.

use crate::database::{Cell, Kind, Statement};
use crate::error::{Kind as ProblemKind, Problem, Result};
use crate::resource::value::Explicit;
use crate::resource::{Check, Id, Resource, Scope, Unique};

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
    const DECIDES_ACCESS: bool = true;
    const TITLE: &'static str = "id";
    const UNIQUE: &'static [Unique] = &[
        Unique { index: "grants_unit_key", fields: &["principal_id", "role_id", "unit_id"] },
        Unique { index: "grants_everything_key", fields: &["principal_id", "role_id"] },
    ];

    /// Nobody grants what they lack.
    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let role = Statement::new("SELECT permissions FROM roles WHERE id = ").with(self.role_id, "").first(check.connection, &[Kind::Doc])?;
        let permissions = role.and_then(|row| if let Some(Cell::Doc(document)) = row.into_iter().next() { document.0.as_array().cloned() } else { None });
        for permission in permissions.iter().flatten().filter_map(|permission| permission.as_str()) {
            require_held(check, permission, self.unit_id.0)?;
        }
        Ok(())
    }

    fn sample() -> Self {
        Grant { principal_id: Id::sample(), role_id: Id::sample(), unit_id: Explicit(None) }
    }
}

/// Refuses to give a permission, on a unit or on everything, that the caller does not hold there (403).
pub fn require_held(check: &mut Check<'_>, permission: &str, unit: Option<Id>) -> Result<()> {
    let holds = check.holds;
    if holds(check.connection, permission, unit)? {
        return Ok(());
    }
    let detail = format!("You do not hold {permission} there yourself, so you cannot give it. Ask somebody who does.");
    Err(Problem::new(ProblemKind::Forbidden, detail).into())
}
