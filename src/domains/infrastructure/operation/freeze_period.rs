//! Freeze periods: when nothing is to be changed.

use diesel::prelude::*;
use steward_core::access::unit_and_above;
use steward_core::error::Result;
use steward_core::resource::value::{Instant, Note, Title};
use steward_core::resource::{Check, Id, Lock, Resource, Scope, ValidationErrors};
use steward_schema::infrastructure::freeze_periods;
use steward_schema::service::registry;

steward_core::resource! {
    /// Change freeze of its unit and the units below it. A change that falls into it is an emergency, or is not scheduled.
    pub struct FreezePeriod {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Start of the freeze.
        #[field(event, lasts_until("ends_at"))]
        pub starts_at: Instant,
        /// End of the freeze.
        pub ends_at: Instant,
        /// Service under the freeze; all of them if none is named.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Reason for the freeze.
        #[field(search)]
        pub reason: Option<Note>,
    }
}

impl Resource for FreezePeriod {
    const PATH: &'static str = "infrastructure/freeze-periods";
    type Table = steward_schema::infrastructure::freeze_periods::table;
    const SCOPE: Scope = Scope::Unit;

    fn sample() -> Self {
        FreezePeriod {
            name: "End of the year".into(),
            starts_at: Instant::parse("2026-12-18T17:00:00Z").unwrap_or_else(Instant::system_now),
            ends_at: Instant::parse("2027-01-04T07:00:00Z").unwrap_or_else(Instant::system_now),
            service_id: None,
            reason: Some("The shop sells most, and half of the team is away.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.ends_at > self.starts_at, "ends_at", "before_start", "The end must come after the start.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![lock()]
    }
}

/// What is locked while a change is scheduled or a freeze is declared.
pub fn lock() -> Lock {
    Lock::Named("freeze_periods".into())
}

/// The name of a freeze in which the record that is written would be changed, in that span and for those services.
pub fn freeze_over(check: &mut Check<'_>, starts_at: Instant, ends_at: Instant, services: &[Id]) -> Result<Vec<(Id, String)>> {
    let unit: Option<Option<Id>> = registry::table.find(check.id).select(registry::unit_id).first(check.connection).optional()?;
    let Some(unit) = unit.flatten() else { return Ok(Vec::new()) };
    let units = unit_and_above(check.connection, unit)?;
    let freezes = freeze_periods::table
        .filter(freeze_periods::starts_at.lt(ends_at))
        .filter(freeze_periods::ends_at.gt(starts_at))
        .filter(freeze_periods::unit_id.eq_any(units))
        .filter(freeze_periods::service_id.is_null().or(freeze_periods::service_id.eq_any(services)))
        .order((freeze_periods::starts_at, freeze_periods::id));
    Ok(freezes.select((freeze_periods::id, freeze_periods::name)).load(check.connection)?)
}
