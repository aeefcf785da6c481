//! Fiscal years, budgets and their lines, transfers between them, and the funds check.

pub mod budget;
pub mod budget_line;
pub mod budget_transfer;
pub mod budget_version;
pub mod carry_forward;
pub mod distribution;
pub mod figures;
pub mod fiscal_period;
pub mod fiscal_year;
pub mod funds;
pub mod line;
pub mod line_flow;
pub mod line_lineage;
pub mod line_room;
pub mod line_spread;
pub mod overrun;
pub mod overspent_line;
pub mod period_amount;
pub mod period_cover;
pub mod period_number;
pub mod position;
