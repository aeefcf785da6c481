//! Assets, to whom they are assigned, and what they are worth.

pub mod asset;
pub mod asset_assignment;
pub mod asset_impairment;
pub mod asset_value;
pub mod book_value;
pub mod depreciation;
pub mod depreciation_period;
pub mod depreciation_posting;
pub mod device_failures;
pub mod disposal;
pub mod figures;
pub mod impairment;
pub mod impairment_losses;
pub mod received_asset;
pub mod refresh_draft;
pub mod refresh_facts;
pub mod refresh_plan;
pub mod refresh_priority;
pub mod refresh_reason;
pub mod refresh_row;
