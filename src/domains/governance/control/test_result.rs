//! What a test of a control looks at, and what can come of it.

use crate::choice;

choice! {
    /// What a test looks at.
    pub enum TestKind {
        /// Whether the control would work as it is designed.
        Design = "design",
        /// Whether it works as it is operated.
        Operating = "operating",
    }
}

choice! {
    /// What came of a test.
    pub enum TestResult {
        /// It works.
        Passed = "passed",
        /// It does not.
        Failed = "failed",
        /// Nothing can be said; it counts as no test.
        Inconclusive = "inconclusive",
    }
}
