//! The days until which the tests of controls prove something, in the calendar.

use super::conclusive_test::latest_operating;
use super::control::Control;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::Date;
use steward_core::resource::{Id, Resource};
use steward_core::store::{DerivedDate, Reader, Span};
use steward_core::view::due::DerivedDates;
use steward_schema::governance::{control_tests, controls};

/// Days by which controls in operation are to be tested again: `test_period_days` after the latest conclusive operating test.
pub const TESTS: DerivedDates = DerivedDates { collection: Control::PATH, find };

fn find(reader: &mut Reader<'_>, _: &Span) -> Result<Vec<DerivedDate>> {
    let seen = reader.sees::<Control>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let latest = control_tests::table.on(control_tests::id.nullable().eq(latest_operating()));
    let query = controls::table.inner_join(latest).filter(controls::state.eq_any(["operating", "degraded"])).filter(seen.clone()).select((
        controls::id,
        control_tests::tested_on,
        controls::test_period_days,
    ));
    let rows: Vec<(Id, Date, i64)> = query.load(reader.within(&seen))?;
    let date = |(id, tested_on, days): (Id, Date, i64)| {
        let on = tested_on.later(u32::try_from(days).ok()?)?;
        Some(DerivedDate::day(id, on, "test_period_days", "Test due"))
    };
    Ok(rows.into_iter().filter_map(date).collect())
}
