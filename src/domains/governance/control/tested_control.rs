//! Controls with what their operating tests show, for the domains that rely on them.

use super::conclusive_test::latest_operating;
use super::test_result::TestResult;
use diesel::prelude::*;
use steward_core::database::{CHUNK, Connection};
use steward_core::error::Result;
use steward_core::ports::control::{self, OperatingTest};
use steward_core::resource::value::{Date, Title};
use steward_core::resource::{Check, Id};
use steward_schema::governance::{control_tests, controls};

/// The controls of the organisation.
pub struct Controls;

impl control::Controls for Controls {
    fn tested(&self, check: &mut Check<'_>, ids: &[Id]) -> Result<Vec<control::TestedControl>> {
        let mut found = Vec::new();
        for chunk in ids.chunks(CHUNK) {
            found.extend(load(check.connection, chunk)?.into_iter().map(TestedControl::told));
        }
        Ok(found)
    }
}

/// A control and its latest conclusive operating test.
#[derive(Queryable)]
struct TestedControl {
    id: Id,
    name: Title,
    state: String,
    design_effectiveness: Option<f64>,
    test_period_days: i64,
    latest: Option<(TestResult, Date)>,
}

impl TestedControl {
    fn told(self) -> control::TestedControl {
        control::TestedControl {
            id: self.id,
            name: self.name,
            is_operating: self.state == "operating",
            design_effectiveness: self.design_effectiveness,
            test_period_days: self.test_period_days,
            latest: self.latest.map(|(result, tested_on)| OperatingTest { passed: result == TestResult::Passed, tested_on }),
        }
    }
}

fn load(connection: &mut Connection, ids: &[Id]) -> Result<Vec<TestedControl>> {
    let found = controls::table
        .left_join(control_tests::table.on(control_tests::id.nullable().eq(latest_operating())))
        .filter(controls::id.eq_any(ids))
        .select((
            controls::id,
            controls::name,
            controls::state,
            controls::design_effectiveness,
            controls::test_period_days,
            (control_tests::result, control_tests::tested_on).nullable(),
        ))
        .load(connection)?;
    Ok(found)
}
