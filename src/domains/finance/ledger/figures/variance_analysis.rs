//! The variance analysis of a budget: why what was booked differs from the plan, by price, volume and currency.

use crate::budget::{
    budget::Budget,
    budget_line::BudgetLine,
    line::Line,
    line_lineage::owners,
    line_spread::{Spreadable, amounts_of_all},
    period_amount::PeriodAmount,
    year_run::periods_of,
};
use crate::ledger::{
    cost_entry::CostEntry,
    variance_split::{Booked, Planned, Split, split},
};
use crate::rate::exchange_rate::rates_to;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::database::expression::total;
use steward_core::resource::value::{Precise, PreciseMoney, Text, Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::finance::{budget_lines, budgets, cost_entries, fiscal_years};

/// Parameters of the figure.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Budget to analyse.
    #[param(inline)]
    pub budget_id: IdOf<Budget>,
    /// Number of the last period included, for plan and actual; the whole year if left out.
    pub to_period: Option<i64>,
}

/// Variance of a budget line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineVariance {
    /// Budget line.
    pub budget_line_id: IdOf<BudgetLine>,
    /// Purpose of the line.
    pub name: Title,
    /// Planned quantity; 1 for a line without a price.
    pub budget_quantity: Precise,
    /// Booked quantity; 1 for a line without a price.
    pub actual_quantity: Precise,
    /// Planned unit price; the amount for a line without a price.
    pub budget_price: PreciseMoney,
    /// Budget rate of the currency of that price.
    pub budget_rate: Option<Precise>,
    /// Plan in the currency of the budget.
    pub budget: Option<Money>,
    /// Booked cost.
    pub actual: Money,
    /// Parts of the variance.
    #[serde(flatten)]
    pub parts: VarianceParts,
    /// Missing input; null if the variance can be determined.
    pub reason: Option<Text<1, 200>>,
}

/// Parts of a variance; positive is adverse.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct VarianceParts {
    /// Price variance: (Pa − Pb)·Qa·rb.
    pub price: Option<Money>,
    /// Volume variance: (Qa − Qb)·Pb·rb.
    pub volume: Option<Money>,
    /// Currency variance: Pa·Qa·(ra − rb).
    pub currency: Option<Money>,
    /// Residual: total less its parts, always 0.
    pub residual: Option<Money>,
    /// Total variance: Pa·Qa·ra − Pb·Qb·rb.
    pub total: Option<Money>,
}

/// Variance analysis of a budget.
#[derive(Debug, Serialize, ToSchema)]
pub struct VarianceAnalysis {
    /// Budget analysed.
    pub budget_id: IdOf<Budget>,
    /// Currency of all amounts.
    pub budget_currency: Currency,
    /// Last period included; null for the whole year.
    pub to_period: Option<Whole<1, 366>>,
    /// Sense of the signs: `positive_is_adverse`.
    pub sign: Text<1, 40>,
    /// Parts over all lines; null if one cannot be determined.
    #[serde(flatten)]
    pub parts: VarianceParts,
    /// Lines, in the order of their creation.
    pub data: Vec<LineVariance>,
}

impl View for VarianceAnalysis {
    const PATH: &'static str = "finance/variance-analysis";
    const OPERATION_ID: &'static str = "get_variance_analysis";
    const SUMMARY: &'static str = "Split the variance of a budget";
    const DESCRIPTION: &'static str = "Variance between the booked cost of the lines of a budget and the plan, split by cause, over the records visible to you. A line with quantity and unit price is compared with the quantities of its cost entries; the cost of entries without a quantity counts as price. \
        A line without a price counts as one unit at its amount. With `to_period` the planned quantity counts by the share of the line's amount in the periods up to it. Rates of the plan are the budget rates of the fiscal year, rates of entries their own.";
    const FORMULA: &'static str = "price = (Pa−Pb)·Qa·rb; volume = (Qa−Qb)·Pb·rb; currency = Pa·Qa·(ra−rb); total = Pa·Qa·ra − Pb·Qb·rb; residual = total − price − volume − currency = 0";
    const SOURCE: &'static str = "Horngren, Datar and Rajan, Cost Accounting, chapter 7; the currency effect as of IAS 21";
    type Reads = (Budget, BudgetLine, CostEntry);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let (_, budget) = cx.get_typed::<Budget>(query.budget_id.id)?;
        require_period(cx, budget.fiscal_year_id, query.to_period)?;
        let lines = lines(cx, query.budget_id.id, query.to_period)?;
        let year: Option<(Date, Date)> = budgets::table
            .inner_join(fiscal_years::table)
            .filter(budgets::id.eq(query.budget_id.id))
            .select((fiscal_years::starts_on, fiscal_years::ends_on))
            .first(cx.unscoped("the year of a budget in sight"))
            .optional()?;
        let today = cx.today();
        let rates = rates_to(cx.unscoped("exchange rates are shared"), budget.currency, year, today)?;
        let booked = booked(cx, &lines, budget.fiscal_year_id, query.to_period)?;
        let (mut sum, mut told, mut data) = (Split::default(), true, Vec::new());
        for line in &lines {
            let costs = booked.get(&line.id).map(Vec::as_slice).unwrap_or_default();
            let (variance, split) = line.variance(costs, &rates, budget.currency);
            match split {
                Some(split) => sum = sum.plus(split),
                None => told = false,
            }
            data.push(variance);
        }
        Ok(VarianceAnalysis {
            budget_id: query.budget_id,
            budget_currency: budget.currency,
            to_period: query.to_period.map(Whole),
            sign: "positive_is_adverse".into(),
            parts: parts(told.then_some(sum), budget.currency),
            data,
        })
    }
}

