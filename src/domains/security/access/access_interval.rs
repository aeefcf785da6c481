//! When the rights in services are reviewed again: an interval after the review that was completed last.

use super::access_review::AccessReview;
use super::access_right::in_force;
use diesel::dsl::max;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Instant};
use steward_core::resource::{Id, Resource};
use steward_core::store::{DerivedDate, Reader, Span};
use steward_core::view::due::DerivedDates;
use steward_schema::security::{access_reviews, access_rights};
use steward_schema::service::revisions;

/// Days by which services are to be reviewed again that have rights in force and no open review.
pub const ACCESS_REVIEWS: DerivedDates = DerivedDates { collection: AccessReview::PATH, find };

/// A review that was completed.
#[derive(Debug, Clone)]
pub struct Completed {
    /// The review.
    pub id: Id,
    /// The service.
    pub service: Id,
    /// Who reviewed.
    pub reviewer: Option<Id>,
    /// Whether it was about privileged rights alone.
    pub privileged_only: bool,
    /// After how many months the service is to be reviewed again.
    pub interval: Option<i64>,
    /// When it was completed.
    pub on: Date,
}

impl Completed {
    /// The day by which the service is to be reviewed again; none without an interval.
    pub fn next_on(&self) -> Option<Date> {
        self.on.months_later(u32::try_from(self.interval?).ok()?)
    }
}

/// The review of a service that was completed last, of those that counted all of its rights: one of privileged rights alone does where the
/// service has no others.
pub fn latest(reviews: &[Completed], service: Id, has_others: bool) -> Option<&Completed> {
    reviews.iter().filter(|review| review.service == service && !(review.privileged_only && has_others)).max_by_key(|review| (review.on, review.id))
}

/// The completed reviews in sight.
pub fn completed(reader: &mut Reader<'_>) -> Result<Vec<Completed>> {
    use access_reviews::{review_interval_months, reviewer_id, service_id, state};
    let (seen, zone) = (reader.sees::<AccessReview>()?, reader.ask(|check| Ok(check.zone))?);
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let query = access_reviews::table.filter(state.eq("completed")).filter(seen.clone()).order(access_reviews::id);
    let columns = (access_reviews::id, service_id, reviewer_id, access_reviews::privileged_only, review_interval_months);
    let rows: Vec<(Id, Id, Option<Id>, bool, Option<i64>)> = query.select(columns).load(reader.within(&seen))?;
    let mut days: HashMap<Id, Date> = HashMap::new();
    for chunk in rows.iter().map(|(id, ..)| *id).collect::<Vec<Id>>().chunks(CHUNK) {
        let moves = revisions::table.filter(revisions::action.eq("complete").and(revisions::resource_id.eq_any(chunk)));
        let last = moves.group_by(revisions::resource_id).select((revisions::resource_id, max(revisions::at).assume_not_null()));
        let last: Vec<(Id, Instant)> = last.load(reader.unscoped("when a review in sight was completed"))?;
        days.extend(last.into_iter().map(|(id, at)| (id, at.date_in(zone))));
    }
    let review = |(id, service, reviewer, privileged_only, interval): (Id, Id, Option<Id>, bool, Option<i64>)| {
        Some(Completed { id, service, reviewer, privileged_only, interval, on: *days.get(&id)? })
    };
    Ok(rows.into_iter().filter_map(review).collect())
}

fn find(reader: &mut Reader<'_>, _: &Span) -> Result<Vec<DerivedDate>> {
    use access_rights::{privileged, service_id};
    let (completed, today) = (completed(reader)?, reader.today());
    if completed.iter().all(|review| review.interval.is_none()) {
        return Ok(Vec::new());
    }
    let connection = reader.unscoped("a review in sight is due again by rights and reviews, whether or not those may be read");
    let rights: Vec<(Id, bool)> = access_rights::table.filter(in_force(today)).select((service_id, privileged)).distinct().load(connection)?;
    let open = access_reviews::table.filter(access_reviews::state.eq_any(["planned", "in_progress"])).select(access_reviews::service_id);
    let open: HashSet<Id> = open.load::<Id>(connection)?.into_iter().collect();
    let services: HashSet<Id> = rights.iter().map(|(service, _)| *service).filter(|service| !open.contains(service)).collect();
    let date = |service: Id| {
        let review = latest(&completed, service, rights.contains(&(service, false)))?;
        Some(DerivedDate::day(review.id, review.next_on()?, "review_interval_months", "Next review due").of(review.reviewer))
    };
    Ok(services.into_iter().filter_map(date).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_review_counts_and_one_of_privileged_rights_only_where_there_are_no_others() {
        let service = Id::new();
        let review =
            |on: &str, privileged_only: bool| Completed { id: Id::new(), service, reviewer: None, privileged_only, interval: Some(6), on: Date::sample(on) };
        let reviews = [review("2026-01-31", false), review("2026-03-31", true), review("2025-06-30", false)];
        let next = |has_others: bool| latest(&reviews, service, has_others).and_then(Completed::next_on);
        assert_eq!((next(true), next(false)), (Some(Date::sample("2026-07-31")), Some(Date::sample("2026-09-30"))));
        assert!(latest(&reviews, Id::new(), true).is_none());
    }
}
