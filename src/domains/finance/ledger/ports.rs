//! Ports of budgets and the ledger to other domains.

use super::booked_depreciation;
use super::booked_hours;
use super::commitment::Commitment;
use super::given_back;
use super::project_cost;
use crate::budget::charge_spread;
use crate::budget::funds;
use crate::budget::line::Line;
use crate::budget::line_lineage;
use crate::rate::exchange_rate::rate_between;
use diesel::dsl::{exists, not, select};
use diesel::prelude::*;
use rust_decimal::Decimal;
use steward_core::access::within_units;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::ledger::{
    self, CommittedLine, Depreciations, FundedLine, FundsRequest, PostingPeriod, ProjectCost, RecurringLine, StandingCommitment, WorkedHours,
};
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Currency, Date, Money, PreciseMoney};
use steward_core::resource::{Check, Effect, Id};
use steward_core::view::grouped;
use steward_schema::finance::{allocations, budget_lines, budgets, commitments, labor_rates};

/// Budgets and the ledger, as this domain keeps them.
pub struct Ledger;

/// The three things that a line may be for.
type Through = (Option<Id>, Option<Id>, Option<Id>);

impl ledger::Ledger for Ledger {
    fn commit(&self, check: &mut Check<'_>, lines: &[CommittedLine]) -> Result<Vec<Effect>> {
        let mut effects = Vec::with_capacity(lines.len());
        for line in lines {
            let override_reason = funds::override_reason(check, line.budget_line)?;
            effects.push(Effect::create(Placement::default(), Commitment { override_reason, ..Commitment::of(line) }));
        }
        Ok(effects)
    }

    fn give_back(&self, check: &mut Check<'_>, lines: &[CommittedLine], released: &[Id]) -> Result<Vec<Effect>> {
        let given = given_back::within_room(check, lines, released)?;
        Ok(given.iter().map(|line| Effect::create(Placement::default(), Commitment::of(line))).collect())
    }

    fn take_over(&self, check: &mut Check<'_>, lines: &[CommittedLine]) -> Result<Vec<Effect>> {
        given_back::take_over(check, lines)
    }

    fn standing(&self, check: &mut Check<'_>, sources: &[Id]) -> Result<Vec<StandingCommitment>> {
        Ok(given_back::standing(check, sources)?.into_iter().map(|(_, standing)| standing).collect())
    }

    fn spread(&self, check: &mut Check<'_>, lines: &[RecurringLine]) -> Result<Vec<CommittedLine>> {
        charge_spread::spread(check, lines)
    }

    fn require_funds(&self, check: &mut Check<'_>, request: &FundsRequest) -> Result<()> {
        let overridden = funds::override_reason(check, request.budget_line)?.is_some();
        funds::require(check, request, overridden)
    }

    fn release(&self, check: &mut Check<'_>, sources: &[Id]) -> Result<Vec<Effect>> {
        let mut ids: Vec<Id> = Vec::new();
        for chunk in sources.chunks(CHUNK) {
            let open = commitments::table.filter(commitments::state.eq_any(["open", "partially_relieved"]));
            ids.extend(open.filter(commitments::source_id.eq_any(chunk)).select(commitments::id).load::<Id>(check.connection)?);
        }
        ids.sort_unstable();
        Ok(ids.into_iter().map(|id| Effect::transition::<Commitment>(id, "released")).collect())
    }

    fn book(&self, check: &mut Check<'_>, hours: &WorkedHours) -> Result<Vec<Effect>> {
        booked_hours::book(check, hours)
    }

    fn unbook(&self, check: &mut Check<'_>, time_entry: Id) -> Result<Vec<Effect>> {
        booked_hours::take_back(check, time_entry)
    }

    fn labor_rate(&self, check: &mut Check<'_>, person: Id, day: Date) -> Result<Option<PreciseMoney>> {
        let rate = (labor_rates::hourly_rate_units, labor_rates::hourly_rate_pico, labor_rates::hourly_rate_currency);
        Ok(labor_rates::table
            .filter(labor_rates::subject_id.eq(person))
            .filter(labor_rates::starts_on.le(day))
            .filter(labor_rates::ends_on.is_null().or(labor_rates::ends_on.ge(day)))
            .order(labor_rates::starts_on.desc())
            .select(rate)
            .first(check.connection)
            .optional()?)
    }

    fn exchange_rate(&self, check: &mut Check<'_>, from: Currency, to: Currency, day: Date) -> Result<Option<Decimal>> {
        rate_between(check.connection, from, to, day)
    }

    fn any_unfinished(&self, check: &mut Check<'_>, allocations: &[Id]) -> Result<bool> {
        for chunk in allocations.chunks(CHUNK) {
            let over = allocations::state.eq("active").and(allocations::ends_on.lt(check.today));
            let unfinished =
                allocations::table.filter(allocations::id.eq_any(chunk)).filter(allocations::state.ne_all(["completed", "released"])).filter(not(over));
            if select(exists(unfinished)).get_result(check.connection)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn active_budget_lines(&self, check: &mut Check<'_>, units: &[Id]) -> Result<Vec<FundedLine>> {
        let paid = (budget_lines::initiative_id, budget_lines::service_id, budget_lines::contract_id);
        let rows: Vec<(Line, Option<Id>, Through)> = budget_lines::table
            .inner_join(budgets::table)
            .filter(budgets::state.eq("active"))
            .filter(within_units(budgets::unit_id, units))
            .order(budget_lines::id)
            .select((Line::as_select(), budget_lines::project_id, paid))
            .load(check.connection)?;
        let lines: Vec<Line> = rows.iter().map(|(line, ..)| *line).collect();
        let mut versions = grouped(line_lineage::owners(check.connection, &lines)?.into_iter().map(|(version, line)| (line, version)));
        let funded = |(line, project, (initiative, service, contract)): (Line, Option<Id>, Through)| FundedLine {
            id: line.id,
            versions: versions.remove(&line.id).unwrap_or_default(),
            project,
            pays_for: [initiative, service, contract].into_iter().flatten().collect(),
        };
        Ok(rows.into_iter().map(funded).collect())
    }

    fn project_costs(&self, check: &mut Check<'_>, project: Id, time_entries: &[Id]) -> Result<Vec<ProjectCost>> {
        project_cost::costs(check, project, time_entries)
    }

    fn open_commitments(&self, check: &mut Check<'_>, project: Id) -> Result<Vec<Money>> {
        project_cost::commitments(check, project)
    }

    fn posting_period(&self, check: &mut Check<'_>, period: Id) -> Result<Option<PostingPeriod>> {
        booked_depreciation::period(check, period)
    }

    fn depreciations(&self, check: &mut Check<'_>, period: Id) -> Result<Depreciations> {
        booked_depreciation::booked(check, period)
    }
}
