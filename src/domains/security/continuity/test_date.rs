//! The days on which recovery plans are to be tested, in the calendar.

use super::recovery_plan::RecoveryPlan;
use chrono::Months;
use diesel::dsl::max;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Instant};
use steward_core::resource::{Id, Resource};
use steward_core::store::{DerivedDate, Reader, Span};
use steward_core::view::due::DerivedDates;
use steward_schema::security::{recovery_plans, recovery_tests};

/// Days on which active plans are to be tested: `test_interval_months` after the last test, or after the plan was made.
pub const TESTS: DerivedDates = DerivedDates { collection: RecoveryPlan::PATH, find };

/// Greatest interval between tests, in months.
const LONGEST_MONTHS: u32 = 60;

fn find(reader: &mut Reader<'_>, span: &Span) -> Result<Vec<DerivedDate>> {
    use recovery_plans::{created_at, id, state, test_interval_months};
    let seen = reader.sees::<RecoveryPlan>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let active = recovery_plans::table.filter(state.eq("active")).filter(seen.clone()).select((id, created_at, test_interval_months));
    let plans: Vec<(Id, Instant, i64)> = active.load(reader.within(&seen))?;
    let since = span.from.0.checked_sub_months(Months::new(LONGEST_MONTHS)).and_then(Date::within).unwrap_or(Date::FIRST);
    let tested = recovery_tests::table
        .filter(recovery_tests::state.eq_any(["completed", "closed"]).and(recovery_tests::tested_on.ge(since)))
        .group_by(recovery_tests::recovery_plan_id)
        .select((recovery_tests::recovery_plan_id, max(recovery_tests::tested_on)));
    let connection = reader.unscoped("a plan in sight is due by its last test, whether or not that may be read");
    let tested: HashMap<Id, Option<Date>> = tested.load::<(Id, Option<Date>)>(connection)?.into_iter().collect();
    let zone = reader.ask(|check| Ok(check.zone))?;
    let date = |(plan, made, months): (Id, Instant, i64)| {
        let last = tested.get(&plan).copied().flatten().unwrap_or(made.date_in(zone));
        let on = last.months_later(u32::try_from(months).ok()?)?;
        Some(DerivedDate::day(plan, on, "test_interval_months", "Test due"))
    };
    Ok(plans.into_iter().filter_map(date).collect())
}
