//! Risks held against the appetite where no change of a record beside them does so: when a control in their scenarios changes, and every hour,
//! for an appetite begins or ends, a test fades and an override expires without anybody writing.

use super::appetite_breach::{self, beyond_appetite, is_monitored};
use super::retained_risk;
use diesel::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use steward_core::error::Result;
use steward_core::jobs::Work;
use steward_core::ports::conflict;
use steward_core::resource::{Check, Effect, Id};
use steward_core::store::Writer;
use steward_schema::security::risks;

/// The monitored risks and the treatments that retain others, judged every hour.
pub fn judge_appetites() -> Work {
    Work { kind: "appetites", period_seconds: Some(3600), prepare: Arc::new(|_, _, _| Ok(Box::new(judge))), report: None }
}

fn judge(writer: &mut Writer<'_>) -> Result<Value> {
    let monitored = risks::table.filter(risks::state.eq("monitored")).order(risks::id).select(risks::id);
    let monitored: Vec<Id> = monitored.load(writer.connection)?;
    for risk in &monitored {
        writer.judge_rules(*risk, Some(appetite_breach::RULE))?;
    }
    let retaining = retained_risk::all(writer.connection)?;
    for (treatment, _) in &retaining {
        writer.judge_rules(*treatment, Some(retained_risk::RULE))?;
    }
    Ok(json!({"judged": monitored.len() + retaining.len()}))
}

/// Judges a risk, and what retains it, anew: what settles their conflicts.
pub fn judged_anew(check: &mut Check<'_>, risk: Id) -> Result<Vec<Effect>> {
    let mut effects = Vec::new();
    if is_monitored(check, risk)? {
        let detail = beyond_appetite(check, risk)?.map(|(_, detail)| detail);
        effects.extend(conflict::settle(check, risk, appetite_breach::RULE, detail.as_deref())?.effects);
    }
    for treatment in retained_risk::treatments_of(check, risk)? {
        let detail = retained_risk::above_appetite(check, treatment)?;
        effects.extend(conflict::settle(check, treatment, retained_risk::RULE, detail.as_deref())?.effects);
    }
    Ok(effects)
}
