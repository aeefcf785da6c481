//! Exceptions: whether one is in force, and what is open again when it ends.

use crate::choice;
use crate::error::Result;
use crate::resource::value::Date;
use crate::resource::{ANY, Check, Effect, Id};
use std::collections::HashMap;

choice! {
    /// Subject of the deviation that an exception permits.
    pub enum ExceptionKind {
        /// A risk above the appetite is accepted.
        RiskAcceptance = "risk_acceptance",
        /// A policy is not kept to.
        PolicyWaiver = "policy_waiver",
        /// A control is missing or does not work.
        ControlGap = "control_gap",
        /// A technology is used that should not be.
        TechnologyWaiver = "technology_waiver",
        /// A budget is exceeded.
        BudgetOverrun = "budget_overrun",
        /// A vendor does not have what vendors must have.
        VendorWaiver = "vendor_waiver",
        /// A vulnerability is not fixed in time.
        OverdueVulnerability = "overdue_vulnerability",
        /// A change is made during a freeze.
        ChangeFreeze = "change_freeze",
    }
}

impl ExceptionKind {
    /// The collections whose records such an exception can cover; one that ends in `/` stands for all of a domain. Anything may be
    /// let off a policy.
    pub fn covers(self) -> &'static [&'static str] {
        match self {
            ExceptionKind::RiskAcceptance => &["security/risks", "security/vulnerabilities"],
            ExceptionKind::PolicyWaiver => ANY,
            ExceptionKind::ControlGap => &["governance/", "security/recovery-plans"],
            ExceptionKind::TechnologyWaiver => &["strategy/technologies", "infrastructure/"],
            ExceptionKind::BudgetOverrun => &["finance/", "projects/projects"],
            ExceptionKind::VendorWaiver => &["vendors/"],
            ExceptionKind::OverdueVulnerability => &["security/vulnerabilities"],
            ExceptionKind::ChangeFreeze => &["infrastructure/changes", "infrastructure/freeze-periods"],
        }
    }

    /// Whether such an exception can cover a record of a collection.
    pub fn can_cover(self, collection: &str) -> bool {
        self.covers() == ANY || self.covers().iter().any(|each| collection == *each || (each.ends_with('/') && collection.starts_with(each)))
    }
}

/// Some days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: Date,
    /// The last.
    pub last: Date,
}

impl Days {
    /// One day.
    pub fn on(day: Date) -> Days {
        Days { first: day, last: day }
    }
}

/// How the exceptions that were given for a record stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cover {
    /// Whether one is in force.
    pub in_force: bool,
    /// The last day of the one that lasts longest.
    pub until: Date,
}

/// Who keeps the exceptions.
pub trait Exceptions: Send + Sync {
    /// Whether an approved exception of a kind covers one of some records on all of some days. It is judged by the days of the
    /// exception, never by whether it was marked as active or expired yet.
    fn in_force(&self, check: &mut Check<'_>, kind: ExceptionKind, subjects: &[Id], days: Days) -> Result<bool>;

    /// Whether an approved exception of a kind that covers a record on a day is at the level of what is at stake in it by now.
    fn suffices(&self, check: &mut Check<'_>, kind: ExceptionKind, subject: Id, day: Date) -> Result<bool>;

    /// Of the records that an exception of a kind was ever given for: whether one is in force on a day, and until when.
    fn covered(&self, check: &mut Check<'_>, kind: ExceptionKind, subjects: &[Id], day: Date) -> Result<HashMap<Id, Cover>>;

    /// The days on which exceptions of a kind covered some records, each from its first day through its last, or through the day before
    /// it was revoked.
    fn covered_days(&self, check: &mut Check<'_>, kind: ExceptionKind, subjects: &[Id]) -> Result<HashMap<Id, Vec<Days>>>;
}

/// A domain whose records rest on exceptions.
pub trait RestsOnExceptions: Send + Sync {
    /// What opens a record again that no exception covers any more, and starts its clock again; nothing if it does not rest on one.
    fn reopen(&self, check: &mut Check<'_>, kind: ExceptionKind, subject: Id) -> Result<Vec<Effect>>;
}

/// The domains whose records rest on exceptions.
pub type Resting = Vec<&'static dyn RestsOnExceptions>;

fn port(check: &Check<'_>) -> Option<&'static dyn Exceptions> {
    check.definitions.answers.get::<&'static dyn Exceptions>().copied()
}

/// Whether an exception of a kind that covers one of some records is in force on all of some days.
pub fn in_force(check: &mut Check<'_>, kind: ExceptionKind, subjects: &[Id], days: Days) -> Result<bool> {
    port(check).map_or(Ok(false), |port| port.in_force(check, kind, subjects, days))
}

/// Whether one is today.
pub fn in_force_today(check: &mut Check<'_>, kind: ExceptionKind, subject: Id) -> Result<bool> {
    let today = Days::on(check.today);
    in_force(check, kind, &[subject], today)
}

/// Whether one is today, at the level of what is at stake in the record by now.
pub fn suffices_today(check: &mut Check<'_>, kind: ExceptionKind, subject: Id) -> Result<bool> {
    let today = check.today;
    port(check).map_or(Ok(false), |port| port.suffices(check, kind, subject, today))
}

/// Of the records that an exception of a kind was ever given for: whether one is in force today, and until when.
pub fn covered(check: &mut Check<'_>, kind: ExceptionKind, subjects: &[Id]) -> Result<HashMap<Id, Cover>> {
    let today = check.today;
    port(check).map_or(Ok(HashMap::new()), |port| port.covered(check, kind, subjects, today))
}

/// The days on which exceptions of a kind covered some records.
pub fn covered_days(check: &mut Check<'_>, kind: ExceptionKind, subjects: &[Id]) -> Result<HashMap<Id, Vec<Days>>> {
    port(check).map_or(Ok(HashMap::new()), |port| port.covered_days(check, kind, subjects))
}

/// What opens a record again that no exception covers any more.
pub fn reopen(check: &mut Check<'_>, kind: ExceptionKind, subject: Id) -> Result<Vec<Effect>> {
    let definitions = check.definitions;
    let mut effects = Vec::new();
    for domain in definitions.answers.get::<Resting>().into_iter().flatten() {
        effects.extend(domain.reopen(check, kind, subject)?);
    }
    Ok(effects)
}
