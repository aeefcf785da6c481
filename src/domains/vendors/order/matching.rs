//! What an invoice is compared with.

use steward_core::choice;

choice! {
    /// Documents that an invoice is matched with.
    pub enum Matching {
        /// Match with the order.
        TwoWay = "two_way",
        /// Match with the order and the receipt.
        ThreeWay = "three_way",
        /// No match.
        None = "none",
    }
}
