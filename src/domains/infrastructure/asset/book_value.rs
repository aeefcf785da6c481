//! The worth of an asset in the books on a day, from what its record says and the impairment losses that were recognised.

use super::asset_value::{DepreciationConvention, DepreciationMethod, Ownership, UsageReading};
use super::depreciation::Terms;
use super::impairment::Impairment;
use chrono::NaiveDate;
use diesel::prelude::*;
use steward_core::resource::value::{Currency, Date, Money, Number, Whole};
use steward_schema::infrastructure::assets;

/// What a record says of the worth of an asset.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = assets, check_for_backend(steward_core::database::Dialect))]
pub struct ValuationRecord {
    cost_amount: Option<i64>,
    cost_currency: Option<Currency>,
    salvage_amount: Option<i64>,
    in_service_on: Option<Date>,
    depreciation_method: DepreciationMethod,
    depreciation_convention: DepreciationConvention,
    life_months: Option<Whole<1, 1200>>,
    life_units: Option<Number<0, 1_000_000_000_000>>,
    usage: Vec<UsageReading>,
    disposed_on: Option<Date>,
    disposal_proceeds_amount: Option<i64>,
    ownership: Ownership,
    state: String,
}

/// The basis of the worth of an asset.
#[derive(Debug, Clone)]
pub struct Valued {
    record: ValuationRecord,
    impairments: Vec<Impairment>,
}

/// Why a rented asset is worth nothing in the books.
const RENTED: &str = "It is rented, and no property: its rent is a cost, and nothing of it is written off.";

/// What it is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// What it cost.
    pub cost: Money,
    /// The part of it that is written off, impairment losses included.
    pub written_off: Money,
    /// The impairment losses in that.
    pub impaired: Money,
    /// What is left; nothing once it has left.
    pub book_value: Money,
    /// What was paid for it when it left, less what was left of its cost then.
    pub disposal_result: Option<Money>,
}

impl Valued {
    /// An asset by its record, with the losses that were recognised, in order; those in another currency than its cost say nothing of it.
    pub fn new(record: ValuationRecord, impairments: impl IntoIterator<Item = (Currency, Impairment)>) -> Self {
        let of_cost = impairments.into_iter().filter(|(currency, _)| Some(*currency) == record.cost_currency);
        Valued { impairments: of_cost.map(|(_, impairment)| impairment).collect(), record }
    }

    /// How its cost is spread.
    pub fn method(&self) -> DepreciationMethod {
        self.record.depreciation_method
    }

    /// What its depreciation follows from; nothing before it is in service, or why it cannot be told.
    pub fn terms(&self) -> Result<Option<Terms>, &'static str> {
        let record = &self.record;
        let method = record.depreciation_method;
        if record.ownership == Ownership::Rented {
            return Err(RENTED);
        }
        let (Some(cost), Some(_)) = (record.cost_amount, record.cost_currency) else { return Err("Say what it cost.") };
        let Some(starts_on) = record.in_service_on else { return Ok(None) };
        let by_use = method == DepreciationMethod::UnitsOfUse;
        let (life_months, life_units) = (record.life_months.map(|months| months.0), record.life_units.map(|units| units.0).filter(|units| *units > 0.0));
        match (method, life_months, life_units) {
            (DepreciationMethod::UnitsOfUse, _, None) => return Err("Say how many units of use are expected of it, in life_units."),
            (DepreciationMethod::StraightLine | DepreciationMethod::DoubleDeclining | DepreciationMethod::SumOfYearsDigits, None, _) => {
                return Err("Say for how many months it is expected to be of use, in life_months.");
            }
            _ => {}
        }
        let share = |reading: &UsageReading| (reading.read_on.0, life_units.map_or(0.0, |units| reading.units.0 / units));
        Ok(Some(Terms {
            cost,
            salvage: record.salvage_amount.unwrap_or(0).min(cost),
            starts_on: starts_on.0,
            method,
            convention: record.depreciation_convention,
            life_months: life_months.unwrap_or(1),
            usage: if by_use { record.usage.iter().map(share).collect() } else { Vec::new() },
            impairments: self.impairments.clone(),
        }))
    }

    /// Why it does not stand in the books, where it does not.
    pub fn beside_books(&self) -> Option<&'static str> {
        match (self.record.ownership, self.record.state.as_str()) {
            (Ownership::Rented, _) => Some(RENTED),
            (_, "ordered") => Some("It is ordered, and has not been received yet. Move it to `received` once it is there."),
            _ => None,
        }
    }

    /// The day on which it left; none until it is disposed of.
    pub fn leaves_on(&self) -> Option<Date> {
        self.record.disposed_on.filter(|_| self.record.state == "disposed")
    }

    /// The currency of its cost.
    pub fn currency(&self) -> Option<Currency> {
        self.record.cost_currency
    }

    /// The day on which it was ready for use.
    pub fn in_service_on(&self) -> Option<Date> {
        self.record.in_service_on
    }

    /// What is written off from one day to another, both included, in minor units: nothing before it is in service or once it has left, or why
    /// that cannot be told.
    pub fn written_off_within(&self, first: Date, last: Date) -> Result<i64, &'static str> {
        let Some(terms) = self.terms()? else { return Ok(0) };
        let after = |day: NaiveDate| self.written_off_by(&terms, day);
        Ok(after(last.0).saturating_sub(first.0.pred_opt().map_or(0, after)))
    }

    /// What is written off when a day has ended: what schedule, ledger and book value agree on. Of the day on which it leaves nothing is.
    pub fn written_off_by(&self, terms: &Terms, day: NaiveDate) -> i64 {
        match self.leaves_on().filter(|left| left.0 <= day) {
            Some(left) => terms.written_off(left.0),
            None => terms.written_off_after(day),
        }
    }

    /// The impairment losses from one day to another, both included, in minor units; those from the day on which it leaves do not count.
    pub fn impaired_within(&self, first: Date, last: Date) -> i64 {
        let counts = |on: Date| first <= on && on <= last && self.leaves_on().is_none_or(|left| on < left);
        self.impairments.iter().filter(|each| counts(Date(each.on))).map(|each| each.loss).fold(0, i64::saturating_add)
    }

    /// What it is worth at the end of a day, or why that cannot be told.
    pub fn worth(&self, day: Date) -> Result<Worth, &'static str> {
        if let Some(reason) = self.beside_books() {
            return Err(reason);
        }
        let terms = self.terms()?;
        let (Some(cost), Some(currency)) = (self.record.cost_amount, self.record.cost_currency) else { return Err("Say what it cost.") };
        let money = |minor: i64| Money::new(minor, currency);
        let left = self.leaves_on().filter(|left| *left <= day);
        let written_off = terms.map_or(0, |terms| self.written_off_by(&terms, day.0));
        let impaired = self.impaired_within(Date(NaiveDate::MIN), day);
        let rest = cost.saturating_sub(written_off);
        let result = left.and(self.record.disposal_proceeds_amount).map(|proceeds| money(proceeds.saturating_sub(rest)));
        let book_value = money(if left.is_some() { 0 } else { rest });
        Ok(Worth { cost: money(cost), written_off: money(written_off), impaired: money(impaired), book_value, disposal_result: result })
    }
}
