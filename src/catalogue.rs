//! The whole API on one page: the domains in order, and the operations that belong to no collection.

use crate::domains::{finance, governance, identity, infrastructure, platform, projects, security, strategy, teams, vendors};
use crate::http::{self, Api};

/// Everything that is served, documented and tested.
pub fn api() -> Api {
    let domains = vec![
        teams::domain(),
        strategy::domain(),
        finance::domain(),
        infrastructure::domain(),
        projects::domain(),
        security::domain(),
        vendors::domain(),
        governance::domain(),
        platform::domain(),
        identity::domain(),
    ];
    let mut fixed = identity::oauth::operations();
    fixed.extend(http::service_operations());
    Api::new(domains, fixed)
}
