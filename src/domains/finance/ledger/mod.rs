//! The ledger: cost centers and categories, commitments, entries, accruals, prepayments and reversals.

pub mod accrual;
pub mod booked_depreciation;
pub mod booking;
pub mod commitment;
pub mod cost_category;
pub mod cost_center;
pub mod cost_entry;
pub mod entry_place;
pub mod figures;
pub mod ports;
pub mod posting;
pub mod prepayment;
pub mod project_cost;
pub mod reversal;
pub mod variance_split;
pub mod year_cost;
