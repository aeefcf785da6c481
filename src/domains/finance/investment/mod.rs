//! Investment cases and forecasts.

pub mod cash_flow;
pub mod figures;
pub mod forecast;
pub mod investment_case;
