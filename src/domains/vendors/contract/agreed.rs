//! What is agreed in a contract: its end, and the days on which its lines are charged, with what signed amendments change of them, be their
//! day still to come or not.

use super::notice::RenewalKind;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::Dialect;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Id};
use steward_core::view::grouped;
use steward_schema::vendors::{amendments, contract_lines, contracts};

/// The states of an amendment that binds.
pub const SIGNED: [&str; 2] = ["signed", "in_effect"];

/// An amendment that binds, as far as it changes what is charged.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = amendments, check_for_backend(Dialect))]
pub struct SignedAmendment {
    id: Id,
    contract_id: Id,
    effective_on: Date,
    applied_on: Option<Date>,
    new_ends_on: Option<Date>,
    new_evergreen: bool,
    new_renewal: Option<RenewalKind>,
}

/// The term of a contract as it is written in it.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = contracts, check_for_backend(Dialect))]
pub struct Term {
    /// First day.
    pub starts_on: Date,
    /// Last day of the first term; none if it is evergreen.
    pub ends_on: Option<Date>,
    /// Renewal at the end of the term.
    pub renewal: RenewalKind,
    /// Last day by a notice; none if none was given.
    pub exit_on: Option<Date>,
}

impl SignedAmendment {
    /// The amendment.
    pub fn id(&self) -> Id {
        self.id
    }

    /// The same before it has taken effect.
    pub fn to_come(self) -> SignedAmendment {
        SignedAmendment { applied_on: None, ..self }
    }
}

impl Term {
    /// The term of a contract; none if there is no such contract.
    pub fn of(check: &mut Check<'_>, contract: Id) -> Result<Option<Term>> {
        Ok(contracts::table.find(contract).select(Term::as_select()).first(check.connection).optional()?)
    }

    /// The same once some amendments of the contract have taken effect, in the order of their days.
    pub fn after<'a>(mut self, amendments: impl IntoIterator<Item = &'a SignedAmendment>) -> Term {
        for amendment in amendments.into_iter().filter(|amendment| amendment.applied_on.is_none()) {
            self.renewal = amendment.new_renewal.unwrap_or(self.renewal);
            if amendment.new_evergreen {
                self = Term { ends_on: None, renewal: RenewalKind::None, exit_on: None, ..self };
            } else if amendment.new_ends_on.is_some() {
                self = Term { ends_on: amendment.new_ends_on, exit_on: None, ..self };
            }
        }
        self
    }

    /// The last day; none if it goes on by itself.
    pub fn last(&self) -> Option<Date> {
        self.exit_on.or(self.ends_on.filter(|_| self.renewal != RenewalKind::Tacit))
    }
}

/// The amendments that bind, of a contract or of all, by contract and in the order of their days.
pub fn signed(check: &mut Check<'_>, contract: Option<Id>) -> Result<HashMap<Id, Vec<SignedAmendment>>> {
    let binding = amendments::table.filter(amendments::state.eq_any(SIGNED)).order((amendments::effective_on, amendments::number, amendments::id));
    let columns = SignedAmendment::as_select();
    let found: Vec<SignedAmendment> = match contract {
        Some(contract) => binding.filter(amendments::contract_id.eq(contract)).select(columns).load(check.connection)?,
        None => binding.select(columns).load(check.connection)?,
    };
    Ok(grouped(found.into_iter().map(|amendment| (amendment.contract_id, amendment))))
}

/// Refuses to order by a line of an amendment that is not signed (409).
pub fn require_signed(check: &mut Check<'_>, line: Id) -> Result<()> {
    let proposed = contract_lines::table.inner_join(amendments::table).filter(contract_lines::id.eq(line).and(amendments::state.ne_all(SIGNED)));
    if select(exists(proposed)).get_result(check.connection)? {
        let detail = "The amendment of that line is not signed: nothing is ordered by it yet. Name a line that is agreed.";
        return Err(Problem::conflict("/contract_line_id", "not_signed", detail).into());
    }
    Ok(())
}

/// The amendments that have taken effect: what others contain does not hold yet.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn applied() -> _ {
    amendments::table.filter(amendments::applied_on.is_not_null()).select(amendments::id.nullable())
}

