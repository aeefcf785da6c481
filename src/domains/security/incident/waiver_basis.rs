//! Why a notice is not sent.

steward_core::choice! {
    /// Basis of a waived notice.
    pub enum WaiverBasis {
        /// Somebody said why, such as a ground of exemption.
        Exemption = "exemption",
        /// The classification of the incident does not ask for it any more.
        Reclassified = "reclassified",
        /// The incident was none, or is the duplicate of another.
        Dismissed = "dismissed",
    }
}

impl WaiverBasis {
    /// What a notice says that the service withdraws; none where somebody else says it.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            WaiverBasis::Exemption => None,
            WaiverBasis::Reclassified => Some("The classification of the incident does not ask for this notice any more."),
            WaiverBasis::Dismissed => Some("The incident was dismissed, as a false positive or as a duplicate."),
        }
    }
}
