//! Problems: what lies behind incidents.

use super::dependency::NODES;
use super::risk_level::RiskLevel;
use serde_json::json;
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Guard, Id, Lifecycle, Resource, Scope};

steward_core::resource! {
    /// Cause, or possible cause, of incidents. It becomes a known error once it is analysed and has a workaround.
    pub struct Problem {
        /// Symptom in one line.
        #[field(search)]
        pub title: Title,
        /// Common pattern of the incidents behind it.
        #[field(search)]
        pub description: Option<Note>,
        /// Priority of the investigation.
        #[field(default(|| json!("medium")))]
        pub priority: RiskLevel,
        /// Affected service.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Faulty configuration item: a device, a virtual machine, a service, a place.
        #[field(refers_to(NODES))]
        pub target_id: Option<Id>,
        /// Team that investigates it.
        #[field(refers_to(&["teams/teams"]))]
        pub team_id: Option<Id>,
        /// Root cause; required for `analysed`.
        #[field(search)]
        pub root_cause: Option<Note>,
        /// Workaround until the resolution; required for `known_error`.
        #[field(search)]
        pub workaround: Option<Note>,
        /// Permanent resolution; required for `resolved`.
        #[field(search)]
        pub resolution: Option<Note>,
        /// Due date of the resolution.
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
