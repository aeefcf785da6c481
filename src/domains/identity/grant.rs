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
        /// The external identity for which a claim mapping has made it, and will take it away when the claim goes; null where
        /// somebody has made it. Only the service sets it.
        #[field(refers_to(&["identity/external-identities"]), fixed)]
        pub external_identity_id: Option<Id>,
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
        if self.external_identity_id.is_some() && check.before.is_none() && check.actor != Id::system() {
            let detail = "Claim mappings alone make grants for an external identity. Leave it out.";
            return Err(Problem::conflict("/external_identity_id", "automatic", detail).into());
        }
        require_role_held(check, self.role_id, self.unit_id.0)
    }

    fn sample() -> Self {
        Grant { principal_id: Id::sample(), role_id: Id::sample(), unit_id: Explicit(None), external_identity_id: None }
    }
}

/// Refuses to give a role, on a unit or on everything, of which the caller does not hold all there (403).
pub fn require_role_held(check: &mut Check<'_>, role: Id, unit: Option<Id>) -> Result<()> {
    let role = Statement::new("SELECT permissions FROM roles WHERE id = ").with(role, "").first(check.connection, &[Kind::Doc])?;
    let permissions = role.and_then(|row| if let Some(Cell::Doc(document)) = row.into_iter().next() { document.0.as_array().cloned() } else { None });
    for permission in permissions.iter().flatten().filter_map(|permission| permission.as_str()) {
        require_held(check, permission, unit)?;
    }
    Ok(())
}

/// The same for every role and unit that a query finds.
pub fn require_roles_held(check: &mut Check<'_>, roles: &Statement) -> Result<()> {
    for row in roles.rows(check.connection, &[Kind::Id, Kind::Id])? {
        if let Some(role) = row[0].as_id() {
            require_role_held(check, role, row[1].as_id())?;
        }
    }
    Ok(())
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
