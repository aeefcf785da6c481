//! Months of prepayments: what becomes cost in each, by itself when it has come.

use super::booking::plain_entry;
use super::commitment::Commitment;
use super::cost_entry::CostEntry;
use super::entry_place::CostBearer;
use super::place_in_time::{Place, place};
use super::posting::{self, CostSource};
use super::relief::{self, Relief};
use super::standing_entry::{self, StandingEntry};
use crate::budget::line_lineage;
use crate::budget::period_cover::Span;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::ledger::CommittedLine;
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Currency, Date, Money, Note, Title, Whole};
use steward_core::resource::{Check, Due, Effect, Id, Lifecycle, Move, Operations, Resource, Scope, UnmetGuard};
use steward_schema::finance::{budget_lines, budgets, commitments, prepayments};

steward_core::resource! {
    /// Month of a prepayment, in which a part of it becomes cost. The months are made when the prepayment is activated; each is booked
    /// automatically on its first day, in the next open period where its own is closed. It is committed until then on the budget line of
    /// the prepayment; in another fiscal year on the line of the same name and category in the active budget of the same scope, and where
    /// there is none the cost has the cost category and the cost center of the line.
    pub struct PrepaymentMonth {
        /// Prepayment of the month.
        #[field(refers_to(&["finance/prepayments"]))]
        pub prepayment_id: Id,
        /// Sequence number of the month.
        pub number: Whole<1, 2_000>,
        /// First day of the prepaid period in the month.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the prepaid period in the month.
        pub ends_on: Date,
        /// Amount that becomes cost in the month.
        pub amount: Money,
    }
}

impl Resource for PrepaymentMonth {
    const PATH: &'static str = "finance/prepayment-months";
    type Table = steward_schema::finance::prepayment_months::table;
    const SCOPE: Scope = Scope::Within("prepayment_id");
    const OUTLIVES: &'static [(&'static str, &'static str)] =
        &[("prepayment_id", "What was paid becomes cost in its month, also where the day on which all of it is over comes to be known first.")];
    const TITLE: &'static str = "id";
    const OPERATIONS: Operations = Operations::NONE;
    const DUE: &'static [Due] = &[Due::on("posted", "starts_on")];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "planned→posted:post|cancelled:cancel; planned|posted→reversed:reverse";
        Some(Lifecycle::new(notation).given_up(&["cancelled", "reversed"]).settled(&["posted"]).automatic(&["post", "cancel", "reverse"]))
    }

    fn sample() -> Self {
        PrepaymentMonth {
            prepayment_id: Id::sample(),
            number: Whole(1),
            starts_on: Date::sample("2025-06-01"),
            ends_on: Date::sample("2025-06-30"),
            amount: Money::new(300_000, Currency::sample("EUR")),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let missing = step.to == "posted" && place(check, self.starts_on, None, None, None)?.is_none();
        Ok(if missing { vec![posting::no_period("/starts_on")] } else { Vec::new() })
    }

    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let Some(paid) = Paid::of(check, self.prepayment_id)? else { return Ok(Vec::new()) };
        let Some((line, at)) = self.committed(&paid, check)? else { return Ok(Vec::new()) };
        let committed = CommittedLine { source: check.id, budget_line: line, fiscal_period: at.period, amount: self.amount };
        let commitment = Commitment {
            expected_on: Some(self.starts_on),
            override_reason: paid.override_reason,
            description: Some(Note::cut(&paid.name.0)),
            ..Commitment::of(&committed)
        };
        Ok(vec![Effect::create(Placement::default(), commitment)])
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        match step.to {
            "posted" => self.book(check),
            "cancelled" => released(check),
            "reversed" => self.take_back(check),
            _ => Ok(Vec::new()),
        }
    }
}

impl PrepaymentMonth {
    /// The budget line that it binds until it is booked, and the place: that of its prepayment, or the one that continues it in the fiscal year
    /// of the month, while its budget is active.
    fn committed(&self, paid: &Paid, check: &mut Check<'_>) -> Result<Option<(Id, Place)>> {
        let Some(line) = paid.budget_line.filter(|_| self.amount.minor != 0) else { return Ok(None) };
        let Some(at) = place(check, self.starts_on, None, None, None)? else { return Ok(None) };
        let Some(line) = line_lineage::in_period(check, line, at.period)? else { return Ok(None) };
        let of_budget = budget_lines::table.inner_join(budgets::table).filter(budget_lines::id.eq(line));
        let state: Option<String> = of_budget.select(budgets::state).first(check.connection).optional()?;
        Ok((state.as_deref() == Some("active")).then_some((line, at)))
    }

