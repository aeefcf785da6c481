//! Entries of the ledger that stand: booked by a source and not reversed, with all that a reversal needs.

use super::cost_entry::CostEntry;
use super::entry_place::CostBearer;
use super::place_in_time::{Place, place};
use super::posting::{self, CostSource};
use super::relief::Relief;
use crate::budget::regular_period::{year_of_line, year_of_period};
use diesel::dsl::{exists, max, not, select};
use diesel::prelude::*;
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Date, DocumentNumber, Money, Number, Percent, Precise, Whole, folded};
use steward_core::resource::{Check, Effect, Id};
use steward_schema::finance::{cost_entries, fiscal_periods};

/// An entry that stands.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = cost_entries, check_for_backend(Dialect))]
pub struct StandingEntry {
    id: Id,
    /// Day of its posting.
    pub posted_on: Date,
    /// Its period.
    #[diesel(column_name = fiscal_period_id)]
    pub fiscal_period: Id,
    /// Its budget line.
    #[diesel(column_name = budget_line_id)]
    pub budget_line: Option<Id>,
    /// Its vendor.
    #[diesel(column_name = vendor_id)]
    pub vendor: Option<Id>,
    /// The promise that it keeps.
    #[diesel(column_name = commitment_id)]
    pub commitment: Option<Id>,
    /// Its unit.
    #[diesel(column_name = unit_id)]
    pub unit: Id,
    /// Its document.
    pub document: DocumentNumber,
    /// Its line of the document.
    pub document_line: i64,
    /// Its cost before tax.
    #[diesel(select_expression = (cost_entries::net_amount, cost_entries::net_currency))]
    pub net: Money,
    cost_category_id: Option<Id>,
    cost_center_id: Option<Id>,
    service_id: Option<Id>,
    service_starts_on: Option<Date>,
    service_ends_on: Option<Date>,
    source_id: Option<Id>,
    tax_rate_percent: Option<Number<0, 100>>,
    #[diesel(select_expression = (cost_entries::tax_amount, cost_entries::tax_currency))]
    tax: Option<Money>,
    recoverable_percent: Percent,
    #[diesel(select_expression = (cost_entries::gross_amount, cost_entries::gross_currency))]
    gross: Money,
    #[diesel(select_expression = (cost_entries::base_amount_amount, cost_entries::base_amount_currency))]
    base_amount: Money,
    #[diesel(select_expression = (cost_entries::exchange_rate_units, cost_entries::exchange_rate_pico))]
    exchange_rate: Option<Precise>,
    #[diesel(select_expression = (cost_entries::quantity_units, cost_entries::quantity_pico))]
    quantity: Option<Precise>,
}

diesel::alias! {
    // Entries that take others back.
    pub const TAKINGS: Alias<Takings> = cost_entries as takings;
}

/// What a source has booked and not reversed, in order.
pub fn of(check: &mut Check<'_>, source: CostSource, source_id: Id) -> Result<Vec<StandingEntry>> {
    let reversal = TAKINGS.filter(TAKINGS.field(cost_entries::reversal_of).eq(cost_entries::id.nullable()));
    Ok(cost_entries::table
        .filter(cost_entries::source.eq(source).and(cost_entries::source_id.eq(source_id)))
        .filter(cost_entries::reversal_of.is_null().and(not(exists(reversal))))
        .order(cost_entries::document_line)
        .select(StandingEntry::as_select())
        .load(check.connection)?)
}

/// The effects that take back all that a record has booked and not reversed, in the units of the entries: each as a line of its document
/// so many lines further; in another fiscal year on a budget line of that year.
pub fn reversals(check: &mut Check<'_>, source: CostSource, at: Place, elsewhere: Option<Id>, further: i64) -> Result<Vec<Effect>> {
    let standing = of(check, source, check.id)?;
    let reversal = |entry: &StandingEntry| {
        let reversed = entry.reversed(check, source, at, elsewhere, entry.document_line + further)?;
        Ok(Effect::create(Placement { unit_id: Some(entry.unit), owner_id: None }, reversed))
    };
    standing.iter().map(reversal).collect()
}

/// The effects that take back all that a record has booked and not reversed.
pub fn take_back(check: &mut Check<'_>, source: CostSource, source_id: Id, elsewhere: Option<Id>) -> Result<Vec<Effect>> {
    let standing = of(check, source, source_id)?;
    taken_back(check, source, &standing, elsewhere)
}

