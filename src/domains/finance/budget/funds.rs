//! The funds check: whether a budget line has what something new would take. Whatever binds or spends money of a budget goes through it.

use super::budget::{BudgetControl, ControlAction, ControlBasis};
use super::line::Line;
use super::line_lineage;
use super::line_room::{self, Asked, Bound};
use super::line_spread::Spreadable;
use super::overrun;
use super::position::{Position, converted};
use crate::rate::exchange_rate::rates_to;
use diesel::prelude::*;
use steward_core::access::{roles_in, unit_and_above};
use steward_core::choice;
use steward_core::database::expression::shared;
use steward_core::error::{Problem, Result};
use steward_core::ports::ledger::{FundsEvent, FundsRequest};
use steward_core::resource::value::{Currency, Money, Note, Title, Whole};
use steward_core::resource::{Check, Id};
use steward_schema::finance::{budget_lines, budgets, fiscal_periods};
use steward_schema::service::registry;

choice! {
    /// Outcome of a funds check.
    pub enum FundsVerdict {
        /// Sufficient funds on the line.
        Pass = "pass",
        /// Insufficient funds, with a control that only warns.
        Warn = "warn",
        /// Insufficient funds, passed by an approved overrun, or by the override role of the caller with a reason.
        Override = "override",
        /// Refused by the control.
        Block = "block",
    }
}

choice! {
    /// Condition that decides a funds check.
    pub enum FundsCondition {
        /// Funds of the line.
        Funds = "funds",
        /// Budget that is not active.
        State = "state",
        /// Period of another fiscal year than the budget.
        OtherYear = "other_year",
        /// Closed period.
        ClosedPeriod = "closed_period",
        /// Missing exchange rate.
        ExchangeRate = "exchange_rate",
    }
}

/// The decision on a request.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Its outcome.
    pub verdict: FundsVerdict,
    /// The condition that decided.
    pub condition: FundsCondition,
    /// The control that held.
    pub control: BudgetControl,
    /// What the control does at the event.
    pub action: ControlAction,
    /// The bound that leaves least; none if it was not asked.
    pub bound: Option<Bound>,
    /// What would be taken, in minor units of the currency of the line.
    pub taken: Option<i64>,
    /// The currency of the line.
    pub currency: Currency,
    /// What decided, in words.
    pub detail: String,
}

impl Decision {
    /// The position of the bound when the amount is taken.
    pub fn after(&self, event: FundsEvent) -> Option<Position> {
        let (before, taken) = (self.bound?.position, self.taken?);
        Some(match event {
            FundsEvent::Invoice | FundsEvent::Time => Position { actual: before.actual.saturating_add(taken), ..before },
            _ => Position { open_commitments: before.open_commitments.map(|open| open.saturating_add(taken)), ..before },
        })
    }

    fn refusal(self) -> Problem {
        let (pointer, code) = match self.condition {
            FundsCondition::Funds => ("/amount", "funds"),
            FundsCondition::ExchangeRate => ("/amount", "exchange_rate"),
            FundsCondition::State => ("/budget_line_id", "state"),
            FundsCondition::OtherYear => ("/fiscal_period_id", "other_year"),
            FundsCondition::ClosedPeriod => ("/fiscal_period_id", "closed"),
        };
        Problem::conflict(pointer, code, self.detail)
    }
}

/// Refuses what a line cannot take (409): while its budget is not active or in a period of another year whatever the control of the
/// budget says, and more than is available where that blocks it and nobody overrides it. The caller has locked the line, so that of many at
/// once none passes the limit.
pub fn require(check: &mut Check<'_>, request: &FundsRequest, overridden: bool) -> Result<()> {
    let Some(held) = Held::find(check, request.budget_line)? else { return Ok(()) };
    if let Some(refused) = held.refused(check, request)? {
        return Err(refused.refusal().into());
    }
    if overridden || held.action(request.event) != ControlAction::Block {
        return Ok(());
    }
    let decision = held.weigh(check, request)?;
    if decision.verdict == FundsVerdict::Block { Err(decision.refusal().into()) } else { Ok(()) }
}

