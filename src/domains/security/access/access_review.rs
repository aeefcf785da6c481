//! Access reviews: whether those who have rights in a service still need them.

use super::access_right::AccessRight;
use crate::risk::repetition;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use std::collections::HashMap;
use steward_core::access::person_of;
use steward_core::choice;
use steward_core::database::Dialect;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Title, Whole};
use steward_core::resource::{Check, Effect, Id, Lifecycle, Lock, Move, Own, Resource, Scope, StateException, UnmetGuard, ValidationErrors};
use steward_schema::security::access_rights;
use steward_schema::service::registry;

choice! {
    /// Outcome of a review for an access right.
    pub enum AccessOutcome {
        /// Still needed; the right continues.
        Kept = "kept",
        /// Withdrawn when the review is completed.
        Revoked = "revoked",
    }
}

steward_core::value! {
    /// Decision on an access right under review.
    pub struct AccessDecision {
        /// Access right, of the service under review.
        #[field(refers_to(&["security/access-rights"]))]
        pub access_right_id: Id,
        /// Outcome for the access right.
        pub outcome: AccessOutcome,
        /// Reason for the decision.
        pub reason: Option<Note>,
    }
}

steward_core::resource! {
    /// Review of the access rights in a service (ISO/IEC 27001, A.5.18). It is completed once each right in force was kept or revoked, by
    /// somebody who holds none of them; revoked rights end on that day. The next review of the service is due an interval after the last.
    pub struct AccessReview {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Service whose rights are reviewed.
        #[field(refers_to(&["infrastructure/services"]), fixed)]
        pub service_id: Id,
        /// True if only privileged rights are reviewed.
        #[field(default(|| json!(false)))]
        pub privileged_only: bool,
        /// Reviewer; as a rule the owner of the service.
        #[field(refers_to(&["teams/people"]))]
        pub reviewer_id: Option<Id>,
        /// Planned start date.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Due date for completion.
        #[field(deadline)]
        pub due_on: Date,
        /// Decisions on access rights, each right once. Nobody decides on a right of their own.
        #[field(default(|| json!([])))]
        pub decisions: Vec<AccessDecision>,
        /// Observations of the review.
        #[field(search)]
        pub notes: Option<Note>,
        /// Interval in months from the completion of this review to the next review of the service, from 1 to 60; null if the next one is
        /// planned by hand. It can still be set once the review is completed.
        pub review_interval_months: Option<Whole<1, 60>>,
    }
}

impl Resource for AccessReview {
    const PATH: &'static str = "security/access-reviews";
    type Table = steward_schema::security::access_reviews::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::named("reviewer_id").in_states(&["planned", "in_progress"])];
    const OWNED: bool = false;
    const EDITABLE_IN: &'static [&'static str] = &["planned", "in_progress"];
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::editable(&["completed"], &["review_interval_months"], "When the service is reviewed again is decided anew at any time.")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→in_progress:start→completed:complete"))
    }

    fn sample() -> Self {
        AccessReview {
            name: "Order management, second quarter".into(),
            service_id: Id::sample(),
            privileged_only: false,
            reviewer_id: None,
            starts_on: Date::parse("2026-06-01"),
            due_on: Date::sample("2026-06-30"),
            decisions: Vec::new(),
            notes: Some("Two accounts were used by several people.".into()),
            review_interval_months: Some(Whole(6)),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, Some(self.due_on), "due_on");
        let ids: Vec<Id> = self.decisions.iter().map(|decision| decision.access_right_id).collect();
        faults.require(repetition::twice(&ids).is_none(), "decisions", "duplicate", "Decide on each right once.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.service_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if self.decisions.is_empty() {
            return Ok(());
        }
        let elsewhere = access_rights::table.filter(access_rights::service_id.ne(self.service_id)).filter(access_rights::id.eq_any(self.decided()));
        if select(exists(elsewhere)).get_result(check.connection)? {
            let detail = "One of these rights is of another service. Decide on rights of the service that is reviewed.";
            return Err(Problem::conflict("/decisions", "other_service", detail).into());
        }
        self.require_second_person(check)
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "completed" {
            return Ok(Vec::new());
        }
        let in_force = access_rights::revoked_on.is_null().and(access_rights::expires_on.is_null().or(access_rights::expires_on.ge(check.today)));
        let mut rights = access_rights::table.filter(in_force).filter(access_rights::service_id.eq(self.service_id)).into_boxed::<Dialect>();
        if self.privileged_only {
            rights = rights.filter(access_rights::privileged);
        }
        let rights: Vec<(Id, Id, Title)> =
            rights.order(access_rights::id).select((access_rights::id, access_rights::person_id, access_rights::entitlement)).load(check.connection)?;
        let decided = self.decided();
        let open: Vec<(Id, Id, Title)> = rights.into_iter().filter(|(id, ..)| !decided.contains(id)).take(NAMED).collect();
        let titles = titles(check, open.iter().map(|(_, holder, _)| *holder).chain([self.service_id]).collect())?;
        let title = |id: Id| titles.get(&id).map(String::as_str).unwrap_or_default();
        let undecided = |(_, holder, entitlement): (Id, Id, Title)| {
            let (holder, service) = (title(holder), title(self.service_id));
            let detail = format!("Decide on the right \"{}\" of {holder} in {service}: kept or revoked.", entitlement.0);
            UnmetGuard::new("/decisions", "undecided", detail)
        };
        let mut unmet: Vec<UnmetGuard> = open.into_iter().map(undecided).collect();
        unmet.extend(self.own_right_of_mover(check)?);
        Ok(unmet)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to != "completed" {
            return Ok(Vec::new());
        }
        let revoked = self.decisions.iter().filter(|decision| decision.outcome == AccessOutcome::Revoked);
        let mut effects = Vec::new();
        for decision in revoked {
            let right = access_rights::table.find(decision.access_right_id);
            let granted = right.filter(access_rights::revoked_on.is_null());
            if select(exists(granted)).get_result(check.connection)? {
                effects.push(Effect::transition::<AccessRight>(decision.access_right_id, "revoked"));
            }
        }
        Ok(effects)
    }
}

