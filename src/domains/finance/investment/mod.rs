//! Investment cases and forecasts.

pub mod cash_flow;
pub mod figures;
pub mod forecast;
pub mod forecast_actual;
pub mod forecast_basis;
pub mod investment_case;
pub mod projection;
