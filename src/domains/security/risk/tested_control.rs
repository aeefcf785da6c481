//! Controls with what their tests show of how far they work.

use super::residual::Tested;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::ports::control::{self, TestedControl};
use steward_core::resource::value::{Date, Title};
use steward_core::resource::{Check, Id};

/// Some controls with their names and what their tests show. Nothing is narrowed.
pub fn load(check: &mut Check<'_>, ids: &[Id]) -> Result<HashMap<Id, (Title, Tested)>> {
    let found = control::tested(check, ids)?;
    Ok(found.into_iter().map(|control| (control.id, (control.name.clone(), tested(&control)))).collect())
}

/// Whether a control is effective today, by a test that is not older than a day.
pub fn is_effective_since(check: &mut Check<'_>, control: Id, since: Option<Date>) -> Result<bool> {
    let today = check.today;
    let proven = |control: &TestedControl| control.is_effective(today) && control.latest.is_some_and(|test| since.is_none_or(|since| since <= test.tested_on));
    Ok(control::tested(check, &[control])?.iter().any(proven))
}

/// The base of a control's effectiveness.
fn tested(control: &TestedControl) -> Tested {
    Tested {
        design: control.design_effectiveness,
        period_days: control.test_period_days,
        in_operation: control.is_operating,
        latest: control.latest.map(|test| (test.passed, test.tested_on)),
    }
}
