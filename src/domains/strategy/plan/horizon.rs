//! How far off something is.

crate::choice! {
    /// How far off something is.
    pub enum Horizon {
        /// It matters in this planning cycle.
        Now = "now",
        /// It matters in the next ones.
        Next = "next",
        /// It matters later, if at all.
        Later = "later",
    }
}
