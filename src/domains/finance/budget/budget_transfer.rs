//! Budget transfers: money that moves from one line of a budget to another.

use super::budget::{BudgetControl, ControlBasis};
use super::line::Line;
use super::line_flow::{Counted, available};
use super::line_room::movable;
use super::line_spread::Spreadable;
use super::regular_period::year_of_period;
use crate::ledger::cost_category::CostKind;
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Instant, Money, Text, Title};
use steward_core::resource::{ApprovalAmount, Cause, Check, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::finance::{budget_lines, budgets, cost_categories};

/// Who may move money between capital and operating expenditure, within a year or on to the next.
pub const CROSS_CAPEX: &str = "finance.budget_transfers:cross_capex";

steward_core::resource! {
    /// Transfer of money from one line of an active budget to another; the total is unchanged. Submitting it reserves the amount, at most
    /// what is available; a transfer between capex and opex requires the permission `finance.budget_transfers:cross_capex`. Until it
    /// is posted, rejecting it or revoking its approval frees the amount again.
    pub struct BudgetTransfer {
        /// Source line.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub from_line_id: Id,
        /// Target line, of the same budget.
        #[field(refers_to(&["finance/budget-lines"]), differs_from("from_line_id"))]
        pub to_line_id: Id,
        /// Period of the budget's year in which the transfer counts, where the budget is controlled by period. Left out, it belongs to no
        /// single period and is used once, by the period that needs it.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Option<Id>,
        /// Amount to transfer: more than 0, in the currency of both lines.
        pub amount: Money,
        /// Reason for the transfer.
        #[field(search)]
        pub reason: Text<1, 500>,
        /// Time of submission, from which on the amount is reserved.
        #[field(read_only)]
        pub submitted_at: Option<Instant>,
        /// Time of rejection.
        #[field(read_only)]
        pub rejected_at: Option<Instant>,
        /// Time of posting, from which on the amount has moved.
        #[field(read_only)]
        pub posted_at: Option<Instant>,
        /// Time of reversal.
        #[field(read_only)]
        pub reversed_at: Option<Instant>,
    }
}

impl Resource for BudgetTransfer {
    const PATH: &'static str = "finance/budget-transfers";
    type Table = steward_schema::finance::budget_transfers::table;
    const SCOPE: Scope = Scope::Within("from_line_id");
    const TITLE: &'static str = "reason";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULE_VERBS: &'static [&'static str] = &["cross_capex"];
    const GUARDS: &'static [Guard] = &[Guard::referred(&["posted", "reversed"], "fiscal_period_id", &["open", "soft_closed"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→submitted:submit→approved:approve→posted:post→reversed:reverse; submitted|approved→rejected:reject";
        Some(Lifecycle::new(notation).named("approved", "rejected", "revoke").approving(&["approve"]).worth(&[ApprovalAmount::Field("amount")]))
    }

    fn sample() -> Self {
        BudgetTransfer {
            from_line_id: Id::sample(),
            to_line_id: Id::sample(),
            fiscal_period_id: None,
            amount: Money::new(500_000, Currency::sample("EUR")),
            reason: "Two servers fewer are needed; their money pays for the storage that grew.".into(),
            submitted_at: None,
            rejected_at: None,
            posted_at: None,
            reversed_at: None,
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let (mut stamped, now) = (self.clone(), Some(check.now));
        match cause.to() {
            Some("submitted") => stamped.submitted_at = now,
            Some("rejected") => stamped.rejected_at = now,
            Some("posted") => stamped.posted_at = now,
            Some("reversed") => stamped.reversed_at = now,
            _ => return Ok(None),
        }
        Ok(Some(stamped))
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.amount.minor > 0, "amount", "range", "An amount that moves is more than 0.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.from_line_id), Lock::Row(self.to_line_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        // Who restores one that takes money takes it again.
        if check.before.is_some() || !matches!(check.state, Some("submitted" | "approved" | "posted")) {
            return Ok(());
        }
        match self.unmet_of_line(check, self.from_line_id, "/from_line_id")?.into_iter().next() {
            Some(UnmetGuard(broken)) => Err(Problem::conflict(broken.pointer, &broken.code, broken.detail).into()),
            None => Ok(()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        match step.to {
            "submitted" => self.unmet_to_submit(check),
            "reversed" => self.unmet_of_line(check, self.to_line_id, "/to_line_id"),
            _ => Ok(Vec::new()),
        }
    }

    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if !matches!(state, "submitted" | "approved" | "posted" | "reversed") {
            return Ok(Vec::new());
        }
        let (Some(from), Some(to)) = (Side::of(check, self.from_line_id)?, Side::of(check, self.to_line_id)?) else { return Ok(Vec::new()) };
        let mut unmet = Vec::new();
        if from.state != "active" {
            let detail = format!("Budget \"{}\" is {}, and money moves between the lines of an active budget only.", from.name.0, from.state);
            unmet.push(UnmetGuard::new("/from_line_id", "state", detail));
        }
        if from.budget != to.budget {
            unmet.push(UnmetGuard::new("/to_line_id", "other_budget", "Both lines must be of the same budget, so that its total stays."));
        }
        if from.line.currency != self.amount.currency || to.line.currency != self.amount.currency {
            unmet.push(UnmetGuard::new("/amount/currency", "currency", "The amount must have the currency of both lines."));
        }
        if let Some(period) = self.fiscal_period_id
            && year_of_period(check, period)?.is_some_and(|year| year != from.year)
        {
            let detail = format!("The period is of another fiscal year than budget \"{}\". Choose a period of its year, or leave it out.", from.name.0);
            unmet.push(UnmetGuard::new("/fiscal_period_id", "other_year", detail));
        }
        Ok(unmet)
    }
}

impl BudgetTransfer {
    fn unmet_to_submit(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let (Some(from), Some(to)) = (Side::of(check, self.from_line_id)?, Side::of(check, self.to_line_id)?) else { return Ok(Vec::new()) };
        let mut unmet = Vec::new();
        if from.kind != to.kind && !(check.holds)(check.connection, CROSS_CAPEX, Some(from.unit))? {
            let detail = format!("Moving money between {} and {} needs {CROSS_CAPEX}.", from.kind.word(), to.kind.word());
            unmet.push(UnmetGuard::new("/to_line_id", "cross_capex", detail));
        }
        unmet.extend(self.unmet_of_line(check, self.from_line_id, "/from_line_id")?);
        Ok(unmet)
    }

    /// What is missing if a line does not have the amount.
    fn unmet_of_line(&self, check: &mut Check<'_>, line: Id, pointer: &str) -> Result<Vec<UnmetGuard>> {
        let Some(side) = Side::of(check, line)? else { return Ok(Vec::new()) };
        let left = match &side.control {
            Some(control) => movable(check, side.line, side.spread, side.year, self.fiscal_period_id, control)?,
            None => available(check.connection, side.line, &Counted::all(), check.today)?,
        };
        let of_period = side.control.is_some_and(|control| control.basis != ControlBasis::Annual);
        Ok(match left {
            Some(left) if self.amount.minor <= left => Vec::new(),
            Some(left) => {
                let money = Money::new(left, side.line.currency);
                let part = if !of_period || available(check.connection, side.line, &Counted::all(), check.today)? == Some(left) {
                    ""
                } else if self.fiscal_period_id.is_some() {
                    " in the period or up to one from it on"
                } else {
                    " without a period, since its periods need the rest"
                };
                let detail = format!("Only {money} is available of that line{part}.");
                vec![UnmetGuard::new(pointer, "available", detail)]
            }
            None => {
                vec![UnmetGuard::new(pointer, "exchange_rate", "What is available cannot be told: record the exchange rate of its open commitments first.")]
            }
        })
    }
}

/// A line of a transfer, with the facts of its budget and its category that count.
#[derive(Queryable)]
struct Side {
    line: Line,
    budget: Id,
    kind: CostKind,
    state: String,
    unit: Id,
    name: Title,
    year: Id,
    spread: Spreadable,
    control: Option<BudgetControl>,
}

impl Side {
    fn of(check: &mut Check<'_>, line: Id) -> Result<Option<Side>> {
        Ok(budget_lines::table
            .inner_join(cost_categories::table)
            .inner_join(budgets::table)
            .filter(budget_lines::id.eq(line))
            .select((
                Line::as_select(),
                budgets::id,
                cost_categories::kind,
                budgets::state,
                budgets::unit_id,
                budgets::name,
                budgets::fiscal_year_id,
                Spreadable::as_select(),
                budgets::control,
            ))
            .first(check.connection)
            .optional()?)
    }
}
