//! What a risk is about: the categories of risks and appetites.

use crate::choice;

choice! {
    /// What a risk is about.
    pub enum RiskCategory {
        /// What the organisation wants to become.
        Strategic = "strategic",
        /// How it works day by day.
        Operational = "operational",
        /// Its money.
        Financial = "financial",
        /// Laws, contracts and rules.
        Compliance = "compliance",
        /// Confidentiality, integrity and availability of information.
        Security = "security",
        /// What people who can be identified have a right to.
        Privacy = "privacy",
        /// Its technology.
        Technology = "technology",
        /// Those it buys from.
        ThirdParty = "third_party",
        /// Its projects.
        Project = "project",
        /// Its people.
        People = "people",
        /// Going on when something fails.
        Continuity = "continuity",
        /// What others think of it.
        Reputation = "reputation",
    }
}
