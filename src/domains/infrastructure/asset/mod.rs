//! Assets, to whom they are assigned, and what they are worth.

pub mod asset;
pub mod asset_assignment;
pub mod asset_value;
pub mod book_value;
pub mod depreciation;
pub mod depreciation_posting;
pub mod disposal;
pub mod figures;
pub mod received_asset;
pub mod refresh_draft;
pub mod refresh_plan;
pub mod refresh_priority;
pub mod refresh_row;