/// The days of a line as they are written in it, and what it belongs to.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = contract_lines, check_for_backend(Dialect))]
pub struct WrittenLine {
    /// The line.
    pub id: Id,
    /// The amendment under which it is written.
    #[diesel(column_name = amendment_id)]
    pub amendment: Option<Id>,
    /// The line that it replaces.
    #[diesel(column_name = replaces_id)]
    pub replaces: Option<Id>,
    /// First day, if not that of the contract or of the amendment.
    pub starts_on: Option<Date>,
    /// Last day, if not that of the contract.
    pub ends_on: Option<Date>,
}

/// The first and last day on which each line that binds is charged: of the contract itself, or of an amendment that is signed. What a line
/// replaces is charged until the day before.
pub fn spans(lines: &[WrittenLine], first: Date, last: Option<Date>, amendments: &[SignedAmendment]) -> HashMap<Id, (Date, Option<Date>)> {
    let begins: HashMap<Id, Date> = amendments.iter().map(|amendment| (amendment.id, amendment.effective_on)).collect();
    let begin = |line: &WrittenLine| match line.amendment {
        Some(amendment) => begins.get(&amendment).map(|effective_on| line.starts_on.unwrap_or((*effective_on).max(first))),
        None => Some(line.starts_on.unwrap_or(first)),
    };
    let binding: Vec<(&WrittenLine, Date)> = lines.iter().filter_map(|line| Some((line, begin(line)?))).collect();
    let mut replaced: HashMap<Id, Date> = HashMap::new();
    for (line, begin) in &binding {
        let Some(old) = line.replaces else { continue };
        let until = begin.earlier(1);
        replaced.entry(old).and_modify(|known| *known = until.min(*known)).or_insert(until);
    }
    let end = |line: &WrittenLine| [line.ends_on.or(last), last, replaced.get(&line.id).copied()].into_iter().flatten().min();
    binding.into_iter().map(|(line, begin)| (line.id, (begin, end(line)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::sample(text)
    }

    fn amendment(effective_on: &str, new_ends_on: Option<&str>) -> SignedAmendment {
        let new_ends_on = new_ends_on.map(day);
        SignedAmendment {
            id: Id::new(),
            contract_id: Id::new(),
            effective_on: day(effective_on),
            applied_on: None,
            new_ends_on,
            new_evergreen: false,
            new_renewal: None,
        }
    }

    #[test]
    fn a_term_ends_as_notice_or_a_later_amendment_says() {
        let tacit = Term { starts_on: day("2025-01-01"), ends_on: Some(day("2026-12-31")), renewal: RenewalKind::Tacit, exit_on: None };
        assert_eq!(tacit.last(), None);
        assert_eq!(Term { renewal: RenewalKind::None, ..tacit }.last(), Some(day("2026-12-31")));
        let left = Term { exit_on: Some(day("2026-06-30")), ..tacit };
        assert_eq!(left.last(), Some(day("2026-06-30")));
        let longer = amendment("2026-05-01", Some("2027-12-31"));
        assert_eq!(left.after([&longer]).last(), None, "it goes on as before");
        let fixed = SignedAmendment { new_renewal: Some(RenewalKind::None), ..longer };
        assert_eq!(left.after([&fixed]).last(), Some(day("2027-12-31")));
        let applied = SignedAmendment { applied_on: Some(day("2026-05-01")), ..fixed };
        assert_eq!(left.after([&applied]).last(), Some(day("2026-06-30")), "it is written in the contract already");
    }

    #[test]
    fn a_line_of_an_amendment_begins_with_it_and_ends_what_it_replaces() {
        let signed = amendment("2026-07-01", None);
        let written = |amendment: Option<Id>, replaces: Option<Id>| WrittenLine { id: Id::new(), amendment, replaces, starts_on: None, ends_on: None };
        let old = written(None, None);
        let (new, proposed) = (written(Some(signed.id), Some(old.id)), written(Some(Id::new()), None));
        let told = spans(&[old, new, proposed], day("2026-01-01"), Some(day("2026-12-31")), &[signed]);
        assert_eq!(told.get(&old.id), Some(&(day("2026-01-01"), Some(day("2026-06-30")))));
        assert_eq!(told.get(&new.id), Some(&(day("2026-07-01"), Some(day("2026-12-31")))));
        assert_eq!(told.get(&proposed.id), None, "its amendment is not signed");
    }
}
