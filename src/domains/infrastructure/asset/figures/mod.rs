//! What assets are worth.

pub mod asset_book_value;
pub mod book_values;
pub mod depreciation_schedule;
pub mod refresh_candidates;
