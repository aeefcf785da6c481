//! The depreciation schedule of an asset.

use super::asset_book_value::{FORMULA, SOURCE};
use crate::asset::{
    asset::Asset,
    depreciation_period::{DepreciationPeriod, Interval, periods},
    impairment_losses::valued_asset,
};
use steward_core::resource::value::Note;
use steward_core::view::prelude::*;

/// Division into periods.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Query {
    /// Length of a period; `year` if left out.
    #[param(inline)]
    pub interval: Option<Interval>,
}

/// Depreciation schedule of an asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepreciationSchedule {
    /// Depreciated asset.
    pub asset: Ref<Asset>,
    /// Periods with depreciation, in order; their sum is the total depreciation.
    pub data: Vec<DepreciationPeriod>,
    /// Reason why there are no periods; null where there are.
    pub reason: Option<Note>,
}

impl View for DepreciationSchedule {
    const PATH: &'static str = "infrastructure/assets/{id}/depreciation-schedule";
    const SUMMARY: &'static str = "Get the depreciation schedule of an asset";
    const DESCRIPTION: &'static str = "Depreciation and impairment losses of an asset by calendar years or months, from its entry into service to the end of its life or its disposal; none of one that is ordered or rented. \
        For units of use, the periods end with the last reading.";
    const FORMULA: &'static str = FORMULA;
    const SOURCE: &'static str = SOURCE;
    type Reads = (Asset,);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let id = cx.id()?;
        let (stored, asset) = cx.get_typed::<Asset>(id)?;
        let valued = valued_asset(cx.unscoped("the record that was read, and its impairment losses"), id)?.ok_or_else(Problem::not_found)?;
        let terms = valued.beside_books().map_or_else(|| valued.terms(), Err);
        let (data, reason) = match (terms, asset.cost) {
            (Err(reason), _) => (Vec::new(), Some(reason)),
            (Ok(Some(terms)), Some(cost)) => {
                let data = periods(&valued, &terms, query.interval.unwrap_or(Interval::Year), cost.currency);
                let reason = data.is_empty().then_some("Nothing of its cost is written off.");
                (data, reason)
            }
            _ => (Vec::new(), Some("It is not in service yet. Say in in_service_on when it was.")),
        };
        Ok(DepreciationSchedule { asset: Ref::new(id, &asset.name.0, stored.meta.state.as_deref()), data, reason: reason.map(Note::cut) })
    }
}
