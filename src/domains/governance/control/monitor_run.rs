//! Runs of monitors: what was asked, what was found, frozen and hashed.

use super::frozen_query::{FrozenQuery, Sha, judge};
use steward_core::choice;
use steward_core::resource::value::{Instant, Note, Whole};
use steward_core::resource::{Id, Operations, Resource, Scope, ValidationErrors};

choice! {
    /// Result of a monitor run.
    pub enum RunResult {
        /// The assertion holds.
        Pass = "pass",
        /// The assertion does not hold.
        Fail = "fail",
        /// The query could not be run.
        Error = "error",
        /// There were no records to test. That is not a pass.
        NoData = "no_data",
    }
}

steward_core::resource! {
    /// A run of a monitor, recorded by the service that runs it. It is a fact: the result stays as found, with its hash.
    pub struct MonitorRun {
        /// The monitor.
        #[field(refers_to(&["governance/monitors"]))]
        pub monitor_id: Id,
        /// Time of the run.
        #[field(happened)]
        pub ran_at: Instant,
        /// Result of the run.
        pub result: RunResult,
        /// Number of records tested.
        pub checked: Option<Whole<0, 1_000_000_000>>,
        /// Number of records that were not as asserted.
        pub failed: Option<Whole<0, 1_000_000_000>>,
        /// Query and its answer.
        pub query_result: Option<FrozenQuery>,
        /// SHA-256 of the answer as canonical JSON (RFC 8785).
        pub sha256: Option<Sha>,
        /// Detail of the run, such as the reason why the query could not be run.
        pub detail: Option<Note>,
    }
}

impl Resource for MonitorRun {
    const PATH: &'static str = "governance/monitor-runs";
    type Table = steward_schema::governance::monitor_runs::table;
    const SCOPE: Scope = Scope::Within("monitor_id");
    const TITLE: &'static str = "id";
    const FACT: bool = true;
    const OPERATIONS: Operations = Operations::NONE;

    fn sample() -> Self {
        let answer = serde_json::json!({"checked": 42, "failed": []});
        let query = FrozenQuery {
            path: "/api/v1/governance/controls?state=operating".into(),
            ran_at: Instant::sample("2026-06-01T04:00:00Z"),
            answer: steward_core::resource::value::Json(answer),
        };
        let sha256 = query.sha256();
        MonitorRun {
            monitor_id: Id::sample(),
            ran_at: Instant::sample("2026-06-01T04:00:00Z"),
            result: RunResult::Pass,
            checked: Some(Whole(42)),
            failed: Some(Whole(0)),
            query_result: Some(query),
            sha256: Some(sha256.as_str().into()),
            detail: Some("Every operating control has an owner.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        judge(self.query_result.as_ref(), "query_result", self.sha256.as_ref(), faults);
        let within = self.failed.zip(self.checked).is_none_or(|(failed, checked)| failed <= checked);
        faults.require(within, "failed", "range", "There cannot be more failures than records that were looked at.");
        let nothing = self.result != RunResult::NoData || self.checked.is_none_or(|checked| checked.0 == 0);
        faults.require(nothing, "checked", "contradiction", "Records were looked at, so there was data.");
        let shown = !matches!(self.result, RunResult::Pass | RunResult::Fail) || (self.query_result.is_some() && self.sha256.is_some());
        faults.require(shown, "query_result", "required", "A pass or a fail is shown by what the query answered, with its sha256.");
    }
}