    /// The effects that book it, and relieve what it committed.
    fn book(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let at = place(check, self.starts_on, None, None, None)?.filter(|_| self.amount.minor != 0);
        let (Some(at), Some(paid)) = (at, Paid::of(check, self.prepayment_id)?) else { return Ok(Vec::new()) };
        let (mut center, mut category) = (paid.center, paid.category);
        let mut budget_line = paid.budget_line;
        if let Some(line) = budget_line {
            let bearer = CostBearer::of_line(check, line, at.period)?;
            (budget_line, center, category) = (bearer.line, bearer.center.or(center), category.or(bearer.category));
        }
        let commitment_id = relief::of_source(check, check.id, at.period)?;
        let mut relief = Relief::default();
        relief.add(commitment_id, self.amount, 1);
        let entry = CostEntry {
            budget_line_id: budget_line,
            cost_center_id: center.filter(|_| budget_line.is_none()),
            cost_category_id: category.filter(|_| budget_line.is_none()),
            vendor_id: paid.vendor,
            service_starts_on: Some(self.starts_on),
            service_ends_on: Some(self.ends_on),
            commitment_id,
            description: Some(Note::cut(&paid.name.0)),
            ..plain_entry(at.period, at.day, self.amount, CostSource::Prepayment, self.prepayment_id, self.number.0)
        };
        let booked = Effect::create(Placement { unit_id: Some(paid.unit), owner_id: None }, entry);
        Ok(relief.effects(check)?.into_iter().chain([booked]).collect())
    }

    /// The effects that take back what it has booked, on the day of the entry or in the next open period, and release what it committed.
    fn take_back(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let standing = standing_entry::of(check, CostSource::Prepayment, self.prepayment_id)?;
        let own: Vec<StandingEntry> = standing.into_iter().filter(|entry| entry.document_line == self.number.0).collect();
        let taken_back = standing_entry::taken_back(check, CostSource::Prepayment, &own, None)?;
        Ok(taken_back.into_iter().chain(released(check)?).collect())
    }
}

/// The effects that release what the month has committed.
fn released(check: &mut Check<'_>) -> Result<Vec<Effect>> {
    let own = commitments::table.filter(commitments::source_id.eq(check.id).and(commitments::state.ne("released")));
    let own: Vec<Id> = own.order(commitments::id).select(commitments::id).load(check.connection)?;
    Ok(own.into_iter().map(|id| Effect::transition::<Commitment>(id, "released")).collect())
}

/// What its months need of a prepayment.
#[derive(Queryable)]
struct Paid {
    name: Title,
    unit: Id,
    vendor: Option<Id>,
    budget_line: Option<Id>,
    category: Option<Id>,
    center: Option<Id>,
    override_reason: Option<Note>,
}

impl Paid {
    fn of(check: &mut Check<'_>, id: Id) -> Result<Option<Paid>> {
        let places = (prepayments::budget_line_id, prepayments::cost_category_id, prepayments::cost_center_id);
        let columns = (prepayments::name, prepayments::unit_id, prepayments::vendor_id, places.0, places.1, places.2, prepayments::override_reason);
        Ok(prepayments::table.find(id).select(columns).first(check.connection).optional()?)
    }
}

/// The months of a prepayment, to be made.
pub fn of(prepayment: Id, months: Vec<(Span, i64)>, currency: Currency) -> Vec<Effect> {
    let month = |((span, minor), number): ((Span, i64), i64)| {
        let amount = Money::new(minor, currency);
        let month = PrepaymentMonth { prepayment_id: prepayment, number: Whole(number), starts_on: span.starts_on, ends_on: span.ends_on, amount };
        Effect::create(Placement::default(), month)
    };
    months.into_iter().zip(1..).map(month).collect()
}
