//! What a test of a control looks at, and what can come of it.

use steward_core::choice;

choice! {
    /// Type of control test.
    pub enum TestKind {
        /// Test of the design of the control.
        Design = "design",
        /// Test of the operation of the control.
        Operating = "operating",
    }
}

choice! {
    /// Result of a test.
    pub enum TestResult {
        /// The control works.
        Passed = "passed",
        /// The control does not work.
        Failed = "failed",
        /// No conclusion; counts as no test.
        Inconclusive = "inconclusive",
    }
}
