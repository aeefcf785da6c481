//! The figures of budgets and their lines, of many at once: where they stand, and how their year runs.

use crate::budget::{
    budget::Budget,
    budget_line::BudgetLine,
    budget_transfer::BudgetTransfer,
    carry_forward::CarryForward,
    flow_sight::in_sight,
    line::Line,
    line_flow::Counted,
    line_spread::Spreadable,
    outlook::{PeriodState, outlook},
    position::{Position, PositionFigures},
    year_run::{Expected, LineRow, LineRun, Sight, lines_of, periods_together, runs},
};
use crate::investment::forecast::Forecast;
use crate::ledger::{commitment::Commitment, cost_entry::CostEntry};
use std::collections::HashMap;
use steward_core::database::Narrowed;
use steward_core::resource::value::Title;
use steward_core::view::prelude::*;
use steward_schema::finance::{budget_lines, budgets, forecasts};

/// How the figures are computed.
pub const FORMULA: &str = "available = budget + transfers_in − transfers_out − reserved − actual − open_commitments; \
    consumption_percent = (actual + open_commitments) ÷ (budget + transfers_in − transfers_out) · 100; \
    variance_to_date = Σ over the periods that have ended of (budget + transfers of the period − actual), favourable ≥ 0, where transfers without a period count by the share of the periods that have ended; variance_percent relates it to that budget; \
    burn_per_period = mean actual of the last three closed periods; runway_periods = available ÷ burn; \
    full_year_outlook = Σ actual of closed periods + Σ over open periods of max(actual + open_commitments, forecast), by the latest published or locked forecast of the budget, or of its scope and year";

/// Figures of a budget, or of a line of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BudgetFigures {
    /// Inflows and outflows.
    #[serde(flatten)]
    pub position: PositionFigures,
    /// Budget less actual of the ended periods; favourable if not negative. Null if none has ended.
    pub variance_to_date: Option<Money>,
    /// Variance in percent of the budget of those periods; null when that is 0.
    pub variance_percent: Figure,
    /// Mean actual of the last three closed periods; null if none is closed.
    pub burn_per_period: Option<Money>,
    /// Number of periods covered by the available amount at that burn; null without burn.
    pub runway_periods: Figure,
    /// Expected cost of the whole year; null if an exchange rate is missing, or the year has no periods.
    pub full_year_outlook: Option<Money>,
}

impl BudgetFigures {
    /// Those of a position and the periods of its year.
    pub fn of(position: Position, periods: &[PeriodState], unassigned: i64, currency: Currency) -> Self {
        let told = outlook(periods, unassigned, position.available());
        let money = |minor: i64| Money::new(minor, currency);
        BudgetFigures {
            position: position.figures(currency),
            variance_to_date: told.variance_to_date.map(money),
            variance_percent: Figure(told.variance_percent),
            burn_per_period: told.burn_per_period.map(money),
            runway_periods: Figure(told.runway_periods),
            full_year_outlook: told.full_year_outlook.map(money),
        }
    }
}

/// What a reader may count.
pub struct Own {
    counted: Counted,
    forecasts: Narrowed<forecasts::table>,
    /// The day that counts as today.
    pub day: Date,
}

impl Own {
    /// The same, borrowed.
    pub fn sight(&self) -> Sight<'_> {
        Sight { counted: &self.counted, forecasts: &self.forecasts, day: self.day }
    }
}

/// What a reader may count, up to a day.
pub fn sighted(cx: &Context<'_, '_>, as_of: Option<Date>) -> Result<Own> {
    Ok(Own { counted: in_sight(cx, as_of)?, forecasts: cx.sees::<Forecast>()?, day: as_of.unwrap_or_else(|| cx.today()) })
}

/// The figures of all lines of a budget together: a forecast of the whole counts as it is, and not by its lines.
pub fn total(runs: &[LineRun], expected: Option<&Expected>, currency: Currency) -> BudgetFigures {
    let position = runs.iter().fold(Position::EMPTY, |sum, run| sum.plus(&run.position));
    let unassigned = runs.iter().map(|run| run.unassigned).fold(0, i64::saturating_add);
    BudgetFigures::of(position, &periods(runs, expected), unassigned, currency)
}