fn parts(split: Option<Split>, currency: Currency) -> VarianceParts {
    let money = |minor: i64| Money::new(minor, currency);
    VarianceParts {
        price: split.map(|split| money(split.price)),
        volume: split.map(|split| money(split.volume)),
        currency: split.map(|split| money(split.currency)),
        residual: split.map(|split| money(split.total - split.price - split.volume - split.currency)),
        total: split.map(|split| money(split.total)),
    }
}

/// A line as it was planned, with the versions of it on which costs are booked.
struct PlannedLine {
    id: Id,
    name: Title,
    amount: Money,
    quantity: Option<Precise>,
    price: Option<PreciseMoney>,
    /// The share of the amount that falls on the periods that count: numerator and denominator.
    share: (i64, i64),
    versions: Vec<Id>,
}

/// What was booked of a line in a currency.
struct Cost {
    currency: Currency,
    /// Net, and the tax that does not come back.
    amount: Decimal,
    quantity: Decimal,
    base: i64,
}

impl PlannedLine {
    fn variance(&self, costs: &[Cost], rates: &HashMap<&'static str, Decimal>, currency: Currency) -> (LineVariance, Option<Split>) {
        let priced = self.quantity.zip(self.price);
        let share = if self.share.1 == 0 { Decimal::ONE } else { Decimal::from(self.share.0) / Decimal::from(self.share.1) };
        let major = |minor: i64| Decimal::new(minor, currency.scale());
        let (quantity, price, of) = match priced {
            Some((quantity, price)) => ((quantity.0 * share).round_dp(12), price.amount.0, price.currency),
            None => (Decimal::ONE, (major(self.amount.minor) * share).round_dp(12), currency),
        };
        let rate = |code: Currency| if code == currency { Some(Decimal::ONE) } else { rates.get(code.code()).copied() };
        let used = if priced.is_some() { costs.iter().map(|cost| cost.quantity).sum() } else { Decimal::ONE };
        let base: i64 = costs.iter().map(|cost| cost.base).fold(0, i64::saturating_add);
        let at_budget_rates = costs.iter().try_fold(Decimal::ZERO, |sum, cost| sum.checked_add(cost.amount.checked_mul(rate(cost.currency)?)?));
        let split = rate(of).zip(at_budget_rates).and_then(|(rate, at_budget_rates)| {
            split(Planned { quantity, price, rate }, Booked { quantity: used, at_budget_rates, cost: major(base) }, currency)
        });
        let plan = split.map(|split| Money::new(base.saturating_sub(split.total), currency));
        let variance = LineVariance {
            budget_line_id: self.id.into(),
            name: self.name.clone(),
            budget_quantity: Precise(quantity),
            actual_quantity: Precise(used),
            budget_price: PreciseMoney { amount: Precise(price), currency: of },
            budget_rate: rate(of).map(Precise),
            budget: plan,
            actual: Money::new(base, currency),
            parts: parts(split, currency),
            reason: split.is_none().then(|| "A budget rate of a currency is missing.".into()),
        };
        (variance, split)
    }
}

/// The lines of a budget in sight.
/// Refuses a period that the year does not have (400).
fn require_period(cx: &mut Context<'_, '_>, year: Id, to_period: Option<i64>) -> Result<()> {
    let Some(last) = to_period else { return Ok(()) };
    let periods = periods_of(cx.unscoped("periods are shared"), &[year])?.remove(&year).unwrap_or_default();
    if periods.iter().any(|period| period.number == last) {
        return Ok(());
    }
    let numbers = periods.first().zip(periods.last()).map(|(first, last)| format!("one from {} to {}", first.number, last.number));
    let detail = format!(
        "The fiscal year has no period {last}. to_period is {}.",
        numbers.unwrap_or_else(|| "the number of a period; make the periods first".to_owned())
    );
    Err(Problem::bad_request(detail).into())
}

