//! Team leadership and development: the organisation and the people in it.

mod one_on_one;
mod person;
mod role_profile;
mod unit;

pub use unit::Unit;

use crate::http::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("teams", "Lead teams of IT professionals: the organisation, its people, and their growth.")
        .resource::<unit::Unit>()
        .resource::<person::Person>()
        .resource::<role_profile::RoleProfile>()
        .resource::<one_on_one::OneOnOne>()
}
