//! How far off something is.

steward_core::choice! {
    /// Time horizon of relevance.
    pub enum Horizon {
        /// Relevant in this planning cycle.
        Now = "now",
        /// Relevant in the next planning cycles.
        Next = "next",
        /// Relevant later, if at all.
        Later = "later",
    }
}
