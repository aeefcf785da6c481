//! Whether a risk is a threat or an opportunity.

use steward_core::choice;

choice! {
    /// Type of risk: threat or opportunity.
    pub enum RiskKind {
        /// Harmful risk.
        Threat = "threat",
        /// Beneficial risk.
        Opportunity = "opportunity",
    }
}
