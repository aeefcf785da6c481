//! How much is at stake in risks and vulnerabilities, for the exceptions that cover them.

use super::risk::Risk;
use super::risk_status;
use crate::vulnerability::severity::Severity;
use crate::vulnerability::vulnerability::Vulnerability;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::stake::{self, Stake};
use steward_core::resource::{Check, Id, Resource};
use steward_schema::security::{advisories, vulnerabilities};
use steward_schema::service::registry;

/// The levels of risks and the severities of vulnerabilities.
pub struct Stakes;

impl stake::Stakes for Stakes {
    fn of(&self, check: &mut Check<'_>, subject: Id) -> Result<Option<Stake>> {
        let collection: Option<String> = registry::table.find(subject).select(registry::collection).first(check.connection).optional()?;
        match collection.as_deref() {
            Some(Risk::PATH) => risk_status::level(check, subject),
            Some(Vulnerability::PATH) => of_vulnerability(check, subject),
            _ => Ok(None),
        }
    }
}

/// The severity of a vulnerability here, else as its advisory says; at least high if it is known to be exploited.
fn of_vulnerability(check: &mut Check<'_>, id: Id) -> Result<Option<Stake>> {
    let on_it = advisories::table.on(vulnerabilities::advisory_id.eq(advisories::id.nullable()));
    let severities = (vulnerabilities::severity, (advisories::severity, advisories::known_exploited).nullable());
    let found = vulnerabilities::table.left_join(on_it).filter(vulnerabilities::id.eq(id)).select(severities);
    let found: Option<(Option<Severity>, Option<(Option<Severity>, bool)>)> = found.first(check.connection).optional()?;
    let (here, advised) = found.unwrap_or_default();
    let (advised, is_exploited) = advised.unwrap_or_default();
    let severity = here.or(advised).max(is_exploited.then_some(Severity::High));
    Ok(severity.map(|severity| match severity {
        Severity::Low => (1, 4),
        Severity::Medium => (2, 4),
        Severity::High => (3, 4),
        Severity::Critical => (4, 4),
    }))
}
