//! The page that begins a day: what waits for the caller.

use super::agenda::is_overdue;
use super::comment::Comment;
use super::conflict::Conflict;
use steward_core::access::address_of;
use steward_core::choice;
use steward_core::database::{SqlType, SqlValue};
use steward_core::resource::value::{Text, Whole, folded};
use steward_core::store::{Condition, Depth, Query as ListQuery, SortKey, Span};
use steward_core::view::due::dates;
use steward_core::view::prelude::*;
use steward_core::view::queue::{WaitingApproval, waiting_approvals};
use steward_schema::platform::comments;

/// Number of entries of each kind that are named.
pub(super) const NAMED: usize = 20;
/// Number of conflicts and comments that are looked at, the latest first.
const LOOKED_AT: usize = 200;
/// Number of days back for which an overdue date counts, and ahead for which a date is near.
const BACK_DAYS: u64 = 90;
const AHEAD_DAYS: u32 = 14;
/// Number of seconds for which a comment is news.
pub(super) const NEWS_SECONDS: i64 = 30 * 86_400;

/// Approvals that wait for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct HomeApprovals {
    /// Records, those that began to wait last first; at most 20.
    pub data: Vec<WaitingApproval>,
    /// Number of records in all.
    pub total_count: Whole<0, 1_000_000_000>,
    /// True if there are more than were examined.
    pub capped: bool,
}

/// Date that concerns the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct HomeDate {
    /// Day; of an instant the one in UTC.
    pub on: Date,
    /// Collection of the record, as domain/collection.
    pub collection: Text<3, 128>,
    /// The record.
    pub id: Id,
    /// Title of the record.
    pub title: Text<0, 1000>,
    /// Event, in words.
    pub label: Text<1, 100>,
    /// State of the record; null if it has none.
    pub state: Option<Text<1, 40>>,
    /// True if it is overdue.
    pub overdue: bool,
}

/// Dates that concern the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct HomeDates {
    /// Dates, overdue ones first, then the earliest; at most 20.
    pub data: Vec<HomeDate>,
    /// Number of dates in all.
    pub total_count: Whole<0, 1_000_000_000>,
    /// Number of overdue dates.
    pub overdue_count: Whole<0, 1_000_000_000>,
}

/// Open conflict that the caller can resolve.
#[derive(Debug, Serialize, ToSchema)]
pub struct HomeConflict {
    /// The conflict.
    pub id: Id,
    /// Record in conflict.
    pub subject_id: Id,
    /// Rule that is broken, as `domain.collection:rule`.
    pub rule: Text<1, 200>,
    /// Finding, in words.
    pub detail: Text<0, 20_000>,
    /// Time at which it was raised.
    pub raised_at: Instant,
}

/// Open conflicts that the caller can resolve.
#[derive(Debug, Serialize, ToSchema)]
pub struct HomeConflicts {
    /// Conflicts, the latest first; at most 20.
    pub data: Vec<HomeConflict>,
    /// Number of conflicts among the 200 latest open ones in sight.
    pub total_count: Whole<0, 1_000_000_000>,
    /// True if there are more than were examined.
    pub capped: bool,
}

choice! {
    /// Reason why a comment concerns the caller.
    pub enum MentionReason {
        /// Mention of the caller's e-mail address behind an @.
        Mention = "mention",
        /// Reply to a comment of the caller.
        Reply = "reply",
    }
}

/// Comment that concerns the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct HomeMention {
    /// The comment.
    pub id: Id,
    /// Record commented on.
    pub subject_id: Id,
    /// Reason why it concerns you.
    pub reason: MentionReason,
    /// Text of the comment.
    pub text: Text<0, 10_000>,
    /// Account of its author.
    pub created_by: Id,
    /// Time at which it was written.
    pub created_at: Instant,
}

/// Comments that concern the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct HomeMentions {
    /// Comments, the latest first; at most 20.
    pub data: Vec<HomeMention>,
    /// Number of comments among the 200 latest in sight.
    pub total_count: Whole<0, 1_000_000_000>,
    /// True if there are more than were examined.
    pub capped: bool,
}

/// Open tasks of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Home {
    /// Approvals that wait for you.
    pub approvals: HomeApprovals,
    /// Dates that concern you.
    pub due: HomeDates,
    /// Open conflicts that you can resolve.
    pub conflicts: HomeConflicts,
    /// Comments that name you or answer you.
    pub mentions: HomeMentions,
}

impl View for Home {
    const PATH: &'static str = "platform/home";
    const SUMMARY: &'static str = "Get your open tasks";
    const DESCRIPTION: &'static str = "Open tasks of the caller, such as for a start page. `approvals`: records whose approval you can give now (all of them: governance/approvals/pending). \
        `due`: dates of records that concern your person, overdue in the last 90 days or within the next 14 days (platform/calendar); empty for an account without a person. \
        `conflicts`: open conflicts on records that you can see, and that you may resolve. \
        `mentions`: comments of the last 30 days by others that name your e-mail address behind an @, such as `@ada@example.org`, or answer a comment of yours. \
        Only records that you may read are named or counted.";
    type Reads = (IfPermitted<Conflict>, IfPermitted<Comment>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let queue = waiting_approvals(cx, NAMED)?;
        let since = cx.store.now().plus_seconds(-NEWS_SECONDS);
        Ok(Home {
            approvals: HomeApprovals { data: queue.data, total_count: Whole(queue.total), capped: queue.capped },
            due: due(cx, AHEAD_DAYS)?,
            conflicts: conflicts(cx)?,
            mentions: mentions(cx, since)?,
        })
    }
}

