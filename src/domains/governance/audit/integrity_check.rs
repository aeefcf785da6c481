//! Integrity checks: whether data are still what they should be.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Instant, Note, Text};
use steward_core::resource::{Id, Operations, Resource, Scope, ValidationErrors};

choice! {
    /// Method of an integrity check.
    pub enum CheckKind {
        /// Comparison of a sum over the data with the one taken before.
        Checksum = "checksum",
        /// Comparison of two sources.
        Reconciliation = "reconciliation",
        /// Restoration of a backup, and comparison.
        Restore = "restore",
    }
}

choice! {
    /// Result of an integrity check.
    pub enum CheckResult {
        /// Data as expected.
        Passed = "passed",
        /// Data not as expected.
        Failed = "failed",
        /// Check could not be completed.
        Error = "error",
    }
}

steward_core::resource! {
    /// Check of the integrity of data: the expected value, the actual value, and their meaning. It stays as recorded: a wrong one is followed
    /// by another.
    pub struct IntegrityCheck {
        /// Information asset that was checked.
        #[field(refers_to(&["security/information-assets"]))]
        pub information_asset_id: Id,
        /// Method of the check.
        #[field(default(|| json!("checksum")))]
        pub kind: CheckKind,
        /// Time of the check.
        #[field(happened)]
        pub checked_at: Instant,
        /// Expected value: a checksum, a number of records, a total.
        pub expected: Option<Text<1, 2000>>,
        /// Actual value.
        pub actual: Option<Text<1, 2000>>,
        /// Result of the check. A checksum has passed exactly when both values are the same, a reconciliation only then.
        pub result: CheckResult,
        /// Procedure for both values: the algorithm, the query, the sources.
        pub procedure: Option<Note>,
        /// Explanation of the difference, and action taken on it.
        #[field(search)]
        pub explanation: Option<Note>,
        /// Backup that was restored.
        #[field(refers_to(&["infrastructure/backup-runs"]))]
        pub backup_run_id: Option<Id>,
        /// Control to which the check belongs.
        #[field(refers_to(&["governance/controls"]))]
        pub control_id: Option<Id>,
        /// Person who made the check.
        #[field(refers_to(&["teams/people"]))]
        pub checker_id: Option<Id>,
    }
}

impl Resource for IntegrityCheck {
    const PATH: &'static str = "governance/integrity-checks";
    type Table = steward_schema::governance::integrity_checks::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "kind";
    const OPERATIONS: Operations = Operations::APPEND;

    fn sample() -> Self {
        IntegrityCheck {
            information_asset_id: Id::sample(),
            kind: CheckKind::Reconciliation,
            checked_at: Instant::sample("2026-06-01T05:30:00Z"),
            expected: Some("118204 bookings".into()),
            actual: Some("118201 bookings".into()),
            result: CheckResult::Failed,
            procedure: Some("Bookings of May in the ledger against those in the warehouse.".into()),
            explanation: Some("Three bookings of the last minute came a day later.".into()),
            backup_run_id: None,
            control_id: None,
            checker_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let judged = self.result != CheckResult::Error;
        faults.require(!judged || self.expected.is_some(), "expected", "required", "Say what should be there.");
        faults.require(!judged || self.actual.is_some(), "actual", "required", "Say what was there.");
        let told = self.kind != CheckKind::Checksum || !judged || (self.expected == self.actual) == (self.result == CheckResult::Passed);
        faults.require(told, "result", "contradiction", "A checksum has passed exactly when what was there is what was expected.");
        let reconciled = self.kind != CheckKind::Reconciliation || self.result != CheckResult::Passed || self.expected == self.actual;
        faults.require(reconciled, "result", "contradiction", "A reconciliation has passed only when what was there is what was expected.");
        let restored = self.backup_run_id.is_none() || self.kind == CheckKind::Restore;
        faults.require(restored, "backup_run_id", "kind", "Only a restore names a backup.");
    }
}
