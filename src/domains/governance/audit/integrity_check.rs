//! Integrity checks: whether data are still what they should be.

use crate::choice;
use crate::resource::value::{Instant, Note, Text};
use crate::resource::{Id, Resource, Scope, ValidationErrors};
use serde_json::json;

choice! {
    /// How the soundness of data is shown.
    pub enum CheckKind {
        /// A sum over the data is compared with the one taken before.
        Checksum = "checksum",
        /// Two sources are compared.
        Reconciliation = "reconciliation",
        /// A backup is restored and compared.
        Restore = "restore",
    }
}

choice! {
    /// What came of a check.
    pub enum CheckResult {
        /// What is there is what should be there.
        Passed = "passed",
        /// It is not.
        Failed = "failed",
        /// It could not be found out.
        Error = "error",
    }
}

crate::resource! {
    /// A look at whether data are still what they should be: what was expected, what was there, and what that means.
    pub struct IntegrityCheck {
        /// The data.
        #[field(refers_to(&["security/information-assets"]))]
        pub information_asset_id: Id,
        /// How it was looked at.
        #[field(default(|| json!("checksum")))]
        pub kind: CheckKind,
        /// When it was looked at.
        #[field(happened)]
        pub checked_at: Instant,
        /// What should be there: a checksum, a number of records, a total.
        pub expected: Option<Text<1, 2000>>,
        /// What was there.
        pub actual: Option<Text<1, 2000>>,
        /// What came of it. A checksum has passed exactly when both are the same.
        pub result: CheckResult,
        /// How both were found: the algorithm, the query, the sources.
        pub procedure: Option<Note>,
        /// What the difference comes from, and what is done about it.
        #[field(search)]
        pub explanation: Option<Note>,
        /// The backup that was restored.
        #[field(refers_to(&["infrastructure/backup-runs"]))]
        pub backup_run_id: Option<Id>,
        /// The control that the check belongs to.
        #[field(refers_to(&["governance/controls"]))]
        pub control_id: Option<Id>,
        /// Who looked.
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
        let restored = self.backup_run_id.is_none() || self.kind == CheckKind::Restore;
        faults.require(restored, "backup_run_id", "kind", "Only a restore names a backup.");
    }
}
