//! Budgeting and resource allocation: money and people's hours.

mod labor_rate;

use crate::http::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("finance", "Budget for technology and allocate what there is well: money and people's hours.").resource::<labor_rate::LaborRate>()
}
