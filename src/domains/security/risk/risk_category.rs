//! What a risk is about: the categories of risks and appetites.

use steward_core::choice;

choice! {
    /// Category of a risk.
    pub enum RiskCategory {
        /// Goals of the organisation.
        Strategic = "strategic",
        /// Day-to-day operations.
        Operational = "operational",
        /// Finances of the organisation.
        Financial = "financial",
        /// Laws, contracts and rules.
        Compliance = "compliance",
        /// Confidentiality, integrity and availability of information.
        Security = "security",
        /// Rights of identifiable people.
        Privacy = "privacy",
        /// Technology of the organisation.
        Technology = "technology",
        /// Vendors and other suppliers.
        ThirdParty = "third_party",
        /// Projects of the organisation.
        Project = "project",
        /// People in the organisation.
        People = "people",
        /// Continuity when something fails.
        Continuity = "continuity",
        /// Reputation with others.
        Reputation = "reputation",
    }
}
