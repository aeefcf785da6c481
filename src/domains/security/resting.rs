//! The records of security that rest on exceptions, and how they are open again when none covers them.

use super::risk::Risk;
use super::vulnerability::Vulnerability;
use crate::database::{Kind, Statement};
use crate::error::Result;
use crate::ports::exception::{ExceptionKind, RestsOnExceptions};
use crate::resource::{Check, Effect, Id, Resource};
use serde_json::json;

/// Accepted vulnerabilities and monitored risks.
pub struct Resting;

impl RestsOnExceptions for Resting {
    fn reopen(&self, check: &mut Check<'_>, _: ExceptionKind, subject: Id) -> Result<Vec<Effect>> {
        let query = Statement::new("SELECT collection, state FROM registry WHERE deleted_at IS NULL AND id = ").with(subject, "");
        let Some(row) = query.first(check.connection, &[Kind::Text, Kind::Text])? else { return Ok(Vec::new()) };
        let word = |at: usize| row.get(at).and_then(|cell| cell.as_text()).unwrap_or_default();
        Ok(match (word(0), word(1)) {
            // By when it is to be fixed counts from the reopening.
            (Vulnerability::PATH, "accepted") => vec![Effect::transition(Vulnerability::PATH, subject, "reopened")],
            (Risk::PATH, "monitored") => vec![
                Effect::transition(Risk::PATH, subject, "analysed"),
                Effect::update(Risk::PATH, subject, json!({"next_review_on": check.today.to_string()})),
            ],
            _ => Vec::new(),
        })
    }
}
