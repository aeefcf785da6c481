//! Problems: what lies behind incidents.

use super::dependency::NODES;
use super::risk_level::RiskLevel;
use crate::resource::value::{Date, Note, Title};
use crate::resource::{Guard, Id, Lifecycle, Resource, Scope};
use serde_json::json;

crate::resource! {
    /// A cause, or possible cause, of incidents. It is a known error when it is analysed and there is a way around it.
    pub struct Problem {
        /// What is wrong, in a line.
        #[field(search)]
        pub title: Title,
        /// What the incidents behind it have in common.
        #[field(search)]
        pub description: Option<Note>,
        /// How much it matters to find it.
        #[field(default(|| json!("medium")))]
        pub priority: RiskLevel,
        /// The service that suffers from it.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Where it lies: a device, a virtual machine, a service, a place.
        #[field(refers_to(NODES))]
        pub target_id: Option<Id>,
        /// The team that looks into it.
        #[field(refers_to(&["teams/teams"]))]
        pub team_id: Option<Id>,
        /// The cause. An analysed problem names it.
        #[field(search)]
        pub root_cause: Option<Note>,
        /// How to live with it meanwhile. A known error has one.
        #[field(search)]
        pub workaround: Option<Note>,
        /// What was done against it for good. A resolved problem says so.
        #[field(search)]
        pub resolution: Option<Note>,
        /// The day by which it is to be resolved.
        #[field(deadline)]
        pub due_on: Option<Date>,
    }
}

impl Resource for Problem {
    const PATH: &'static str = "infrastructure/problems";
    type Table = steward_schema::infrastructure::problems::table;
    const SCOPE: Scope = Scope::Unit;
    const TITLE: &'static str = "title";
    const GUARDS: &'static [Guard] =
        &[Guard::set(&["analysed"], &["root_cause"]), Guard::set(&["known_error"], &["workaround"]), Guard::set(&["resolved"], &["resolution"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("open→analysed:analyse→known_error:declare_known_error→resolved:resolve; analysed→resolved"))
    }

    fn sample() -> Self {
        Problem {
            title: "The database loses its leader under load".into(),
            description: Some("Three incidents in two months, each during the nightly copy.".into()),
            priority: RiskLevel::High,
            service_id: None,
            target_id: None,
            team_id: None,
            root_cause: Some("The copy fills the queue of the disk, and the leader misses its heartbeat.".into()),
            workaround: Some("Stop the copy when the queue is longer than 40.".into()),
            resolution: Some("The copy runs on the second node.".into()),
            due_on: Date::parse("2026-07-31"),
        }
    }
}
