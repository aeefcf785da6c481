//! Scorecards: how well a vendor did in a span of time.

use super::scorecard_template::ScoreCriterion;
use diesel::prelude::*;
use steward_core::access::person_of;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Number, Title};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::vendors::scorecard_templates;

steward_core::value! {
    /// Score of one criterion.
    pub struct CriterionScore {
        /// Name of the criterion in the template.
        pub criterion: Title,
        /// Score from 0 to the best score of the template; null if the criterion could not be evaluated.
        pub score: Option<Number<0, 100>>,
        /// Basis of the score.
        pub comment: Option<Note>,
    }
}

steward_core::resource! {
    /// Performance of a vendor in a period, by the criteria of a template.
    pub struct Scorecard {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Template with the criteria.
        #[field(refers_to(&["vendors/scorecard-templates"]), fixed)]
        pub scorecard_template_id: Id,
        /// Contract, if only that is evaluated.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Title of the scorecard.
        #[field(search)]
        pub title: Title,
        /// First day of the period.
        pub starts_on: Date,
        /// Last day of the period.
        pub ends_on: Date,
        /// Person who evaluates the vendor. Publishing sets the person who publishes it, if the caller is one.
        #[field(refers_to(&["teams/people"]))]
        pub evaluator_id: Option<Id>,
        /// The scores.
        #[field(default(|| serde_json::json!([])))]
        pub scores: Vec<CriterionScore>,
        /// Summary of the result.
        #[field(search)]
        pub summary: Option<Note>,
        /// Comment of the vendor.
        pub vendor_comment: Option<Note>,
    }
}

impl Resource for Scorecard {
    const PATH: &'static str = "vendors/scorecards";
    type Table = steward_schema::vendors::scorecards::table;
    const SCOPE: Scope = Scope::Within("vendor_id");
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "contract_id", theirs: "vendor_id", ours: "vendor_id" }];
    const GUARDS: &'static [Guard] = &[Guard::set(&["published"], &["summary"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→published:publish"))
    }

    fn sample() -> Self {
        let score = |criterion: &str, score| CriterionScore {
            criterion: criterion.into(),
            score: Some(Number(score)),
            comment: Some("From the reports of the half-year.".into()),
        };
        Scorecard {
            vendor_id: Id::sample(),
            scorecard_template_id: Id::sample(),
            contract_id: None,
            title: "First half of 2026".into(),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::sample("2026-06-30"),
            evaluator_id: None,
            scores: vec![score("Service levels", 3.5), score("Work on incidents", 4.0), score("Price", 3.0)],
            summary: Some("Good work on incidents; one feed failed twice.".into()),
            vendor_comment: Some("The feed was replaced in May.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
        let again = self.scores.iter().enumerate().any(|(at, one)| self.scores.iter().take(at).any(|other| other.criterion == one.criterion));
        faults.require(!again, "scores", "duplicate", "A criterion has two scores. Leave one out.");
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if cause.to() != Some("published") {
            return Ok(None);
        }
        let evaluator = person_of(check.connection, check.actor)?;
        Ok(evaluator.map(|evaluator| Scorecard { evaluator_id: Some(evaluator), ..self.clone() }))
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "published" {
            return Ok(Vec::new());
        }
        let template = scorecard_templates::table.find(self.scorecard_template_id).select((scorecard_templates::criteria, scorecard_templates::best_score));
        let found: Option<(Vec<ScoreCriterion>, i64)> = template.first(check.connection).optional()?;
        let Some((criteria, best)) = found else { return Ok(Vec::new()) };
        let best = best as f64;
        let mut unmet = Vec::new();
        for missing in criteria.iter().filter(|one| !self.scores.iter().any(|score| score.criterion == one.name)) {
            unmet.push(UnmetGuard::new("/scores", "criterion", format!("{} has no score yet. Add one, with null if it could not be judged.", missing.name.0)));
        }
        for score in &self.scores {
            if !criteria.iter().any(|one| one.name == score.criterion) {
                unmet.push(UnmetGuard::new("/scores", "criterion", format!("{} is no criterion of the template. Remove it.", score.criterion.0)));
            } else if score.score.is_some_and(|score| score.0 > best) {
                unmet.push(UnmetGuard::new("/scores", "range", format!("The score of {} is above the best one, {best}.", score.criterion.0)));
            }
        }
        Ok(unmet)
    }
}