/// The effects that take back entries of a document as further lines of it, each in its own place or in the next open period, and bind again
/// what they relieved: first the reversals, so that nothing counts as a cost and as a promise at once. In another fiscal year they name a
/// given budget line if it is of that year.
pub fn taken_back(check: &mut Check<'_>, source: CostSource, standing: &[StandingEntry], elsewhere: Option<Id>) -> Result<Vec<Effect>> {
    let Some(first) = standing.first() else { return Ok(Vec::new()) };
    let last = last_line(check, source, first.vendor, &first.document.0)?;
    let (mut relief, mut effects) = (Relief::default(), Vec::new());
    for (entry, line) in standing.iter().zip(last + 1..) {
        let at = entry.reversal_place(check)?;
        let given = match elsewhere {
            Some(given) if year_of_line(check, given)? == year_of_period(check, at.period)? => elsewhere,
            _ => None,
        };
        let reversed = entry.reversed(check, source, at, given, line)?;
        effects.push(Effect::create(Placement { unit_id: Some(entry.unit), owner_id: None }, reversed));
        relief.add(entry.commitment, entry.net, -1);
    }
    effects.extend(relief.effects(check)?);
    Ok(effects)
}

/// The last line of a document that is booked; 0 if none is.
pub fn last_line(check: &mut Check<'_>, source: CostSource, vendor: Option<Id>, document: &str) -> Result<i64> {
    let of_document = cost_entries::table.filter(cost_entries::source.eq(source).and(cost_entries::document_key.eq(folded(document))));
    let last = of_document.select(max(cost_entries::document_line));
    let last: Option<i64> = match vendor {
        Some(vendor) => last.filter(cost_entries::vendor_id.eq(vendor)).first(check.connection)?,
        None => last.filter(cost_entries::vendor_id.is_null()).first(check.connection)?,
    };
    Ok(last.unwrap_or_default())
}

impl StandingEntry {
    /// The place of what takes it back: its own day and period while that is not closed, else the next period that is open; without one it is
    /// left to its own period to refuse it.
    pub fn reversal_place(&self, check: &mut Check<'_>) -> Result<Place> {
        let own = Place { period: self.fiscal_period, day: self.posted_on };
        let closed = fiscal_periods::table.find(own.period).filter(fiscal_periods::state.eq("closed"));
        if !select(exists(closed)).get_result::<bool>(check.connection)? {
            return Ok(own);
        }
        Ok(place(check, own.day, self.budget_line, None, Some(own.period))?.unwrap_or(own))
    }

    /// The entry that takes it back; in another fiscal year on a budget line of that year: a given one, else the one that continues its own,
    /// and where none does, in the cost center and the category of its own.
    pub fn reversed(&self, check: &mut Check<'_>, source: CostSource, at: Place, elsewhere: Option<Id>, line: i64) -> Result<CostEntry> {
        let (mut budget_line, mut center, mut category) = (self.budget_line, self.cost_center_id, self.cost_category_id);
        if !posting::is_of_one_year(check, self.fiscal_period, at.period)? {
            budget_line = elsewhere;
            if let (None, Some(own)) = (elsewhere, self.budget_line) {
                let bearer = CostBearer::of_line(check, own, at.period)?;
                (budget_line, center, category) = (bearer.line, center.or(bearer.center), category.or(bearer.category));
            }
        }
        let negated = |money: Money| Money::new(money.minor.saturating_neg(), money.currency);
        Ok(CostEntry {
            posted_on: at.day,
            fiscal_period_id: at.period,
            budget_line_id: budget_line,
            cost_category_id: category,
            cost_center_id: center,
            service_id: self.service_id,
            vendor_id: self.vendor,
            service_starts_on: self.service_starts_on,
            service_ends_on: self.service_ends_on,
            net: negated(self.net),
            tax_rate_percent: self.tax_rate_percent,
            tax: self.tax.map(negated),
            recoverable_percent: self.recoverable_percent,
            gross: negated(self.gross),
            exchange_rate: self.exchange_rate,
            base_amount: negated(self.base_amount),
            quantity: self.quantity.map(|quantity| Precise(-quantity.0)),
            source,
            source_id: self.source_id,
            document: self.document.clone(),
            document_line: Whole(line),
            reversal_of: Some(self.id),
            commitment_id: self.commitment,
            override_reason: None,
            description: None,
        })
    }
}
