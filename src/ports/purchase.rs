//! The books of what is bought: what was received and not billed, what was billed, and what of it is taken back.

use super::ask;
use crate::error::Result;
use crate::resource::value::{Code, Date, Money, Percent, Precise, Title};
use crate::resource::{Check, Effect, Id};
use std::collections::HashSet;

/// What was received by a receipt line and is not billed yet: it is a cost all the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AccruedLine {
    /// The receipt line.
    pub receipt_line: Id,
    /// The order line that promised the cost.
    pub order_line: Id,
    /// The vendor.
    pub vendor: Id,
    /// The budget line that pays.
    pub budget_line: Id,
    /// The period in which the order expects the cost.
    pub fiscal_period: Id,
    /// How much of it is not billed.
    pub quantity: Precise,
    /// What that costs before tax, by the price of the order; 0 where all of it is billed.
    pub amount: Money,
}

/// A line of an invoice or a credit note.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BilledLine {
    /// The line.
    pub invoice_line: Id,
    /// The line of the order or of the contract that promised the cost; none where nothing did.
    pub promised_by: Option<Id>,
    /// The budget line that pays; none if no budget does.
    pub budget_line: Option<Id>,
    /// Cost center of the cost, where no budget line names one.
    pub cost_center: Option<Id>,
    /// The period that the line itself names: it is booked there or nowhere.
    pub named_period: Option<Id>,
    /// The period in which the order or the contract expects the cost.
    pub expected_period: Option<Id>,
    /// How much is billed; less than 0 where it is taken back.
    pub quantity: Precise,
    /// The cost before tax; less than 0 where it is given back.
    pub net: Money,
    /// The tax on it, in percent.
    pub tax_percent: Option<Percent>,
}

/// A line of an invoice for what is paid in advance, as it is to stand in the books.
#[derive(Debug, Clone, PartialEq)]
pub struct PrepaidLine {
    /// The line.
    pub invoice_line: Id,
    /// Subject of the line.
    pub name: Title,
    /// The line of the order or of the contract that promised the cost; none where nothing did.
    pub promised_by: Option<Id>,
    /// The budget line that pays; none if no budget does.
    pub budget_line: Option<Id>,
    /// Where the cost arises, where no budget line tells it.
    pub cost_center: Option<Id>,
    /// The period in which the order or the contract expects the cost, or that the line names.
    pub expected_period: Option<Id>,
    /// Amount paid in advance before tax, less credits; 0 where nothing of it is left.
    pub net: Money,
    /// First day for which it is paid.
    pub starts_on: Date,
    /// Last day for which it is paid.
    pub ends_on: Date,
}

/// What a move of a receipt or an invoice changes in the books.
#[derive(Debug, Clone)]
pub struct Posting {
    /// The unit that bears the cost.
    pub unit: Id,
    /// The day of the document: it is booked on that day, or on the day next to it in a period that is open.
    pub day: Date,
    /// The number of the invoice.
    pub number: Option<Code>,
    /// The vendor of the invoice.
    pub vendor: Option<Id>,
    /// First day of what it is for.
    pub service_starts_on: Option<Date>,
    /// Last day of what it is for.
    pub service_ends_on: Option<Date>,
    /// The invoice lines whose bookings are reversed.
    pub taken_back: Vec<Id>,
    /// What is received and not billed from now on, of each receipt line that is concerned.
    pub accrued: Vec<AccruedLine>,
    /// What is billed.
    pub billed: Vec<BilledLine>,
    /// Prepayments in force from now on, of each line concerned.
    pub prepaid: Vec<PrepaidLine>,
}

/// The books of the domain that keeps them.
pub trait Purchases: Send + Sync {
    /// The effects that book a posting, relieve the promises that it keeps, and bind again what is taken back.
    fn post(&self, check: &mut Check<'_>, posting: &Posting) -> Result<Vec<Effect>>;

    /// The invoice lines, of some, that were booked: as a cost or as a prepayment.
    fn booked(&self, check: &mut Check<'_>, lines: &[Id]) -> Result<HashSet<Id>>;
}

/// The invoice lines, of some, that were booked; all of them where nobody keeps books.
pub fn booked(check: &mut Check<'_>, lines: &[Id]) -> Result<HashSet<Id>> {
    match check.definitions.answers.get::<&'static dyn Purchases>() {
        Some(port) => port.booked(check, lines),
        None => Ok(lines.iter().copied().collect()),
    }
}

/// The effects that book a posting; none where nobody keeps books.
pub fn post(check: &mut Check<'_>, posting: &Posting) -> Result<Vec<Effect>> {
    ask(check, |port: &'static dyn Purchases, check| port.post(check, posting))
}
