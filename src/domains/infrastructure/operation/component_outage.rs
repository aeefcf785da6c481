//! Outages of components: when something that services stand on was down or did less than it should.

use super::dependency::COMPONENTS;
use super::outage_rules;
use serde_json::json;
use steward_core::access::person_of;
use steward_core::error::Result;
use steward_core::resource::value::{Instant, Note, Percent};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Resource, Scope, StateException, ValidationErrors};

steward_core::resource! {
    /// Time in which a component was down or degraded: a device, a virtual machine or another node that services depend on. Outages may
    /// overlap: reliability counts their union. An outage of a service that followed is recorded beside it. A wrong one is voided, with the
    /// reason, and counts no longer.
    pub struct ComponentOutage {
        /// Component affected.
        #[field(refers_to(COMPONENTS), fixed)]
        pub target_id: Id,
        /// Time of start.
        #[field(happened)]
        pub started_at: Instant,
        /// Time of end; none while it lasts; required for `ended`.
        #[field(happened)]
        pub ended_at: Option<Instant>,
        /// True if it was planned and announced.
        #[field(default(|| json!(false)))]
        pub planned: bool,
        /// Share of the component that was lost, in percent; 100 is all of it.
        #[field(default(|| json!(100)))]
        pub degraded_percent: Percent,
        /// Incident that it was part of.
        #[field(refers_to(&["infrastructure/incidents"]))]
        pub incident_id: Option<Id>,
        /// Maintenance window in which it was planned.
        #[field(refers_to(&["infrastructure/maintenance-windows"]))]
        pub maintenance_window_id: Option<Id>,
        /// Symptoms and cause, as far as they are known.
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

impl Resource for ComponentOutage {
    const PATH: &'static str = "infrastructure/component-outages";
    type Table = steward_schema::infrastructure::component_outages::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "started_at";
    const GUARDS: &'static [Guard] = outage_rules::GUARDS;
    const EDITABLE_IN: &'static [&'static str] = outage_rules::EDITABLE_IN;
    const STATE_EXCEPTIONS: &'static [StateException] = outage_rules::STATE_EXCEPTIONS;

    fn lifecycle() -> Option<Lifecycle> {
        Some(outage_rules::lifecycle())
    }

    fn sample() -> Self {
        ComponentOutage {
            target_id: Id::sample(),
            started_at: Instant::parse("2026-05-11T09:12:00Z").unwrap_or_else(Instant::system_now),
            ended_at: Instant::parse("2026-05-11T10:02:00Z"),
            planned: false,
            degraded_percent: steward_core::resource::value::Number(100.0),
            incident_id: None,
            maintenance_window_id: None,
            description: Some("A power supply failed, and the other one was not plugged in.".into()),
            void_reason: Some("It was the device beside it; recorded there.".into()),
            voider_id: None,
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if cause.to() != Some("voided") {
            return Ok(None);
        }
        Ok(Some(ComponentOutage { voider_id: person_of(check.connection, check.actor)?, ..self.clone() }))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        outage_rules::require_still_ended(check.before::<ComponentOutage>()?.is_some_and(|before| before.ended_at.is_some()), self.ended_at)
    }

    fn check_removal(&self, _: &mut Check<'_>) -> Result<()> {
        outage_rules::require_lasting(self.ended_at)
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.started_at), self.ended_at, "ended_at");
    }
}
