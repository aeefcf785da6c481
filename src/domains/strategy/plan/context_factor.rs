//! Context factors: what a strategy must reckon with, inside and outside.

use super::horizon::Horizon;
use crate::choice;
use crate::resource::value::{Date, Note, Percent, Title, Whole};
use crate::resource::{Id, Resource, Scope};

choice! {
    /// Which part of a PESTLE or SWOT analysis a factor belongs to.
    pub enum FactorKind {
        /// PESTLE: government and its decisions.
        Political = "political",
        /// PESTLE: markets, prices, money.
        Economic = "economic",
        /// PESTLE: people and how they live.
        Social = "social",
        /// PESTLE: what becomes possible.
        Technological = "technological",
        /// PESTLE: what the law asks for.
        Legal = "legal",
        /// PESTLE: nature and climate.
        Environmental = "environmental",
        /// SWOT: what the organisation does well.
        Strength = "strength",
        /// SWOT: what it does badly.
        Weakness = "weakness",
        /// SWOT: what it could use.
        Opportunity = "opportunity",
        /// SWOT: what could harm it.
        Threat = "threat",
    }
}

choice! {
    /// Which way a factor works on the plans.
    pub enum FactorEffect {
        /// It helps.
        Favourable = "favourable",
        /// It hinders.
        Adverse = "adverse",
        /// It does both, or one cannot tell yet.
        Mixed = "mixed",
    }
}

crate::resource! {
    /// Something inside or outside the organisation that its plans must reckon with.
    pub struct ContextFactor {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What it is, and how it works.
        #[field(search)]
        pub description: Option<Note>,
        /// Which part of the analysis it belongs to.
        pub kind: FactorKind,
        /// The plan for which it was found.
        #[field(refers_to(&["strategy/strategic-plans"]))]
        pub plan_id: Option<Id>,
        /// Which way it works.
        pub effect: FactorEffect,
        /// How strong the effect is: 1 hardly felt, 5 decides everything.
        pub impact: Option<Whole<1, 5>>,
        /// How likely it is, in parts of a hundred; 100 for what is so already.
        pub probability_percent: Option<Percent>,
        /// How far off it is.
        pub horizon: Option<Horizon>,
        /// What is done about it.
        #[field(search)]
        pub response: Option<Note>,
        /// Where it was learnt.
        #[field(search)]
        pub source: Option<Title>,
        /// The day on which it is looked at again.
        #[field(recurring)]
        pub review_on: Option<Date>,
    }
}

impl Resource for ContextFactor {
    const PATH: &'static str = "strategy/context-factors";
    type Table = steward_schema::strategy::context_factors::table;
    const SCOPE: Scope = Scope::Unit;

    fn sample() -> Self {
        ContextFactor {
            name: "Rules for the resilience of suppliers".into(),
            description: Some("Customers must show that their suppliers can fail, and ask us for proof.".into()),
            kind: FactorKind::Legal,
            plan_id: None,
            effect: FactorEffect::Mixed,
            impact: Some(Whole(4)),
            probability_percent: Some(crate::resource::value::Number(90.0)),
            horizon: Some(Horizon::Now),
            response: Some("Exit plans for all critical vendors by the end of the year.".into()),
            source: Some("Official journal".into()),
            review_on: Date::parse("2026-09-01"),
        }
    }
}
