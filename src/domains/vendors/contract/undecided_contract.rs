//! The contracts in force about whose end nothing was decided yet.

use super::contract::{Contract, NoticeCounts};
use super::decided_renewal::decisions;
use super::decision::{given, goes_on};
use super::notice::{Exit, Terms};
use diesel::prelude::*;
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Code, Date, Title};
use steward_core::store::Reader;
use steward_schema::vendors::contracts;

/// A contract in force with a notice period.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = contracts, check_for_backend(Dialect))]
pub struct RunningContract {
    /// The contract.
    pub id: Id,
    /// Its number.
    pub code: Code,
    /// Its title.
    pub title: Title,
    /// The vendor.
    pub vendor_id: Id,
    /// Its accountable owner.
    pub owner_id: Option<Id>,
    /// The criterion for a notice to be in time.
    pub notice_counts: NoticeCounts,
    /// Its terms.
    #[diesel(embed)]
    pub terms: Terms,
}

/// A contract about whose end nothing was decided, and the end that notice can still reach, or could have reached.
#[derive(Debug, Clone)]
pub struct UndecidedContract {
    /// The contract.
    pub contract: RunningContract,
    /// The end of the term, with the last day for notice to it.
    pub exit: Exit,
}

/// The contracts in force and in sight with a notice deadline about which nothing was decided until a day.
pub fn undecided(reader: &mut Reader<'_>, on: Date) -> Result<Vec<UndecidedContract>> {
    let running = running_contracts(reader)?;
    let ids: Vec<Id> = running.iter().map(|contract| contract.id).collect();
    let decided = decisions(reader, &ids)?;
    let of = |contract: RunningContract| {
        let decided = decided.get(&contract.id).map_or(&[][..], Vec::as_slice);
        let exit = contract.terms.notice_deadline(on)?;
        let is_decided = given(decided, &contract.terms, contract.notice_counts, on).is_some() || goes_on(decided, exit);
        (!is_decided).then_some(UndecidedContract { contract, exit })
    };
    Ok(running.into_iter().filter_map(of).collect())
}

/// The contracts in force with a notice period that the session sees.
fn running_contracts(reader: &mut Reader<'_>) -> Result<Vec<RunningContract>> {
    let seen = reader.sees::<Contract>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let running = contracts::state.eq_any(["active", "suspended"]).and(contracts::notice_period.is_not_null());
    Ok(contracts::table.filter(running).filter(seen.clone()).select(RunningContract::as_select()).load(reader.within(&seen))?)
}
