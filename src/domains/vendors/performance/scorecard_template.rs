//! Scorecard templates: by what vendors are judged, and how much each of it weighs.

use crate::choice;
use crate::resource::value::{Code, Note, Percent, Title, Whole};
use crate::resource::{Lifecycle, Resource, Scope, Unique, ValidationErrors};
use serde_json::json;

choice! {
    /// What a criterion looks at.
    pub enum ScoreArea {
        /// Whether what is delivered is as it should be.
        Quality = "quality",
        /// Whether it is delivered in time.
        Delivery = "delivery",
        /// What it costs.
        Cost = "cost",
        /// How the vendor answers and works with the organisation.
        Service = "service",
        /// What new things come from it.
        Innovation = "innovation",
        /// How secure and how compliant it is.
        Security = "security",
        /// How it treats people and the environment.
        Sustainability = "sustainability",
    }
}

choice! {
    /// Where a score comes from.
    pub enum ScoreSource {
        /// From the person who judges.
        Evaluator = "evaluator",
        /// From facts that are recorded here.
        OwnData = "own_data",
        /// From those who work with the vendor.
        StakeholderRating = "stakeholder_rating",
    }
}

crate::value! {
    /// Something that a vendor is judged by.
    pub struct ScoreCriterion {
        /// Name, unique in the template.
        pub name: Title,
        /// What it looks at.
        pub area: ScoreArea,
        /// How much it weighs; the criteria of a template weigh 100.
        pub weight_percent: Percent,
        /// Where the score comes from.
        #[field(default(|| json!("evaluator")))]
        pub source: ScoreSource,
        /// What earns which score.
        pub guidance: Option<Note>,
    }
}

crate::resource! {
    /// What vendors of a kind are judged by, and how much each of it weighs.
    pub struct ScorecardTemplate {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// For which vendors it is.
        #[field(search)]
        pub description: Option<Note>,
        /// The best score; the worst is 0.
        #[field(default(|| json!(5)))]
        pub best_score: Whole<1, 100>,
        /// Every how many months a vendor is judged by it.
        pub interval_months: Option<Whole<1, 120>>,
        /// What is judged.
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
            weight_percent: crate::resource::value::Number(weight),
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
