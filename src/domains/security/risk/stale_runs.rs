//! Which quantifications are stale once a scenario of their risk, or a control in one, has changed.

use super::appetite_days::judged_anew;
use super::risk_assessment::Stage;
use super::risk_quantification::RiskQuantification;
use diesel::prelude::*;
use std::collections::BTreeSet;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::control;
use steward_core::resource::{Check, Effect, Id};
use steward_schema::security::{risk_quantifications, risk_scenarios};
use steward_schema::service::edges;

/// The quantifications that rest on controls.
pub struct RestingOnControls;

impl control::RestsOnControls for RestingOnControls {
    fn changed(&self, check: &mut Check<'_>, control: Id) -> Result<Vec<Effect>> {
        let naming: Vec<Id> = edges::table.filter(edges::to_id.eq(control)).select(edges::from_id).load(check.connection)?;
        let mut risks = BTreeSet::new();
        for chunk in naming.chunks(CHUNK) {
            let scenarios = risk_scenarios::table.filter(risk_scenarios::id.eq_any(chunk));
            risks.extend(scenarios.select(risk_scenarios::risk_id).load::<Id>(check.connection)?);
        }
        let mut effects = Vec::new();
        for risk in risks {
            let marked = stale(check, risk)?;
            // What marks a quantification has its risk judged anew as well.
            if marked.is_empty() {
                effects.extend(judged_anew(check, risk)?);
            }
            effects.extend(marked);
        }
        Ok(effects)
    }
}

/// Marks the quantifications of a risk as stale that were run with what its scenarios came to.
pub fn stale(check: &mut Check<'_>, risk: Id) -> Result<Vec<Effect>> {
    stale_at(check, risk, |_| true)
}

/// Marks the target quantifications of a risk as stale that were run with the controls which its treatments planned then.
pub fn stale_targets(check: &mut Check<'_>, risk: Id) -> Result<Vec<Effect>> {
    stale_at(check, risk, |stage| stage == Stage::Target)
}

fn stale_at(check: &mut Check<'_>, risk: Id, is_concerned: impl Fn(Stage) -> bool) -> Result<Vec<Effect>> {
    use risk_quantifications::{frequency, frequency_pert, id, ran_at, risk_id, stage, state};
    let follows = frequency.is_null().and(frequency_pert.is_null());
    let ran = risk_quantifications::table.filter(risk_id.eq(risk)).filter(state.eq("fresh").and(ran_at.is_not_null())).filter(follows);
    let rows: Vec<(Id, Stage)> = ran.order(id).select((id, stage)).load(check.connection)?;
    Ok(rows.into_iter().filter(|(_, at)| is_concerned(*at)).map(|(ran, _)| Effect::transition::<RiskQuantification>(ran, "stale")).collect())
}
