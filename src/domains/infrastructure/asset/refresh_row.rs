//! What a refresh plan is asked for, and its rows.

use super::refresh_reason::DatedReason;
use crate::compute::{device::Device, device_type::DeviceType};
use serde::Serialize;
use steward_core::choice;
use steward_core::resource::Id;
use steward_core::resource::value::{Code, Date, Money, Note, Title};
use steward_core::view::{IdOf, Ref};
use utoipa::ToSchema;

choice! {
    /// Source of a price of replacement.
    pub enum PriceSource {
        /// Replacement cost of the device type.
        ReplacementCost = "replacement_cost",
        /// Cost of the replaced asset.
        AssetCost = "asset_cost",
    }
}

steward_core::value! {
    /// Budget for the replacements due before a day, and the drafts to make of them; drafts left out are not made.
    pub struct RefreshPlanRequest {
        /// Ceiling of the plan, more than 0.
        pub budget: Money,
        /// Day before which a replacement is due.
        pub horizon: Date,
        /// Draft budget that takes a line for each device type, in the currency of the ceiling; with `cost_category_id`.
        #[field(refers_to(&["finance/budgets"]))]
        pub budget_id: Option<Id>,
        /// Cost category of these lines and of the lines of the requisition.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub cost_category_id: Option<Id>,
        /// Code of a requisition to draft, with a line for each device type.
        pub requisition_code: Option<Code>,
        /// Project that takes a task for each device, under a task of its own.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Option<Id>,
    }
}

/// Device in a replacement plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefreshRow {
    /// Device to replace.
    pub device: Ref<Device>,
    /// Device type.
    pub device_type_id: IdOf<DeviceType>,
    /// Model of the device type.
    pub model: Title,
    /// Reasons, the earliest first.
    pub reasons: Vec<DatedReason>,
    /// Date of the earliest reason; null where none has a date.
    pub due_on: Option<Date>,
    /// Tier of the most critical service that depends on it, 1 to 4; null where none does.
    pub criticality_tier: Option<i64>,
    /// Priority; the greatest comes first.
    pub priority: i64,
    /// Price of its replacement, in the currency of the budget; null if unknown.
    pub price: Option<Money>,
    /// Source of the price.
    pub price_source: Option<PriceSource>,
    /// Cause of rejection; null if selected.
    pub reason: Option<Note>,
}
