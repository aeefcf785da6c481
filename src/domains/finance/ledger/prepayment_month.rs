//! Months of prepayments: what becomes cost in each, by itself when it has come.

use super::booking::plain_entry;
use super::cost_entry::CostEntry;
use super::place_in_time::place;
use super::posting::{self, CostSource};
use crate::domains::finance::budget::period_cover::Span;
use crate::error::Result;
use crate::resource::record::Placement;
use crate::resource::value::{Currency, Date, Money, Note, Title, Whole};
use crate::resource::{Check, Due, Effect, Id, Lifecycle, Move, Operations, Resource, Scope, UnmetGuard};
use diesel::prelude::*;
use steward_schema::finance::{budget_lines, prepayments};

crate::resource! {
    /// Month of a prepayment, in which a part of it becomes cost. The months are made when the prepayment is activated; each is booked
    /// automatically on its first day, in the next open period where its own is closed. In another fiscal year than that of the budget line
    /// the cost has the cost category and the cost center of the line.
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
        Some(Lifecycle::new("planned→posted:post; cancelled:cancel").given_up(&["cancelled"]).automatic(&["post", "cancel"]))
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

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let at = place(check, self.starts_on, None, None, None)?.filter(|_| step.to == "posted" && self.amount.minor != 0);
        let (Some(at), Some(paid)) = (at, Paid::of(check, self.prepayment_id)?) else { return Ok(Vec::new()) };
        let (mut center, mut category) = (None, paid.category);
        let mut budget_line = paid.budget_line;
        if let Some(line) = budget_line {
            let own_year = place(check, self.starts_on, Some(line), None, None)?.is_some_and(|of_line| of_line.period == at.period);
            if !own_year {
                let columns = (budget_lines::cost_center_id, budget_lines::cost_category_id);
                let of_line: Option<(Option<Id>, Id)> = budget_lines::table.find(line).select(columns).first(check.connection).optional()?;
                (center, category) = of_line.map_or((None, category), |(center, of_line)| (center, Some(category.unwrap_or(of_line))));
                budget_line = None;
            }
        }
        let entry = CostEntry {
            budget_line_id: budget_line,
            cost_center_id: center,
            cost_category_id: category.filter(|_| budget_line.is_none()),
            vendor_id: paid.vendor,
            service_starts_on: Some(self.starts_on),
            service_ends_on: Some(self.ends_on),
            description: Some(Note::cut(&paid.name.0)),
            ..plain_entry(at.period, at.day, self.amount, CostSource::Prepayment, self.prepayment_id, self.number.0)
        };
        Ok(vec![Effect::create(Placement { unit_id: Some(paid.unit), owner_id: None }, entry)])
    }
}

/// What its months need of a prepayment.
#[derive(Queryable)]
struct Paid {
    name: Title,
    unit: Id,
    vendor: Option<Id>,
    budget_line: Option<Id>,
    category: Option<Id>,
}

impl Paid {
    fn of(check: &mut Check<'_>, id: Id) -> Result<Option<Paid>> {
        let columns = (prepayments::name, prepayments::unit_id, prepayments::vendor_id, prepayments::budget_line_id, prepayments::cost_category_id);
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
