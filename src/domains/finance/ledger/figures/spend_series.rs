//! Spend over the periods of a fiscal year, by cost pool, tower, profile or kind.

use crate::budget::{budget_line::BudgetLine, fiscal_year::FiscalYear, year_run::periods_of};
use crate::ledger::{
    cost_category::CostCategory,
    cost_entry::CostEntry,
    year_cost::{Category, Spent, booked, categories},
};
use std::collections::HashMap;
use steward_core::choice;
use steward_core::ports::books;
use steward_core::resource::value::{Text, Whole};
use steward_core::view::picture::{Chart, Form, Pen, Picture, Series};
use steward_core::view::prelude::*;

/// How many parts have a line of their own in the picture.
const DRAWN: usize = 5;

choice! {
    /// Grouping of spend.
    pub enum SpendGroup {
        /// By cost pool.
        CostPool = "cost_pool",
        /// By IT tower.
        ItTower = "it_tower",
        /// By run, grow and transform.
        Profile = "profile",
        /// By capex and opex.
        Kind = "kind",
    }
}

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Fiscal year.
    #[param(inline)]
    pub fiscal_year_id: IdOf<FiscalYear>,
    /// Grouping; cost_pool if left out.
    #[param(inline)]
    pub group_by: Option<SpendGroup>,
}

/// Spend of a part.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SpendOfPart {
    /// Word of the part; null for what names none.
    pub key: Option<Text<1, 60>>,
    /// Booked cost of each period, in the order of `periods`.
    pub amounts: Vec<Money>,
    /// Sum of these.
    pub total: Money,
}

/// Spend over the periods of a fiscal year.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpendSeries {
    /// Fiscal year.
    pub fiscal_year_id: IdOf<FiscalYear>,
    /// Grouping of the spend.
    pub group_by: SpendGroup,
    /// Currency of all amounts: the base currency.
    pub currency: Currency,
    /// Numbers of the periods, in order.
    pub periods: Vec<Count>,
    /// Booked cost of each period, all parts together.
    pub totals: Vec<Money>,
    /// Parts, the largest first.
    pub data: Vec<SpendOfPart>,
    /// Amounts in other currencies that are left out: sums of ledger entries.
    pub left_out: Count,
}

impl View for SpendSeries {
    const PATH: &'static str = "finance/spend-series";
    const OPERATION_ID: &'static str = "get_spend_series";
    const SUMMARY: &'static str = "Get spend over the periods of a fiscal year";
    const DESCRIPTION: &'static str = "Booked cost of each period of a fiscal year by cost pool, IT tower, profile or kind, over what you may see. The category of an entry counts before that of its line. The picture has a line for each of the five largest parts, and one for all others.";
    const FORMULA: &'static str = "amount = Σ base_amount of the entries of the part and period";
    const SOURCE: &'static str = "TBM Council, TBM Taxonomy";
    const PICTURE: Option<fn(&Self) -> Picture> = Some(picture);
    type Reads = (FiscalYear, CostEntry, BudgetLine, CostCategory);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let id = query.fiscal_year_id.id;
        cx.get_typed::<FiscalYear>(id)?;
        let group_by = query.group_by.unwrap_or(SpendGroup::CostPool);
        let currency = cx.ask(books::base_currency)?.unwrap_or(Currency::sample("EUR"));
        let entries = cx.sees::<CostEntry>()?;
        let (spent, foreign): (Vec<Spent>, Vec<Spent>) = booked(cx.within(&entries), id, &entries)?.into_iter().partition(|spent| spent.currency == currency);
        let known = categories(cx.unscoped("cost categories are shared"))?;
        let periods = periods_of(cx.unscoped("fiscal periods are shared"), &[id])?.remove(&id).unwrap_or_default();
        let places: HashMap<Id, usize> = periods.iter().enumerate().map(|(at, period)| (period.id, at)).collect();
        let key = |spent: &Spent| -> Option<&'static str> {
            let category: Option<Category> = spent.category.and_then(|category| known.get(&category).copied());
            match group_by {
                SpendGroup::CostPool => category?.pool.map(|pool| pool.word()),
                SpendGroup::ItTower => category?.tower.map(|tower| tower.word()),
                SpendGroup::Profile => spent.profile.map(|profile| profile.word()),
                SpendGroup::Kind => category.map(|category| category.kind.word()),
            }
        };
        let rows = spent.iter().filter_map(|spent| Some((key(spent), *places.get(&spent.period?)?, spent.minor)));
        let parts = parts(rows, periods.len());
        let money = |minor: i64| Money::new(minor, currency);
        let part = |(key, amounts): (Option<&'static str>, Vec<i64>)| SpendOfPart {
            key: key.map(Text::cut),
            total: money(sum(&amounts)),
            amounts: amounts.into_iter().map(money).collect(),
        };
        let totals = (0..periods.len()).map(|at| money(parts.iter().filter_map(|(_, amounts)| amounts.get(at)).copied().fold(0, i64::saturating_add)));
        Ok(SpendSeries {
            fiscal_year_id: id.into(),
            group_by,
            currency,
            totals: totals.collect(),
            periods: periods.iter().map(|period| Whole(period.number)).collect(),
            data: parts.into_iter().map(part).collect(),
            left_out: Whole(foreign.len() as i64),
        })
    }
}

