//! When the rights in each service were reviewed, and when they are reviewed again.

use crate::access::access_interval::{Completed, completed, latest};
use crate::access::access_review::AccessReview;
use std::collections::{BTreeMap, HashMap};
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;

/// Review of the rights in a service.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceReview {
    /// Service with rights in force.
    pub service_id: Id,
    /// Name of the service; null where it is not visible to you.
    pub title: Option<Title>,
    /// Number of rights in force in the service.
    pub rights: Count,
    /// Day on which a review of its rights was last completed; null without one. A review of privileged rights alone counts where the
    /// service has no others.
    pub last_reviewed_on: Option<Date>,
    /// Interval of that review, in months.
    pub review_interval_months: Option<Whole<1, 60>>,
    /// Day by which the next review is due; null if it is unknown.
    pub next_review_on: Option<Date>,
    /// True if that day has passed; null if it is unknown.
    pub overdue: Option<bool>,
    /// Review that is planned or in progress; null without one.
    #[schema(value_type = Option<IdOf<AccessReview>>)]
    pub open_review_id: Option<Id>,
    /// True if no review of the service was completed, is planned or in progress.
    pub never_reviewed: bool,
    /// Reason for an unknown day of the next review; null where it is known.
    pub reason: Option<String>,
}

/// The services with rights in force, each right with whether it is privileged, and their open reviews: never reviewed ones first, then by the
/// next review.
pub fn of_services(reader: &mut Reader<'_>, rights: &[(Id, bool)], open: &HashMap<Id, Id>) -> Result<Vec<ServiceReview>> {
    let (completed, today) = (completed(reader)?, reader.today());
    let mut services: BTreeMap<Id, (i64, bool)> = BTreeMap::new();
    for (service, privileged) in rights {
        let (count, has_others) = services.entry(*service).or_default();
        (*count, *has_others) = (*count + 1, *has_others || !privileged);
    }
    let ids: Vec<Id> = services.keys().copied().collect();
    let titles = reader.titles("infrastructure/services", &ids)?;
    let review = |(service, (count, has_others)): (Id, (i64, bool))| {
        let last = latest(&completed, service, has_others);
        let (next_review_on, open_review_id) = (last.and_then(Completed::next_on), open.get(&service).copied());
        ServiceReview {
            service_id: service,
            title: titles.get(&service).cloned(),
            rights: Whole(count),
            last_reviewed_on: last.map(|last| last.on),
            review_interval_months: last.and_then(|last| last.interval).map(Whole),
            next_review_on,
            overdue: next_review_on.map(|next| next < today),
            open_review_id,
            never_reviewed: last.is_none() && open_review_id.is_none(),
            reason: match (last, next_review_on) {
                (_, Some(_)) => None,
                (None, None) => Some("No review of its rights that you may see was completed.".to_owned()),
                (Some(_), None) => Some("The last review names no interval (review_interval_months).".to_owned()),
            },
        }
    };
    let mut reviews: Vec<ServiceReview> = services.into_iter().map(review).collect();
    reviews.sort_by_key(|review| (!review.never_reviewed, review.next_review_on.is_none(), review.next_review_on));
    Ok(reviews)
}
