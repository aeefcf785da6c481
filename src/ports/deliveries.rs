//! Deliveries: when what was ordered had come, and what is not waited for any more.

use crate::error::Result;
use crate::resource::value::{Date, Money};
use crate::resource::{Check, Id};
use std::collections::{HashMap, HashSet};

/// Who takes deliveries in.
pub trait Deliveries: Send + Sync {
    /// The day on which all lines of an order had come in full, within their tolerances, by posted receipts, of those of some orders of which that is so.
    fn received_on(&self, check: &mut Check<'_>, orders: &[Id]) -> Result<HashMap<Id, Date>>;

    /// Lines of orders and contracts, of some, that promise nothing any more: the order is closed or cancelled, the contract has ended.
    fn over(&self, check: &mut Check<'_>, lines: &[Id]) -> Result<HashSet<Id>>;

    /// What order lines, of some, cost more than was billed for them, of those whose whole quantity is billed: nothing more will be asked.
    fn unused(&self, check: &mut Check<'_>, lines: &[Id]) -> Result<HashMap<Id, Money>>;
}

/// The day on which all of an order had come, of those of some orders that have come; none where nobody takes deliveries in.
pub fn received_on(check: &mut Check<'_>, orders: &[Id]) -> Result<HashMap<Id, Date>> {
    match check.definitions.answers.get::<&'static dyn Deliveries>() {
        Some(port) if !orders.is_empty() => port.received_on(check, orders),
        _ => Ok(HashMap::new()),
    }
}

/// Lines of orders and contracts, of some, that promise nothing any more; none where nobody takes deliveries in.
pub fn over(check: &mut Check<'_>, lines: &[Id]) -> Result<HashSet<Id>> {
    match check.definitions.answers.get::<&'static dyn Deliveries>() {
        Some(port) if !lines.is_empty() => port.over(check, lines),
        _ => Ok(HashSet::new()),
    }
}

/// What order lines, of some, cost more than was billed for all of them; nothing where nobody takes deliveries in.
pub fn unused(check: &mut Check<'_>, lines: &[Id]) -> Result<HashMap<Id, Money>> {
    match check.definitions.answers.get::<&'static dyn Deliveries>() {
        Some(port) if !lines.is_empty() => port.unused(check, lines),
        _ => Ok(HashMap::new()),
    }
}
