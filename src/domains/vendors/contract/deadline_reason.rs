//! The reasons in words for the days on which a contract can be ended or goes on.

use super::contract::NoticeCounts;
use super::notice::{Exit, NoticeTo, NoticeUnit, RenewalKind, Terms, last_day};
use steward_core::resource::value::Date;

/// A day and its reason.
pub type DayWithReason = (Option<Date>, String);

/// True if the earliest end of a contract comes without a notice.
pub fn ends_by_itself(terms: &Terms, on: Date, exit: Exit) -> bool {
    terms.renewal != RenewalKind::Tacit && terms.term_end(on) == Some(exit.ends_on)
}

/// The reason for the last day for notice.
pub fn deadline_reason(terms: &Terms, counts: NoticeCounts, on: Date, deadline: Option<Exit>) -> String {
    let Some(exit) = deadline else {
        return match (&terms.notice, terms.ends_on) {
            (None, _) => "No notice period is recorded.".into(),
            (_, None) if terms.notice_to == NoticeTo::AnyTime => "Notice can be given on any day: there is no deadline.".into(),
            (_, Some(end)) => format!("Its term ended on {end}."),
            _ => "It has no end for which notice could be given. Record when it ends, or to which days it can be ended.".into(),
        };
    };
    let mut reason = match terms.renewal {
        RenewalKind::Express if terms.ends_on.is_some() => format!("It ends by itself on {}; a notice about it ", exit.ends_on),
        RenewalKind::None if terms.ends_on.is_some() => format!("It ends by itself on {}; a notice to that day ", exit.ends_on),
        _ => format!("A notice that ends it on {} ", exit.ends_on),
    };
    reason.push_str(&in_time(terms, counts, exit));
    if exit.last_on < on {
        reason.push_str(" That day has passed.");
    }
    reason
}

/// The day by which a notice must be there, with the count of its period.
fn in_time(terms: &Terms, counts: NoticeCounts, exit: Exit) -> String {
    let counted = match counts {
        NoticeCounts::ReceivedBy => "must be received by the vendor",
        NoticeCounts::SentBy => "must be sent",
    };
    let Some(period) = &terms.notice else { return String::new() };
    let unit = match (period.unit, period.value.0) {
        (NoticeUnit::Days, 1) => "day",
        (NoticeUnit::Days, _) => "days",
        (NoticeUnit::Months, 1) => "month",
        (NoticeUnit::Months, _) => "months",
    };
    let to = match terms.notice_to {
        NoticeTo::EndOfTerm => "the end of the term",
        NoticeTo::MonthEnd => "the end of a month",
        NoticeTo::QuarterEnd => "the end of a quarter",
        NoticeTo::AnyTime => "any day",
    };
    let moved = last_day(exit.ends_on, period).filter(|last| *last > exit.notice_on);
    let moved = moved.map_or(String::new(), |last| format!(", since {last} is a {}", last.0.format("%A")));
    format!("{counted} by {}: {} {unit} before, to {to}{moved}.", exit.notice_on, period.value.0)
}

/// The end of the running term, with its reason.
pub fn next_end(terms: &Terms, on: Date) -> DayWithReason {
    match (terms.term_end(on), terms.ends_on) {
        (Some(end), _) => {
            let reason = match terms.renewal {
                RenewalKind::None => "It ends then.".to_owned(),
                RenewalKind::Express => "It ends then unless the parties say that it goes on.".to_owned(),
                RenewalKind::Tacit => {
                    format!(
                        "The running term ends then, and another of {} months follows unless somebody gives notice.",
                        terms.renewal_months.unwrap_or_default()
                    )
                }
            };
            (Some(end), reason)
        }
        (None, Some(end)) => (None, format!("Its term ended on {end}.")),
        (None, None) => (None, "It is evergreen: it lasts until somebody ends it.".into()),
    }
}

/// The first day of the next term, with its reason.
pub fn next_renewal(terms: &Terms, on: Date) -> DayWithReason {
    let Some(end) = terms.term_end(on) else {
        return (None, if terms.ends_on.is_some() { "Its term is over." } else { "It is evergreen: there are no terms to renew." }.into());
    };
    let next = end.later(1);
    match terms.renewal {
        RenewalKind::None => (None, format!("It is not renewed: it ends on {end}.")),
        RenewalKind::Express => (next, format!("It goes on after {end} only if the parties say so.")),
        RenewalKind::Tacit => {
            let missed = terms.notice_deadline(on).is_some_and(|exit| exit.last_on < on);
            let unless = if missed { "unless notice was given in time" } else { "unless notice is given in time" };
            (next, format!("It is renewed for {} months after {end}, {unless}.", terms.renewal_months.unwrap_or_default()))
        }
    }
}

/// The reason for the earliest day on which a contract can end.
pub fn exit_reason(terms: &Terms, counts: NoticeCounts, on: Date, exit: Option<Exit>) -> String {
    let Some(exit) = exit else {
        return match (&terms.notice, terms.ends_on.filter(|_| terms.term_end(on).is_none())) {
            (None, _) => "No notice period is recorded.".into(),
            (_, Some(end)) => format!("Its term ended on {end}."),
            _ => "It has no end that notice could reach. Record when it ends, or to which days it can be ended.".into(),
        };
    };
    if ends_by_itself(terms, on, exit) {
        return "It ends then by itself.".into();
    }
    let bound = terms.minimum_ends_on.filter(|least| *least >= on).map_or(String::new(), |least| format!(" It cannot end before {least}."));
    format!("Notice given on {on} or later ends it then at the earliest; it {}{bound}", in_time(terms, counts, exit))
}
