//! The days on which a contract can be ended or goes on, each with its reason in words.

use crate::contract::{
    contract::{Contract, NoticeCounts},
    deadline_reason::{DayWithReason, deadline_reason, ends_by_itself, exit_reason, next_end, next_renewal},
    decided_renewal::decisions,
    decision::{Decided, given, goes_on},
    notice::Terms,
    renewal::Renewal,
};
use steward_core::resource::value::{Note, Text};
use steward_core::view::prelude::*;

/// Days on which a contract can be ended or goes on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContractDeadlines {
    /// The contract.
    pub contract_id: Id,
    /// State in the lifecycle.
    pub state: Text<1, 40>,
    /// Day that counts as today.
    pub as_of: Date,
    /// Last working day for notice to the end of the running term, or to the next end that can be reached; null if there is none or it is
    /// not known.
    pub notice_deadline_on: Option<Date>,
    /// Reason for the notice deadline.
    pub notice_deadline_reason: Note,
    /// True if the last day on which notice counts has passed without a decision.
    pub overdue: bool,
    /// Criterion for a notice to be in time.
    pub notice_counts: NoticeCounts,
    /// Last day of the running term; null if there is none.
    pub next_end_on: Option<Date>,
    /// Reason for the end of the term.
    pub next_end_reason: Note,
    /// First day of the next term; null if none follows.
    pub next_renewal_on: Option<Date>,
    /// Reason for the day of renewal.
    pub next_renewal_reason: Note,
    /// Earliest day on which the contract can end; null if it is not known.
    pub earliest_exit_on: Option<Date>,
    /// Last working day for notice to that day; null if none is needed.
    pub earliest_exit_notice_on: Option<Date>,
    /// Reason for the earliest exit.
    pub earliest_exit_reason: Note,
}

impl View for ContractDeadlines {
    const PATH: &'static str = "vendors/contracts/{id}/deadlines";
    const SUMMARY: &'static str = "Get the deadlines of a contract";
    const DESCRIPTION: &'static str = "Deadlines of a contract: the last day for notice, the day on which it ends or goes on next, and the earliest day on which it can be left, each with its reason in words.\n\n\
        The last day for notice is the latest from which the notice period ends no later than the contract: months are those of the calendar, and a day that a month does not have is its last one (as in BGB § 187 and § 188); \
        from a Saturday or Sunday it moves back to Friday. Public holidays are not known here. `notice_counts` says whether the vendor must have the notice by then or it must be on its way.\n\n\
        With `notice_to` = end_of_term it is counted from the end of the running term, to which a tacit renewal has added terms of `renewal_months`; with month_end or quarter_end an evergreen contract has the first such end that notice can still reach; \
        with any_time there is no deadline. A contract that is no longer in force has no deadlines, and neither has one of which a renewal says that notice was given: it ends on the first day that this notice reaches. \
        What was decided counts: a contract that is to go on is not overdue.";
    type Reads = (Contract, IfPermitted<Renewal>);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let as_of = query.or_today(cx);
        let id = cx.id()?;
        let (stored, contract) = cx.get_typed::<Contract>(id)?;
        let state = stored.meta.state.unwrap_or_default();
        let answer = if matches!(state.as_str(), "expired" | "terminated" | "renewed" | "closed") {
            let over = || (None, format!("The contract is {state} and no longer in force."));
            put((stored.meta.id, &state, as_of), contract.notice_counts, [over(), over(), over(), over()], (None, false))
        } else {
            let decided = decisions(cx, &[id])?.remove(&id).unwrap_or_default();
            tell((stored.meta.id, &state, as_of), &contract.terms(), contract.notice_counts, &decided)
        };
        Ok(answer)
    }
}

