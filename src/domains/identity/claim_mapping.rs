//! Claim mappings: which role somebody holds of whom an identity provider says something.

use super::grant::{refuse_employee, require_role_held};
use super::identity_provider::ClaimPath;
use serde_json::json;
use steward_core::error::Result;
use steward_core::resource::value::{Explicit, Text};
use steward_core::resource::{Check, Id, PartOf, Resource, Rule, Scope, ValidationErrors};

steward_core::resource! {
    /// Mapping of a claim's value at an identity provider to a role: users who log in with the value get the role. The grant is created
    /// when the token is exchanged and removed at the first exchange in which the value is missing; grants made by people remain. Nobody
    /// maps to a role that they do not hold there themselves, or changes or deletes such a mapping.
    pub struct ClaimMapping {
        /// The identity provider.
        #[field(refers_to(&["identity/identity-providers"]))]
        pub provider_id: Id,
        /// Claim: its name, such as `groups`, or a JSON Pointer (RFC 6901) to a nested one, such as `/realm_access/roles`.
        #[field(search)]
        pub claim: ClaimPath,
        /// Value of the claim, compared exactly, or one of its values where it is a list.
        #[field(search)]
        pub value: Text<1, 400>,
        /// Role that the mapping gives.
        #[field(refers_to(&["identity/roles"]))]
        pub role_id: Id,
        /// Unit on which the mapping gives the role, with all units below. Required: null means everything, or, with `own`, the user's own
        /// records.
        #[field(refers_to(&["teams/units"]))]
        pub unit_id: Explicit<Id>,
        /// True if the mapping gives the role on the user's own records alone, in any unit.
        #[field(default(|| json!(false)))]
        pub own: bool,
    }
}

impl Resource for ClaimMapping {
    const PATH: &'static str = "identity/claim-mappings";
    type Table = steward_schema::identity::claim_mappings::table;
    const SCOPE: Scope = Scope::Within("provider_id");
    const TITLE: &'static str = "value";
    const PART_OF: Option<PartOf> = Some(PartOf::of("provider_id"));
    const RULES: &'static [Rule] = &[Rule::Distinct(&["provider_id", "claim", "value", "role_id", "unit_id", "own"])];

    fn sample() -> Self {
        ClaimMapping {
            provider_id: Id::sample(),
            claim: "groups".into(),
            value: "it-managers".into(),
            role_id: Id::sample(),
            unit_id: Explicit(None),
            own: false,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let placeless = !self.own || self.unit_id.0.is_none();
        faults.require(placeless, "unit_id", "own", "What is one's own stands in any unit. Leave own out, or let unit_id be null.");
    }

    /// Who maps to another role takes the one before away.
    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if let Some((role, unit)) = check.before::<ClaimMapping>()?.map(|before| (before.role_id, before.unit_id.0)) {
            require_role_held(check, role, unit)?;
        }
        refuse_employee(check, self.role_id, self.own)?;
        require_role_held(check, self.role_id, self.unit_id.0)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_role_held(check, self.role_id, self.unit_id.0)
    }
}
