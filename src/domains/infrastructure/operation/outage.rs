//! Outages: when a service was down or worse than agreed.

use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Instant, Note, Percent};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// Time in which a service was down or degraded. Outages may overlap: availability counts their union.
    pub struct Outage {
        /// Service affected.
        #[field(refers_to(&["infrastructure/services"]), fixed)]
        pub service_id: Id,
        /// Time of start.
        #[field(happened)]
        pub started_at: Instant,
        /// Time of end; none while it lasts; required for `ended`.
        #[field(happened)]
        pub ended_at: Option<Instant>,
        /// True if it was planned and announced.
        #[field(default(|| json!(false)))]
        pub planned: bool,
        /// Share of the service that was lost, in percent; 100 is all of it.
        #[field(default(|| json!(100)))]
        pub degraded_percent: Percent,
        /// Incident that it was part of.
        #[field(refers_to(&["infrastructure/incidents"]))]
        pub incident_id: Option<Id>,
        /// Maintenance window in which it was planned.
        #[field(refers_to(&["infrastructure/maintenance-windows"]))]
        pub maintenance_window_id: Option<Id>,
        /// Symptoms that users noticed.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Outage {
    const PATH: &'static str = "infrastructure/outages";
    type Table = steward_schema::infrastructure::outages::table;
    const SCOPE: Scope = Scope::Within("service_id");
    const TITLE: &'static str = "started_at";
    const GUARDS: &'static [Guard] = &[Guard::set(&["ended"], &["ended_at"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("open→ended:end"))
    }

    fn sample() -> Self {
        Outage {
            service_id: Id::sample(),
            started_at: Instant::parse("2026-05-11T09:12:00Z").unwrap_or_else(Instant::system_now),
            ended_at: Instant::parse("2026-05-11T10:02:00Z"),
            planned: false,
            degraded_percent: steward_core::resource::value::Number(100.0),
            incident_id: None,
            maintenance_window_id: None,
            description: Some("Orders were taken but not confirmed.".into()),
        }
    }

    fn check_removal(&self, _: &mut Check<'_>) -> Result<()> {
        match self.ended_at {
            Some(_) => {
                Err(Problem::conflict("/ended_at", "ended", "The outage has ended and is evidence of the availability of its service. Correct it instead.")
                    .into())
            }
            None => Ok(()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.started_at), self.ended_at, "ended_at");
    }
}
