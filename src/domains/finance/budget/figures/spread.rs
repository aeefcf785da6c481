//! The spread of a budget line: how much of it falls on each period of its year.

use crate::budget::{budget_line::BudgetLine, line_spread::amounts_of, period_amount::PeriodAmount};
use steward_core::view::prelude::*;

/// Spread of a budget line over the periods of its year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Spread {
    /// Budget line.
    pub budget_line_id: IdOf<BudgetLine>,
    /// Amount of the line.
    pub amount: Money,
    /// Amounts by period. Empty if the year has no periods yet and the amounts are not given.
    pub periods: Vec<PeriodAmount>,
}

impl View for Spread {
    const PATH: &'static str = "finance/budget-lines/{id}/spread";
    const SUMMARY: &'static str = "Get the spread of a budget line";
    const DESCRIPTION: &'static str = "Spread of a budget line over the periods of its fiscal year. Amounts given by the line are returned as they are; otherwise its amount is split over the regular periods (not those for adjustments): into equal parts, by their days, by its weights, or like the line that it copies.\n\n\
        The parts add up to the amount exactly: each is rounded down, and the remaining minor units go, one each, to the parts with the largest remainders, the earlier period first where they are equal.";
    type Reads = (BudgetLine,);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (_, line) = cx.get_typed::<BudgetLine>(id)?;
        let amount = line.amount;
        let periods = amounts_of(cx.unscoped("a line that may be read tells its amounts by period"), line.into())?;
        Ok(Spread { budget_line_id: id.into(), amount, periods })
    }
}
