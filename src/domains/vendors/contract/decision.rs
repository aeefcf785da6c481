//! What was decided about the end of a contract, and the notice that was given: told by its renewals.

use super::contract::NoticeCounts;
use super::notice::{Exit, Terms};
use super::renewal::Renewal;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Date;
use steward_core::store::Reader;
use steward_core::view::grouped;
use steward_schema::vendors::renewals;

/// A renewal as far as it counts here.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = renewals, check_for_backend(Dialect))]
pub struct Decided {
    contract_id: Id,
    state: String,
    term_ends_on: Option<Date>,
    notice_sent_on: Option<Date>,
    notice_received_on: Option<Date>,
}

/// A notice that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenNotice {
    /// The day on which it counts.
    pub given_on: Date,
    /// The last day of the contract by it.
    pub ends_on: Date,
}

/// The renewals of some contracts about which it was decided, as far as the session sees them.
pub fn decisions(reader: &mut Reader<'_>, contracts: &[Id]) -> Result<HashMap<Id, Vec<Decided>>> {
    let seen = reader.sees::<Renewal>()?;
    if seen.is_nothing() || contracts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Decided> = renewals::table
        .filter(renewals::contract_id.eq_any(contracts))
        .filter(renewals::state.ne_all(["opened", "analysed"]))
        .filter(seen.clone())
        .order(renewals::id)
        .select(Decided::as_select())
        .load(reader.within(&seen))?;
    Ok(grouped(rows.into_iter().map(|row| (row.contract_id, row))))
}

/// The notice that ends a contract, if one was given until a day: the contract ends on the first day that the notice reaches.
pub fn given(decided: &[Decided], terms: &Terms, counts: NoticeCounts, on: Date) -> Option<GivenNotice> {
    let leaves = decided.iter().filter(|each| matches!(each.state.as_str(), "decided_exit" | "decided_replace" | "done"));
    let notices = leaves.filter_map(|each| match counts {
        NoticeCounts::ReceivedBy => each.notice_received_on,
        NoticeCounts::SentBy => each.notice_sent_on.or(each.notice_received_on),
    });
    let of = |given_on: Date| Some(GivenNotice { given_on, ends_on: terms.earliest_exit(given_on)?.ends_on });
    notices.filter(|given_on| *given_on <= on).filter_map(of).filter(|notice| notice.ends_on >= on).min_by_key(|notice| notice.ends_on)
}

/// True if it was decided that a contract goes on after the end of a term.
pub fn goes_on(decided: &[Decided], exit: Exit) -> bool {
    let of_term = |each: &&Decided| each.term_ends_on.is_none_or(|end| end == exit.ends_on);
    decided.iter().filter(of_term).any(|each| matches!(each.state.as_str(), "decided_renew" | "decided_renegotiate"))
}
