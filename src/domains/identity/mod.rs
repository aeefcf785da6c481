//! Who may log in and what they may do: users, roles, grants, tokens, and the first start of a house.

mod grant;
pub mod house;
pub mod oauth;
mod role;
mod user;

use crate::http::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("identity", "Who may log in and what they may do: users, roles and grants.")
        .resource::<user::User>()
        .resource::<role::Role>()
        .resource::<grant::Grant>()
}
