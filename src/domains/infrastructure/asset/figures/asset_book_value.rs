//! The book value of an asset.

use crate::asset::asset_value::DepreciationMethod;
use crate::asset::{asset::Asset, impairment_losses::valued_asset};
use steward_core::resource::value::Note;
use steward_core::view::prelude::*;

/// Book value of an asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssetBookValue {
    /// Valued asset.
    pub asset: Ref<Asset>,
    /// Date of the valuation.
    pub as_of: Date,
    /// Depreciation method.
    pub method: DepreciationMethod,
    /// Acquisition cost; null if not recorded.
    pub cost: Option<Money>,
    /// Accumulated depreciation, impairment losses included; null where it cannot be computed.
    pub accumulated_depreciation: Option<Money>,
    /// Impairment losses recognised by that day, a part of the accumulated depreciation; null where that cannot be computed.
    pub accumulated_impairment: Option<Money>,
    /// Cost less accumulated depreciation, 0 from the date of disposal; null where it cannot be computed.
    pub book_value: Option<Money>,
    /// Proceeds of the disposal less the book value at that date: a gain, or a loss if negative. Null before, and where no proceeds are
    /// recorded.
    pub disposal_result: Option<Money>,
    /// Reason why a figure cannot be computed; null where all are.
    pub reason: Option<Note>,
}

/// The formula of all figures of book value.
pub const FORMULA: &str = "book_value = cost − accumulated_depreciation. With base = cost − salvage and n = life_months ÷ 12: straight_line: base ÷ n a year; \
    double_declining: what is left · 2 ÷ n, or (what is left − salvage) ÷ years left once that is more, never below the salvage; \
    sum_of_years_digits: base · years left ÷ (n · (n + 1) ÷ 2); units_of_use: base · units last read ÷ life_units. \
    Convention: daily is the amount of that year of life · days from its beginning to the day, that included, ÷ days in it; full_month counts months, those of the start and of the day included; \
    half_year gives the first calendar year half of the first year's amount and the last what is left, by months begun. An impairment loss on day d leaves r(d) = max(0, R(d) − loss) of R(d), which would be left to write off without it, and r(t) = R(t) · r(d) ÷ R(d) later; what it takes below the salvage is written off at once. \
    What is written off is rounded once, half up.";
/// Where it comes from.
pub const SOURCE: &str = "IAS 16.60–62; IAS 36.59–63; IRS Publication 946, table A-1 (half_year with double_declining); Kieso, Weygandt, Warfield, Intermediate Accounting, chapter 11";

impl View for AssetBookValue {
    const PATH: &'static str = "infrastructure/assets/{id}/book-value";
    const SUMMARY: &'static str = "Get the book value of an asset";
    const DESCRIPTION: &'static str = "Book value of an asset at the end of a day: its cost less the depreciation accumulated by then, as in its schedule and in the ledger. An asset that is ordered or rented has none.";
    const FORMULA: &'static str = FORMULA;
    const SOURCE: &'static str = SOURCE;
    type Reads = (Asset,);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let (id, as_of) = (cx.id()?, query.or_today(cx));
        let (stored, asset) = cx.get_typed::<Asset>(id)?;
        let valued = valued_asset(cx.unscoped("the record that was read, and its impairment losses"), id)?.ok_or_else(Problem::not_found)?;
        let worth = valued.worth(as_of);
        let told = worth.ok();
        Ok(AssetBookValue {
            asset: Ref::new(id, &asset.name.0, stored.meta.state.as_deref()),
            as_of,
            method: valued.method(),
            cost: asset.cost,
            accumulated_depreciation: told.map(|worth| worth.written_off),
            accumulated_impairment: told.map(|worth| worth.impaired),
            book_value: told.map(|worth| worth.book_value),
            disposal_result: told.and_then(|worth| worth.disposal_result),
            reason: worth.err().map(Note::cut),
        })
    }
}
