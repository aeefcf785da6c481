//! The measure of finance: what the year's active budgets allow, what is spent, and what the year will cost in the end.

use crate::budget::{
    budget::Budget,
    budget_line::BudgetLine,
    budget_transfer::BudgetTransfer,
    carry_forward::CarryForward,
    flow_sight::in_sight,
    position::Position,
    running_budget::{RunningBudget, positions_of, running_budgets},
};
use crate::ledger::{commitment::Commitment, cost_entry::CostEntry};
use std::collections::BTreeSet;
use steward_core::view::measure::{Basis, Measured, Sense, so_many};
use steward_core::view::prelude::*;

/// The measure.
#[derive(Debug)]
pub struct Spending;

impl View for Spending {
    const PATH: &'static str = "finance/spending";
    const FORMULA: &'static str = "Over the active budgets of the fiscal years that run today, in the base currency; budgets in others are left out, and named. \
        The plan is their amount with posted transfers and carry-forwards, for the whole year; actual is the cost booked in the ledger to date. \
        The forecast is the greater of the amount spent and committed (actual + open commitments) and the run rate (actual ÷ the elapsed share of the year). \
        The status compares the forecast with the plan: less is better.";
    type Reads =
        (IfPermitted<BudgetTransfer>, IfPermitted<CarryForward>, IfPermitted<CostEntry>, IfPermitted<Commitment>, IfPermitted<Budget>, IfPermitted<BudgetLine>);
    type Query = Basis;
    type Answer = Measured;

    fn run(cx: &mut Context<'_, '_>, basis: Basis) -> Result<Measured> {
        let unit = basis.currency.code();
        let counted = in_sight(cx, Some(basis.today))?;
        let (seen_budgets, seen_lines) = (cx.sees::<Budget>()?, cx.sees::<BudgetLine>()?);
        if seen_budgets.is_nothing() || seen_lines.is_nothing() {
            return Ok(Measured::unknown(unit, "You may not see budgets and their lines."));
        }
        let all = running_budgets(cx, &seen_budgets, basis.today)?;
        let (own, others): (Vec<RunningBudget>, Vec<RunningBudget>) = all.into_iter().partition(|budget| budget.currency == basis.currency);
        let left_out = left_out(&others);
        if own.is_empty() {
            return Ok(Measured::unknown(unit, format!("No active budget of a running year that you may see is in {unit}.{left_out}")));
        }
        let totals = positions_of(cx, &own, &seen_lines, &counted, basis.today)?;
        let total = totals.values().fold(Position::EMPTY, |total, each| total.plus(each));
        let scale = 10f64.powi(i32::try_from(basis.currency.scale()).unwrap_or(0));
        let major = |minor: f64| minor / scale;
        let plan = major(total.current_budget() as f64);
        if counted.entries.is_nothing() {
            let mut told = Measured::unknown(unit, format!("You may not see the ledger.{left_out}"));
            told.plan = Some(plan);
            return Ok(told);
        }
        let actual = major(total.actual as f64);
        let promised = total.open_commitments.filter(|_| !counted.commitments.is_nothing()).map(|open| major(open as f64));
        let pace = |budget: &RunningBudget| totals.get(&budget.id).map_or(0.0, |total| total.actual as f64) / budget.elapsed_share(basis.today);
        let pace = major(own.iter().map(pace).sum());
        let bound = promised.map(|promised| actual + promised);
        let outlook = bound.map_or(pace, |bound| bound.max(pace));
        let because = match bound {
            Some(bound) if bound >= pace => "by what is spent and promised",
            _ => "at the pace of the spending so far",
        };
        let unknown = if promised.is_none() { " What is promised cannot be told: you may not see it, or an exchange rate is missing." } else { "" };
        let reason = format!("The year will cost {outlook:.2} {unit} of {plan:.2} {unit}, {because}.{unknown}{left_out}");
        let status = Some(Sense::Less.status(plan, outlook));
        let told = Measured { unit: unit.into(), plan: Some(plan), actual: Some(actual), forecast: Some(outlook), status, reason, also: Vec::new() };
        Ok(told.and("open_commitments", unit, promised).and("run_rate", unit, Some(pace)).and("budgets_left_out", "budgets", Some(others.len() as f64)))
    }
}

/// How many budgets have other currencies, in words.
fn left_out(others: &[RunningBudget]) -> String {
    let codes: BTreeSet<&str> = others.iter().map(|budget| budget.currency.code()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    match others.len() {
        0 => String::new(),
        count => format!(" {} in {} left out.", so_many(count, "budget", "budgets"), codes.join(", ") + if count == 1 { " is" } else { " are" }),
    }
}
