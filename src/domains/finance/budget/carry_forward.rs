//! Carry-forwards: what a year hands on to the next.

use super::budget_transfer::CROSS_CAPEX;
use super::line::Line;
use super::line_flow::{Counted, available};
use super::regular_period::year_of_period;
use crate::ledger::commitment::Commitment;
use crate::ledger::cost_category::CostKind;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::ports::ledger::CommittedLine;
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Currency, Date, Instant, Money, Text, Title};
use steward_core::resource::{ApprovalAmount, Cause, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::finance::{budget_lines, budgets, commitments, cost_categories, fiscal_years};

steward_core::resource! {
    /// Carry-forward from a line of an ending year to a line of a later year: an open commitment, the budget for it, or both. Posting it
    /// takes the amount from the commitment in the old year and commits it in the new one; the rest of the commitment stays in the old
    /// year. A reversal takes that back as long as nothing of it has become cost. Between capex and opex it requires the permission
    /// `finance.budget_transfers:cross_capex`.
    pub struct CarryForward {
        /// Line of the ending year.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub from_line_id: Id,
        /// Line of the later year, with the same currency. Its budget must be active when the carry-forward is posted.
        #[field(refers_to(&["finance/budget-lines"]), differs_from("from_line_id"))]
        pub to_line_id: Id,
        /// Open commitment of the old line to carry forward; none if only budget is carried forward.
        #[field(refers_to(&["finance/commitments"]))]
        pub commitment_id: Option<Id>,
        /// Period of the new year in which the cost is expected; required to carry forward a commitment.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Option<Id>,
        /// Amount to carry forward: more than 0. The rest of the commitment stays open in the old year.
        pub amount: Money,
        /// True if the budget is carried forward too: the old line loses the amount, and the new one receives it.
        #[field(default(|| json!(true)))]
        pub with_budget: bool,
        /// Reason for not spending it in its year.
        #[field(search)]
        pub reason: Text<1, 500>,
        /// Time of posting, from which on it counts.
        #[field(read_only)]
        pub posted_at: Option<Instant>,
        /// Time of reversal; null while it counts.
        #[field(read_only)]
        pub reversed_at: Option<Instant>,
    }
}

impl Resource for CarryForward {
    const PATH: &'static str = "finance/carry-forwards";
    type Table = steward_schema::finance::carry_forwards::table;
    const SCOPE: Scope = Scope::Within("from_line_id");
    const OUTLIVES: &'static [(&'static str, &'static str)] = &[("from_line_id", "What is still committed is carried on from a budget that is over.")];
    const TITLE: &'static str = "reason";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "commitment_id", theirs: "budget_line_id", ours: "from_line_id" }];
    const GUARDS: &'static [Guard] = &[
        Guard::referred(&["submitted", "posted"], "commitment_id", &["open", "partially_relieved"]),
        Guard::referred(&["posted"], "fiscal_period_id", &["open", "soft_closed"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        Some(
            Lifecycle::new("draft→submitted:submit→approved:approve→posted:post→reversed:reverse; submitted|approved→rejected:reject")
                .named("approved", "rejected", "revoke")
                .approving(&["approve"])
                .worth(&[ApprovalAmount::Field("amount")]),
        )
    }

    fn sample() -> Self {
        CarryForward {
            from_line_id: Id::sample(),
            to_line_id: Id::sample(),
            commitment_id: None,
            fiscal_period_id: None,
            amount: Money::new(1_800_000, Currency::sample("EUR")),
            with_budget: true,
            reason: "The second lot of servers is delivered in January.".into(),
            posted_at: None,
            reversed_at: None,
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        Ok(match cause.to() {
            Some("posted") => Some(CarryForward { posted_at: Some(check.now), ..self.clone() }),
            Some("reversed") => Some(CarryForward { reversed_at: Some(check.now), ..self.clone() }),
            _ => None,
        })
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.amount.minor > 0, "amount", "range", "What is handed on is more than 0.");
        let placed = self.commitment_id.is_none() || self.fiscal_period_id.is_some();
        faults.require(placed, "fiscal_period_id", "required", "Say in which period of the new year the cost of the commitment is expected.");
    }

    fn locks(&self) -> Vec<Lock> {
        [self.from_line_id, self.to_line_id].into_iter().chain(self.commitment_id).map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let foreign = budget_lines::table
            .filter(budget_lines::id.eq_any([self.from_line_id, self.to_line_id]))
            .filter(budget_lines::amount_currency.ne(self.amount.currency));
        if select(exists(foreign)).get_result(check.connection)? {
            return Err(Problem::conflict("/amount/currency", "currency", "The amount must have the currency of both lines.").into());
        }
        Ok(())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to == "reversed" {
            return self.unmet_to_reverse(check);
        }
        if !matches!(step.to, "submitted" | "posted") {
            return Ok(Vec::new());
        }
        let (Some(from), Some(to)) = (YearLine::find(check, self.from_line_id)?, YearLine::find(check, self.to_line_id)?) else { return Ok(Vec::new()) };
        let mut unmet = Vec::new();
        if from.kind != to.kind && step.to == "submitted" && !(check.holds)(check.connection, CROSS_CAPEX, Some(from.unit))? {
            let detail = format!("Handing money on from {} to {} needs {CROSS_CAPEX}.", from.kind.word(), to.kind.word());
            unmet.push(UnmetGuard::new("/to_line_id", "cross_capex", detail));
        }
        if step.to == "posted" && to.state != "active" {
            let detail = format!("Budget \"{}\" is {}, and takes what is carried forward only while it is active. Activate it first.", to.name.0, to.state);
            unmet.push(UnmetGuard::new("/to_line_id", "state", detail));
        }
        let bound = match self.commitment_id {
            Some(commitment) => remaining(check, commitment)?.filter(|bound| bound.currency == self.amount.currency),
            None => None,
        };
        if self.commitment_id.is_some() && bound.is_none_or(|bound| bound.minor < self.amount.minor) {
            let detail = match bound {
                Some(bound) => format!("Only {bound} remains of the commitment. Carry at most that."),
                None => "The commitment is in another currency. Give the amount in that one.".to_owned(),
            };
            unmet.push(UnmetGuard::new("/amount", "remaining", detail));
        }
        if self.with_budget {
            let left = available(check.connection, from.line, &Counted::all(), check.today)?;
            // What is carried of the commitment is free again in the old year.
            let freed = bound.map_or(0, |_| self.amount.minor);
            if left.is_none_or(|left| left.saturating_add(freed) < self.amount.minor) {
                let most = left.map(|left| Money::new(left.saturating_add(freed).max(0), self.amount.currency));
                let detail = match most {
                    Some(most) => {
                        format!("Only {most} is left of the old line to give. Carry less, or without the budget.")
                    }
                    None => "What is left of the old line cannot be told: record the exchange rate of its open commitments first.".to_owned(),
                };
                unmet.push(UnmetGuard::new("/amount", "available", detail));
            }
        }
        Ok(unmet)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "reversed" {
            return self.bound_again(check);
        }
        let ("posted", Some(commitment), Some(period)) = (step.to, self.commitment_id, self.fiscal_period_id) else { return Ok(Vec::new()) };
        let source: Option<Id> = commitments::table.find(commitment).select(commitments::source_id).first(check.connection).optional()?;
        let Some(source) = source else { return Ok(Vec::new()) };
        let bound = remaining(check, commitment)?.map_or(0, |bound| bound.minor);
        let carried = self.amount.minor;
        let old = if carried < bound {
            Effect::update::<Commitment>(commitment, move |rest| rest.amount.minor -= carried)
        } else {
            Effect::transition::<Commitment>(commitment, "released")
        };
        Ok(vec![old, self.commitment(self.to_line_id, period, source, "Carried forward from the year before.")])
    }

    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if !matches!(state, "submitted" | "approved" | "posted") {
            return Ok(Vec::new());
        }
        let (Some(from), Some(to)) = (YearLine::find(check, self.from_line_id)?, YearLine::find(check, self.to_line_id)?) else { return Ok(Vec::new()) };
        let mut unmet = Vec::new();
        if from.year == to.year {
            unmet.push(UnmetGuard::new("/to_line_id", "same_year", "Both lines are of one year. Move money within it with a budget transfer."));
        } else if to.starts_on < from.starts_on {
            let detail = format!(
                "Budget \"{}\" is of an earlier year (from {}) than budget \"{}\" (from {}). What is left goes on to a later year.",
                to.name.0, to.starts_on, from.name.0, from.starts_on
            );
            unmet.push(UnmetGuard::new("/to_line_id", "earlier_year", detail));
        }
        if let Some(period) = self.fiscal_period_id
            && year_of_period(check, period)?.is_some_and(|year| year != to.year)
        {
            let detail = format!("The period is of another fiscal year than budget \"{}\". Choose a period of its year.", to.name.0);
            unmet.push(UnmetGuard::new("/fiscal_period_id", "other_year", detail));
        }
        Ok(unmet)
    }
}

impl CarryForward {
    /// The commitment that its posting has made, and what of it is relieved; none where it carried none, or that is released.
    fn carried(&self, check: &mut Check<'_>) -> Result<Option<(Id, i64)>> {
        let (Some(commitment), Some(period)) = (self.commitment_id, self.fiscal_period_id) else { return Ok(None) };
        let source = commitments::table.find(commitment).select(commitments::source_id);
        let Some(source) = source.first::<Id>(check.connection).optional()? else { return Ok(None) };
        let own = commitments::source_id.eq(source).and(commitments::budget_line_id.eq(self.to_line_id)).and(commitments::fiscal_period_id.eq(period));
        let found: Option<(Id, Option<i64>)> = commitments::table
            .filter(own.and(commitments::state.ne("released")).and(commitments::amount_amount.eq(self.amount.minor)))
            .order(commitments::id.desc())
            .select((commitments::id, commitments::relieved_amount))
            .first(check.connection)
            .optional()?;
        Ok(found.map(|(id, relieved)| (id, relieved.unwrap_or_default())))
    }

    /// Reasons against taking back: part of the amount has become cost, or the new line no longer has the budget.
    fn unmet_to_reverse(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet = Vec::new();
        let carried = self.carried(check)?;
        if self.commitment_id.is_some() && carried.is_none_or(|(_, relieved)| relieved != 0) {
            let detail = "The commitment that it has made is released, or something of it has become cost. Reverse that first, or carry nothing back.";
            unmet.push(UnmetGuard::new("/commitment_id", "relieved", detail));
        }
        let to = YearLine::find(check, self.to_line_id)?.filter(|_| self.with_budget);
        if let Some(to) = to {
            let left = available(check.connection, to.line, &Counted::all(), check.today)?;
            let freed = carried.map_or(0, |_| self.amount.minor);
            if left.is_none_or(|left| left.saturating_add(freed) < self.amount.minor) {
                let detail = format!("Budget \"{}\" has taken more of its line than would be left. Move money to it first.", to.name.0);
                unmet.push(UnmetGuard::new("/to_line_id", "available", detail));
            }
        }
        Ok(unmet)
    }

    /// The effects that release what it has committed in the new year, and commit it in the old one again.
    fn bound_again(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let (Some(old), Some((carried, _))) = (self.commitment_id, self.carried(check)?) else { return Ok(Vec::new()) };
        let columns = (commitments::source_id, commitments::fiscal_period_id);
        let found: Option<(Id, Id)> = commitments::table.find(old).select(columns).first(check.connection).optional()?;
        let Some((source, period)) = found else { return Ok(Vec::new()) };
        let again = self.commitment(self.from_line_id, period, source, "Carried back from the year after.");
        Ok(vec![Effect::transition::<Commitment>(carried, "released"), again])
    }

    /// The effect that commits its amount on a line.
    fn commitment(&self, line: Id, period: Id, source: Id, description: &str) -> Effect {
        let committed = CommittedLine { source, budget_line: line, fiscal_period: period, amount: self.amount };
        Effect::create(Placement::default(), Commitment { description: Some(description.into()), ..Commitment::of(&committed) })
    }
}

/// What remains of a commitment.
fn remaining(check: &mut Check<'_>, commitment: Id) -> Result<Option<Money>> {
    let amounts = ((commitments::amount_amount, commitments::amount_currency), commitments::relieved_amount);
    let found: Option<(Money, Option<i64>)> = commitments::table.find(commitment).select(amounts).first(check.connection).optional()?;
    Ok(found.map(|(amount, relieved)| Money::new(amount.minor - relieved.unwrap_or(0), amount.currency)))
}

/// A line, with the facts of its budget and its category that count.
#[derive(Queryable)]
struct YearLine {
    line: Line,
    year: Id,
    starts_on: Date,
    state: String,
    name: Title,
    unit: Id,
    kind: CostKind,
}

impl YearLine {
    fn find(check: &mut Check<'_>, line: Id) -> Result<Option<YearLine>> {
        Ok(budget_lines::table
            .inner_join(cost_categories::table)
            .inner_join(budgets::table.inner_join(fiscal_years::table))
            .filter(budget_lines::id.eq(line))
            .select((
                Line::as_select(),
                budgets::fiscal_year_id,
                fiscal_years::starts_on,
                budgets::state,
                budgets::name,
                budgets::unit_id,
                cost_categories::kind,
            ))
            .first(check.connection)
            .optional()?)
    }
}
