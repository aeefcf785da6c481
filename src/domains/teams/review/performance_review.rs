//! Performance reviews: how a person's work is judged. They exist for those they name alone.

use crate::person::person::{acts_for, is_actor};
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Number, Percent, Title};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Lock, Move, Own, Resource, Scope, Unique, UnmetGuard, ValidationErrors};
use steward_schema::teams::{people, review_cycles};

/// Rating on the scale of the cycle, where 1 is the worst.
pub type Rating = Number<1, 10>;

/// What only others than the person may change, and by whom it is done.
const OTHERS: &str = "Nobody reviews their own work. Who leads you does.";

/// Those who judge, beside the colleagues: they see everything.
const JUDGES: &[&str] = &["reviewer_id", "hr_partner_id", "calibrator_id", "second_calibrator_id"];
const OF_PEER: &[&str] = &["peer_id", "reviewer_id", "hr_partner_id", "calibrator_id", "second_calibrator_id"];
const OF_SECOND_PEER: &[&str] = &["second_peer_id", "reviewer_id", "hr_partner_id", "calibrator_id", "second_calibrator_id"];
const PERSON: &[&str] = &["person_id"];
const NAMED: &[&str] = &["person_id", "peer_id", "second_peer_id"];
/// From here on the person sees what was found.
const SHARED: &[&str] = &["shared", "acknowledged"];
/// Before they are rated and once they are shared.
const GOALS_SHOWN: &[&str] = &["self", "shared", "acknowledged"];

steward_core::value! {
    /// Goal of a person in a review, with its rating.
    pub struct ReviewedGoal {
        /// Goal to be reached.
        pub name: Title,
        /// Weight in percent; all goals together weigh 100.
        pub weight_percent: Percent,
        /// Rating by the reviewer.
        pub rating: Option<Rating>,
        /// Rationale of the rating.
        pub comment: Option<Note>,
    }
}

steward_core::resource! {
    /// Performance review of a person over a cycle: self-review, peer reviews, the manager's review and calibration by a panel, before it
    /// is shared. Each text and rating is written by the person who has that part, at creation too. Visible only to the people named in
    /// it. Frozen once shared.
    pub struct PerformanceReview {
        /// Review cycle; a person has one review in each.
        #[field(refers_to(&["teams/review-cycles"]), unique, fixed)]
        pub review_cycle_id: Id,
        /// Person under review.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Reviewer: the manager of the person.
        #[field(refers_to(&["teams/people"]))]
        pub reviewer_id: Option<Id>,
        /// First peer reviewer.
        #[field(refers_to(&["teams/people"]))]
        pub peer_id: Option<Id>,
        /// Second peer reviewer.
        #[field(refers_to(&["teams/people"]))]
        pub second_peer_id: Option<Id>,
        /// HR partner of the review.
        #[field(refers_to(&["teams/people"]))]
        pub hr_partner_id: Option<Id>,
        /// Calibrator: a member of the calibration panel.
        #[field(refers_to(&["teams/people"]))]
        pub calibrator_id: Option<Id>,
        /// Second member of the calibration panel.
        #[field(refers_to(&["teams/people"]))]
        pub second_calibrator_id: Option<Id>,
        /// Goals of the person; none, or weights of 100 together. They are rated after the self-review, and the ratings are visible to the
        /// person once shared.
        #[field(default(|| json!([])), private(JUDGES), shown_in(GOALS_SHOWN, NAMED))]
        pub goals: Vec<ReviewedGoal>,
        /// Self-review by the person; required before the peer reviews.
        pub self_review: Option<Note>,
        /// Review by the first peer.
        #[field(private(OF_PEER))]
        pub peer_review: Option<Note>,
        /// Review by the second peer.
        #[field(private(OF_SECOND_PEER))]
        pub second_peer_review: Option<Note>,
        /// Review by the reviewer, for the panel; required before calibration.
        #[field(private(JUDGES))]
        pub manager_review: Option<Note>,
        /// Rating by the reviewer; required before calibration.
        #[field(private(JUDGES))]
        pub rating: Option<Rating>,
        /// Rating after calibration; required before sharing.
        #[field(private(JUDGES), shown_in(SHARED, PERSON))]
        pub calibrated_rating: Option<Rating>,
        /// Text for the person; required before sharing, and frozen from then on.
        #[field(private(JUDGES), shown_in(SHARED, PERSON))]
        pub shared_text: Option<Note>,
    }
}