/// Refuses what is spent beyond what a line has (409), as [`require`] does. What was promised is paid after its budget is over, too: then
/// nothing of the line is left to weigh.
pub fn require_spent(check: &mut Check<'_>, request: &FundsRequest, overridden: bool, promised: bool) -> Result<()> {
    let of_budget = budget_lines::table.inner_join(budgets::table).filter(budget_lines::id.eq(request.budget_line)).select(budgets::state);
    let state: Option<String> = of_budget.first(check.connection).optional()?;
    if promised && state.is_some_and(|state| state != "active") {
        return Ok(());
    }
    require(check, request, overridden)
}

/// The decision on a request, whatever the control does; none if there is no such line.
pub fn decide(check: &mut Check<'_>, request: &FundsRequest) -> Result<Option<Decision>> {
    let Some(held) = Held::find(check, request.budget_line)? else { return Ok(None) };
    match held.refused(check, request)? {
        Some(refused) => Ok(Some(refused)),
        None => held.weigh(check, request).map(Some),
    }
}

/// True if the control of a line blocks what it has no funds for at an event.
pub fn blocks(check: &mut Check<'_>, line: Id, event: FundsEvent) -> Result<bool> {
    Ok(Held::find(check, line)?.is_some_and(|held| held.action(event) == ControlAction::Block))
}

/// Whether a line lacks the amount and its control blocks that.
pub fn is_blocked(check: &mut Check<'_>, request: &FundsRequest) -> Result<bool> {
    Ok(decide(check, request)?.is_some_and(|decision| decision.verdict == FundsVerdict::Block && decision.condition == FundsCondition::Funds))
}

/// The reason that the caller gives, if the caller has the role that overrides the control of a line.
pub fn override_reason(check: &mut Check<'_>, line: Id) -> Result<Option<Note>> {
    let Some(reason) = check.reason.filter(|reason| !reason.trim().is_empty()).map(Note::cut) else { return Ok(None) };
    Ok(may_override(check, line)?.then_some(reason))
}

/// Whether the caller has the role that overrides the control of a line, on the unit of the budget.
pub fn may_override(check: &mut Check<'_>, line: Id) -> Result<bool> {
    let of_budget = budget_lines::table.inner_join(budgets::table).filter(budget_lines::id.eq(line));
    let found: Option<(Option<Id>, Id)> = of_budget.select((budgets::override_role_id, budgets::unit_id)).first(check.connection).optional()?;
    let Some((Some(role), unit)) = found else { return Ok(false) };
    let units = unit_and_above(check.connection, unit)?;
    Ok(roles_in(check.connection, &[check.actor], &units)?.contains(&role))
}

/// The event that a commitment comes from, by the collection of its source.
pub fn event_of(check: &mut Check<'_>, source: Id) -> Result<FundsEvent> {
    let collection: Option<String> = registry::table.filter(registry::id.eq(source)).select(registry::collection).first(check.connection).optional()?;
    Ok(match collection.as_deref() {
        Some("vendors/requisition-lines") => FundsEvent::Requisition,
        Some("vendors/contract-lines") => FundsEvent::Contract,
        Some("finance/allocations") => FundsEvent::Allocation,
        Some("finance/prepayment-months") => FundsEvent::Invoice,
        _ => FundsEvent::Order,
    })
}

/// A line, with how its budget holds spending.
#[derive(Queryable)]
struct Held {
    line: Line,
    spread: Spreadable,
    control: Option<BudgetControl>,
    budget: Id,
    name: Title,
    year: Id,
}

impl Held {
    fn find(check: &mut Check<'_>, line: Id) -> Result<Option<Held>> {
        Ok(budget_lines::table
            .inner_join(budgets::table)
            .filter(budget_lines::id.eq(line))
            .select((Line::as_select(), Spreadable::as_select(), budgets::control, budgets::id, budgets::name, budgets::fiscal_year_id))
            .first(check.connection)
            .optional()?)
    }

    /// What the control does at an event; nobody looks where there is none.
    fn action(&self, event: FundsEvent) -> ControlAction {
        let Some(control) = &self.control else { return ControlAction::Ignore };
        match event {
            FundsEvent::Requisition => control.requisition,
            FundsEvent::Order | FundsEvent::Contract => control.order,
            FundsEvent::Invoice => control.invoice,
            FundsEvent::Allocation | FundsEvent::Time => control.allocation,
        }
    }

