//! Outages: when a service was down or worse than agreed.

use super::outage_rules;
use serde_json::json;
use steward_core::access::person_of;
use steward_core::error::Result;
use steward_core::resource::value::{Instant, Note, Percent};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Resource, Scope, StateException, ValidationErrors};

steward_core::resource! {
    /// Time in which a service was down or degraded. Outages may overlap: availability counts their union. A wrong one is voided, with the
    /// reason, and counts no longer.
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
        /// Reason why it is void, such as the outage that replaces it; required for `voided`.
        #[field(search)]
        pub void_reason: Option<Note>,
        /// Person who voided it, set by the move to `voided`; null before, or if the account is linked to no person.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub voider_id: Option<Id>,
    }
}

impl Resource for Outage {
    const PATH: &'static str = "infrastructure/outages";
    type Table = steward_schema::infrastructure::outages::table;
    const SCOPE: Scope = Scope::Within("service_id");
    const TITLE: &'static str = "started_at";
    const GUARDS: &'static [Guard] = outage_rules::GUARDS;
    const EDITABLE_IN: &'static [&'static str] = outage_rules::EDITABLE_IN;
    const STATE_EXCEPTIONS: &'static [StateException] = outage_rules::STATE_EXCEPTIONS;

    fn lifecycle() -> Option<Lifecycle> {
        Some(outage_rules::lifecycle())
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
            void_reason: Some("It was an outage of the network of the office; recorded there.".into()),
            voider_id: None,
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if cause.to() != Some("voided") {
            return Ok(None);
        }
        Ok(Some(Outage { voider_id: person_of(check.connection, check.actor)?, ..self.clone() }))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        outage_rules::require_still_ended(check.before::<Outage>()?.is_some_and(|before| before.ended_at.is_some()), self.ended_at)
    }

    fn check_removal(&self, _: &mut Check<'_>) -> Result<()> {
        outage_rules::require_lasting(self.ended_at)
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.started_at), self.ended_at, "ended_at");
    }
}
