//! The contracts about which somebody must decide soon.

use super::deadlines;
use crate::contract::{
    contract::{Contract, NoticeCounts},
    decided_renewal::decisions,
    decision::{Decided, given, goes_on},
    notice::{RenewalKind, Terms},
    renewal::Renewal,
};
use steward_core::resource::value::{Code, Note, Text, Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::vendors::contracts;

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Day before which the notice deadline falls, as YYYY-MM-DD.
    #[param(inline)]
    pub before: Date,
    /// The day that counts as today, as YYYY-MM-DD; today if left out.
    #[param(inline)]
    pub as_of: Option<Date>,
}

/// Contract that needs a decision on its renewal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RenewalDue {
    /// The contract.
    pub contract_id: Id,
    /// Number of the contract.
    pub code: Text<1, 64>,
    /// Title of the contract.
    pub title: Title,
    /// The vendor.
    pub vendor_id: Id,
    /// Accountable owner.
    pub owner_id: Option<Id>,
    /// Last working day for notice.
    pub notice_deadline_on: Date,
    /// Days left until the deadline; negative if it has passed.
    pub days_left: Whole<-4_000_000, 4_000_000>,
    /// True if the deadline has passed.
    pub overdue: bool,
    /// Day to which notice would end the contract.
    pub ends_on: Date,
    /// Renewal at the end of the term.
    pub renewal: RenewalKind,
    /// Criterion for a notice to be in time.
    pub notice_counts: NoticeCounts,
    /// Reason for the deadline.
    pub reason: Note,
}

/// Contracts that need a decision before a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RenewalsDue {
    /// Day that counts as today.
    pub as_of: Date,
    /// Day before which the deadlines fall.
    pub before: Date,
    /// Contracts, the earliest deadline first.
    pub data: Vec<RenewalDue>,
}

impl View for RenewalsDue {
    const PATH: &'static str = "vendors/renewals-due";
    const SUMMARY: &'static str = "Get the renewals that are due";
    const DESCRIPTION: &'static str = "Contracts in force (active or suspended) that you may see whose notice deadline falls before a day, the earliest first. \
        A deadline that has passed is listed with `overdue` while its term still runs. The deadline is that of `/vendors/contracts/{id}/deadlines`; contracts without one are left out, and so are those with a decision to go on, or of which notice was given.";
    type Reads = (Contract, IfPermitted<Renewal>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let as_of = cx.day_or_today(query.as_of);
        let before = query.before;
        let mut data = undecided(cx, as_of)?;
        data.retain(|due| due.notice_deadline_on < before);
        data.sort_by_key(|due| (due.notice_deadline_on, due.contract_id));
        Ok(RenewalsDue { as_of, before, data })
    }
}

/// The contracts in force and in sight with a notice deadline about which nothing was decided.
pub fn undecided(reader: &mut Reader<'_>, as_of: Date) -> Result<Vec<RenewalDue>> {
    let running = running_contracts(reader)?;
    let ids: Vec<Id> = running.iter().map(|contract| contract.id).collect();
    let decided = decisions(reader, &ids)?;
    let of = |contract: &RunningContract| decided.get(&contract.id).map_or(&[] as &[Decided], Vec::as_slice);
    Ok(running.into_iter().filter_map(|contract| due(of(&contract), contract, as_of)).collect())
}

/// A contract in force, as far as it counts here.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = contracts, check_for_backend(Dialect))]
struct RunningContract {
    id: Id,
    code: Code,
    title: Title,
    vendor_id: Id,
    owner_id: Option<Id>,
    notice_counts: NoticeCounts,
    #[diesel(embed)]
    terms: Terms,
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

/// The deadline of a contract, if it has one and nothing was decided.
fn due(decided: &[Decided], contract: RunningContract, on: Date) -> Option<RenewalDue> {
    let RunningContract { terms, notice_counts, .. } = contract;
    let exit = terms.notice_deadline(on)?;
    if given(decided, &terms, notice_counts, on).is_some() || goes_on(decided, exit) {
        return None;
    }
    Some(RenewalDue {
        contract_id: contract.id,
        code: Text(contract.code.0),
        title: contract.title,
        vendor_id: contract.vendor_id,
        owner_id: contract.owner_id,
        notice_deadline_on: exit.notice_on,
        days_left: Whole((exit.notice_on.0 - on.0).num_days()),
        overdue: exit.last_on < on,
        ends_on: exit.ends_on,
        renewal: terms.renewal,
        notice_counts,
        reason: Note::cut(&deadlines::deadline_reason(&terms, notice_counts, on, Some(exit))),
    })
}
