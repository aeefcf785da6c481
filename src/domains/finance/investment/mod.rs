//! Investment cases and forecasts.

pub mod figures;
pub mod forecast;
pub mod investment_case;
