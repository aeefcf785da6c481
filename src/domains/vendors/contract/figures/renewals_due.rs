//! The contracts about which somebody must decide soon.

use crate::contract::{
    contract::{Contract, NoticeCounts},
    deadline_reason::deadline_reason,
    notice::RenewalKind,
    renewal::Renewal,
    undecided_contract::{UndecidedContract, undecided},
};
use steward_core::resource::value::{Note, Text, Title, Whole};
use steward_core::view::prelude::*;

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
        let undecided = undecided(cx, as_of)?.into_iter().filter(|undecided| undecided.exit.notice_on < before);
        let mut data: Vec<RenewalDue> = undecided.map(|undecided| RenewalDue::of(undecided, as_of)).collect();
        data.sort_by_key(|due| (due.notice_deadline_on, due.contract_id));
        Ok(RenewalsDue { as_of, before, data })
    }
}

impl RenewalDue {
    /// The deadline of a contract about which nothing was decided, as it stands on a day.
    fn of(UndecidedContract { contract, exit }: UndecidedContract, on: Date) -> Self {
        RenewalDue {
            contract_id: contract.id,
            code: Text(contract.code.0),
            title: contract.title,
            vendor_id: contract.vendor_id,
            owner_id: contract.owner_id,
            notice_deadline_on: exit.notice_on,
            days_left: Whole((exit.notice_on.0 - on.0).num_days()),
            overdue: exit.last_on < on,
            ends_on: exit.ends_on,
            renewal: contract.terms.renewal,
            notice_counts: contract.notice_counts,
            reason: Note::cut(&deadline_reason(&contract.terms, contract.notice_counts, on, Some(exit))),
        }
    }
}
