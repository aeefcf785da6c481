//! The depreciation of assets that is booked in a period.

use super::posting::CostSource;
use super::standing_entry::TAKINGS;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::ledger::{BookedDepreciation, Depreciations, PostingPeriod};
use steward_core::resource::value::{Date, Money};
use steward_core::resource::{Check, Id};
use steward_schema::finance::{cost_entries, fiscal_periods};

/// A fiscal period, as postings need it.
pub fn period(check: &mut Check<'_>, period: Id) -> Result<Option<PostingPeriod>> {
    let columns = (fiscal_periods::starts_on, fiscal_periods::ends_on, fiscal_periods::state);
    let found: Option<(Date, Date, String)> = fiscal_periods::table.find(period).select(columns).first(check.connection).optional()?;
    Ok(found.map(|(starts_on, ends_on, state)| PostingPeriod { starts_on, ends_on, closed: state == "closed" }))
}

/// The depreciation that is booked in a period and not reversed, in it or in another.
pub fn booked(check: &mut Check<'_>, period: Id) -> Result<Depreciations> {
    type Row = (Id, Id, Money, i64, bool);
    let of_assets = cost_entries::table.filter(cost_entries::source.eq(CostSource::Depreciation).and(cost_entries::source_id.is_not_null()));
    let reversal = TAKINGS.filter(TAKINGS.field(cost_entries::reversal_of).eq(cost_entries::id.nullable()));
    let rows: Vec<Row> = of_assets
        .filter(cost_entries::fiscal_period_id.eq(period))
        .order(cost_entries::id)
        .select((
            cost_entries::source_id.assume_not_null(),
            cost_entries::id,
            (cost_entries::net_amount, cost_entries::net_currency),
            cost_entries::document_line,
            cost_entries::reversal_of.is_null().and(not(exists(reversal))),
        ))
        .load(check.connection)?;
    let mut found = Depreciations::default();
    for (asset, entry, net, line, stands) in rows {
        let last = found.lines.entry(asset).or_default();
        *last = (*last).max(line);
        if stands {
            found.booked.push(BookedDepreciation { asset, entry, net });
        }
    }
    Ok(found)
}
