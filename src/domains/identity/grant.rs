//! Grants: who has which role, where.

use super::principal::{keep_last_administrator, require_all};
use diesel::prelude::*;
use serde_json::json;
use steward_core::access::authority::{LOCK, Pillar, of_role};
use steward_core::access::role::EMPLOYEE_CODE;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Explicit;
use steward_core::resource::{Check, Id, Lock, Resource, Scope, Unique, ValidationErrors};
use steward_schema::identity::roles;

steward_core::resource! {
    /// Role given to a user or a service account: on a unit and all below it, on everything, or on what is their own. Own records are
    /// defined at each resource (`x-own`): the records whose fields name the person that the user is linked to. A user linked to a person
    /// has the role `employee` on their own without a grant. Nobody gives or takes what they do not hold there, or, for own records, on
    /// everything; and the last administrator remains.
    pub struct Grant {
        /// User or service account that gets the role.
        #[field(refers_to(&["identity/users", "identity/service-accounts"]), fixed)]
        pub principal_id: Id,
        /// The role.
        #[field(refers_to(&["identity/roles"]), fixed)]
        pub role_id: Id,
        /// Unit on which the grant holds, with all units below. Required: null means everything, or, with `own`, the grantee's own records.
        #[field(refers_to(&["teams/units"]), fixed)]
        pub unit_id: Explicit<Id>,
        /// External identity for which a claim mapping has created the grant, and will remove it when the claim goes; null for a grant made
        /// by a person. Only the service sets it.
        #[field(refers_to(&["identity/external-identities"]), fixed)]
        pub external_identity_id: Option<Id>,
        /// True if the grant holds on the grantee's own records alone, in any unit.
        #[field(default(|| json!(false)), fixed)]
        pub own: bool,
    }
}

impl Resource for Grant {
    const PATH: &'static str = "identity/grants";
    type Table = steward_schema::identity::grants::table;
    const SCOPE: Scope = Scope::Shared;
    const DECIDES_ACCESS: bool = true;
    const TITLE: &'static str = "id";
    const UNIQUE: &'static [Unique] = &[
        Unique { index: "grants_unit_key", fields: &["principal_id", "role_id", "unit_id", "own"] },
        Unique { index: "grants_everything_key", fields: &["principal_id", "role_id", "own"] },
    ];

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.role_id), Lock::Named(LOCK.into())]
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let placeless = !self.own || self.unit_id.0.is_none();
        faults.require(placeless, "unit_id", "own", "What is one's own stands in any unit. Leave own out, or let unit_id be null.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        refuse_employee(check, self.role_id, self.own)?;
        if self.external_identity_id.is_some() && check.before.is_none() && check.actor != Id::system() {
            let detail = "Claim mappings alone make grants for an external identity. Leave it out.";
            return Err(Problem::conflict("/external_identity_id", "automatic", detail).into());
        }
        require_role_held(check, self.role_id, self.unit_id.0)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_role_held(check, self.role_id, self.unit_id.0)?;
        keep_last_administrator(check, Pillar::Grant(check.id))
    }

    fn sample() -> Self {
        Grant { principal_id: Id::sample(), role_id: Id::sample(), unit_id: Explicit(None), external_identity_id: None, own: false }
    }
}

/// Refuses to give on a unit or on everything what is meant for one's own (409): it would show what is others'.
pub fn refuse_employee(check: &mut Check<'_>, role: Id, own: bool) -> Result<()> {
    let code: Option<String> = roles::table.find(role).select(roles::code).first(check.connection).optional()?;
    if own || code.as_deref() != Some(EMPLOYEE_CODE) {
        return Ok(());
    }
    let detail = "The role employee is for what is one's own; on a unit or on everything it would show what is others'. Everybody who is linked to a person \
        has it already; give another role.";
    Err(Problem::conflict("/role_id", "own_role", detail).into())
}

/// Refuses to give or take a role, on a unit or on everything, of which the caller does not hold all there (403).
pub fn require_role_held(check: &mut Check<'_>, role: Id, unit: Option<Id>) -> Result<()> {
    let wanted = of_role(check.connection, role, unit)?;
    require_all(check, wanted, |lacking| format!("You do not hold {lacking} there yourself, so you can neither give nor take it. Ask somebody who does."))
}
