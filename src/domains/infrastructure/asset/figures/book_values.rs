//! The book values of all assets, by category.

use super::asset_book_value::{FORMULA, SOURCE};
use crate::domains::infrastructure::asset::{asset::Asset, book_value::Valued};
use crate::resource::value::{Title, Whole};
use crate::view::prelude::*;
use std::collections::BTreeMap;
use steward_schema::infrastructure::assets;

/// What the assets of a category are worth, in one currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CategoryBookValue {
    /// The cost category; null for assets without one.
    pub cost_category_id: Option<Id>,
    /// Its title; null for assets without one, or if you may not see it.
    pub cost_category: Option<Title>,
    /// The number of assets.
    pub assets: Count,
    /// What they cost.
    pub cost: Money,
    /// How much of it is written off.
    pub accumulated_depreciation: Money,
    /// What is left of it.
    pub book_value: Money,
}

/// What assets are worth in the books.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookValues {
    /// The day on which they are worth this.
    pub as_of: Date,
    /// The categories, by currency and title.
    pub data: Vec<CategoryBookValue>,
    /// The number of assets whose value cannot be told: what they cost or how long they last is not recorded.
    pub unknown: Count,
}

impl View for BookValues {
    const PATH: &'static str = "infrastructure/book-values";
    const SUMMARY: &'static str = "Get book values by category";
    const DESCRIPTION: &'static str = "What the assets that you may see are worth in the books on a day, by cost category and currency. Assets that were in no service yet count at their cost, those that have left by then not at all.";
    const FORMULA: &'static str = FORMULA;
    const SOURCE: &'static str = SOURCE;
    type Reads = (Asset,);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let as_of = query.or_today(cx);
        let seen = cx.sees::<Asset>()?;
        let rows: Vec<(Option<Id>, Valued)> = assets::table
            .filter(assets::disposed_on.is_null().or(assets::disposed_on.gt(as_of)))
            .filter(assets::purchased_on.is_null().or(assets::purchased_on.le(as_of)))
            .filter(seen.clone())
            .select((assets::cost_category_id, Valued::as_select()))
            .load(cx.within(&seen))?;
        let (mut sums, mut unknown): (BTreeMap<(&str, Option<Id>), (Currency, [i64; 4])>, i64) = (BTreeMap::new(), 0);
        for (category, valued) in rows {
            let Ok(worth) = valued.worth(as_of) else {
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
        Ok(BookValues { as_of, data, unknown: Whole(unknown) })
    }
}
