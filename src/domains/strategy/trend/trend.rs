//! Trends: what may become important, and what is decided about it.

use crate::choice;
use crate::domains::strategy::plan::horizon::Horizon;
use crate::resource::value::{Date, Note, Title, Url};
use crate::resource::{Guard, Id, Lifecycle, Resource, Scope};

choice! {
    /// What kind of trend it is.
    pub enum TrendCategory {
        /// What becomes technically possible.
        Technology = "technology",
        /// How a market or a trade changes.
        Market = "market",
        /// What the law will ask for.
        Regulation = "regulation",
        /// How people work and live.
        Society = "society",
        /// What attackers will do.
        Threat = "threat",
        /// What nature and its protection will ask for.
        Sustainability = "sustainability",
    }
}

const DECIDED: &[&str] = &["decided_adopt", "decided_pilot", "decided_watch", "decided_reject"];

crate::resource! {
    /// Something that may become important. It is assessed before anything is decided.
    pub struct Trend {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What it is, in a paragraph.
        #[field(search)]
        pub summary: Note,
        /// What kind of trend it is.
        pub category: TrendCategory,
        /// How far off it is.
        pub horizon: Horizon,
        /// Where it was found.
        #[field(search)]
        pub source: Option<Title>,
        /// Where one can read of it.
        pub source_url: Option<Url>,
        /// The technology that it is about.
        #[field(refers_to(&["strategy/technologies"]))]
        pub technology_id: Option<Id>,
        /// Why it was decided as it was.
        #[field(search)]
        pub decision_rationale: Option<Note>,
        /// The day on which the decision is looked at again.
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
