//! Controls with what their tests show: the only place that finds the latest conclusive operating test of a control.

use super::residual::Tested;
use crate::database::{CHUNK, Connection};
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::{Date, Title};
use diesel::prelude::*;
use steward_schema::governance::{control_tests, controls};

/// A control and its latest conclusive operating test.
#[derive(Debug, Clone, Queryable)]
pub struct TestedControl {
    /// The control.
    pub id: Id,
    /// Its name.
    pub name: Title,
    state: String,
    design: Option<f64>,
    period_days: i64,
    /// The result of that test and its day.
    latest: Option<(String, Date)>,
}

impl TestedControl {
    /// True if its latest conclusive operating test passed.
    pub fn passed(&self) -> bool {
        self.latest.as_ref().is_some_and(|(result, _)| result == "passed")
    }

    /// The base of its effectiveness. A retired control operates no more, whatever its last test showed.
    pub fn tested(&self) -> Tested {
        let latest = self.latest.as_ref().filter(|_| self.state != "retired");
        Tested { design: self.design, period_days: self.period_days, latest: latest.map(|(_, on)| (self.passed(), *on)) }
    }
}

diesel::alias!(control_tests as conclusive_tests: ConclusiveTests);

/// Some controls, each with its latest conclusive operating test: the latest by `tested_on`, then `id`. Nothing is narrowed.
pub fn load(connection: &mut Connection, ids: &[Id]) -> Result<Vec<TestedControl>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let (id, tested_on) = (conclusive_tests.field(control_tests::id), conclusive_tests.field(control_tests::tested_on));
        let latest = conclusive_tests
            .filter(conclusive_tests.field(control_tests::control_id).eq(controls::id))
            .filter(conclusive_tests.field(control_tests::kind).eq("operating"))
            .filter(conclusive_tests.field(control_tests::result).ne("inconclusive"))
            .order((tested_on.desc(), id.desc()))
            .select(id)
            .single_value();
        let rows: Vec<TestedControl> = controls::table
            .left_join(control_tests::table.on(control_tests::id.nullable().eq(latest)))
            .filter(controls::id.eq_any(chunk))
            .select((
                controls::id,
                controls::name,
                controls::state,
                controls::design_effectiveness,
                controls::test_period_days,
                (control_tests::result, control_tests::tested_on).nullable(),
            ))
            .load(connection)?;
        found.extend(rows);
    }
    Ok(found)
}
