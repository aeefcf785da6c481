//! The records of security that rest on exceptions, and how they are open again when none covers them.

use super::retained_risk;
use super::risk::Risk;
use super::treatment::Treatment;
use crate::vulnerability::vulnerability::Vulnerability;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::exception::{ExceptionKind, RestsOnExceptions};
use steward_core::resource::{Check, Effect, Id, Resource};
use steward_schema::service::registry;

/// Accepted vulnerabilities, monitored risks, and the treatments that retain risks.
pub struct Resting;

impl RestsOnExceptions for Resting {
    fn reopen(&self, check: &mut Check<'_>, _: ExceptionKind, subject: Id) -> Result<Vec<Effect>> {
        let entry = registry::table.find(subject).filter(registry::deleted_at.is_null()).select((registry::collection, registry::state));
        let found: Option<(String, Option<String>)> = entry.first(check.connection).optional()?;
        let Some((collection, state)) = found else { return Ok(Vec::new()) };
        Ok(match (collection.as_str(), state.as_deref().unwrap_or_default()) {
            // By when it is to be fixed counts from the reopening.
            (Vulnerability::PATH, "accepted") => vec![Effect::transition::<Vulnerability>(subject, "reopened")],
            (Risk::PATH, state) => {
                let mut effects = retained(check, subject)?;
                if state == "monitored" {
                    let today = check.today;
                    let due = Effect::update(subject, move |risk: &mut Risk| risk.next_review_on = Some(today));
                    effects.extend([Effect::transition::<Risk>(subject, "analysed"), due]);
                }
                effects
            }
            _ => Vec::new(),
        })
    }
}

/// The treatments that retain a risk rest on its exception: they are open again.
fn retained(check: &mut Check<'_>, risk: Id) -> Result<Vec<Effect>> {
    Ok(retained_risk::treatments_of(check, risk)?.into_iter().map(|id| Effect::transition::<Treatment>(id, "in_progress")).collect())
}
