//! Figures of risk.

pub mod exposure;
pub mod heat_map;
pub mod key_risk_indicators;
pub mod loss_figures;
pub mod portfolio_loss;
pub mod quantification_result;
pub mod register_rows;
pub mod risk_levels;
pub mod risk_position;
pub mod risk_register;
pub mod top_risks;
pub mod treatment_ranking;
