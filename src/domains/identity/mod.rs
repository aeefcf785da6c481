//! Who may log in and what they may do: users, roles, grants, tokens, identity providers, and the first start of a house.

mod claim_mapping;
mod external_identity;
mod grant;
pub mod house;
mod identity_provider;
pub mod oauth;
mod openid;
mod role;
mod user;

use crate::http::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("identity", "Who may log in and what they may do: users, roles, grants, and identity providers of other houses.")
        .resource::<user::User>()
        .resource::<role::Role>()
        .resource::<grant::Grant>()
        .resource::<identity_provider::IdentityProvider>()
        .resource::<claim_mapping::ClaimMapping>()
        .resource::<external_identity::ExternalIdentity>()
}
