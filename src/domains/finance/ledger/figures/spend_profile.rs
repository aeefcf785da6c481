//! The spend profile of a fiscal year: run, grow and transform, cost pools and towers, per employee and of revenue.

use crate::budget::{budget_line::BudgetLine, fiscal_year::FiscalYear};
use crate::ledger::{
    cost_category::CostCategory,
    cost_entry::CostEntry,
    year_cost::{Category, Spent, booked, budgeted, categories},
};
use std::collections::{BTreeMap, HashMap};
use steward_core::ports::books;
use steward_core::resource::value::Text;
use steward_core::view::picture::{Bar, Bars, Form, Picture};
use steward_core::view::prelude::*;

/// Parameters of the figure.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Fiscal year.
    #[param(inline)]
    pub fiscal_year_id: IdOf<FiscalYear>,
}

/// Part of the spending.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpendPart {
    /// Value of the grouping; null for spending without one.
    pub key: Option<Text<1, 60>>,
    /// Budget of the active budgets.
    pub budget: Money,
    /// Booked cost.
    pub actual: Money,
    /// Share of the budget, in percent; null without any.
    pub budget_share_percent: Figure,
    /// Share of the booked cost, in percent; null without any.
    pub actual_share_percent: Figure,
}

/// Spend profile of a fiscal year.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpendProfileFigures {
    /// Fiscal year.
    pub fiscal_year_id: IdOf<FiscalYear>,
    /// Currency of all amounts: the base currency.
    pub currency: Currency,
    /// Budget of the active budgets.
    pub budget: Money,
    /// Booked cost.
    pub actual: Money,
    /// Spending by run, grow and transform.
    pub by_profile: Vec<SpendPart>,
    /// Spending by capex and opex.
    pub by_kind: Vec<SpendPart>,
    /// Spending by cost pool.
    pub by_cost_pool: Vec<SpendPart>,
    /// Spending by IT tower.
    pub by_it_tower: Vec<SpendPart>,
    /// Employees of the year; null if not recorded.
    pub headcount: Option<Count>,
    /// Revenue of the year; null if not recorded.
    pub revenue: Option<Money>,
    /// Booked cost per employee; null without headcount.
    pub cost_per_employee: Option<Money>,
    /// Booked cost in percent of the revenue; null without revenue in the base currency.
    pub percent_of_revenue: Figure,
    /// Number of amounts in other currencies that are left out: sums of ledger entries and budget lines.
    pub left_out: Count,
}

