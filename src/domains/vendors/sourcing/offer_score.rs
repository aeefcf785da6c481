//! Offer scores: what each evaluator thinks of an offer.

use super::criterion::CriterionKind;
use diesel::prelude::*;
use steward_core::access::account_of;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Date, Note, Number};
use steward_core::resource::{Check, Id, Lock, Own, PartOf, Resource, Rule, Scope, ValidationErrors};
use steward_schema::vendors::{criteria, evaluators};

steward_core::resource! {
    /// Score of an offer on a criterion by one evaluator, who has declared their interests before. It can be written until the offer is
    /// evaluated. Prices and costs are compared by their formula and not scored by people.
    pub struct OfferScore {
        /// The offer.
        #[field(refers_to(&["vendors/offers"]))]
        pub offer_id: Id,
        /// Criterion, of the same event; null where a comment is about the offer as a whole, which counts in no sum.
        #[field(refers_to(&["vendors/criteria"]))]
        pub criterion_id: Option<Id>,
        /// Event of both; taken from the offer where it is left out.
        #[field(refers_to(&["vendors/sourcing-events"]))]
        pub sourcing_event_id: Option<Id>,
        /// Evaluator: the person who records the score, once for each criterion of an offer.
        #[field(refers_to(&["teams/people"]), caller)]
        pub evaluator_id: Id,
        /// Day on which the evaluator declared their interests in the vendors that offer.
        #[field(happened)]
        pub interests_declared_on: Date,
        /// Declared interests; null if there are none.
        pub interests: Option<Note>,
        /// Points, from 0 to the criterion's maximum; null for a knock-out criterion.
        pub points: Option<Number<0, 1000>>,
        /// True if the offer meets the criterion; for a knock-out criterion only.
        pub passed: Option<bool>,
        /// Arguments for and against.
        #[field(search)]
        pub comment: Option<Note>,
    }
}

impl Resource for OfferScore {
    const PATH: &'static str = "vendors/offer-scores";
    type Table = steward_schema::vendors::offer_scores::table;
    const SCOPE: Scope = Scope::Within("offer_id");
    const OWN: &'static [Own] = &[Own::named("evaluator_id")];
    const TITLE: &'static str = "id";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("offer_id", &["draft", "submitted", "opened", "qualified"]));
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "offer_id", theirs: "sourcing_event_id", ours: "sourcing_event_id" },
        Rule::Agrees { by: "criterion_id", theirs: "sourcing_event_id", ours: "sourcing_event_id" },
        Rule::Distinct(&["offer_id", "criterion_id", "evaluator_id"]),
    ];

    fn sample() -> Self {
        OfferScore {
            offer_id: Id::sample(),
            criterion_id: None,
            sourcing_event_id: None,
            evaluator_id: Id::sample(),
            interests_declared_on: Date::sample("2026-05-11"),
            interests: Some("My brother-in-law worked there until 2019.".into()),
            points: Some(Number(8.0)),
            passed: None,
            comment: Some("Answers at night too, but in English only.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.points.is_some() != self.passed.is_some(), "points", "one_of", "Give either points or whether it is met.");
    }

    fn locks(&self) -> Vec<Lock> {
        self.criterion_id.map(Lock::Row).into_iter().collect()
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_own(check, self.evaluator_id)
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_some() {
            require_own(check, self.evaluator_id)?;
        }
        if check.before.is_none() {
            self.require_panel(check)?;
        }
        if self.interests_declared_on > check.today.plus_days(1) {
            let detail = "Interests are declared before an offer is scored: the day cannot be in the future.";
            return Err(Problem::invalid(vec![FieldError::new("/interests_declared_on", "future", detail)]).into());
        }
        let Some(criterion) = self.criterion_id else { return Ok(()) };
        let query = criteria::table.find(criterion).select((criteria::kind, criteria::max_points));
        let Some((kind, most)) = query.first::<(CriterionKind, Option<f64>)>(check.connection).optional()? else { return Ok(()) };
        let most = most.unwrap_or(f64::MAX);
        let (fits, field, detail) = match kind {
            CriterionKind::KnockOut => (self.passed.is_some(), "passed", "Say whether the offer meets it: that is all a knock-out criterion asks.".to_owned()),
            CriterionKind::Scored => (self.points.is_some_and(|points| points.0 <= most), "points", format!("Expected points from 0 to {most}.")),
            CriterionKind::Price | CriterionKind::LifecycleCost => {
                (false, "criterion_id", "Prices and costs are compared by their formula. Score another criterion.".to_owned())
            }
        };
        if fits { Ok(()) } else { Err(Problem::conflict(format!("/{field}"), "criterion", detail).into()) }
    }
}

impl OfferScore {
    /// Refuses a score by who is not on the panel, where the event has one (409).
    fn require_panel(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(event) = self.sourcing_event_id.filter(|_| check.actor != Id::system()) else { return Ok(()) };
        let panel: Vec<Id> = evaluators::table.filter(evaluators::sourcing_event_id.eq(event)).select(evaluators::person_id).load(check.connection)?;
        if panel.is_empty() || panel.contains(&self.evaluator_id) {
            return Ok(());
        }
        let detail = "The event has a panel (vendors/evaluators), and you are not on it. Ask who runs the event to name you.";
        Err(Problem::conflict("/evaluator_id", "panel", detail).into())
    }
}

/// Refuses a change of what another evaluator found (409).
fn require_own(check: &mut Check<'_>, evaluator: Id) -> Result<()> {
    if check.actor == Id::system() || account_of(check.connection, check.actor)? == Some(evaluator) {
        return Ok(());
    }
    Err(Problem::conflict("/evaluator_id", "other", "Only the evaluator changes what they found. Record a score of your own.").into())
}
