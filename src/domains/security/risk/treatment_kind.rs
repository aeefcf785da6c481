//! What can be done about a risk.

use super::risk_kind::RiskKind;
use steward_core::choice;

choice! {
    /// Treatment option for a risk (ISO 31000, ISO/IEC 27005); for opportunities also those of PMI, Standard for Risk Management.
    pub enum TreatmentKind {
        /// Reduction of likelihood or impact; for threats.
        Modify = "modify",
        /// End of the activity that leads to the risk; for threats.
        Avoid = "avoid",
        /// Sharing of the risk with others, such as an insurer.
        Share = "share",
        /// Retention of the risk as it is.
        Retain = "retain",
        /// Assurance that the opportunity is realised; for opportunities.
        Exploit = "exploit",
        /// Increase of likelihood or benefit; for opportunities.
        Enhance = "enhance",
    }
}

impl TreatmentKind {
    /// The options that pursue an opportunity.
    pub const PURSUING: [TreatmentKind; 3] = [TreatmentKind::Exploit, TreatmentKind::Enhance, TreatmentKind::Share];

    /// Whether it is an option for threats or for opportunities.
    pub fn suits(self, kind: RiskKind) -> bool {
        match self {
            TreatmentKind::Modify | TreatmentKind::Avoid => kind == RiskKind::Threat,
            TreatmentKind::Exploit | TreatmentKind::Enhance => kind == RiskKind::Opportunity,
            TreatmentKind::Share | TreatmentKind::Retain => true,
        }
    }
}
