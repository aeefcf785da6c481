//! What was decided about the end of a contract, and the notice that was given: told by its renewals.

use super::contract::NoticeCounts;
use super::notice::{Exit, Terms};
use diesel::prelude::*;
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Id};
use steward_schema::vendors::{amendments, renewals};

/// A renewal as far as it counts here.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = renewals, check_for_backend(Dialect))]
pub struct Renewed {
    contract_id: Id,
    state: String,
    term_ends_on: Option<Date>,
    notice_sent_on: Option<Date>,
    notice_received_on: Option<Date>,
}

/// A renewal, and the day on which an amendment of the contract last set another end: a notice of before counts no more.
pub type Row = (Renewed, Option<Date>);

/// A renewal about which it was decided.
#[derive(Debug, Clone)]
pub struct Decided {
    renewed: Renewed,
    amended_on: Option<Date>,
}

/// A notice that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenNotice {
    /// The day on which it counts.
    pub given_on: Date,
    /// The last day of the contract by it.
    pub ends_on: Date,
}

/// The day on which an amendment of the contract of a renewal last set its end.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn last_new_end() -> _ {
    let sets_end = amendments::new_ends_on.is_not_null().or(amendments::new_evergreen.eq(true));
    amendments::table
        .filter(amendments::contract_id.eq(renewals::contract_id))
        .filter(amendments::applied_on.is_not_null())
        .filter(sets_end)
        .order(amendments::applied_on.desc())
        .select(amendments::applied_on)
        .single_value()
}

/// The renewals of a contract about which it was decided, whoever may see them.
pub fn decisions_of(check: &mut Check<'_>, contract: Id) -> Result<Vec<Decided>> {
    let decided = renewals::table.filter(renewals::contract_id.eq(contract).and(renewals::state.ne_all(["opened", "analysed"])));
    let rows: Vec<Row> = decided.order(renewals::id).select((Renewed::as_select(), last_new_end())).load(check.connection)?;
    Ok(rows.into_iter().map(|row| Decided::by_contract(row).1).collect())
}

impl Decided {
    /// A renewal about which it was decided, with the contract of which it is.
    pub fn by_contract((renewed, amended_on): Row) -> (Id, Decided) {
        (renewed.contract_id, Decided { renewed, amended_on })
    }

    /// The day on which notice was given by it.
    fn given_on(&self, counts: NoticeCounts) -> Option<Date> {
        let given_on = match counts {
            NoticeCounts::ReceivedBy => self.renewed.notice_received_on,
            NoticeCounts::SentBy => self.renewed.notice_sent_on.or(self.renewed.notice_received_on),
        };
        given_on.filter(|given_on| self.amended_on.is_none_or(|amended_on| amended_on < *given_on))
    }
}

/// The notice that ends a contract, if one was given until a day: the contract ends on the first day that the notice reaches, also once that
/// day has passed.
pub fn given(decided: &[Decided], terms: &Terms, counts: NoticeCounts, on: Date) -> Option<GivenNotice> {
    let leaves = decided.iter().filter(|each| matches!(each.renewed.state.as_str(), "decided_exit" | "decided_replace" | "done"));
    let notices = leaves.filter_map(|each| each.given_on(counts));
    let of = |given_on: Date| Some(GivenNotice { given_on, ends_on: terms.earliest_exit(given_on)?.ends_on });
    notices.filter(|given_on| *given_on <= on).filter_map(of).min_by_key(|notice| notice.ends_on)
}

/// True if it was decided that a contract goes on after the end of a term.
pub fn goes_on(decided: &[Decided], exit: Exit) -> bool {
    let of_term = |each: &&Decided| each.renewed.term_ends_on.is_none_or(|end| end == exit.ends_on);
    decided.iter().filter(of_term).any(|each| matches!(each.renewed.state.as_str(), "decided_renew" | "decided_renegotiate"))
}
