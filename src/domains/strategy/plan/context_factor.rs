//! Context factors: what a strategy must reckon with, inside and outside.

use super::horizon::Horizon;
use steward_core::choice;
use steward_core::resource::value::{Date, Note, Percent, Title, Whole};
use steward_core::resource::{Id, Resource, Scope};

choice! {
    /// Category of a factor in a PESTLE or SWOT analysis.
    pub enum FactorKind {
        /// PESTLE: government and its decisions.
        Political = "political",
        /// PESTLE: markets, prices, money.
        Economic = "economic",
        /// PESTLE: people and their way of life.
        Social = "social",
        /// PESTLE: technological developments.
        Technological = "technological",
        /// PESTLE: legal requirements.
        Legal = "legal",
        /// PESTLE: nature and climate.
        Environmental = "environmental",
        /// SWOT: internal strength of the organisation.
        Strength = "strength",
        /// SWOT: internal weakness of the organisation.
        Weakness = "weakness",
        /// SWOT: external opportunity.
        Opportunity = "opportunity",
        /// SWOT: external threat.
        Threat = "threat",
    }
}

choice! {
    /// Effect of a factor on the plans.
    pub enum FactorEffect {
        /// Favourable effect.
        Favourable = "favourable",
        /// Adverse effect.
        Adverse = "adverse",
        /// Mixed or still unclear effect.
        Mixed = "mixed",
    }
}

steward_core::resource! {
    /// Context factor: an internal or external issue to be considered in planning.
    pub struct ContextFactor {
        /// Name of the factor.
        #[field(search)]
        pub name: Title,
        /// Description of the factor and its mechanism.
        #[field(search)]
        pub description: Option<Note>,
        /// Category in the PESTLE or SWOT analysis.
        pub kind: FactorKind,
        /// Strategic plan for which the factor was identified.
        #[field(refers_to(&["strategy/strategic-plans"]))]
        pub plan_id: Option<Id>,
        /// Effect on the plans.
        pub effect: FactorEffect,
        /// Impact of the factor: 1 negligible, 5 decisive.
        pub impact: Option<Whole<1, 5>>,
        /// Probability in percent; 100 for a current fact.
        pub probability_percent: Option<Percent>,
        /// Time horizon.
        pub horizon: Option<Horizon>,
        /// Response to the factor.
        #[field(search)]
        pub response: Option<Note>,
        /// Source of the information.
        #[field(search)]
        pub source: Option<Title>,
        /// Date of the next review.
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
            probability_percent: Some(steward_core::resource::value::Number(90.0)),
            horizon: Some(Horizon::Now),
            response: Some("Exit plans for all critical vendors by the end of the year.".into()),
            source: Some("Official journal".into()),
            review_on: Date::parse("2026-09-01"),
        }
    }
}
