//! Figures of software.

pub mod license_position;
pub mod license_positions;
pub mod patch_compliance;
