//! What all domains share.

mod setting;

pub use setting::Setting;

use crate::http::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("platform", "What all domains share: the settings of the house.").resource::<setting::Setting>()
}
