//! The status of access: rights of people who have left, and reviews that are due.

use super::service_review::{ServiceReview, of_services};
use crate::access::{
    access_review::{AccessDecision, AccessReview},
    access_right::{self, AccessRight},
};
use std::collections::{HashMap, HashSet};
use steward_core::ports::people;
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::security::{access_reviews, access_rights};

/// Access right in force of a person who has left.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeaverRight {
    /// The right.
    pub access_right: Ref<AccessRight>,
    /// Person who has it and has left.
    pub person_id: Id,
    /// Service in which it holds.
    pub service_id: Id,
    /// True if it is privileged.
    pub privileged: bool,
    /// Last day of the right; null where it has no end.
    pub expires_on: Option<Date>,
}

/// A review that is not completed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewDue {
    /// The review.
    pub access_review: Ref<AccessReview>,
    /// Service whose rights are reviewed.
    pub service_id: Id,
    /// Person who reviews.
    pub reviewer_id: Option<Id>,
    /// Day by which it is to be completed.
    pub due_on: Date,
    /// Number of days until then; negative once it has passed.
    pub days_left: i64,
    /// Number of rights in force that it is about.
    pub rights: Count,
    /// Number of those on which nothing is decided yet.
    pub undecided: Count,
}

/// The status of access.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessStatus {
    /// Day of the answer.
    pub as_of: Date,
    /// Number of rights in force.
    pub rights: Count,
    /// Number of those that are privileged.
    pub privileged: Count,
    /// Number of those that nobody has granted yet.
    pub not_granted: Count,
    /// Number of people who have left and have a right in force.
    pub leavers_with_access: Count,
    /// Rights in force of people who have left, privileged ones first.
    pub held_by_leavers: Vec<LeaverRight>,
    /// Number of reviews whose due day has passed.
    pub reviews_overdue: Count,
    /// Reviews that are planned or in progress, the earliest due day first.
    pub reviews_due: Vec<ReviewDue>,
    /// Number of services with rights in force of which no review was completed, is planned or in progress.
    pub services_never_reviewed: Count,
    /// Number of services with rights in force whose next review is overdue.
    pub services_overdue: Count,
    /// Services with rights in force and their reviews, those never reviewed first, then by the next review.
    pub services: Vec<ServiceReview>,
    /// True if there are rights in force or reviews that you may not read: the numbers leave those out.
    pub partial: bool,
}

/// A right in force.
#[derive(Queryable)]
struct InForce {
    id: Id,
    entitlement: Title,
    person_id: Id,
    service_id: Id,
    privileged: bool,
    expires_on: Option<Date>,
    state: String,
}

/// A review that is not completed, as it is stored.
#[derive(Queryable)]
struct Open {
    id: Id,
    name: Title,
    state: String,
    service_id: Id,
    reviewer_id: Option<Id>,
    due_on: Date,
    privileged_only: bool,
    decisions: Vec<AccessDecision>,
}

impl View for AccessStatus {
    const PATH: &'static str = "security/access-status";
    const SUMMARY: &'static str = "Get the status of access";
    const DESCRIPTION: &'static str = "Rights in force of people who have left, reviews that are to be completed, and services with their last and next review, over the rights and reviews that you may see. \
        A right is in force until it expires or is revoked, granted or only requested.";
    const FORMULA: &'static str = "leavers_with_access = people who have left with revoked_on null and expires_on null or not before as_of; undecided = rights − decisions; next_review_on = last_reviewed_on + review_interval_months of that review";
    const SOURCE: &'static str = "ISO/IEC 27001:2022, A.5.18 and A.6.5";
    type Reads = (AccessRight, AccessReview);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let today = cx.today();
        let (rights, are_rights_hidden) = in_force(cx, today)?;
        let (reviews_due, are_reviews_hidden) = reviews_due(cx, &rights, today)?;
        let held_in: Vec<(Id, bool)> = rights.iter().map(|right| (right.service_id, right.privileged)).collect();
        // Of several, the one that is due first.
        let open: HashMap<Id, Id> = reviews_due.iter().rev().map(|review| (review.service_id, review.access_review.id)).collect();
        let services = of_services(cx, &held_in, &open)?;
        let holders: Vec<Id> = rights.iter().map(|right| right.person_id).collect::<HashSet<_>>().into_iter().collect();
        let here: HashSet<Id> = cx.ask(|check| people::remaining(check, &holders, holders.len()))?.into_iter().map(|person| person.id).collect();
        let count = |count: usize| Whole(i64::try_from(count).unwrap_or_default());
        let privileged = count(rights.iter().filter(|right| right.privileged).count());
        let all = count(rights.len());
        let not_granted = count(rights.iter().filter(|right| right.state == "requested").count());
        let mut held: Vec<InForce> = rights.into_iter().filter(|right| !here.contains(&right.person_id)).collect();
        held.sort_by_key(|right| (!right.privileged, right.id));
        Ok(AccessStatus {
            as_of: today,
            rights: all,
            privileged,
            not_granted,
            leavers_with_access: count(holders.iter().filter(|holder| !here.contains(holder)).count()),
            held_by_leavers: held.into_iter().map(InForce::of_leaver).collect(),
            reviews_overdue: count(reviews_due.iter().filter(|review| review.days_left < 0).count()),
            reviews_due,
            services_never_reviewed: count(services.iter().filter(|service| service.never_reviewed).count()),
            services_overdue: count(services.iter().filter(|service| service.overdue == Some(true)).count()),
            services,
            partial: are_rights_hidden || are_reviews_hidden,
        })
    }
}

