//! What an invoice is compared with.

use crate::choice;

choice! {
    /// What an invoice is compared with.
    pub enum Matching {
        /// With the order.
        TwoWay = "two_way",
        /// With the order and with what was received.
        ThreeWay = "three_way",
        /// With nothing.
        None = "none",
    }
}
