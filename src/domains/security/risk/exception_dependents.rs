//! The records of security that rest on exceptions, and how they are open again when none covers them.

use super::risk::Risk;
use crate::domains::security::vulnerability::vulnerability::Vulnerability;
use crate::error::Result;
use crate::ports::exception::{ExceptionKind, RestsOnExceptions};
use crate::resource::{Check, Effect, Id, Resource};
use diesel::prelude::*;
use steward_schema::service::registry;

/// Accepted vulnerabilities and monitored risks.
pub struct Resting;

impl RestsOnExceptions for Resting {
    fn reopen(&self, check: &mut Check<'_>, _: ExceptionKind, subject: Id) -> Result<Vec<Effect>> {
        let entry = registry::table.find(subject).filter(registry::deleted_at.is_null()).select((registry::collection, registry::state));
        let found: Option<(String, Option<String>)> = entry.first(check.connection).optional()?;
        let Some((collection, state)) = found else { return Ok(Vec::new()) };
        Ok(match (collection.as_str(), state.as_deref().unwrap_or_default()) {
            // By when it is to be fixed counts from the reopening.
            (Vulnerability::PATH, "accepted") => vec![Effect::transition::<Vulnerability>(subject, "reopened")],
            (Risk::PATH, "monitored") => {
                let today = check.today;
                let due = Effect::update(subject, move |risk: &mut Risk| risk.next_review_on = Some(today));
                vec![Effect::transition::<Risk>(subject, "analysed"), due]
            }
            _ => Vec::new(),
        })
    }
}
