//! Assets and to whom they are assigned.

pub mod asset;
pub mod asset_assignment;
pub mod asset_value;