fn sum(amounts: &[i64]) -> i64 {
    amounts.iter().copied().fold(0, i64::saturating_add)
}

/// The amounts of each part by place, the largest part first; what names none is the last of its size.
fn parts<'a>(rows: impl Iterator<Item = (Option<&'a str>, usize, i64)>, places: usize) -> Vec<(Option<&'a str>, Vec<i64>)> {
    let mut sums: HashMap<Option<&str>, Vec<i64>> = HashMap::new();
    for (key, at, minor) in rows {
        if let Some(amount) = sums.entry(key).or_insert_with(|| vec![0; places]).get_mut(at) {
            *amount = amount.saturating_add(minor);
        }
    }
    let mut parts: Vec<(Option<&str>, Vec<i64>)> = sums.into_iter().collect();
    parts.sort_by_key(|(key, amounts)| (std::cmp::Reverse(sum(amounts)), key.is_none(), *key));
    parts
}

/// A line for each of the largest parts, and one for all others.
fn picture(spend: &SpendSeries) -> Picture {
    let own = if spend.data.len() > DRAWN + 1 { DRAWN } else { spend.data.len() };
    let name = |part: &SpendOfPart| part.key.as_ref().map_or_else(|| "none".to_owned(), |key| key.0.replace('_', " "));
    let (large, small) = spend.data.split_at(own);
    let mut series: Vec<Series> =
        large.iter().map(|part| Series::over_places(&name(part), Pen::Line, part.amounts.iter().map(|amount| Some(amount.drawn())))).collect();
    if !small.is_empty() {
        let others = |at: usize| small.iter().filter_map(|part| part.amounts.get(at)).map(|amount| amount.drawn()).sum::<f64>();
        series.push(Series::over_places("all others", Pen::Dashed, (0..spend.periods.len()).map(|at| Some(others(at)))));
    }
    let places = spend.periods.iter().map(|number| number.0.to_string()).collect();
    let chart = Chart { horizontal: "Period".into(), vertical: spend.currency.code().to_owned(), places, series };
    Picture::new(format!("Spend by {}", spend.group_by.word().replace('_', " ")), Form::Chart(chart))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_summed_by_period_and_the_largest_comes_first() {
        let rows = [(Some("cloud"), 0, 5), (Some("hardware"), 1, 20), (None, 0, 5), (Some("cloud"), 0, 1), (Some("cloud"), 1, 2), (Some("cloud"), 9, 100)];
        let told = parts(rows.into_iter(), 2);
        assert_eq!(told, [(Some("hardware"), vec![0, 20]), (Some("cloud"), vec![6, 2]), (None, vec![5, 0])]);
    }
}
