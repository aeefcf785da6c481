//! The position of a budget: what is available of it, line by line and in total.

use super::budget::Budget;
use super::budget_line::BudgetLine;
use super::budget_transfer::BudgetTransfer;
use super::carry_forward::CarryForward;
use super::commitment::Commitment;
use super::cost_entry::CostEntry;
use super::line_flow::{Counted, Line, positions};
use super::position::{Position, Standing};
use crate::error::Result;
use crate::http::view::{Call, Parameter, Run, View};
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Currency, Date, Figure, Many, Money, Title};
use crate::store::Reader;
use diesel::prelude::*;
use serde_json::Value;
use steward_schema::finance::budget_lines;

crate::answer! {
    /// The figures of a budget, or of a line of it.
    pub struct PositionFigures {
        /// What the baseline sets aside.
        pub budget: Money,
        /// What posted transfers and carry-forwards brought.
        pub transfers_in: Money,
        /// What posted transfers and carry-forwards took.
        pub transfers_out: Money,
        /// What transfers will take that are submitted or approved, and not yet posted.
        pub reserved: Money,
        /// What the ledger has booked: the sum of `base_amount` of the cost entries.
        pub actual: Money,
        /// What is promised and not yet delivered: amount less what is relieved. Null if an exchange rate is missing.
        pub open_commitments: Option<Money>,
        /// budget + transfers_in − transfers_out − reserved − actual − open_commitments. Null if an exchange rate is missing.
        pub available: Option<Money>,
        /// (actual + open_commitments) ÷ (budget + transfers_in − transfers_out) · 100; null when there is no budget.
        pub consumption_percent: Figure,
        /// How it stands, by the sign of what is available.
        pub status: Standing,
    }
}

crate::answer! {
    /// A line of a budget and how it stands.
    pub struct LinePosition {
        /// The line.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Id,
        /// What it is for.
        pub name: Title,
        /// Its figures.
        pub figures: PositionFigures,
    }
}

crate::answer! {
    /// How a budget stands, line by line and in total.
    pub struct BudgetPosition {
        /// The budget.
        #[field(refers_to(&["finance/budgets"]))]
        pub budget_id: Id,
        /// The last day that counts.
        pub as_of: Date,
        /// The currency of all figures.
        pub currency: Currency,
        /// The figures of all its lines together.
        pub total: PositionFigures,
        /// Each of its lines, in the order in which they were made.
        pub lines: Many<LinePosition>,
    }
}

/// `GET finance/budgets/{id}/position`.
pub static POSITION: View = View {
    path: "finance/budgets/{id}/position",
    operation_id: "get_budget_position",
    summary: "Get the position of a budget",
    description: "What is available of a budget, line by line and in total, over what you may see: available = budget + transfers in − transfers out − reserved − actual − open commitments. All figures are exact sums in minor units of the budget's currency.\n\n\
        *Actual* is the sum of `base_amount` of the cost entries, which is net plus the tax that cannot be recovered, converted at the entry's own rate: an entry in another currency counts by that. Reversals count with their sign. \
        *Open commitments* in another currency are summed first and converted once, at the budget rate of the day (the last on or before it), or the spot rate where there is none; rounded half away from zero. Without either, what depends on it is null and the status is `unknown`. \
        *Reserved* are transfers out that are submitted or approved. Carry-forwards that bring their budget along count as transfers.\n\n\
        With `as_of`, the ledger counts by `posted_on` up to and including that day; transfers and commitments count, in the state in which they are now, if they had been made by then.",
    permissions: &[
        "finance.budgets:read",
        "finance.budget_lines:read",
        "finance.budget_transfers:read",
        "finance.commitments:read",
        "finance.cost_entries:read",
    ],
    parameters: &[Parameter { name: "as_of", description: "the last day that counts, as YYYY-MM-DD; today if left out", words: &[], required: false }],
    answer: answer_schema::<BudgetPosition>,
    run: Run::Read(run),
};

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let id = call.id()?;
    let as_of = call.day("as_of")?;
    let (_, budget) = reader.get_typed::<Budget>(id)?;
    let day = as_of.unwrap_or_else(|| reader.today());
    let counted = Counted {
        transfers: reader.sees::<BudgetTransfer>()?,
        carried: reader.sees::<CarryForward>()?,
        entries: reader.sees::<CostEntry>()?,
        commitments: reader.sees::<Commitment>()?,
        as_of,
        periods: None,
    };
    let seen = reader.sees::<BudgetLine>()?;
    let in_sight = || budget_lines::table.filter(budget_lines::budget_id.eq(id)).filter(seen.clone());
    let rows: Vec<(Line, Title)> = in_sight().order(budget_lines::id).select((Line::as_select(), budget_lines::name)).load(reader.within(&seen))?;
    let (lines, names): (Vec<Line>, Vec<Title>) = rows.into_iter().unzip();
    let within = || in_sight().select(budget_lines::id).into_boxed();
    let found = positions(reader.within(&seen), &lines, &within, &counted, day)?;
    let mut total = Position::EMPTY;
    let mut listed = Vec::with_capacity(lines.len());
    for (line, name) in lines.iter().zip(names) {
        let position = found.get(&line.id).copied().unwrap_or(Position::EMPTY);
        total = total.plus(&position);
        listed.push(LinePosition { budget_line_id: line.id, name, figures: figures(&position, budget.currency) });
    }
    let answer = BudgetPosition { budget_id: id, as_of: day, currency: budget.currency, total: figures(&total, budget.currency), lines: Many(listed) };
    Ok(Model::to_json(&answer).into())
}

fn figures(position: &Position, currency: Currency) -> PositionFigures {
    let money = |minor: i64| Money::new(minor, currency);
    PositionFigures {
        budget: money(position.budget),
        transfers_in: money(position.transfers_in),
        transfers_out: money(position.transfers_out),
        reserved: money(position.reserved),
        actual: money(position.actual),
        open_commitments: position.open_commitments.map(money),
        available: position.available().map(money),
        consumption_percent: Figure(position.consumption_percent()),
        status: position.standing(),
    }
}
