//! The latest conclusive test of a control: the one that says whether the control works. An inconclusive test counts as none; the
//! latest is by `tested_on`, then `id`.

use super::test_result::{TestKind, TestResult};
use diesel::dsl::auto_type;
use diesel::prelude::*;
use diesel::query_source::Alias;
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Date;
use steward_schema::governance::{control_tests, controls};

diesel::alias!(control_tests as conclusive: Conclusive);

/// The conclusive tests, the latest first.
#[auto_type]
fn latest_first() -> _ {
    let tests: Alias<Conclusive> = conclusive;
    let inconclusive: TestResult = TestResult::Inconclusive;
    tests
        .filter(tests.field(control_tests::result).ne(inconclusive))
        .order((tests.field(control_tests::tested_on).desc(), tests.field(control_tests::id).desc()))
}

/// The conclusive operating tests of the control of a query over `controls`, the latest first.
#[auto_type]
fn operating_first() -> _ {
    let tests: Alias<Conclusive> = conclusive;
    let operating: TestKind = TestKind::Operating;
    latest_first().filter(tests.field(control_tests::control_id).eq(controls::id)).filter(tests.field(control_tests::kind).eq(operating))
}

/// The id of the latest conclusive operating test of each control, as a sub-select of a query over `controls`; null where there is none:
/// `controls::table.left_join(control_tests::table.on(control_tests::id.nullable().eq(latest_operating())))`.
#[auto_type]
pub fn latest_operating() -> _ {
    let tests: Alias<Conclusive> = conclusive;
    operating_first().select(tests.field(control_tests::id)).single_value()
}

/// The same of the tests up to and including a day.
#[auto_type]
pub fn latest_operating_by(day: Date) -> _ {
    let tests: Alias<Conclusive> = conclusive;
    operating_first().filter(tests.field(control_tests::tested_on).le(day)).select(tests.field(control_tests::id)).single_value()
}

/// The latest conclusive operating test of a control: its id, result and day.
pub fn latest(connection: &mut Connection, control: Id) -> Result<Option<(Id, TestResult, Date)>> {
    let tests = latest_first().filter(conclusive.field(control_tests::control_id).eq(control));
    let tests = tests.filter(conclusive.field(control_tests::kind).eq(TestKind::Operating));
    let found = tests.select((conclusive.field(control_tests::id), conclusive.field(control_tests::result), conclusive.field(control_tests::tested_on)));
    Ok(found.first(connection).optional()?)
}

/// Whether a test of a day still proves something today: through `tested_on` + `test_period_days`.
pub fn is_valid(tested_on: Date, test_period_days: i64, today: Date) -> bool {
    today <= tested_on.plus_days(u32::try_from(test_period_days).unwrap_or(0))
}
