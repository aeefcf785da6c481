//! Fiscal years, budgets and their lines, transfers between them, and the funds check.

pub mod budget;
pub mod budget_line;
pub mod budget_transfer;
pub mod carry_forward;
pub mod distribution;
pub mod figures;
pub mod fiscal_period;
pub mod fiscal_year;
pub mod funds;
pub mod line_flow;
pub mod overrun;
pub mod overspent_line;
pub mod period_amount;
pub mod period_cover;
pub mod position;