/// The titles of records that the reviewer works with.
fn titles(check: &mut Check<'_>, ids: Vec<Id>) -> Result<HashMap<Id, String>> {
    let query = registry::table.filter(registry::id.eq_any(ids)).select((registry::id, registry::title));
    Ok(query.load::<(Id, String)>(check.connection)?.into_iter().collect())
}

/// How many undecided rights an answer names.
const NAMED: usize = 20;

impl AccessReview {
    /// Refuses that somebody decides on a right of their own (409): who writes the decision, or who reviews.
    fn require_second_person(&self, check: &mut Check<'_>) -> Result<()> {
        let told: Vec<(Id, AccessOutcome)> =
            check.before::<Self>()?.into_iter().flat_map(|before| &before.decisions).map(|decision| (decision.access_right_id, decision.outcome)).collect();
        let mine = person_of(check.connection, check.actor)?;
        let holders: Vec<(Id, Id)> = access_rights::table
            .filter(access_rights::id.eq_any(self.decided()))
            .select((access_rights::id, access_rights::person_id))
            .load(check.connection)?;
        for (at, decision) in self.decisions.iter().enumerate() {
            let Some((_, holder)) = holders.iter().find(|(right, _)| *right == decision.access_right_id) else { continue };
            let is_new = !told.contains(&(decision.access_right_id, decision.outcome));
            if self.reviewer_id == Some(*holder) || (is_new && mine == Some(*holder)) {
                let detail = "Nobody decides on a right of their own. Have another person decide on this one, in a review of their own.";
                return Err(Problem::conflict(format!("/decisions/{at}"), "own_right", detail).into());
            }
        }
        Ok(())
    }

    /// What keeps its mover from completing it: a decision on a right of their own takes effect by the move.
    fn own_right_of_mover(&self, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        let Some(mine) = person_of(check.connection, check.actor)? else { return Ok(None) };
        let own = access_rights::table.filter(access_rights::id.eq_any(self.decided())).filter(access_rights::person_id.eq(mine));
        let own: Vec<Id> = own.select(access_rights::id).load(check.connection)?;
        let at = self.decisions.iter().position(|decision| own.contains(&decision.access_right_id));
        let detail = "The review decides on a right of yours. Somebody who holds none of the rights in it completes it.";
        Ok(at.map(|at| UnmetGuard::new(&format!("/decisions/{at}"), "own_right", detail)))
    }

    fn decided(&self) -> Vec<Id> {
        self.decisions.iter().map(|decision| decision.access_right_id).collect()
    }
}
