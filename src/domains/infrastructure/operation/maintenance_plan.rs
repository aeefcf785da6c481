//! Maintenance plans: what is looked after, how often, and when next.

use super::dependency::NODES;
use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Date, Note, Number, Title, Whole};
use steward_core::resource::{Id, Resource, Scope, ValidationErrors};

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

steward_core::resource! {
    /// Plan of recurring maintenance of a target, with its interval, the date of the last and of the next occurrence.
    pub struct MaintenancePlan {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Target of the maintenance.
        #[field(refers_to(NODES))]
        pub target_id: Id,
        /// Interval of the maintenance.
        pub recurrence: Recurrence,
        /// Date of the last maintenance.
        #[field(happened)]
        pub last_done_on: Option<Date>,
        /// Due date of the next maintenance.
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

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.last_done_on, self.next_due_on, "next_due_on");
    }
}