impl InForce {
    fn of_leaver(self) -> LeaverRight {
        LeaverRight {
            access_right: Ref::new(self.id, &self.entitlement, Some(&self.state)),
            person_id: self.person_id,
            service_id: self.service_id,
            privileged: self.privileged,
            expires_on: self.expires_on,
        }
    }
}

/// The rights in sight that are in force on a day, and whether there are others.
fn in_force(cx: &mut Context<'_, '_>, today: Date) -> Result<(Vec<InForce>, bool)> {
    use access_rights::{entitlement, expires_on, id, person_id, privileged, service_id, state};
    let seen = cx.sees::<AccessRight>()?;
    let lasting = || access_rights::table.filter(access_right::in_force(today));
    let query = lasting().filter(seen.clone()).order(id).select((id, entitlement, person_id, service_id, privileged, expires_on, state));
    let rights: Vec<InForce> = query.load(cx.within(&seen))?;
    let all: i64 = lasting().count().get_result(cx.unscoped("only whether something is left out"))?;
    let is_hidden = usize::try_from(all).is_ok_and(|all| all > rights.len());
    Ok((rights, is_hidden))
}

/// The reviews in sight that are not completed, with what of some rights is left to decide in each, and whether there are others, completed or not.
fn reviews_due(cx: &mut Context<'_, '_>, rights: &[InForce], today: Date) -> Result<(Vec<ReviewDue>, bool)> {
    use access_reviews::{decisions, due_on, id, name, privileged_only, reviewer_id, service_id, state};
    let seen = cx.sees::<AccessReview>()?;
    let open = || access_reviews::table.filter(state.eq_any(["planned", "in_progress"]));
    let columns = (id, name, state, service_id, reviewer_id, due_on, privileged_only, decisions);
    let reviews: Vec<Open> = open().filter(seen.clone()).order((due_on, id)).select(columns).load(cx.within(&seen))?;
    let in_sight: i64 = access_reviews::table.filter(seen.clone()).count().get_result(cx.within(&seen))?;
    let all: i64 = access_reviews::table.count().get_result(cx.unscoped("only whether something is left out"))?;
    let is_hidden = all > in_sight;
    let left = |review: Open| {
        let decided: HashSet<Id> = review.decisions.iter().map(|decision| decision.access_right_id).collect();
        let about = rights.iter().filter(|right| right.service_id == review.service_id && (right.privileged || !review.privileged_only));
        let about: Vec<Id> = about.map(|right| right.id).collect();
        let count = |count: usize| Whole(i64::try_from(count).unwrap_or_default());
        ReviewDue {
            access_review: Ref::new(review.id, &review.name, Some(&review.state)),
            service_id: review.service_id,
            reviewer_id: review.reviewer_id,
            due_on: review.due_on,
            days_left: (review.due_on.0 - today.0).num_days(),
            rights: count(about.len()),
            undecided: count(about.iter().filter(|right| !decided.contains(right)).count()),
        }
    };
    Ok((reviews.into_iter().map(left).collect(), is_hidden))
}
