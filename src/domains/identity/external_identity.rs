//! External identities: who somebody is at an identity provider.

use super::external_login::end_logins_of;
use super::principal::{require_as_strong, require_everything};
use steward_core::error::Result;
use steward_core::resource::value::Text;
use steward_core::resource::{Check, Id, Resource, Scope, Unique};

steward_core::resource! {
    /// Link of a subject of an identity provider to a user: the holder of the subject logs in as the user. Subjects are the provider's own;
    /// they are compared with nothing but each other. Only an administrator links a user: access that the user gets later is open to the
    /// subject too. Nobody unlinks a user who may do what they may not. While grants by claim mappings exist for it, it cannot be deleted;
    /// its deletion ends the logins that began with it.
    pub struct ExternalIdentity {
        /// The identity provider.
        #[field(refers_to(&["identity/identity-providers"]), fixed)]
        pub provider_id: Id,
        /// Subject at the provider: the exact value of the provider's subject claim; unique at the provider.
        #[field(search, fixed)]
        pub subject: Text<1, 255>,
        /// The user.
        #[field(refers_to(&["identity/users"]), fixed)]
        pub user_id: Id,
    }
}

impl Resource for ExternalIdentity {
    const PATH: &'static str = "identity/external-identities";
    type Table = steward_schema::identity::external_identities::table;
    const SCOPE: Scope = Scope::Shared;
    const DECIDES_ACCESS: bool = true;
    const TITLE: &'static str = "subject";
    const UNIQUE: &'static [Unique] = &[Unique { index: "external_identities_subject_key", fields: &["provider_id", "subject"] }];

    fn sample() -> Self {
        ExternalIdentity { provider_id: Id::sample(), subject: "248289761001".into(), user_id: Id::sample() }
    }

    /// A user is linked for good: somebody who holds nothing today may be the administrator tomorrow.
    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_everything(
            check,
            "Whoever is linked to a user can log in as that user, whatever it comes to hold, so only an administrator links one. Ask one.",
        )
    }

    /// It is how its user logs in; whoever came as it is logged out.
    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_as_strong(check, self.user_id)?;
        end_logins_of(check.connection, check.id, check.now)
    }
}