impl View for SpendProfileFigures {
    const PATH: &'static str = "finance/spend-profile";
    const OPERATION_ID: &'static str = "get_spend_profile";
    const SUMMARY: &'static str = "Get the spend profile of a fiscal year";
    const DESCRIPTION: &'static str = "Spending of a fiscal year by run, grow and transform, from the budget lines, and by cost pool and tower, from the cost categories, over the records visible to you. The category of an entry takes precedence over that of its line.";
    const FORMULA: &'static str = "share = part ÷ whole · 100; cost_per_employee = actual ÷ headcount; percent_of_revenue = actual ÷ revenue · 100";
    const SOURCE: &'static str = "TBM Council, TBM Taxonomy; Gartner, run-grow-transform";
    const PICTURE: Option<fn(&Self) -> Picture> = Some(picture);
    type Reads = (FiscalYear, CostEntry, BudgetLine, CostCategory);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let (_, year) = cx.get_typed::<FiscalYear>(query.fiscal_year_id.id)?;
        let currency = cx.ask(books::base_currency)?.unwrap_or(Currency::sample("EUR"));
        let (entries, lines) = (cx.sees::<CostEntry>()?, cx.sees::<BudgetLine>()?);
        let actual = booked(cx.within(&entries), query.fiscal_year_id.id, &entries)?;
        let planned = budgeted(cx.within(&lines), query.fiscal_year_id.id, &lines)?;
        let known = categories(cx.unscoped("cost categories are shared"))?;
        let own = |rows: Vec<Spent>| rows.into_iter().partition::<Vec<Spent>, _>(|spent| spent.currency == currency);
        let ((actual, foreign), (planned, unplanned)) = (own(actual), own(planned));
        let by = |key: &dyn Fn(&Spent) -> Option<&'static str>| parts(&planned, &actual, currency, key);
        let category = |spent: &Spent| -> Option<Category> { known.get(&spent.category?).copied() };
        let sum = |rows: &[Spent]| rows.iter().map(|spent| spent.minor).fold(0, i64::saturating_add);
        let (spent, money) = (sum(&actual), |minor: i64| Money::new(minor, currency));
        let revenue = year.revenue.filter(|revenue| revenue.currency == currency && revenue.minor != 0);
        let headcount = year.headcount.map(|count| count.0).filter(|count| *count > 0);
        Ok(SpendProfileFigures {
            fiscal_year_id: query.fiscal_year_id,
            currency,
            budget: money(sum(&planned)),
            actual: money(spent),
            by_profile: by(&|spent| spent.profile.map(|profile| profile.word())),
            by_kind: by(&|spent| category(spent).map(|category| category.kind.word())),
            by_cost_pool: by(&|spent| category(spent).and_then(|category| category.pool).map(|pool| pool.word())),
            by_it_tower: by(&|spent| category(spent).and_then(|category| category.tower).map(|tower| tower.word())),
            headcount: year.headcount,
            revenue: year.revenue,
            cost_per_employee: headcount.map(|count| money((spent as f64 / count as f64).round() as i64)),
            percent_of_revenue: Figure(revenue.map(|revenue| spent as f64 / revenue.minor as f64 * 100.0)),
            left_out: steward_core::resource::value::Whole((foreign.len() + unplanned.len()) as i64),
        })
    }
}

/// Budget and booked cost of each part, group by group.
fn picture(profile: &SpendProfileFigures) -> Picture {
    let bar = |part: &SpendPart| Bar {
        name: part.key.as_ref().map_or_else(|| "none".to_owned(), |key| key.0.replace('_', " ")),
        values: vec![part.budget.drawn(), part.actual.drawn()],
    };
    let group = |name: &str, parts: &[SpendPart]| (name.to_owned(), parts.iter().map(bar).collect());
    let bars = Bars {
        unit: profile.currency.code().to_owned(),
        names: vec!["Budget".into(), "Booked".into()],
        groups: vec![
            group("Run, grow and transform", &profile.by_profile),
            group("Capex and opex", &profile.by_kind),
            group("Cost pools", &profile.by_cost_pool),
            group("IT towers", &profile.by_it_tower),
        ],
    };
    Picture::new("Spend profile of the fiscal year", Form::Bars(bars))
}

/// The parts of what is planned and booked, in the order of their words; what names none is the last.
fn parts(planned: &[Spent], actual: &[Spent], currency: Currency, key: &dyn Fn(&Spent) -> Option<&'static str>) -> Vec<SpendPart> {
    let mut sums: HashMap<Option<&'static str>, (i64, i64)> = HashMap::new();
    for spent in planned {
        let sum = sums.entry(key(spent)).or_default();
        sum.0 = sum.0.saturating_add(spent.minor);
    }
    for spent in actual {
        let sum = sums.entry(key(spent)).or_default();
        sum.1 = sum.1.saturating_add(spent.minor);
    }
    let (budget, cost) = sums.values().fold((0i64, 0i64), |all, sum| (all.0.saturating_add(sum.0), all.1.saturating_add(sum.1)));
    let share = |part: i64, whole: i64| Figure((whole != 0).then(|| part as f64 / whole as f64 * 100.0));
    let ordered: BTreeMap<(bool, Option<&'static str>), (i64, i64)> = sums.into_iter().map(|(key, sum)| ((key.is_none(), key), sum)).collect();
    let part = |((_, key), (planned, booked)): ((bool, Option<&'static str>), (i64, i64))| SpendPart {
        key: key.map(Text::cut),
        budget: Money::new(planned, currency),
        actual: Money::new(booked, currency),
        budget_share_percent: share(planned, budget),
        actual_share_percent: share(booked, cost),
    };
    ordered.into_iter().map(part).collect()
}