fn lines(cx: &mut Context<'_, '_>, budget: Id, to_period: Option<i64>) -> Result<Vec<PlannedLine>> {
    let seen = cx.sees::<BudgetLine>()?;
    let planned = (
        budget_lines::name,
        (budget_lines::quantity_units, budget_lines::quantity_pico),
        (budget_lines::unit_price_units, budget_lines::unit_price_pico, budget_lines::unit_price_currency),
    );
    type Row = (Line, Spreadable, (Title, Option<Precise>, Option<PreciseMoney>));
    let rows: Vec<Row> = budget_lines::table
        .filter(budget_lines::budget_id.eq(budget))
        .filter(seen.clone())
        .order(budget_lines::id)
        .select((Line::as_select(), Spreadable::as_select(), planned))
        .load(cx.within(&seen))?;
    let heads: Vec<Line> = rows.iter().map(|(line, ..)| *line).collect();
    let mut versions = grouped(owners(cx.within(&seen), &heads)?.into_iter().map(|(version, line)| (line, version)));
    let (rest, spreads): (Vec<_>, Vec<_>) = rows.into_iter().map(|(line, spread, planned)| ((line, spread.amount, planned), spread)).unzip();
    let amounts = amounts_of_all(cx.within(&seen), spreads)?;
    type Head = (Line, Money, (Title, Option<Precise>, Option<PreciseMoney>));
    let line = |((line, amount, (name, quantity, price)), amounts): (Head, Vec<PeriodAmount>)| {
        let minor = |each: &PeriodAmount| each.amount.minor;
        let due: i64 = amounts.iter().filter(|each| to_period.is_none_or(|last| each.period.0 <= last)).map(minor).fold(0, i64::saturating_add);
        let share = if to_period.is_none() || amount.minor == 0 { (1, 1) } else { (due, amount.minor) };
        PlannedLine { id: line.id, name, amount, quantity, price, share, versions: versions.remove(&line.id).unwrap_or_default() }
    };
    Ok(rest.into_iter().zip(amounts).map(line).collect())
}

/// What was booked of each line, by currency and the part of the tax that comes back.
fn booked(cx: &mut Context<'_, '_>, lines: &[PlannedLine], year: Id, to_period: Option<i64>) -> Result<HashMap<Id, Vec<Cost>>> {
    use cost_entries::{
        base_amount_amount, budget_line_id, fiscal_period_id, net_amount, net_currency, quantity_pico, quantity_units, recoverable_percent, table, tax_amount,
    };
    let owners: HashMap<Id, Id> = lines.iter().flat_map(|line| line.versions.iter().map(|version| (*version, line.id))).collect();
    let ids: Vec<Id> = owners.keys().copied().collect();
    let periods = periods_of(cx.unscoped("periods are shared"), &[year])?.remove(&year).unwrap_or_default();
    let counting: Vec<Id> = periods.iter().filter(|period| to_period.is_none_or(|last| period.number <= last)).map(|period| period.id).collect();
    let seen = cx.sees::<CostEntry>()?;
    type Row = (Id, Currency, f64, (Option<i64>, Option<i64>, Option<i64>), (Option<i64>, Option<i64>));
    let mut costs: Vec<(Id, Cost)> = Vec::new();
    for chunk in ids.chunks(steward_core::database::CHUNK) {
        let line = budget_line_id.assume_not_null();
        let rows: Vec<Row> = table
            .filter(line.eq_any(chunk).and(fiscal_period_id.eq_any(&counting)))
            .filter(seen.clone())
            .group_by((budget_line_id, net_currency, recoverable_percent))
            .select((
                line,
                net_currency,
                recoverable_percent,
                (total(net_amount), total(tax_amount), total(base_amount_amount)),
                (total(quantity_units), total(quantity_pico)),
            ))
            .load(cx.within(&seen))?;
        for (line, currency, recoverable, (net, tax, base), (units, pico)) in rows {
            let major = |minor: Option<i64>| Decimal::new(minor.unwrap_or(0), currency.scale());
            let recoverable: Decimal = recoverable.to_string().parse().unwrap_or(Decimal::ONE_HUNDRED);
            let amount = major(net) + major(tax) * (Decimal::ONE_HUNDRED - recoverable) / Decimal::ONE_HUNDRED;
            let quantity = Decimal::from(units.unwrap_or(0)) + Decimal::new(pico.unwrap_or(0), 12);
            let Some(owner) = owners.get(&line) else { continue };
            costs.push((*owner, Cost { currency, amount, quantity: quantity.normalize(), base: base.unwrap_or(0) }));
        }
    }
    Ok(grouped(costs))
}