impl Resource for PerformanceReview {
    const PATH: &'static str = "teams/performance-reviews";
    type Table = steward_schema::teams::performance_reviews::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[
        Own::named("person_id").only(&["read", "update", "start_peer_review", "acknowledge"]),
        Own::named("reviewer_id"),
        Own::named("hr_partner_id"),
        Own::named("peer_id").only(&["read", "update"]),
        Own::named("second_peer_id").only(&["read", "update"]),
        Own::named("calibrator_id"),
        Own::named("second_calibrator_id"),
    ];
    const BASIS: &'static [&'static str] = &["review_cycle_id"];
    const OWNED: bool = false;
    const TITLE: &'static str = "id";
    const PRIVATE_TO: &'static [&'static str] =
        &["person_id", "reviewer_id", "peer_id", "second_peer_id", "hr_partner_id", "calibrator_id", "second_calibrator_id"];
    const UNIQUE: &'static [Unique] = &[Unique { index: "performance_reviews_person_key", fields: &["review_cycle_id", "person_id"] }];
    const EDITABLE_IN: &'static [&'static str] = &["self", "peer", "manager", "calibration"];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["peer"], &["self_review"]),
        Guard::set(&["calibration"], &["manager_review", "rating"]),
        Guard::set(&["shared"], &["calibrated_rating", "shared_text"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "self→peer:start_peer_review→manager:start_manager_review→calibration:calibrate→shared:share→acknowledged:acknowledge";
        Some(Lifecycle::new(notation))
    }

    fn sample() -> Self {
        PerformanceReview {
            review_cycle_id: Id::sample(),
            person_id: Id::sample(),
            reviewer_id: None,
            peer_id: None,
            second_peer_id: None,
            hr_partner_id: None,
            calibrator_id: None,
            second_calibrator_id: None,
            goals: vec![
                ReviewedGoal { name: "Both sites on the new core".into(), weight_percent: Number(60.0), rating: None, comment: None },
                ReviewedGoal { name: "A second engineer trained".into(), weight_percent: Number(40.0), rating: None, comment: None },
            ],
            // Who has a part in the review writes it; a new one holds nothing of them yet.
            self_review: None,
            peer_review: None,
            second_peer_review: None,
            manager_review: None,
            rating: None,
            calibrated_rating: None,
            shared_text: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let others = [
            ("reviewer_id", self.reviewer_id),
            ("peer_id", self.peer_id),
            ("second_peer_id", self.second_peer_id),
            ("calibrator_id", self.calibrator_id),
            ("second_calibrator_id", self.second_calibrator_id),
        ];
        for (field, other) in others {
            faults.require(other != Some(self.person_id), field, "itself", "Nobody reviews or calibrates their own work. Name another person.");
        }
        let total: f64 = self.goals.iter().map(|goal| goal.weight_percent.0).sum();
        faults.require(self.goals.is_empty() || (total - 100.0).abs() < 1e-6, "goals", "weights", "The weights of all goals are 100 together.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.review_cycle_id)]
    }

    /// A new review holds what its writers wrote themselves, and nothing for others. What is restored was written before.
    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if matches!(cause, Cause::Create) && check.actor != Id::system() {
            self.require_own_words(&self.unwritten(), check)?;
        }
        Ok(None)
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        self.require_on_scale(check)?;
        let Some(before) = check.before::<PerformanceReview>()? else { return Ok(()) };
        if check.actor == Id::system() {
            return Ok(());
        }
        let own = acts_for(check, self.person_id)?;
        if self.roles() != before.roles() && own {
            return Err(
                Problem::conflict("/reviewer_id", "own_review", "Who takes part in a review is said by others than the person. Ask who leads you.").into()
            );
        }
        if self.roles() != before.roles() && !may_assign(check, self.person_id)? {
            let detail = "Who takes part in a review is said by who may change the reviews of the person's unit. Ask an HR partner, or who leads the unit.";
            return Err(Problem::conflict("/reviewer_id", "roles", detail).into());
        }
        self.require_own_words(before, check)
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let (own, for_own) = (is_actor(check, self.person_id)?, acts_for(check, self.person_id)?);
        Ok(match step.to {
            "calibration" | "shared" if for_own => vec![UnmetGuard::new("/person_id", "own_review", OTHERS)],
            "acknowledged" if !own => vec![UnmetGuard::new("/person_id", "other", "Only the person acknowledges their review. Ask them to.")],
            _ => Vec::new(),
        })
    }
}

/// Whether the caller may change the reviews of a person's unit, and not only those that they take part in.
fn may_assign(check: &mut Check<'_>, person: Id) -> Result<bool> {
    let unit: Option<Option<Id>> = people::table.find(person).select(people::unit_id.nullable()).first(check.connection).optional()?;
    let holds = check.holds;
    holds(check.connection, "teams.performance_reviews:update", unit.flatten())
}

/// What the reviewer says of each goal.
fn ratings(goals: &[ReviewedGoal]) -> Vec<(&str, Option<Rating>, Option<&str>)> {
    let rated = goals.iter().filter(|goal| goal.rating.is_some() || goal.comment.is_some());
    rated.map(|goal| (&*goal.name, goal.rating, goal.comment.as_deref())).collect()
}

/// The people who may write something; some parts may be nobody's.
type Writers = [Option<Id>; 4];

impl PerformanceReview {
    /// Who takes part in it.
    fn roles(&self) -> [Option<Id>; 6] {
        [self.reviewer_id, self.peer_id, self.second_peer_id, self.hr_partner_id, self.calibrator_id, self.second_calibrator_id]
    }

    /// It before anybody has written anything: with its goals, none of them rated.
    fn unwritten(&self) -> PerformanceReview {
        let goals = self.goals.iter().map(|goal| ReviewedGoal { rating: None, comment: None, ..goal.clone() }).collect();
        PerformanceReview {
            goals,
            self_review: None,
            peer_review: None,
            second_peer_review: None,
            manager_review: None,
            rating: None,
            calibrated_rating: None,
            shared_text: None,
            ..self.clone()
        }
    }

    /// Refuses what somebody writes in the part of another (409).
    fn require_own_words(&self, before: &PerformanceReview, check: &mut Check<'_>) -> Result<()> {
        if check.state == Some("self") && ratings(&self.goals) != ratings(&before.goals) {
            return Err(Problem::conflict("/goals", "not_yet", "Goals are rated after the person has written the self-review.").into());
        }
        for (pointer, changed, writers) in self.written(before) {
            if !changed {
                continue;
            }
            let mut is_writer = false;
            for writer in writers.into_iter().flatten() {
                is_writer |= is_actor(check, writer)?;
            }
            if !is_writer {
                let own = acts_for(check, self.person_id)?;
                let (code, detail) = if own { ("own_review", OTHERS) } else { ("other", "Somebody else writes this in the review: who has that part in it.") };
                return Err(Problem::conflict(pointer, code, detail).into());
            }
        }
        Ok(())
    }

    /// What has changed, and who may write it.
    fn written(&self, before: &PerformanceReview) -> [(&'static str, bool, Writers); 8] {
        let (reviewer, hr) = (self.reviewer_id, self.hr_partner_id);
        let panel = [self.calibrator_id, self.second_calibrator_id];
        // Without a panel the reviewer's word stays.
        let instead = reviewer.filter(|_| panel.iter().all(Option::is_none));
        [
            ("/self_review", self.self_review != before.self_review, [Some(self.person_id), None, None, None]),
            ("/peer_review", self.peer_review != before.peer_review, [self.peer_id, None, None, None]),
            ("/second_peer_review", self.second_peer_review != before.second_peer_review, [self.second_peer_id, None, None, None]),
            ("/manager_review", self.manager_review != before.manager_review, [reviewer, None, None, None]),
            ("/rating", self.rating != before.rating, [reviewer, None, None, None]),
            ("/goals", ratings(&self.goals) != ratings(&before.goals), [reviewer, None, None, None]),
            ("/calibrated_rating", self.calibrated_rating != before.calibrated_rating, [panel[0], panel[1], hr, instead]),
            ("/shared_text", self.shared_text != before.shared_text, [reviewer, hr, panel[0], panel[1]]),
        ]
    }

    /// Refuses a rating better than the best of the cycle's scale (409).
    fn require_on_scale(&self, check: &mut Check<'_>) -> Result<()> {
        let cycle = review_cycles::table.find(self.review_cycle_id).select(review_cycles::greatest_rating);
        let Some(best) = cycle.first::<i64>(check.connection).optional()? else { return Ok(()) };
        let given = [("/rating", self.rating), ("/calibrated_rating", self.calibrated_rating)];
        let of_goals = self.goals.iter().map(|goal| ("/goals", goal.rating));
        match given.into_iter().chain(of_goals).find(|(_, rating)| rating.is_some_and(|rating| rating.0 > best as f64)) {
            Some((pointer, _)) => Err(Problem::conflict(pointer, "scale", format!("The scale of the cycle ends at {best}. Choose a rating on it.")).into()),
            None => Ok(()),
        }
    }
}
