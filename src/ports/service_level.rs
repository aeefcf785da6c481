//! Service levels: what vendors promised, and what they owe when they fall short.

use super::ask;
use crate::error::Result;
use crate::resource::value::{Date, Money, Title};
use crate::resource::{Check, Id};

/// What a vendor would owe for a loss, by a target of availability.
#[derive(Debug, Clone, PartialEq)]
pub struct OwedCredit {
    /// The target.
    pub target: Id,
    /// Its name.
    pub name: Title,
    /// Its contract.
    pub contract: Id,
    /// The vendor of the contract.
    pub vendor: Id,
    /// The service that stands on it.
    pub service: Option<Id>,
    /// First and last day of the window that today is in.
    pub window: (Date, Date),
    /// Promised availability, in percent.
    pub target_percent: f64,
    /// Availability in the window with the loss and nothing else, in percent.
    pub attained_percent: f64,
    /// Share of the fee of the window that is owed, in percent.
    pub credit_percent: f64,
    /// Fee of the window, by the recurring lines of the contract; none without any.
    pub fee: Option<Money>,
    /// What is owed; none without a fee.
    pub amount: Option<Money>,
}

/// The owner of the service levels.
pub trait ServiceLevels: Send + Sync {
    /// What would be owed by the targets of availability in force today that name one of some services, or belong to one of some contracts, for
    /// so many seconds of loss; those that owe nothing are left out. In order of the targets' ids.
    fn owed(&self, check: &mut Check<'_>, services: &[Id], contracts: &[Id], seconds: f64) -> Result<Vec<OwedCredit>>;
}

/// What would be owed for so many seconds of loss of some services and contracts; nothing where nobody keeps service levels.
pub fn owed(check: &mut Check<'_>, services: &[Id], contracts: &[Id], seconds: f64) -> Result<Vec<OwedCredit>> {
    ask(check, |port: &'static dyn ServiceLevels, check| port.owed(check, services, contracts, seconds))
}
