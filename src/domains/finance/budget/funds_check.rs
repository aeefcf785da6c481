//! `POST finance/funds-checks`: what a budget line has for something, before it is asked for.

use super::budget::{BudgetControl, ControlAction, ControlBasis};
use super::budget_line::BudgetLine;
use super::fiscal_period::FiscalPeriod;
use super::funds::{self, Decision, FundsCondition, FundsVerdict};
use super::line_lineage;
use super::period_name::PeriodName;
use super::position::PositionFigures;
use super::regular_period::year_of_line;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use steward_core::error::{FieldError, Problem, Result};
use steward_core::ports::ledger::{FundsEvent, FundsRequest};
use steward_core::resource::value::{Money, Text, Whole};
use steward_core::resource::{Check, Id};
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, IdOf, NoQuery};
use steward_schema::finance::fiscal_periods;
use utoipa::ToSchema;

/// `POST finance/funds-checks`.
#[derive(Debug)]
pub struct CheckFunds;

steward_core::value! {
    /// Request to check whether a budget line has the funds for an event.
    pub struct FundsQuestion {
        /// Budget line that would pay.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Id,
        /// Number of the period in the fiscal year of the budget, or its id; the period of today if left out.
        pub period: Option<PeriodName>,
        /// Amount to bind or spend. An amount in another currency than the budget's is converted at the budget rate of the year.
        pub amount: Money,
        /// Event for which the money is needed.
        pub event: FundsEvent,
    }
}

/// Rule that decided a funds check.
#[derive(Debug, Serialize, ToSchema)]
pub struct FundsRule {
    /// Deciding condition.
    pub condition: FundsCondition,
    /// Action of the control at the event; `ignore` without control.
    pub action: ControlAction,
    /// Basis of the control.
    pub control_basis: ControlBasis,
    /// Part of the year's budget with the least room.
    pub basis: ControlBasis,
    /// Number of the last period of that part; null for the whole year.
    pub through_period: Option<Whole<1, 366>>,
    /// Percentage by which the current budget may be exceeded.
    pub tolerance_percent: Whole<0, 100>,
    /// True if the caller may override a block by giving a reason.
    pub may_override: bool,
    /// Explanation of the decision.
    pub detail: Text<0, 1000>,
}

/// Result of a funds check.
#[derive(Debug, Serialize, ToSchema)]
pub struct FundsChecked {
    /// Budget line.
    pub budget_line_id: IdOf<BudgetLine>,
    /// Fiscal period.
    pub fiscal_period_id: IdOf<FiscalPeriod>,
    /// Event checked.
    pub event: FundsEvent,
    /// Amount in the currency of the budget; null if an exchange rate is missing.
    pub amount: Option<Money>,
    /// Outcome of the check.
    pub verdict: FundsVerdict,
    /// Current position of the part of the budget with the least room; null where the budget or the period refuses.
    pub before: Option<PositionFigures>,
    /// Position of that part with the amount taken.
    pub after: Option<PositionFigures>,
    /// Deciding rule.
    pub rule: FundsRule,
}

impl Action for CheckFunds {
    const PATH: &'static str = "finance/funds-checks";
    const OPERATION_ID: &'static str = "check_funds";
    const SUMMARY: &'static str = "Check the funds of a budget line";
    const DESCRIPTION: &'static str = "Funds check of an amount on a budget line, as applied to requisitions, orders, contracts, invoices, allocations and hours. Writes nothing. \
        The year's budget always counts; by the basis of the control also that of the period, or that of the periods up to it and up to each later one. \
        The part with the least room decides: the amount passes up to available + tolerance_percent of (budget + transfers_in − transfers_out − reserved). \
        Beyond that the action of the control decides: `warn` passes it, `block` refuses unless an approved overrun covers the line (`override`); holders of the budget's override role pass it by giving a reason.";
    const PERMISSIONS: &'static [&'static str] = &["finance.budget_lines:read", "finance.budgets:read"];
    type Query = NoQuery;
    type Body = FundsQuestion;
    type Prepared = FundsQuestion;
    type Answer = FundsChecked;

    fn example(_: &str) -> Value {
        json!({"budget_line_id": Id::sample().to_string(), "period": 1, "amount": {"amount": "2500.00", "currency": "EUR"}, "event": "order"})
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, question: &FundsQuestion) -> Result<Outcome> {
        let mut reader = writer.reader();
        let lines = reader.definition::<BudgetLine>()?;
        if reader.find(lines, question.budget_line_id)?.is_none() {
            return Err(absent("budget_line_id", "There is no such budget line, or it is not visible to you."));
        }
        let answer = reader.ask(|check| answer(check, question))?;
        Outcome::of(200, &answer)
    }
}

fn absent(field: &str, detail: &str) -> steward_core::error::Error {
    Problem::invalid(vec![FieldError::new(format!("/{field}"), "reference", detail)]).into()
}

fn answer(check: &mut Check<'_>, question: &FundsQuestion) -> Result<FundsChecked> {
    let period = period(check, question)?;
    let request = FundsRequest { budget_line: question.budget_line_id, fiscal_period: period, amount: question.amount, event: question.event };
    let decision = funds::decide(check, &request)?.ok_or_else(|| absent("budget_line_id", "There is no such budget line."))?;
    let may_override = funds::may_override(check, question.budget_line_id)?;
    Ok(told(&request, &decision, may_override))
}

/// The period that the question names, else that of today.
fn period(check: &mut Check<'_>, question: &FundsQuestion) -> Result<Id> {
    let year = year_of_line(check, question.budget_line_id)?;
    let year = year.ok_or_else(|| absent("budget_line_id", "There is no such budget line."))?;
    if let Some(named) = question.period {
        return named.find(check, year)?.ok_or_else(|| absent("period", "The fiscal year of the budget has no such period."));
    }
    let (today, span) = (check.today, line_lineage::year_of(check, question.budget_line_id)?);
    let day = span.map_or(today, |(first, last)| today.clamp(first, last));
    let holds = fiscal_periods::fiscal_year_id.eq(year).and(fiscal_periods::starts_on.le(day)).and(fiscal_periods::ends_on.ge(day));
    let found: Option<Id> = fiscal_periods::table.filter(holds).order(fiscal_periods::number).select(fiscal_periods::id).first(check.connection).optional()?;
    found.ok_or_else(|| absent("period", "The fiscal year of the budget has no periods yet. Make them first."))
}

fn told(request: &FundsRequest, decision: &Decision, may_override: bool) -> FundsChecked {
    let BudgetControl { basis, tolerance_percent, .. } = decision.control;
    let figures = |position: Option<super::position::Position>| position.map(|position| position.figures(decision.currency));
    FundsChecked {
        budget_line_id: request.budget_line.into(),
        fiscal_period_id: request.fiscal_period.into(),
        event: request.event,
        amount: decision.taken.map(|minor| Money::new(minor, decision.currency)),
        verdict: decision.verdict,
        before: figures(decision.bound.map(|bound| bound.position)),
        after: figures(decision.after(request.event)),
        rule: FundsRule {
            condition: decision.condition,
            action: decision.action,
            control_basis: basis,
            basis: decision.bound.map_or(basis, |bound| bound.basis),
            through_period: decision.bound.and_then(|bound| bound.through).map(Whole),
            tolerance_percent,
            may_override,
            detail: Text::cut(&decision.detail),
        },
    }
}
