//! The book values of all assets, by category.

use super::asset_book_value::{FORMULA, SOURCE};
use crate::asset::{asset::Asset, asset_value::Ownership, book_value::ValuationRecord, impairment_losses::ImpairmentLosses};
use std::collections::BTreeMap;
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::assets;

/// Book value of the assets of a category, in one currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CategoryBookValue {
    /// Cost category; null for assets without one.
    pub cost_category_id: Option<Id>,
    /// Title of the category; null for assets without one, or if you may not see it.
    pub cost_category: Option<Title>,
    /// Number of assets.
    pub assets: Count,
    /// Sum of acquisition costs.
    pub cost: Money,
    /// Accumulated depreciation, impairment losses included.
    pub accumulated_depreciation: Money,
    /// Sum of book values.
    pub book_value: Money,
}

/// Book values of assets.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookValues {
    /// Date of the valuation.
    pub as_of: Date,
    /// Categories, by currency and title.
    pub data: Vec<CategoryBookValue>,
    /// Number of assets without a computable value: cost or life is not recorded.
    pub unknown: Count,
    /// True if you may not read all assets: the sums are then over those that you may read.
    pub partial: bool,
}

impl View for BookValues {
    const PATH: &'static str = "infrastructure/book-values";
    const SUMMARY: &'static str = "Get book values by category";
    const DESCRIPTION: &'static str = "Book value on a day of the assets that you may see, by cost category and currency. Assets not yet in service count at their cost, those disposed of by then, ordered or rented ones not at all.";
    const FORMULA: &'static str = FORMULA;
    const SOURCE: &'static str = SOURCE;
    type Reads = (Asset,);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let as_of = query.or_today(cx);
        let seen = cx.sees::<Asset>()?;
        let rows: Vec<(Id, Option<Id>, ValuationRecord)> = assets::table
            .filter(assets::state.ne("disposed").or(assets::disposed_on.is_null()).or(assets::disposed_on.gt(as_of)))
            .filter(assets::state.ne("ordered").and(assets::ownership.ne(Ownership::Rented)))
            .filter(assets::purchased_on.is_null().or(assets::purchased_on.le(as_of)))
            .filter(seen.clone())
            .select((assets::id, assets::cost_category_id, ValuationRecord::as_select()))
            .load(cx.within(&seen))?;
        let losses = ImpairmentLosses::all(cx.unscoped("the impairment losses of assets that were read"))?;
        let (mut sums, mut unknown): (BTreeMap<(&str, Option<Id>), (Currency, [i64; 4])>, i64) = (BTreeMap::new(), 0);
        for (id, category, record) in rows {
            let Ok(worth) = losses.valued(id, record).worth(as_of) else {
                unknown += 1;
                continue;
            };
            let (_, sum) = sums.entry((worth.cost.currency.code(), category)).or_insert((worth.cost.currency, [0; 4]));
            let parts = [1, worth.cost.minor, worth.written_off.minor, worth.book_value.minor];
            sum.iter_mut().zip(parts).for_each(|(sum, part)| *sum = sum.saturating_add(part));
        }
        let rows = sums.into_iter().map(|((_, category), sum)| (category, sum)).collect();
        let told = titled(cx, "finance/cost-categories", rows)?;
        let mut data: Vec<CategoryBookValue> = told
            .into_iter()
            .map(|(cost_category_id, cost_category, (currency, [count, cost, written_off, book_value]))| CategoryBookValue {
                cost_category_id,
                cost_category,
                assets: Whole(count),
                cost: Money::new(cost, currency),
                accumulated_depreciation: Money::new(written_off, currency),
                book_value: Money::new(book_value, currency),
            })
            .collect();
        data.sort_by_cached_key(|row| (row.cost.currency.code(), row.cost_category.as_ref().map(|title| title.0.clone()), row.cost_category_id));
        Ok(BookValues { as_of, data, unknown: Whole(unknown), partial: partial::<Self::Reads>(cx)? })
    }
}
