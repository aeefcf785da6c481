//! Contracts, for those who plan by them: their cost in the next year, and their ends.

use super::ask;
use crate::error::Result;
use crate::resource::value::{Date, Precise, PreciseMoney, Title};
use crate::resource::{Check, Effect, Id};
use std::collections::HashMap;

/// How prices follow an index: bounds of the change that is passed on, and the share that does not follow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indexation {
    /// The greatest rise, in percent.
    pub cap_percent: Option<f64>,
    /// The least change, in percent.
    pub floor_percent: Option<f64>,
    /// The share of the price that does not follow, in percent.
    pub fixed_share_percent: f64,
}

/// A line of a contract that will be charged.
#[derive(Debug, Clone)]
pub struct ChargedLine {
    /// The line.
    pub id: Id,
    /// What is bought.
    pub title: Title,
    /// The contract.
    pub contract: Id,
    /// The vendor.
    pub vendor: Id,
    /// The budget line that pays.
    pub budget_line: Option<Id>,
    /// The price of one.
    pub unit_price: PreciseMoney,
    /// How many.
    pub quantity: Precise,
    /// Every how many months it is charged; none if once.
    pub interval_months: Option<i64>,
    /// The first day on which it is charged.
    pub starts_on: Date,
    /// The last such day; none if it has none, or is renewed by itself.
    pub ends_on: Option<Date>,
    /// True if the contract goes on by itself at the end of its term.
    pub renews: bool,
    /// How the price follows an index; none if it does not.
    pub indexation: Option<Indexation>,
}

/// Who keeps the contracts.
pub trait Contracts: Send + Sync {
    /// The lines of contracts in force that may be charged until a day, and those of contracts that have ended, which are charged no more.
    fn charged(&self, check: &mut Check<'_>, until: Date) -> Result<Vec<ChargedLine>>;

    /// The effects that commit the charges of active contracts on lines of a budget that becomes active, where nothing is committed of them yet.
    fn commit_on(&self, check: &mut Check<'_>, contracts: &[Id], budget_lines: &[Id]) -> Result<Vec<Effect>>;

    /// The last day of the running term of each of some contracts that are signed, or of the last term of one that has ended; an evergreen
    /// contract and one that was renewed by another are left out.
    fn ends(&self, check: &mut Check<'_>, contracts: &[Id]) -> Result<HashMap<Id, Date>>;

    /// The contracts that a project concluded, that run on after today and that name no service: their ids and codes, regardless of permission.
    fn not_handed_over(&self, check: &mut Check<'_>, project: Id) -> Result<Vec<(Id, String)>>;
}

/// The lines of contracts in force that may be charged until a day, and of contracts that have ended; none where nobody keeps contracts.
pub fn charged(check: &mut Check<'_>, until: Date) -> Result<Vec<ChargedLine>> {
    ask(check, |port: &'static dyn Contracts, check| port.charged(check, until))
}

/// The effects that commit the charges of active contracts on lines of a budget that becomes active; none where nobody keeps contracts.
pub fn commit_on(check: &mut Check<'_>, contracts: &[Id], budget_lines: &[Id]) -> Result<Vec<Effect>> {
    ask(check, |port: &'static dyn Contracts, check| port.commit_on(check, contracts, budget_lines))
}

/// The last day of the running or last term of each of some contracts; none where nobody keeps contracts.
pub fn ends(check: &mut Check<'_>, contracts: &[Id]) -> Result<HashMap<Id, Date>> {
    ask(check, |port: &'static dyn Contracts, check| port.ends(check, contracts))
}

/// The contracts that a project concluded, that run on after today and that name no service; none where nobody keeps contracts.
pub fn not_handed_over(check: &mut Check<'_>, project: Id) -> Result<Vec<(Id, String)>> {
    ask(check, |port: &'static dyn Contracts, check| port.not_handed_over(check, project))
}
