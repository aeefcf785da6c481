//! Trends: what may become important, and what is decided about it.

use crate::plan::horizon::Horizon;
use steward_core::choice;
use steward_core::resource::value::{Date, Note, Title, Url};
use steward_core::resource::{Guard, Id, Lifecycle, Resource, Scope};

choice! {
    /// Category of a trend.
    pub enum TrendCategory {
        /// Emerging technology.
        Technology = "technology",
        /// Change of a market or an industry.
        Market = "market",
        /// Future legal requirement.
        Regulation = "regulation",
        /// Change in the work and life of people.
        Society = "society",
        /// Emerging threat from attackers.
        Threat = "threat",
        /// Environmental change and environmental protection.
        Sustainability = "sustainability",
    }
}

const DECIDED: &[&str] = &["decided_adopt", "decided_pilot", "decided_watch", "decided_reject"];

steward_core::resource! {
    /// Trend of possible importance, to be assessed before any decision.
    pub struct Trend {
        /// Name of the trend.
        #[field(search)]
        pub name: Title,
        /// Summary of the trend, in a paragraph.
        #[field(search)]
        pub summary: Note,
        /// Category of the trend.
        pub category: TrendCategory,
        /// Time horizon of the trend.
        pub horizon: Horizon,
        /// Source of the information.
        #[field(search)]
        pub source: Option<Title>,
        /// Address of the source.
        pub source_url: Option<Url>,
        /// Technology concerned.
        #[field(refers_to(&["strategy/technologies"]))]
        pub technology_id: Option<Id>,
        /// Rationale of the decision.
        #[field(search)]
        pub decision_rationale: Option<Note>,
        /// Date of the next review of the decision.
        #[field(recurring)]
        pub review_on: Option<Date>,
    }
}

impl Resource for Trend {
    const PATH: &'static str = "strategy/trends";
    type Table = steward_schema::strategy::trends::table;
    const SCOPE: Scope = Scope::Unit;
    const GUARDS: &'static [Guard] = &[Guard::part(DECIDED, "strategy/trend-assessments"), Guard::set(DECIDED, &["owner_id"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "identified→assessing:start_assessing\
            →decided_adopt:decide_adopt|decided_pilot:decide_pilot|decided_watch:decide_watch|decided_reject:decide_reject\
            →reviewed:review";
        Some(Lifecycle::new(notation))
    }

    fn sample() -> Self {
        Trend {
            name: "Orders by voice".into(),
            summary: "Customers of small shops order by speaking to a device. The large makers open their platforms to others.".into(),
            category: TrendCategory::Technology,
            horizon: Horizon::Next,
            source: Some("Trade fair in March".into()),
            source_url: Some(Url("https://trends.example.org/voice".to_owned())),
            technology_id: None,
            decision_rationale: Some("Two customers would take part in a pilot.".into()),
            review_on: Date::parse("2026-12-01"),
        }
    }
}
