//! The ledger: cost centers and categories, commitments, entries, accruals, prepayments and reversals.

pub mod accrual;
pub mod booked_depreciation;
pub mod booked_hours;
pub mod booking;
pub mod commitment;
pub mod cost_category;
pub mod cost_center;
pub mod cost_entry;
pub mod entry_place;
pub mod figures;
pub mod given_back;
pub mod place_in_time;
pub mod ports;
pub mod posting;
pub mod prepaid_span;
pub mod prepayment;
pub mod prepayment_month;
pub mod project_cost;
pub mod purchase;
pub mod relief;
pub mod reversal;
pub mod standing_entry;
pub mod variance_split;
pub mod year_cost;
