//! Figures of risk.

pub mod exposure;
pub mod heat_map;
pub mod risk_levels;
pub mod risk_position;