/// The periods of a year, all lines of a budget together.
pub fn periods(runs: &[LineRun], expected: Option<&Expected>) -> Vec<PeriodState> {
    let mut periods = periods_together(runs);
    for period in &mut periods {
        period.forecast = expected.and_then(|forecast| forecast.in_period(period.number));
    }
    periods
}

/// The collections of the figures of budgets.
type Collections =
    (Budget, BudgetLine, IfPermitted<BudgetTransfer>, IfPermitted<Commitment>, IfPermitted<CostEntry>, IfPermitted<CarryForward>, IfPermitted<Forecast>);

/// `figures=true` on budgets.
#[derive(Debug)]
pub struct OfBudgets;

impl View for OfBudgets {
    const PATH: &'static str = "finance/budgets";
    const FORMULA: &'static str = "as in `/position`, over the records visible to you";
    type Reads = Collections;
    type Query = Records;
    type Answer = PerRecord<BudgetFigures>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<Self::Answer> {
        let (own, seen) = (sighted(cx, None)?, cx.sees::<BudgetLine>()?);
        let currencies: Vec<(Id, Currency)> = budgets::table
            .filter(budgets::id.eq_any(&ids))
            .select((budgets::id, budgets::currency))
            .load(cx.unscoped("the budgets are those of the list, which the caller sees"))?;
        let lines = lines_of(cx.within(&seen), &ids, &seen)?;
        let (found, expected) = runs(cx.within(&seen), lines, &own.sight())?;
        let mut of_budget: HashMap<Id, Vec<LineRun>> = grouped(found.into_iter().map(|run| (run.budget, run)));
        let figures = currencies.into_iter().map(|(id, currency)| {
            let runs = of_budget.remove(&id).unwrap_or_default();
            (id, total(&runs, expected.get(&id), currency))
        });
        Ok(figures.collect())
    }
}

/// `figures=true` on budget lines.
#[derive(Debug)]
pub struct OfLines;

impl View for OfLines {
    const PATH: &'static str = "finance/budget-lines";
    const FORMULA: &'static str = "as in the `/position` of the budget, over the records visible to you";
    type Reads = Collections;
    type Query = Records;
    type Answer = PerRecord<BudgetFigures>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<Self::Answer> {
        let own = sighted(cx, None)?;
        Ok(of_lines(cx, &ids, &own)?.into_iter().collect())
    }
}

/// The figures of some lines.
fn of_lines(cx: &mut Context<'_, '_>, ids: &[Id], own: &Own) -> Result<Vec<(Id, BudgetFigures)>> {
    let seen = cx.sees::<BudgetLine>()?;
    let query = budget_lines::table.filter(budget_lines::id.eq_any(ids)).filter(seen.clone()).order(budget_lines::id);
    let rows: Vec<(Line, Title, Spreadable)> = query.select((Line::as_select(), budget_lines::name, Spreadable::as_select())).load(cx.within(&seen))?;
    let rows = rows.into_iter().map(|(line, name, spread)| LineRow { line, name, budget: spread.budget_id, spread }).collect();
    let (found, _) = runs(cx.within(&seen), rows, &own.sight())?;
    let figures = |run: LineRun| (run.line.id, BudgetFigures::of(run.position, &run.periods, run.unassigned, run.line.currency));
    Ok(found.into_iter().map(figures).collect())
}

/// Position of a budget line.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetLinePosition {
    /// Budget line.
    pub budget_line: Ref<BudgetLine>,
    /// Last day taken into account.
    pub as_of: Date,
    /// Currency of all figures.
    pub currency: Currency,
    /// Figures of the line.
    #[serde(flatten)]
    pub figures: BudgetFigures,
}

impl View for BudgetLinePosition {
    const PATH: &'static str = "finance/budget-lines/{id}/position";
    const SUMMARY: &'static str = "Get the position of a budget line";
    const DESCRIPTION: &'static str =
        "Position of a budget line: the available amount and the course of the year, over the records visible to you, as in the position of its budget.";
    type Reads = Collections;
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let id = cx.id()?;
        let (_, line) = cx.get_typed::<BudgetLine>(id)?;
        let own = sighted(cx, query.as_of)?;
        let (_, figures) = of_lines(cx, &[id], &own)?.pop().ok_or_else(Problem::not_found)?;
        Ok(BudgetLinePosition { budget_line: Ref::new(id, &line.name.0, None), as_of: own.day, currency: line.amount.currency, figures })
    }
}
