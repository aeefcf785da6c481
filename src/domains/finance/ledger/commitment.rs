//! Commitments: what is promised and not yet paid.

use crate::budget::funds;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Uuid};
use steward_core::database::expression::shared;
use steward_core::error::{Problem, Result};
use steward_core::ports::ledger::{CommittedLine, FundsRequest};
use steward_core::resource::value::{Currency, Date, Instant, Money, Note};
use steward_core::resource::{Cause, Check, Id, Lifecycle, Lock, Move, Operations, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::finance::{budget_lines, budgets, cost_centers, fiscal_periods};

steward_core::resource! {
    /// Commitment of money: no longer available, and not yet spent. It is made only by its source on approval: a requisition, an order, a
    /// contract or an allocation, or by a prepayment for a month to come. Receipts and invoices relieve it, returns bind it again, and its
    /// source releases the unneeded rest, such as by cancelling the order; there is no other way to change it.
    pub struct Commitment {
        /// Budget line bound by the commitment.
        #[field(refers_to(&["finance/budget-lines"]), fixed)]
        pub budget_line_id: Id,
        /// Period of the expected cost.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Id,
        /// Committed amount. In another currency than the budget's it counts at the budget rate of the fiscal year, or the spot rate of the
        /// day.
        pub amount: Money,
        /// Relieved amount, which has become cost: at most the committed amount, in its currency. The rest is still bound.
        pub relieved: Option<Money>,
        /// Source of the commitment.
        #[field(refers_to(&[
            "vendors/requisition-lines", "vendors/purchase-order-lines", "vendors/contract-lines", "finance/allocations", "finance/prepayment-months"
        ]), fixed)]
        pub source_id: Id,
        /// Expected date of the cost.
        #[field(deadline)]
        pub expected_on: Option<Date>,
        /// Reason for exceeding the limit of its budget line, given by a holder of the budget's override role.
        #[field(read_only)]
        pub override_reason: Option<Note>,
        /// Time at which what remained of it was released; null while it was not.
        #[field(read_only)]
        pub released_at: Option<Instant>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Commitment {
    const PATH: &'static str = "finance/commitments";
    type Table = steward_schema::finance::commitments::table;
    const SCOPE: Scope = Scope::Within("budget_line_id");
    const OUTLIVES: &'static [(&'static str, &'static str)] = &[("budget_line_id", "What was committed is invoiced and relieved after its budget is over.")];
    const TITLE: &'static str = "id";
    const OPERATIONS: Operations = Operations::NONE;

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "open→partially_relieved:relieve_partly→relieved:relieve|released:release; open→relieved|released; \
            relieved→partially_relieved; relieved|partially_relieved→open";
        Some(
            Lifecycle::new(notation)
                .given_up(&["released"])
                .settled(&["relieved"])
                .named("relieved", "partially_relieved", "restore")
                .named("relieved", "open", "restore")
                .named("partially_relieved", "open", "restore")
                .automatic(&["relieve_partly", "relieve", "release", "restore"]),
        )
    }

    fn sample() -> Self {
        let euros = |minor: i64| Money::new(minor, Currency::sample("EUR"));
        Commitment {
            budget_line_id: Id::sample(),
            fiscal_period_id: Id::sample(),
            amount: euros(4_000_000),
            relieved: Some(euros(4_000_000)),
            source_id: Id::sample(),
            expected_on: Date::parse("2026-09-15"),
            override_reason: None,
            released_at: None,
            description: Some("Four database servers, ordered with the second lot.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.amount.minor >= 0, "amount", "range", "What is promised is not less than 0.");
        if let Some(relieved) = self.relieved {
            faults.require(relieved.currency == self.amount.currency, "relieved", "currency", "It is relieved in the currency of its amount.");
            let within = (0..=self.amount.minor).contains(&relieved.minor);
            faults.require(within, "relieved", "range", "At least 0 and at most the amount is relieved: what remains is never less than 0.");
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.budget_line_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_some() {
            return Ok(());
        }
        require_center_open(check, self.budget_line_id, self.fiscal_period_id)?;
        let request = self.request(check)?;
        funds::require(check, &request, self.override_reason.is_some())
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if cause.to() == Some("released") {
            return Ok(Some(Commitment { released_at: Some(check.now), ..self.clone() }));
        }
        if self.override_reason.is_none() || !matches!(cause, Cause::Create) {
            return Ok(None);
        }
        // A reason stays where it was needed.
        let request = self.request(check)?;
        let needed = funds::is_blocked(check, &request)?;
        Ok((!needed).then(|| Commitment { override_reason: None, ..self.clone() }))
    }

    fn guard(&self, step: &Move, _: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let relieved = self.relieved.map_or(0, |relieved| relieved.minor);
        Ok(match step.to {
            "partially_relieved" if relieved <= 0 => vec![UnmetGuard::new("/relieved", "range", "Some of it must be relieved: more than 0.")],
            "relieved" if relieved != self.amount.minor => {
                vec![UnmetGuard::new("/relieved", "range", "All of its amount must be relieved. Else release what remains.")]
            }
            _ => Vec::new(),
        })
    }
}

impl Commitment {
    /// A commitment of a line, of which nothing is relieved.
    pub fn of(line: &CommittedLine) -> Commitment {
        Commitment {
            budget_line_id: line.budget_line,
            fiscal_period_id: line.fiscal_period,
            amount: line.amount,
            relieved: None,
            source_id: line.source,
            expected_on: None,
            override_reason: None,
            released_at: None,
            description: None,
        }
    }

    /// What it asks of its budget line.
    fn request(&self, check: &mut Check<'_>) -> Result<FundsRequest> {
        let event = funds::event_of(check, self.source_id)?;
        Ok(FundsRequest { budget_line: self.budget_line_id, fiscal_period: self.fiscal_period_id, amount: self.amount, event })
    }
}

diesel::define_sql_function! {
    /// The first of two ids that is not null.
    fn coalesce(first: Nullable<Uuid>, second: Uuid) -> Uuid;
}

/// Refuses what is expected after the cost center of its line has ended (409).
fn require_center_open(check: &mut Check<'_>, line: Id, period: Id) -> Result<()> {
    if center_ends_before(check, line, period)? {
        return Err(Problem::conflict("/budget_line_id", "ended", "The cost center of that line ends before the period does. Choose another line.").into());
    }
    Ok(())
}

/// Whether the cost center of a line ends before a period does. It cannot end before the write is done.
pub fn center_ends_before(check: &mut Check<'_>, line: Id, period: Id) -> Result<bool> {
    let center = budget_lines::table
        .inner_join(budgets::table)
        .filter(budget_lines::id.eq(line))
        .select(coalesce(budget_lines::cost_center_id, budgets::scope_id))
        .single_value();
    let needed_until = fiscal_periods::table.filter(fiscal_periods::id.eq(period)).select(fiscal_periods::ends_on).single_value();
    let query = cost_centers::table.filter(cost_centers::id.nullable().eq(center)).select((cost_centers::ends_on, needed_until));
    let found: Option<(Option<Date>, Option<Date>)> = shared(query).get_result(check.connection).optional()?;
    let (ends_on, needed_until) = found.unwrap_or_default();
    Ok(ends_on.zip(needed_until).is_some_and(|(ends_on, needed_until)| ends_on < needed_until))
}