fn count(number: usize) -> Whole<0, 1_000_000_000> {
    Whole(i64::try_from(number).unwrap_or(i64::MAX).min(1_000_000_000))
}

/// Dates that concern the caller, overdue and so many days ahead.
pub(super) fn due(reader: &mut Reader<'_>, ahead_days: u32) -> Result<HomeDates> {
    let none = HomeDates { data: Vec::new(), total_count: Whole(0), overdue_count: Whole(0) };
    let Some(person) = reader.session.person else { return Ok(none) };
    let (today, now) = (reader.today(), reader.moment());
    let from = today.0.checked_sub_days(chrono::Days::new(BACK_DAYS)).and_then(Date::within).unwrap_or(Date::FIRST);
    let span = Span { from, to: today.plus_days(ahead_days), unit: None, person: Some(person), kinds: None };
    let found = dates(reader, &span, super::agenda::MOST)?;
    let mut data: Vec<HomeDate> = found
        .iter()
        .map(|dated| HomeDate {
            on: dated.on,
            collection: dated.definition.path.into(),
            id: dated.id,
            title: Text::cut(&dated.title),
            label: Text::cut(&dated.label),
            state: dated.state.as_deref().map(Text::cut),
            overdue: is_overdue(dated, now),
        })
        .filter(|each| each.overdue || each.on >= today)
        .collect();
    data.sort_by_key(|each| (!each.overdue, each.on, each.id));
    let (total_count, overdue_count) = (count(data.len()), count(data.iter().filter(|each| each.overdue).count()));
    data.truncate(NAMED);
    Ok(HomeDates { data, total_count, overdue_count })
}

/// The latest records of a collection first.
fn latest(conditions: Vec<Condition>) -> ListQuery {
    let sort = vec![SortKey { column: "created_at".into(), kind: SqlType::Instant, descending: true, nullable: false, collated: false, custom: None }];
    ListQuery { conditions, sort, limit: LOOKED_AT, ..ListQuery::default() }
}

/// Open conflicts that the caller can resolve.
pub(super) fn conflicts(reader: &mut Reader<'_>) -> Result<HomeConflicts> {
    let definition = reader.definition::<Conflict>()?;
    let open = Condition { column: "state".into(), any_of: vec![SqlValue::from("open")] };
    let page = reader.list(definition, &latest(vec![open]))?;
    let allowed = reader.allowed(definition, &page.rows, Depth::Permissions)?;
    let mut data = Vec::new();
    for (stored, _) in page.rows.iter().zip(allowed).filter(|(_, allowed)| allowed.transitions.contains(&"resolve")) {
        let Some(conflict) = stored.own.as_any().downcast_ref::<Conflict>() else { continue };
        let (id, raised_at) = (stored.meta.id, stored.meta.created_at);
        data.push(HomeConflict { id, subject_id: conflict.subject_id, rule: conflict.rule.clone(), detail: Text::cut(&conflict.detail), raised_at });
    }
    let total_count = count(data.len());
    data.truncate(NAMED);
    Ok(HomeConflicts { data, total_count, capped: page.more })
}

/// Comments since an instant that concern the caller.
pub(super) fn mentions(reader: &mut Reader<'_>, since: Instant) -> Result<HomeMentions> {
    let me = reader.session.principal;
    let address = address_of(reader.unscoped("the address of the caller's own account"), me)?;
    let named = address.map(|address| format!("@{}", folded(&address)));
    let definition = reader.definition::<Comment>()?;
    let page = reader.list(definition, &latest(Vec::new()))?;
    let answered: Vec<Id> = page.rows.iter().filter_map(|stored| stored.own.as_any().downcast_ref::<Comment>()?.reply_to_id).collect();
    let mine: Vec<Id> = comments::table
        .filter(comments::id.eq_any(answered).and(comments::created_by.eq(me)))
        .select(comments::id)
        .load(reader.unscoped("comments of the caller's own"))?;
    let mut data = Vec::new();
    for stored in page.rows.iter().filter(|stored| stored.meta.created_by != me && stored.meta.created_at >= since) {
        let Some(comment) = stored.own.as_any().downcast_ref::<Comment>() else { continue };
        let is_named = named.as_ref().is_some_and(|named| names(&folded(&comment.text), named));
        let is_reply = comment.reply_to_id.is_some_and(|answered| mine.contains(&answered));
        if !is_named && !is_reply {
            continue;
        }
        data.push(HomeMention {
            id: stored.meta.id,
            subject_id: comment.subject_id,
            reason: if is_named { MentionReason::Mention } else { MentionReason::Reply },
            text: Text::cut(&comment.text),
            created_by: stored.meta.created_by,
            created_at: stored.meta.created_at,
        });
    }
    let total_count = count(data.len());
    data.truncate(NAMED);
    let capped = page.more && page.rows.last().is_some_and(|last| last.meta.created_at >= since);
    Ok(HomeMentions { data, total_count, capped })
}

/// Whether a text has an address behind an @, and not the beginning of a longer one.
fn names(text: &str, named: &str) -> bool {
    text.match_indices(named).any(|(at, _)| {
        let mut after = text[at + named.len()..].chars();
        let next = after.next();
        let goes_on = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
        next.is_none_or(|letter| !goes_on(letter)) && !(next == Some('.') && after.next().is_some_and(goes_on))
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn an_address_is_named_as_a_whole_only() {
        for (text, expected) in
            [("see @ada@a.org.", true), ("@ada@a.org", true), ("(@ada@a.org)", true), ("@ada@a.organ", false), ("@ada@a.org.uk", false), ("ada@a.org", false)]
        {
            assert_eq!(names(text, "@ada@a.org"), expected, "{text}");
        }
    }
}
