//! Closing a period: what the domains still have open in it.

use crate::error::Result;
use crate::resource::value::Date;
use crate::resource::{Check, Id};

/// Records that are open in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRecords {
    /// The check that found them, such as `unapproved_time`.
    pub check: &'static str,
    /// Their collection.
    pub collection: &'static str,
    /// The next step.
    pub detail: &'static str,
    /// The records.
    pub ids: Vec<Id>,
}

/// A fiscal period and its days.
#[derive(Debug, Clone, Copy)]
pub struct ClosingPeriod {
    /// The period.
    pub id: Id,
    /// Its first day.
    pub starts_on: Date,
    /// Its last day.
    pub ends_on: Date,
}

/// A domain that has records to settle before a period is closed.
pub trait Closing: Send + Sync {
    /// What is open in a period, whoever may see it.
    fn open(&self, check: &mut Check<'_>, period: ClosingPeriod) -> Result<Vec<OpenRecords>>;
}

/// All domains that have something to settle.
pub type Closings = Vec<&'static dyn Closing>;

/// What all domains have open in a period.
pub fn open(check: &mut Check<'_>, period: ClosingPeriod) -> Result<Vec<OpenRecords>> {
    let domains: Closings = check.definitions.answers.get::<Closings>().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for domain in domains {
        found.extend(domain.open(check, period)?);
    }
    found.retain(|records| !records.ids.is_empty());
    Ok(found)
}
