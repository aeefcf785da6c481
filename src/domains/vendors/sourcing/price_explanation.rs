//! Explanations of prices: what a vendor says of a price that seems too low.

use steward_core::choice;
use steward_core::resource::UnmetGuard;
use steward_core::resource::value::Note;

choice! {
    /// Status of an explanation of a price.
    pub enum ExplanationStatus {
        /// Not needed.
        None = "none",
        /// Requested from the vendor.
        Requested = "requested",
        /// Accepted: it explains the price.
        Accepted = "accepted",
        /// Rejected: it does not, and the offer is not awarded.
        Rejected = "rejected",
    }
}

steward_core::value! {
    /// Vendor's explanation of a price that seems too low.
    pub struct PriceExplanation {
        /// Status of the explanation.
        pub status: ExplanationStatus,
        /// Explanation by the vendor, with the organisation's assessment.
        pub text: Option<Note>,
    }
}

impl PriceExplanation {
    /// What is missing before the offer can win.
    pub fn unmet(&self) -> Option<UnmetGuard> {
        let open = matches!(self.status, ExplanationStatus::Requested | ExplanationStatus::Rejected);
        open.then(|| UnmetGuard::new("/price_explanation", "price_explanation", "The explanation of its price must be accepted first."))
    }
}