    fn decision(&self, event: FundsEvent, verdict: FundsVerdict, condition: FundsCondition, detail: String) -> Decision {
        let lax = BudgetControl {
            requisition: ControlAction::Ignore,
            order: ControlAction::Ignore,
            invoice: ControlAction::Ignore,
            allocation: ControlAction::Ignore,
            basis: ControlBasis::Annual,
            tolerance_percent: Whole(0),
        };
        let control = self.control.clone().unwrap_or(lax);
        Decision { verdict, condition, control, action: self.action(event), bound: None, taken: None, currency: self.line.currency, detail }
    }

    /// The refusal of a budget that is not active, which it then stays until the write is done, or of a period of another year or a closed one.
    fn refused(&self, check: &mut Check<'_>, request: &FundsRequest) -> Result<Option<Decision>> {
        let block = |condition, detail| Some(self.decision(request.event, FundsVerdict::Block, condition, detail));
        let own = budgets::table.filter(budgets::id.eq(self.budget));
        let state: String = shared(own.select(budgets::state)).get_result(check.connection).optional()?.unwrap_or_default();
        if state != "active" {
            let detail = format!(
                "Budget \"{}\" is {state}, and takes commitments only while it is active. Choose a line of an active budget, or activate it.",
                self.name.0
            );
            return Ok(block(FundsCondition::State, detail));
        }
        let period = fiscal_periods::table.filter(fiscal_periods::id.eq(request.fiscal_period));
        let period = period.select((fiscal_periods::fiscal_year_id, fiscal_periods::state, fiscal_periods::name));
        let period: Option<(Id, String, Title)> = shared(period).get_result(check.connection).optional()?;
        let Some((year, state, name)) = period else { return Ok(None) };
        if year != self.year {
            let detail = format!(
                "The period is of another fiscal year than budget \"{}\". Choose a period of its year, or a line of the budget of that year.",
                self.name.0
            );
            return Ok(block(FundsCondition::OtherYear, detail));
        }
        if state == "closed" {
            let detail = format!("Period \"{}\" is closed and takes nothing any more. Choose an open one, or have it reopened.", name.0);
            return Ok(block(FundsCondition::ClosedPeriod, detail));
        }
        Ok(None)
    }

    /// What the line has against what is asked.
    fn weigh(self, check: &mut Check<'_>, request: &FundsRequest) -> Result<Decision> {
        let (currency, amount) = (self.line.currency, request.amount);
        let rates = if amount.currency == currency {
            Default::default()
        } else {
            let year = line_lineage::year_of(check, request.budget_line)?;
            rates_to(check.connection, currency, year, check.today)?
        };
        let passed = self.decision(request.event, FundsVerdict::Pass, FundsCondition::Funds, String::new());
        let asked = Asked { line: self.line, spread: self.spread, year: self.year, period: request.fiscal_period };
        let bound = line_room::tightest(check, asked, &passed.control)?;
        let taken = converted(&[(amount.currency, amount.minor)], currency, &rates);
        let at_most = bound.at_most(passed.control.tolerance_percent.0);
        let decision = Decision { bound: Some(bound), taken, ..passed };
        let (Some(left), Some(at_most), Some(amount)) = (bound.position.available(), at_most, taken) else {
            let verdict = if decision.action == ControlAction::Block { FundsVerdict::Block } else { FundsVerdict::Warn };
            let detail = "What is available cannot be told. Record the exchange rate first.".to_owned();
            return Ok(Decision { verdict, condition: FundsCondition::ExchangeRate, detail, ..decision });
        };
        let told = format!("{} is available of that budget line{}", Money::new(left, currency), part(&bound));
        let verdict = match decision.action {
            _ if amount <= at_most => FundsVerdict::Pass,
            ControlAction::Ignore => FundsVerdict::Pass,
            ControlAction::Warn => FundsVerdict::Warn,
            ControlAction::Block if overrun::is_allowed(check, request.budget_line)? => FundsVerdict::Override,
            ControlAction::Block => FundsVerdict::Block,
        };
        let detail = if amount <= at_most {
            format!("{told}.")
        } else {
            format!("Only {told}. Take less, have money moved to it, have an overrun approved, or override it with a reason in the role of the budget.")
        };
        Ok(Decision { verdict, detail, ..decision })
    }
}

/// The part of the year that a bound is about, in words.
fn part(bound: &Bound) -> String {
    match (bound.basis, bound.through) {
        (ControlBasis::Period, Some(number)) => format!(" in period {number}"),
        (ControlBasis::YearToDate, Some(number)) => format!(" up to period {number}"),
        _ => String::new(),
    }
}
