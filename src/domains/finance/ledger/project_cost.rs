//! What a project costs: the entries and the commitments that it bears.

use diesel::prelude::*;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::ledger::ProjectCost;
use steward_core::resource::value::{Date, Money};
use steward_core::resource::{Check, Id};
use steward_schema::finance::{budget_lines, commitments, cost_entries};

/// A cost entry: its id, day, source and amount.
type Row = (Id, Date, Option<Id>, Money);

/// What is booked on the budget lines of a project and for some hours of work, each entry once, in order of their ids.
pub fn costs(check: &mut Check<'_>, project: Id, time_entries: &[Id]) -> Result<Vec<ProjectCost>> {
    let amount = (cost_entries::base_amount_amount, cost_entries::base_amount_currency);
    let columns = (cost_entries::id, cost_entries::posted_on, cost_entries::source_id, amount);
    let lines = budget_lines::table.filter(budget_lines::project_id.eq(project)).select(budget_lines::id.nullable());
    let mut rows: Vec<Row> = cost_entries::table.filter(cost_entries::budget_line_id.eq_any(lines)).select(columns).load(check.connection)?;
    for chunk in time_entries.chunks(CHUNK) {
        rows.extend(cost_entries::table.filter(cost_entries::source_id.eq_any(chunk)).select(columns).load::<Row>(check.connection)?);
    }
    rows.sort_unstable_by_key(|row| row.0);
    rows.dedup_by_key(|row| row.0);
    Ok(rows.into_iter().map(|(entry, posted_on, source, amount)| ProjectCost { entry, posted_on, source, amount }).collect())
}

/// What is committed on the budget lines of a project and has not become cost.
pub fn commitments(check: &mut Check<'_>, project: Id) -> Result<Vec<Money>> {
    let lines = budget_lines::table.filter(budget_lines::project_id.eq(project)).select(budget_lines::id);
    let open = commitments::table.filter(commitments::state.eq_any(["open", "partially_relieved"])).filter(commitments::budget_line_id.eq_any(lines));
    let columns = ((commitments::amount_amount, commitments::amount_currency), commitments::relieved_amount);
    let rows: Vec<(Money, Option<i64>)> = open.order(commitments::id).select(columns).load(check.connection)?;
    Ok(rows.into_iter().map(|(amount, relieved)| Money::new(amount.minor - relieved.unwrap_or(0), amount.currency)).collect())
}
