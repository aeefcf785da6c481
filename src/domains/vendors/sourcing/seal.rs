//! Which offers are sealed, for whoever would hang something on them.

use super::sourcing_event::SourcingKind;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::seal::Seals;
use steward_core::resource::{Check, Id};
use steward_schema::vendors::{offer_lines, offers, sourcing_events};

/// Offers and their lines, as this domain knows them.
pub struct Seal;

impl Seals for Seal {
    fn is_sealed(&self, check: &mut Check<'_>, record: Id) -> Result<bool> {
        let of_line: Option<Id> = offer_lines::table.find(record).select(offer_lines::offer_id).first(check.connection).optional()?;
        let by_kind = sourcing_events::sealed.is_null().and(sourcing_events::kind.eq_any([SourcingKind::Rfp, SourcingKind::Tender]));
        let sealed = offers::table
            .inner_join(sourcing_events::table)
            .filter(offers::id.eq(of_line.unwrap_or(record)).and(offers::state.eq_any(["draft", "submitted"])))
            .filter(sourcing_events::sealed.eq(true).or(by_kind));
        Ok(select(exists(sealed)).get_result(check.connection)?)
    }
}
