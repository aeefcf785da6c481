//! Maintenance plans: what is looked after, how often, and when next.

use super::dependency::NODES;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Number, Title, Whole};
use steward_core::resource::{Cause, Check, Id, Resource, Scope, ValidationErrors};

choice! {
    /// Unit of a calendar span.
    pub enum CalendarUnit {
        /// Days.
        Days = "days",
        /// Weeks.
        Weeks = "weeks",
        /// Months.
        Months = "months",
        /// Years.
        Years = "years",
    }
}

steward_core::value! {
    /// Recurrence interval.
    pub struct Recurrence {
        /// Number of units between two occurrences.
        pub every: Whole<1, 1000>,
        /// Unit of the interval.
        pub unit: CalendarUnit,
    }
}

impl Recurrence {
    /// The day one interval after another; none beyond the last day that there is.
    pub fn after(&self, day: Date) -> Option<Date> {
        let every = u32::try_from(self.every.0).ok()?;
        match self.unit {
            CalendarUnit::Days => day.later(every),
            CalendarUnit::Weeks => day.later(every.checked_mul(7)?),
            CalendarUnit::Months => day.months_later(every),
            CalendarUnit::Years => day.months_later(every.checked_mul(12)?),
        }
    }
}

steward_core::resource! {
    /// Plan of recurring maintenance of a target, with its interval, the date of the last and of the next occurrence. A window of the plan
    /// that is done says when that was last.
    pub struct MaintenancePlan {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Target of the maintenance.
        #[field(refers_to(NODES))]
        pub target_id: Id,
        /// Interval of the maintenance.
        pub recurrence: Recurrence,
        /// Date of the last maintenance; also set when a maintenance window of the plan is done.
        #[field(happened)]
        pub last_done_on: Option<Date>,
        /// Due date of the next maintenance: an interval after the last one, whenever that or the interval changes and no other date is given.
        #[field(recurring)]
        pub next_due_on: Option<Date>,
        /// Duration in hours.
        pub duration_hours: Option<Number<0, 10000>>,
        /// True if the target is down during the maintenance.
        #[field(default(|| json!(false)))]
        pub needs_downtime: bool,
        /// Instructions, step by step.
        #[field(search)]
        pub instructions: Option<Note>,
        /// External provider; empty where the work is done in-house.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Contract that covers it.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Team that performs it.
        #[field(refers_to(&["teams/teams"]))]
        pub team_id: Option<Id>,
    }
}

impl Resource for MaintenancePlan {
    const PATH: &'static str = "infrastructure/maintenance-plans";
    type Table = steward_schema::infrastructure::maintenance_plans::table;
    const SCOPE: Scope = Scope::Unit;

    fn sample() -> Self {
        MaintenancePlan {
            name: "Battery test of the uninterruptible power supply".into(),
            target_id: Id::sample(),
            recurrence: Recurrence { every: Whole(6), unit: CalendarUnit::Months },
            last_done_on: Date::parse("2026-02-10"),
            next_due_on: Date::parse("2026-08-10"),
            duration_hours: Some(Number(2.5)),
            needs_downtime: false,
            instructions: Some("Switch to battery for ten minutes; note the voltage at the end.".into()),
            vendor_id: None,
            contract_id: None,
            team_id: None,
        }
    }

    fn stamped(&self, _: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let before = check.before::<MaintenancePlan>()?;
        let done = |plan: &MaintenancePlan| (plan.last_done_on, plan.recurrence.every, plan.recurrence.unit);
        let is_given = before.map_or(self.next_due_on.is_some(), |before| before.next_due_on != self.next_due_on || done(before) == done(self));
        let next_due_on = self.last_done_on.filter(|_| !is_given).and_then(|last| self.recurrence.after(last));
        Ok(next_due_on.map(|next| MaintenancePlan { next_due_on: Some(next), ..self.clone() }))
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.last_done_on, self.next_due_on, "next_due_on");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_occurrence_is_an_interval_after_the_last() {
        let after = |every, unit, day: &str| Recurrence { every: Whole(every), unit }.after(Date::sample(day)).map(|day| day.to_string());
        assert_eq!(after(6, CalendarUnit::Months, "2026-08-31").as_deref(), Some("2027-02-28"));
        assert_eq!(after(2, CalendarUnit::Weeks, "2026-06-15").as_deref(), Some("2026-06-29"));
        assert_eq!(after(1, CalendarUnit::Years, "2024-02-29").as_deref(), Some("2025-02-28"));
    }
}
