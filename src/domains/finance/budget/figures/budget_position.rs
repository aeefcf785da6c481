//! The position of a budget: what is available of it, line by line and in total.

use super::budget_figures::{BudgetFigures, periods, sighted, total};
use crate::budget::{
    budget::Budget,
    budget_line::BudgetLine,
    budget_transfer::BudgetTransfer,
    burn_chart::burn_chart,
    carry_forward::CarryForward,
    period_figures::PeriodFigures,
    position::{Position, PositionFigures},
    year_run::{LineRun, lines_of, runs},
};
use crate::investment::forecast::Forecast;
use crate::ledger::{commitment::Commitment, cost_entry::CostEntry};
use steward_core::resource::value::Title;
use steward_core::view::picture::Picture;
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

impl View for BudgetPosition {
    const PATH: &'static str = "finance/budgets/{id}/position";
    const SUMMARY: &'static str = "Get the position of a budget";
    const DESCRIPTION: &'static str = "Position of a budget: the available amount and the course of the year, in total and line by line, over the records visible to you. All figures are exact sums in minor units of the budget's currency.\n\n\
        *Actual* is the sum of `base_amount` of the cost entries, which is net plus the tax that cannot be recovered, converted at the entry's own rate. Reversals count with their sign. \
        *Open commitments* in another currency are summed first and converted once, at the budget rate of the day (the last on or before it), or the spot rate where there is none; rounded half away from zero. Without either, the dependent figures are null and the status is `unknown`. \
        *Reserved* are transfers out that are submitted or approved. Carry-forwards with budget count as transfers.\n\n\
        With `as_of`, the position is that at the end of that day, and later changes do not alter it: the ledger counts by `posted_on` up to and including that day, transfers and carry-forwards by the times of their submission, posting and reversal, commitments from their creation until their release, relieved by what the ledger had booked for them by then, and periods and forecasts by the times of their closing and publication.";
    const FORMULA: &'static str = super::budget_figures::FORMULA;
    const PICTURE: Option<fn(&Self) -> Picture> = Some(|told| burn_chart(&told.periods, told.figures.full_year_outlook, told.currency, told.as_of));
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
        let line = |run: &LineRun| LinePosition {
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
