//! Controls with what their tests show of how far they work.

use super::residual::Tested;
use crate::error::Result;
use crate::ports::control::{self, TestedControl};
use crate::resource::value::Title;
use crate::resource::{Check, Id};
use std::collections::HashMap;

/// Some controls with their names and what their tests show. Nothing is narrowed.
pub fn load(check: &mut Check<'_>, ids: &[Id]) -> Result<HashMap<Id, (Title, Tested)>> {
    let found = control::tested(check, ids)?;
    Ok(found.into_iter().map(|control| (control.id, (control.name.clone(), tested(&control)))).collect())
}

/// Whether the latest conclusive operating test of a control passed.
pub fn passed(check: &mut Check<'_>, control: Id) -> Result<bool> {
    Ok(control::tested(check, &[control])?.iter().any(|control| control.latest.is_some_and(|test| test.passed)))
}

/// The base of a control's effectiveness. A retired control operates no more, whatever its last test showed.
fn tested(control: &TestedControl) -> Tested {
    let latest = control.latest.filter(|_| !control.is_retired);
    Tested { design: control.design_effectiveness, period_days: control.test_period_days, latest: latest.map(|test| (test.passed, test.tested_on)) }
}
