//! The position of a budget: what is available of it, line by line and in total.

use super::budget_figures::{BudgetFigures, periods, sighted, total};
use crate::budget::{
    budget::Budget,
    budget_line::BudgetLine,
    budget_transfer::BudgetTransfer,
    carry_forward::CarryForward,
    outlook::PeriodState,
    position::{Position, PositionFigures},
    year_run::{lines_of, runs},
};
use crate::investment::forecast::Forecast;
use crate::ledger::{commitment::Commitment, cost_entry::CostEntry};
use steward_core::resource::value::{Title, Whole};
use steward_core::view::picture::{Chart, Form, Pen, Picture, Series};
use steward_core::view::prelude::*;

/// Position of a budget line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinePosition {
    /// Budget line.
    pub budget_line_id: IdOf<BudgetLine>,
    /// Purpose of the line.
    pub name: Title,
    /// Figures of the line.
    pub figures: BudgetFigures,
}

/// Position of a budget, in total and line by line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BudgetPosition {
    /// Budget measured.
    pub budget_id: IdOf<Budget>,
    /// Last day taken into account.
    pub as_of: Date,
    /// Currency of all figures.
    pub currency: Currency,
    /// Figures of all lines together.
    #[serde(flatten)]
    pub figures: BudgetFigures,
    /// Inflows and outflows of all lines together, repeated as one object.
    pub total: PositionFigures,
    /// Lines of the budget, in the order of their creation.
    pub lines: Vec<LinePosition>,
    /// Periods of its year in order, all lines together.
    pub periods: Vec<PeriodFigures>,
}

/// Period of a budget, all lines together.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PeriodFigures {
    /// Number of the period in its year.
    pub number: Count,
    /// True if the period is closed.
    pub closed: bool,
    /// Budget of the period, including transfers into and out of it.
    pub budget: Money,
    /// Booked cost.
    pub actual: Money,
    /// Open commitments; null if an exchange rate is missing.
    pub open_commitments: Option<Money>,
    /// Expected cost; null without a forecast.
    pub forecast: Option<Money>,
}

impl View for BudgetPosition {
    const PATH: &'static str = "finance/budgets/{id}/position";
    const SUMMARY: &'static str = "Get the position of a budget";
    const DESCRIPTION: &'static str = "Position of a budget: the available amount and the course of the year, in total and line by line, over the records visible to you. All figures are exact sums in minor units of the budget's currency.\n\n\
        *Actual* is the sum of `base_amount` of the cost entries, which is net plus the tax that cannot be recovered, converted at the entry's own rate. Reversals count with their sign. \
        *Open commitments* in another currency are summed first and converted once, at the budget rate of the day (the last on or before it), or the spot rate where there is none; rounded half away from zero. Without either, the dependent figures are null and the status is `unknown`. \
        *Reserved* are transfers out that are submitted or approved. Carry-forwards with budget count as transfers.\n\n\
        With `as_of`, the position is that at the end of that day, and later changes do not alter it: the ledger counts by `posted_on` up to and including that day, transfers and carry-forwards by the times of their submission, posting and reversal, commitments from their creation until their release, relieved by what the ledger had booked for them by then, and periods and forecasts by the times of their closing and publication.";
    const FORMULA: &'static str = super::budget_figures::FORMULA;
    const PICTURE: Option<fn(&Self) -> Picture> = Some(picture);
    type Reads = (Budget, BudgetLine, BudgetTransfer, Commitment, CostEntry, IfPermitted<CarryForward>, IfPermitted<Forecast>);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let id = cx.id()?;
        let (_, budget) = cx.get_typed::<Budget>(id)?;
        let (own, seen) = (sighted(cx, query.as_of)?, cx.sees::<BudgetLine>()?);
        let lines = lines_of(cx.within(&seen), &[id], &seen)?;
        let (found, expected) = runs(cx.within(&seen), lines, &own.sight())?;
        let sum = found.iter().fold(Position::EMPTY, |sum, run| sum.plus(&run.position));
        let figures = total(&found, expected.get(&id), budget.currency);
        let line = |run: &crate::budget::year_run::LineRun| LinePosition {
            budget_line_id: run.line.id.into(),
            name: run.name.clone(),
            figures: BudgetFigures::of(run.position, &run.periods, run.unassigned, budget.currency),
        };
        Ok(BudgetPosition {
            budget_id: id.into(),
            as_of: own.day,
            currency: budget.currency,
            figures,
            total: sum.figures(budget.currency),
            lines: found.iter().map(line).collect(),
            periods: periods(&found, expected.get(&id)).into_iter().map(|period| PeriodFigures::of(period, budget.currency)).collect(),
        })
    }
}

impl PeriodFigures {
    fn of(period: PeriodState, currency: Currency) -> Self {
        let money = |minor: i64| Money::new(minor, currency);
        PeriodFigures {
            number: Whole(period.number),
            closed: period.closed,
            budget: money(period.budget),
            actual: money(period.actual),
            open_commitments: period.open.map(money),
            forecast: period.forecast.map(money),
        }
    }
}

/// How the budget burns: budget, booked cost, and what is booked and promised, summed up over the year, with the outlook as a limit.
fn picture(position: &BudgetPosition) -> Picture {
    let summed = |name: &str, pen: Pen, value: &dyn Fn(&PeriodFigures) -> Option<Money>| {
        let sums = position.periods.iter().scan(Some(0.0), |sum: &mut Option<f64>, period| {
            *sum = sum.and_then(|sum| Some(sum + value(period)?.drawn()));
            Some(*sum)
        });
        Series::over_places(name, pen, sums)
    };
    let bound = |period: &PeriodFigures| period.open_commitments.map(|open| Money::new(period.actual.minor.saturating_add(open.minor), open.currency));
    let mut series = vec![
        summed("Budget", Pen::Dashed, &|period| Some(period.budget)),
        summed("Booked", Pen::Surface, &|period| Some(period.actual)),
        summed("Booked and committed", Pen::Line, &bound),
    ];
    if let Some(outlook) = position.figures.full_year_outlook {
        series.push(Series::over_places("Full-year outlook", Pen::Limit, position.periods.iter().map(|_| Some(outlook.drawn()))));
    }
    let places = position.periods.iter().map(|period| period.number.0.to_string()).collect();
    let chart = Chart { horizontal: "Period".into(), vertical: position.currency.code().to_owned(), places, series };
    Picture::new(format!("Budget and its use, as of {}", position.as_of), Form::Chart(chart))
}
