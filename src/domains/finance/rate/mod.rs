//! Exchange rates.

pub mod exchange_rate;
pub mod figures;
