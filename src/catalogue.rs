//! The whole API on one page: the domains in order, and the operations that belong to no collection.

use crate::domains::platform::scenario::Standard;
use crate::domains::{finance, governance, identity, infrastructure, platform, projects, security, strategy, teams, vendors};
use crate::http::{self, Api};
use crate::ports;
use crate::resource::Ports;
use crate::view::due::Derived;
use crate::view::queue::ApprovalQueue;

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
    fixed.extend(platform::calendar_feed::operations());
    fixed.extend(platform::file_link::operations());
    fixed.extend(http::service_operations());
    let beside = domains.iter().flat_map(|domain| domain.operations.iter()).flat_map(|operation| operation.permissions.iter().cloned());
    let of_all = fixed.iter().flat_map(|operation| operation.permissions.iter().map(|permission| (*permission).to_owned()));
    let permissions = ports::permission::OfOperations(beside.chain(of_all).collect());
    let figures = platform::scenario::Figures::of(&domains, COMPARED);
    Api::new(domains, fixed, answers().with(permissions).with(figures))
}

/// Figures that each scenario compares beside the measures of the domains.
const COMPARED: &[Standard] = &[
    Standard { name: "recovery_gaps", path: "security/recovery-readiness", days: None },
    Standard { name: "workload", path: "projects/utilization", days: Some(91) },
];

/// What domains answer each other.
fn answers() -> Ports {
    Ports::default()
        .with(ApprovalQueue(governance::waiting_approvals))
        .with(finance::EFFECTS)
        .with(Derived([infrastructure::DERIVED_DATES, security::DERIVED_DATES, vendors::DERIVED_DATES, governance::DERIVED_DATES].concat()))
        .with::<&'static dyn ports::authority::Authority>(&governance::AUTHORITY)
        .with::<&'static dyn ports::books::Books>(&platform::books::Books)
        .with::<&'static dyn ports::working_time::Calendars>(&platform::working_time::Calendars)
        .with::<ports::closing::Closings>(vec![&finance::Closing, &vendors::Closing, &projects::Closing])
        .with::<&'static dyn ports::conflict::Conflicts>(&platform::conflict::Ledger)
        .with::<&'static dyn ports::contracts::Contracts>(&vendors::Contracts)
        .with::<&'static dyn ports::control::Controls>(&governance::Controls)
        .with::<&'static dyn ports::control::RestsOnControls>(&security::RestingOnControls)
        .with::<&'static dyn ports::software::Software>(&infrastructure::Software)
        .with::<&'static dyn ports::stake::Stakes>(&security::Stakes)
        .with::<&'static dyn ports::weakness::Weaknesses>(&security::Weaknesses)
        .with::<&'static dyn ports::deliveries::Deliveries>(&vendors::Deliveries)
        .with::<&'static dyn ports::dependency::Dependencies>(&infrastructure::Dependencies)
        .with::<&'static dyn ports::estate::Estate>(&infrastructure::Estate)
        .with::<&'static dyn ports::exception::Exceptions>(&governance::Exceptions)
        .with::<ports::exception::Resting>(vec![&security::Resting, &governance::Resting])
        .with::<&'static dyn ports::finding::Findings>(&governance::Findings)
        .with::<&'static dyn ports::indicator::Indicators>(&strategy::Indicators)
        .with::<&'static dyn ports::people::People>(&teams::People)
        .with::<&'static dyn ports::ledger::Ledger>(&finance::Ledger)
        .with::<&'static dyn ports::purchase::Purchases>(&finance::Purchases)
        .with::<&'static dyn ports::presence::Presence>(&teams::Presence)
        .with::<&'static dyn ports::recovery::Recoveries>(&security::Recoveries)
        .with::<&'static dyn ports::service_level::ServiceLevels>(&vendors::ServiceLevels)
        .with::<&'static dyn ports::work::Work>(&projects::Work)
        .with::<&'static dyn ports::seal::Seals>(&vendors::Seal)
}
