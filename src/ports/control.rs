//! Controls, and what their operating tests show.

use super::ask;
use crate::error::Result;
use crate::resource::value::{Date, Title};
use crate::resource::{Check, Effect, Id};

/// A control and its latest conclusive operating test.
#[derive(Debug, Clone)]
pub struct TestedControl {
    /// The control.
    pub id: Id,
    /// Its name.
    pub name: Title,
    /// True if it is in the state operating.
    pub is_operating: bool,
    /// Its effectiveness if it worked as designed, from 0 to 1; none if nobody said so.
    pub design_effectiveness: Option<f64>,
    /// Number of days for which a passed test proves that it works.
    pub test_period_days: i64,
    /// Its latest conclusive operating test.
    pub latest: Option<OperatingTest>,
}

impl TestedControl {
    /// Whether it is effective on a day: it operates, and its latest conclusive operating test passed and is still valid.
    pub fn is_effective(&self, today: Date) -> bool {
        let valid = |test: OperatingTest| test.passed && today <= test.tested_on.plus_days(u32::try_from(self.test_period_days).unwrap_or(0));
        self.is_operating && self.latest.is_some_and(valid)
    }
}

/// A conclusive operating test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatingTest {
    /// True if it passed.
    pub passed: bool,
    /// Its day.
    pub tested_on: Date,
}

/// The owner of the controls.
pub trait Controls: Send + Sync {
    /// Some controls, each with its latest conclusive operating test.
    fn tested(&self, check: &mut Check<'_>, ids: &[Id]) -> Result<Vec<TestedControl>>;
}

/// A domain whose records rest on what controls are worth.
pub trait RestsOnControls: Send + Sync {
    /// Effects there of the change of a control, or of the results of its tests.
    fn changed(&self, check: &mut Check<'_>, control: Id) -> Result<Vec<Effect>>;
}

/// Effects elsewhere of the change of a control; none where nothing rests on it.
pub fn changed(check: &mut Check<'_>, control: Id) -> Result<Vec<Effect>> {
    ask(check, |port: &'static dyn RestsOnControls, check| port.changed(check, control))
}

/// Some controls, each with its latest conclusive operating test; none where nobody keeps controls.
pub fn tested(check: &mut Check<'_>, ids: &[Id]) -> Result<Vec<TestedControl>> {
    ask(check, |port: &'static dyn Controls, check| port.tested(check, ids))
}