fn put(
    (id, state, as_of): (Id, &str, Date),
    counts: NoticeCounts,
    told: [DayWithReason; 4],
    (exit_notice, overdue): (Option<Date>, bool),
) -> ContractDeadlines {
    let [(notice, notice_reason), (end, end_reason), (renewal, renewal_reason), (exit, exit_reason)] = told;
    ContractDeadlines {
        contract_id: id,
        state: Text::cut(state),
        as_of,
        notice_deadline_on: notice,
        notice_deadline_reason: Note::cut(&notice_reason),
        overdue,
        notice_counts: counts,
        next_end_on: end,
        next_end_reason: Note::cut(&end_reason),
        next_renewal_on: renewal,
        next_renewal_reason: Note::cut(&renewal_reason),
        earliest_exit_on: exit,
        earliest_exit_notice_on: exit_notice,
        earliest_exit_reason: Note::cut(&exit_reason),
    }
}

/// The deadlines of a contract in force.
fn tell((id, state, on): (Id, &str, Date), terms: &Terms, counts: NoticeCounts, decided: &[Decided]) -> ContractDeadlines {
    if let Some(notice) = given(decided, terms, counts, on) {
        let told = [
            (None, format!("Notice was given on {}: no deadline is left.", notice.given_on)),
            (Some(notice.ends_on), "It ends then: notice was given.".to_owned()),
            (None, format!("It is not renewed: notice was given, and it ends on {}.", notice.ends_on)),
            (Some(notice.ends_on), format!("Notice was given on {}.", notice.given_on)),
        ];
        return put((id, state, on), counts, told, (None, false));
    }
    let deadline = terms.notice_deadline(on);
    let exit = terms.earliest_exit(on);
    let by_itself = exit.is_some_and(|exit| ends_by_itself(terms, on, exit));
    let goes_on = deadline.is_some_and(|exit| goes_on(decided, exit));
    let mut reason = deadline_reason(terms, counts, on, deadline);
    if goes_on {
        reason.push_str(" It was decided that the contract goes on.");
    }
    let told = [
        (deadline.map(|exit| exit.notice_on), reason),
        next_end(terms, on),
        next_renewal(terms, on),
        (exit.map(|exit| exit.ends_on), exit_reason(terms, counts, on, exit)),
    ];
    let overdue = !goes_on && deadline.is_some_and(|exit| exit.last_on < on);
    put((id, state, on), counts, told, (exit.filter(|_| !by_itself).map(|exit| exit.notice_on), overdue))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::notice::{NoticePeriod, NoticeTo, NoticeUnit, RenewalKind};
    use steward_core::resource::value::Whole;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn each_day_comes_with_its_reason() {
        let terms = Terms {
            starts_on: day("2023-01-01"),
            ends_on: Some(day("2026-08-31")),
            minimum_ends_on: None,
            renewal: RenewalKind::Tacit,
            renewal_months: Some(12),
            notice: Some(NoticePeriod { value: Whole(3), unit: NoticeUnit::Months }),
            notice_to: NoticeTo::EndOfTerm,
        };
        let told = tell((Id::sample(), "active", day("2026-06-15")), &terms, NoticeCounts::ReceivedBy, &[]);
        assert_eq!(told.notice_deadline_on, Some(day("2026-05-29")));
        assert!(told.overdue);
        assert_eq!(
            told.notice_deadline_reason.0,
            "A notice that ends it on 2026-08-31 must be received by the vendor by 2026-05-29: 3 months before, to the end of the term, since 2026-05-31 is a Sunday. That day has passed."
        );
        assert_eq!((told.next_end_on, told.next_renewal_on), (Some(day("2026-08-31")), Some(day("2026-09-01"))));
        assert_eq!((told.earliest_exit_on, told.earliest_exit_notice_on), (Some(day("2027-08-31")), Some(day("2027-05-31"))));
        let evergreen = Terms { ends_on: None, renewal: RenewalKind::None, notice_to: NoticeTo::AnyTime, ..terms };
        let told = tell((Id::sample(), "active", day("2026-06-15")), &evergreen, NoticeCounts::SentBy, &[]);
        assert_eq!((told.notice_deadline_on, told.next_end_on, told.earliest_exit_on), (None, None, Some(day("2026-09-15"))));
        assert_eq!(told.notice_deadline_reason.0, "Notice can be given on any day: there is no deadline.");
    }
}
