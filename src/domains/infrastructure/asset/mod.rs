//! Assets, to whom they are assigned, and what they are worth.

pub mod asset;
pub mod asset_assignment;
pub mod asset_value;
pub mod book_value;
pub mod depreciation;
pub mod figures;
pub mod received_asset;
