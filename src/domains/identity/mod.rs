//! Who may log in and what they may do: users, service accounts, roles, grants, tokens, identity providers, and the first start of a service.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod algorithm;
mod api_token;
pub mod bootstrap;
mod claim_mapping;
mod external_identity;
mod external_login;
mod grant;
mod identity_provider;
mod login_client;
pub mod oauth;
mod openid;
mod permission;
mod principal;
mod proof;
mod renewal;
mod role;
mod security_event;
mod service_account;
mod user;

use steward_core::view::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("identity", "Accounts and their permissions: users, service accounts, API tokens, roles, grants, and external identity providers.")
        .resource::<user::User>()
        .resource::<service_account::ServiceAccount>()
        .resource::<api_token::ApiToken>()
        .resource::<role::Role>()
        .resource::<grant::Grant>()
        .resource::<login_client::LoginClient>()
        .resource::<identity_provider::IdentityProvider>()
        .resource::<claim_mapping::ClaimMapping>()
        .resource::<external_identity::ExternalIdentity>()
        .resource::<security_event::SecurityEvent>()
        .action::<renewal::RenewServiceAccountSecret>()
}
