//! What the books themselves have open when a period is closed, and that periods are closed in order.

use diesel::dsl::not;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::closing::{self, ClosingPeriod, OpenRecords};
use steward_core::resource::value::{Date, Title};
use steward_core::resource::{Check, Id};
use steward_schema::finance::{accruals, allocation_runs, budget_transfers, carry_forwards, commitments, fiscal_periods};

/// The books, as far as a period waits for them.
pub struct Closing;

impl closing::Closing for Closing {
    fn open(&self, check: &mut Check<'_>, period: ClosingPeriod) -> Result<Vec<OpenRecords>> {
        let connection = &mut *check.connection;
        let own = accruals::state.eq("draft").and(accruals::fiscal_period_id.eq(period.id));
        let drafts = accruals::table.filter(own).order(accruals::id).select(accruals::id).load(connection)?;
        let due = accruals::state.eq("posted").and(accruals::reverses_on.between(period.starts_on, period.ends_on));
        let unreversed = accruals::table.filter(due).order(accruals::id).select(accruals::id).load(connection)?;
        let unfinished = allocation_runs::state.eq_any(["draft", "computed"]).and(allocation_runs::fiscal_period_id.eq(period.id));
        let runs = allocation_runs::table.filter(unfinished).order(allocation_runs::id).select(allocation_runs::id).load(connection)?;
        let waiting = budget_transfers::state.eq_any(["submitted", "approved"]).and(budget_transfers::fiscal_period_id.eq(period.id));
        let transfers = budget_transfers::table.filter(waiting).order(budget_transfers::id).select(budget_transfers::id).load(connection)?;
        let waiting = carry_forwards::state.eq_any(["submitted", "approved"]).and(carry_forwards::fiscal_period_id.eq(period.id));
        let carried = carry_forwards::table.filter(waiting).order(carry_forwards::id).select(carry_forwards::id).load(connection)?;
        let open = commitments::state.eq_any(["open", "partially_relieved"]).and(commitments::fiscal_period_id.eq(period.id));
        let promised = commitments::table.filter(open).order(commitments::id).select(commitments::id).load(connection)?;
        let records = |check, collection, detail, ids: Vec<Id>| OpenRecords { check, collection, detail, ids };
        Ok(vec![
            records("draft_accruals", "finance/accruals", "Post the draft accruals, move them to a later period, or delete what was never posted.", drafts),
            records("unreversed_accruals", "finance/accruals", "Reverse the accruals whose day has come.", unreversed),
            records("unposted_allocations", "finance/allocation-runs", "Post the allocation runs of the period, or return to draft and delete them.", runs),
            records("pending_transfers", "finance/budget-transfers", "Post the transfers that count in the period, or reject or revoke them.", transfers),
            records("pending_carry_forwards", "finance/carry-forwards", "Post what is carried into the period, or reject or revoke it.", carried),
            records("open_commitments", "finance/commitments", "Accrue what was received; what comes later stays committed.", promised),
        ])
    }
}

/// The first period of a year that must be closed before another one: one that ends earlier; before one for adjustments also one that ends
/// with it.
pub fn earlier_open(check: &mut Check<'_>, period: Id) -> Result<Option<(i64, Title)>> {
    use fiscal_periods::{adjustment, ends_on, fiscal_year_id, id, name, number, state, table};
    let own: Option<(Id, Date, bool)> = table.find(period).select((fiscal_year_id, ends_on, adjustment)).first(check.connection).optional()?;
    let Some((year, last, adjusts)) = own else { return Ok(None) };
    let until = if adjusts { last.plus_days(1) } else { last };
    let open = table.filter(fiscal_year_id.eq(year).and(state.ne("closed")).and(id.ne(period)).and(ends_on.lt(until)));
    Ok(open.filter(not(adjustment)).order((ends_on, number)).select((number, name)).first(check.connection).optional()?)
}
