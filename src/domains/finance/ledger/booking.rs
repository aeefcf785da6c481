//! Bookings of the service: entries of the ledger that follow from another record, and their reversal.

use super::cost_entry::CostEntry;
use super::posting::CostSource;
use crate::database::Dialect;
use crate::error::Result;
use crate::resource::record::Placement;
use crate::resource::value::{Date, DocumentNumber, Money, Number, Whole};
use crate::resource::{Check, Effect, Id};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use steward_schema::finance::cost_entries;

/// An entry without tax, in the currency of the budget: what the service books by itself, as a line of the document of its source.
pub fn plain_entry(period: Id, posted_on: Date, amount: Money, source: CostSource, source_id: Id, line: i64) -> CostEntry {
    CostEntry {
        posted_on,
        fiscal_period_id: period,
        budget_line_id: None,
        cost_category_id: None,
        cost_center_id: None,
        service_id: None,
        vendor_id: None,
        service_starts_on: None,
        service_ends_on: None,
        net: amount,
        tax_rate_percent: None,
        tax: None,
        recoverable_percent: Number(100.0),
        gross: amount,
        exchange_rate: None,
        base_amount: amount,
        quantity: None,
        commitment_id: None,
        override_reason: None,
        source,
        source_id: Some(source_id),
        document: DocumentNumber(source_id.to_string()),
        document_line: Whole(line),
        reversal_of: None,
        description: None,
    }
}

/// An entry that a record has booked and that is not reversed.
#[derive(Queryable, Selectable)]
#[diesel(table_name = cost_entries, check_for_backend(Dialect))]
pub struct Booked {
    /// The entry.
    pub id: Id,
    /// Its line of the document.
    #[diesel(column_name = document_line)]
    pub line: i64,
    /// Its cost.
    #[diesel(select_expression = (cost_entries::base_amount_amount, cost_entries::base_amount_currency))]
    pub amount: Money,
    /// Its budget line.
    #[diesel(column_name = budget_line_id)]
    pub budget_line: Option<Id>,
    /// Its cost center.
    #[diesel(column_name = cost_center_id)]
    pub cost_center: Option<Id>,
    /// Its cost category.
    #[diesel(column_name = cost_category_id)]
    pub cost_category: Option<Id>,
    /// Its service.
    #[diesel(column_name = service_id)]
    pub service: Option<Id>,
    /// Its vendor.
    #[diesel(column_name = vendor_id)]
    pub vendor: Option<Id>,
    /// Its unit.
    #[diesel(column_name = unit_id)]
    pub unit: Id,
}

diesel::alias!(cost_entries as reversals: Reversals);

/// What a source has booked and not reversed, by its own id.
pub fn booked(check: &mut Check<'_>, source: CostSource, source_id: Id) -> Result<Vec<Booked>> {
    let reversal = reversals.filter(reversals.field(cost_entries::reversal_of).eq(cost_entries::id.nullable()));
    Ok(cost_entries::table
        .filter(cost_entries::source.eq(source).and(cost_entries::source_id.eq(source_id)))
        .filter(cost_entries::reversal_of.is_null().and(not(exists(reversal))))
        .order(cost_entries::document_line)
        .select(Booked::as_select())
        .load(check.connection)?)
}

impl Booked {
    /// The effect that reverses it on a budget line: an entry in its unit, as another line of the same document.
    pub fn reversal(&self, budget_line: Option<Id>, period: Id, posted_on: Date, source: CostSource, source_id: Id, line: i64) -> Effect {
        let entry = CostEntry {
            budget_line_id: budget_line,
            cost_center_id: self.cost_center,
            cost_category_id: self.cost_category,
            service_id: self.service,
            vendor_id: self.vendor,
            reversal_of: Some(self.id),
            ..plain_entry(period, posted_on, Money::new(-self.amount.minor, self.amount.currency), source, source_id, line)
        };
        Effect::create(Placement { unit_id: Some(self.unit), owner_id: None }, entry)
    }
}
