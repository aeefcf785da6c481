//! The position of a budget: what is available of it, line by line and in total.

use crate::domains::finance::budget::{
    budget::Budget,
    budget_line::BudgetLine,
    budget_transfer::BudgetTransfer,
    carry_forward::CarryForward,
    line::Line,
    line_flow::{Counted, positions},
    position::{Position, PositionFigures},
};
use crate::domains::finance::ledger::{commitment::Commitment, cost_entry::CostEntry};
use crate::resource::value::Title;
use crate::view::IdOf;
use crate::view::prelude::*;
use steward_schema::finance::budget_lines;

/// A line of a budget and how it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinePosition {
    /// The line.
    pub budget_line_id: IdOf<BudgetLine>,
    /// What it is for.
    pub name: Title,
    /// Its figures.
    pub figures: PositionFigures,
}

/// How a budget stands, line by line and in total.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BudgetPosition {
    /// The budget.
    pub budget_id: IdOf<Budget>,
    /// The last day that counts.
    pub as_of: Date,
    /// The currency of all figures.
    pub currency: Currency,
    /// The figures of all its lines together.
    pub total: PositionFigures,
    /// Each of its lines, in the order in which they were made.
    pub lines: Vec<LinePosition>,
}

impl View for BudgetPosition {
    const PATH: &'static str = "finance/budgets/{id}/position";
    const SUMMARY: &'static str = "Get the position of a budget";
    const DESCRIPTION: &'static str = "What is available of a budget, line by line and in total, over what you may see: available = budget + transfers in − transfers out − reserved − actual − open commitments. All figures are exact sums in minor units of the budget's currency.\n\n\
        *Actual* is the sum of `base_amount` of the cost entries, which is net plus the tax that cannot be recovered, converted at the entry's own rate: an entry in another currency counts by that. Reversals count with their sign. \
        *Open commitments* in another currency are summed first and converted once, at the budget rate of the day (the last on or before it), or the spot rate where there is none; rounded half away from zero. Without either, what depends on it is null and the status is `unknown`. \
        *Reserved* are transfers out that are submitted or approved. Carry-forwards that bring their budget along count as transfers.\n\n\
        With `as_of`, the ledger counts by `posted_on` up to and including that day; transfers and commitments count, in the state in which they are now, if they had been made by then.";
    type Reads = (Budget, BudgetLine, BudgetTransfer, Commitment, CostEntry, IfPermitted<CarryForward>);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let id = cx.id()?;
        let as_of = query.as_of;
        let (_, budget) = cx.get_typed::<Budget>(id)?;
        let day = as_of.unwrap_or_else(|| cx.today());
        let counted = Counted {
            transfers: cx.sees::<BudgetTransfer>()?,
            carried: cx.sees::<CarryForward>()?,
            entries: cx.sees::<CostEntry>()?,
            commitments: cx.sees::<Commitment>()?,
            as_of,
            periods: None,
        };
        let seen = cx.sees::<BudgetLine>()?;
        let in_sight = || budget_lines::table.filter(budget_lines::budget_id.eq(id)).filter(seen.clone());
        let rows: Vec<(Line, Title)> = in_sight().order(budget_lines::id).select((Line::as_select(), budget_lines::name)).load(cx.within(&seen))?;
        let (lines, names): (Vec<Line>, Vec<Title>) = rows.into_iter().unzip();
        let found = positions(cx.within(&seen), &lines, &counted, day)?;
        let mut total = Position::EMPTY;
        let mut listed = Vec::with_capacity(lines.len());
        for (line, name) in lines.iter().zip(names) {
            let position = found.get(&line.id).copied().unwrap_or(Position::EMPTY);
            total = total.plus(&position);
            listed.push(LinePosition { budget_line_id: line.id.into(), name, figures: position.figures(budget.currency) });
        }
        Ok(BudgetPosition { budget_id: id.into(), as_of: day, currency: budget.currency, total: total.figures(budget.currency), lines: listed })
    }
}
