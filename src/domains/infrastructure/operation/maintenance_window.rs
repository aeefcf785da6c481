//! Maintenance windows: the hours in which work may be done.

use super::dependency::NODES;
use super::frozen_record::require_kept;
use super::maintenance_plan::MaintenancePlan;
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Instant, Note, Title};
use steward_core::resource::{Cause, Check, Effect, Guard, Id, Lifecycle, Move, Resource, Scope, ValidationErrors};
use steward_schema::infrastructure::maintenance_plans;

steward_core::resource! {
    /// Scheduled time for maintenance. Once approved, its purpose and its times are fixed, because approved maintenance may be excluded
    /// from agreed time.
    pub struct MaintenanceWindow {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Target of the maintenance.
        #[field(refers_to(NODES))]
        pub target_id: Option<Id>,
        /// Start of the window.
        #[field(event, lasts_until("ends_at"))]
        pub starts_at: Instant,
        /// End of the window.
        pub ends_at: Instant,
        /// True if the target is down during the window; always for a maintenance plan that needs downtime.
        #[field(default(|| json!(true)))]
        pub expects_outage: bool,
        /// Time of approval; later than `starts_at` if the window was approved after its start, and then excluded from no agreed time.
        #[field(read_only, happened)]
        pub approved_at: Option<Instant>,
        /// Maintenance plan that it fulfils: once the window is done, the plan is due an interval later.
        #[field(refers_to(&["infrastructure/maintenance-plans"]))]
        pub maintenance_plan_id: Option<Id>,
        /// Change made in the window.
        #[field(refers_to(&["infrastructure/changes"]))]
        pub change_id: Option<Id>,
        /// Team that does the work.
        #[field(refers_to(&["teams/teams"]))]
        pub team_id: Option<Id>,
        /// Vendor that does the work.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Description of the work and the people affected.
        #[field(search)]
        pub description: Option<Note>,
        /// Outcome of the maintenance; required for `failed`.
        #[field(search)]
        pub outcome: Option<Note>,
    }
}

impl Resource for MaintenanceWindow {
    const PATH: &'static str = "infrastructure/maintenance-windows";
    type Table = steward_schema::infrastructure::maintenance_windows::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["change_id"];
    const GUARDS: &'static [Guard] = &[Guard::set(&["failed"], &["outcome"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(
            Lifecycle::new("planned→approved:approve→in_progress:start→done:finish|failed:fail; cancelled:cancel")
                .given_up(&["cancelled"])
                .approving(&["approve"]),
        )
    }

    fn sample() -> Self {
        MaintenanceWindow {
            name: "Firmware of the core switches".into(),
            target_id: None,
            starts_at: Instant::parse("2026-06-20T20:00:00Z").unwrap_or_else(Instant::system_now),
            ends_at: Instant::parse("2026-06-20T23:00:00Z").unwrap_or_else(Instant::system_now),
            expects_outage: true,
            approved_at: Instant::parse("2026-06-01T09:00:00Z"),
            maintenance_plan_id: None,
            change_id: None,
            team_id: None,
            vendor_id: None,
            description: Some("One switch after the other; each is away for ten minutes.".into()),
            outcome: Some("Both run the new firmware.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.ends_at > self.starts_at, "ends_at", "before_start", "The end must come after the start.");
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let is_approved = cause.to() == Some("approved");
        Ok(is_approved.then(|| MaintenanceWindow { approved_at: Some(check.now), ..self.clone() }))
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let Some(plan) = self.maintenance_plan_id.filter(|_| step.to == "done") else { return Ok(Vec::new()) };
        let day = self.ends_at.date().min(check.today);
        Ok(vec![Effect::update(plan, move |plan: &mut MaintenancePlan| plan.last_done_on = plan.last_done_on.max(Some(day)))])
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        match check.state {
            None | Some("planned") => self.require_outage_of_plan(check),
            Some(_) => require_kept(check, self, &["target_id", "starts_at", "ends_at", "expects_outage"]),
        }
    }
}

impl MaintenanceWindow {
    /// Refuses a window without an outage for a plan that needs one (409).
    fn require_outage_of_plan(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(plan) = self.maintenance_plan_id.filter(|_| !self.expects_outage) else { return Ok(()) };
        let known = check.before::<Self>()?.is_some_and(|before| !before.expects_outage && before.maintenance_plan_id == Some(plan));
        let needing = maintenance_plans::table.find(plan).filter(maintenance_plans::needs_downtime).select(maintenance_plans::name);
        let name: Option<String> = if known { None } else { needing.first(check.connection).optional()? };
        match name {
            Some(name) => {
                let detail = format!("The plan \"{name}\" needs downtime. Set expects_outage, or take needs_downtime off the plan.");
                Err(Problem::conflict("/expects_outage", "needs_downtime", detail).into())
            }
            None => Ok(()),
        }
    }
}
