//! Scorecard templates: by what vendors are judged, and how much each of it weighs.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Code, Note, Percent, Title, Whole};
use steward_core::resource::{Lifecycle, Resource, Scope, Unique, ValidationErrors};

choice! {
    /// Area of a criterion.
    pub enum ScoreArea {
        /// Quality of deliveries.
        Quality = "quality",
        /// Punctuality of deliveries.
        Delivery = "delivery",
        /// Cost.
        Cost = "cost",
        /// Responsiveness and cooperation of the vendor.
        Service = "service",
        /// Innovations by the vendor.
        Innovation = "innovation",
        /// Security and compliance.
        Security = "security",
        /// Treatment of people and the environment.
        Sustainability = "sustainability",
    }
}

choice! {
    /// Source of a score.
    pub enum ScoreSource {
        /// Person who evaluates.
        Evaluator = "evaluator",
        /// Facts recorded in this service.
        OwnData = "own_data",
        /// People who work with the vendor.
        StakeholderRating = "stakeholder_rating",
    }
}

steward_core::value! {
    /// Criterion for evaluating a vendor.
    pub struct ScoreCriterion {
        /// Name, unique in the template.
        pub name: Title,
        /// Area of the criterion.
        pub area: ScoreArea,
        /// Weight in percent; those of a template add up to 100.
        pub weight_percent: Percent,
        /// Source of the score.
        #[field(default(|| json!("evaluator")))]
        pub source: ScoreSource,
        /// Guidance for scoring: the performance that earns each score.
        pub guidance: Option<Note>,
    }
}

steward_core::resource! {
    /// Template of criteria, with their weights, for evaluating a kind of vendor.
    pub struct ScorecardTemplate {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Vendors that the template applies to.
        #[field(search)]
        pub description: Option<Note>,
        /// Best score; the worst is 0.
        #[field(default(|| json!(5)))]
        pub best_score: Whole<1, 100>,
        /// Evaluation interval in months.
        pub interval_months: Option<Whole<1, 120>>,
        /// Criteria of the template.
        pub criteria: Vec<ScoreCriterion>,
    }
}

impl Resource for ScorecardTemplate {
    const PATH: &'static str = "vendors/scorecard-templates";
    type Table = steward_schema::vendors::scorecard_templates::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "scorecard_templates_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→active:activate→retired:retire"))
    }

    fn sample() -> Self {
        let criterion = |name: &str, area, weight, source| ScoreCriterion {
            name: name.into(),
            area,
            weight_percent: steward_core::resource::value::Number(weight),
            source,
            guidance: Some("5: always. 3: with exceptions. 0: never.".into()),
        };
        ScorecardTemplate {
            code: "HOSTING".into(),
            name: "Hosting and connectivity".into(),
            description: Some("For vendors that run sites or lines for us.".into()),
            best_score: Whole(5),
            interval_months: Some(Whole(6)),
            criteria: vec![
                criterion("Service levels", ScoreArea::Quality, 50.0, ScoreSource::OwnData),
                criterion("Work on incidents", ScoreArea::Service, 30.0, ScoreSource::StakeholderRating),
                criterion("Price", ScoreArea::Cost, 20.0, ScoreSource::Evaluator),
            ],
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let total: f64 = self.criteria.iter().map(|criterion| criterion.weight_percent.0).sum();
        faults.require((total - 100.0).abs() < 1e-6, "criteria", "weights", "The weights of the criteria must make 100.");
        let again = self.criteria.iter().enumerate().any(|(at, one)| self.criteria.iter().take(at).any(|other| other.name == one.name));
        faults.require(!again, "criteria", "duplicate", "Two criteria have the same name. Give each its own.");
    }
}
