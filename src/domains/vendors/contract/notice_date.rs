//! The last days for notice, in the calendar.

use super::contract::Contract;
use super::undecided_contract::undecided;
use steward_core::error::Result;
use steward_core::resource::Resource;
use steward_core::store::{DerivedDate, Reader, Span};
use steward_core::view::due::DerivedDates;

/// Days on which notice of a contract must be given, where nothing was decided.
pub const NOTICE: DerivedDates = DerivedDates { collection: Contract::PATH, find };

fn find(reader: &mut Reader<'_>, _: &Span) -> Result<Vec<DerivedDate>> {
    let today = reader.today();
    let due = undecided(reader, today)?;
    Ok(due.iter().map(|due| DerivedDate::day(due.contract.id, due.exit.notice_on, "notice_period", "Notice due")).collect())
}
