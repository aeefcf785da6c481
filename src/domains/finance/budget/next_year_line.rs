//! A line of a proposed budget, and where its amount comes from.

use super::budget_line::BudgetLine;
use super::period_amount::PeriodAmount;
use serde::Serialize;
use steward_core::choice;
use steward_core::resource::Id;
use steward_core::resource::value::{Money, Text, Title};
use steward_core::view::IdOf;
use utoipa::ToSchema;

choice! {
    /// Origin of a proposed line.
    pub enum ProvenanceKind {
        /// A line of a contract.
        Contract = "contract",
        /// A position, by its hours and rate.
        Position = "position",
        /// Renewals of a licence whose term ends.
        LicenseRenewal = "license_renewal",
        /// Licences to be bought, because more is in use than is licensed.
        LicensePurchase = "license_purchase",
        /// Loss of value of assets.
        Depreciation = "depreciation",
        /// Cost that is left of a project.
        Project = "project",
        /// Full-year outlook of the year before.
        Outlook = "outlook",
        /// Budget of the year before.
        Budget = "budget",
    }
}

/// Provenance of a proposed amount.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Provenance {
    /// Kind of origin.
    pub kind: ProvenanceKind,
    /// Collection of the record.
    pub collection: Text<1, 100>,
    /// Id of the record.
    pub record_id: Text<1, 36>,
    /// The computation with its numbers.
    pub formula: Text<1, 500>,
    /// Amount in the currency of the origin, before it is converted; null if it has several currencies, or none is known.
    pub amount: Option<Money>,
}

/// A proposed line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProposedLine {
    /// Name of the line.
    pub name: Title,
    /// Line of the year before that it continues; null if it is a new one.
    pub continues_line_id: Option<IdOf<BudgetLine>>,
    /// Scope of its budget; null if no budget of the year before in sight pays for it.
    pub scope_id: Option<Text<1, 36>>,
    /// Cost category; null if none is known.
    pub cost_category_id: Option<Id>,
    /// Cost center; null if none is known.
    pub cost_center_id: Option<Id>,
    /// Proposed amount in the currency of that budget; null if it cannot be told.
    pub amount: Option<Money>,
    /// Amounts of the periods of the year, which add up to the amount; empty where its origin tells none, or the year has no periods yet.
    pub amounts: Vec<PeriodAmount>,
    /// Provenance of the amount.
    pub provenance: Provenance,
    /// Missing input; null if there is none.
    pub reason: Option<Text<1, 200>>,
}
