//! Evidence: what shows that something is so, kept as it was collected.

use super::frozen_query::{FrozenQuery, Sha, judge};
use crate::body::frozen_record::require_kept;
use crate::privacy::legal_hold_item::require_no_hold;
use serde_json::json;
use steward_core::access::person_of;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Title, Url, Whole};
use steward_core::resource::{Check, Due, Guard, Id, Lifecycle, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};

/// What evidence can be about.
const SUBJECTS: &[&str] = &[
    "governance/controls",
    "governance/requirement-results",
    "governance/requirements",
    "governance/obligations",
    "governance/audits",
    "governance/audit-procedures",
    "governance/findings",
    "governance/corrective-actions",
    "governance/exceptions",
    "governance/processing-activities",
    "governance/data-subject-requests",
    "security/treatments",
    "security/risks",
    "security/information-assets",
    "security/recovery-tests",
    "vendors/vendors",
    "vendors/contracts",
];

choice! {
    /// Type of collector of evidence.
    pub enum Collector {
        /// A person.
        Person = "person",
        /// A monitor. Its evidence is accepted only if the monitor was accepted: it must be active.
        Machine = "machine",
    }
}

steward_core::resource! {
    /// File, link or frozen query result that proves something. Its content never changes once it was submitted: another file is another
    /// piece of evidence. It covers no day that is still to come. A legal hold prevents its deletion.
    pub struct Evidence {
        /// Title of the evidence, in a line.
        #[field(search)]
        pub title: Title,
        /// Facts that the evidence shows.
        #[field(search)]
        pub description: Option<Note>,
        /// Subject of the evidence.
        #[field(refers_to(SUBJECTS))]
        pub subject_id: Id,
        /// Control test to which the evidence belongs.
        #[field(refers_to(&["governance/control-tests"]))]
        pub control_test_id: Option<Id>,
        /// Monitor run that produced the evidence.
        #[field(refers_to(&["governance/monitor-runs"]))]
        pub monitor_run_id: Option<Id>,
        /// File with the evidence. Evidence is one of a file, a link and a query result.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// Link to the evidence.
        pub url: Option<Url>,
        /// Result of a query.
        pub query_result: Option<FrozenQuery>,
        /// SHA-256 of the content: taken from the file where it is left out; of a link, of the content found there.
        pub sha256: Option<Sha>,
        /// First day of the period that it covers.
        pub starts_on: Option<Date>,
        /// Last day of the period that it covers: for submission, today at the latest.
        pub ends_on: Option<Date>,
        /// Validity in days from the end of the period; empty if the evidence does not age.
        pub valid_for_days: Option<Whole<1, 3650>>,
        /// Due date of the evidence.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Type of collector: a person or a machine.
        #[field(default(|| json!("person")))]
        pub collector_kind: Collector,
        /// Person who collects the evidence: never the one who accepts it.
        #[field(refers_to(&["teams/people"]))]
        pub collector_id: Option<Id>,
        /// Monitor that collects the evidence; required for a machine.
        #[field(refers_to(&["governance/monitors"]))]
        pub monitor_id: Option<Id>,
        /// Date of collection.
        #[field(happened)]
        pub collected_on: Option<Date>,
    }
}

impl Resource for Evidence {
    const PATH: &'static str = "governance/evidence";
    type Table = steward_schema::governance::evidence::table;
    const SCOPE: Scope = Scope::Unit;
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["requested", "rejected"];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "file_id", theirs: "sha256", ours: "sha256" }];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["submitted"], &["sha256", "starts_on", "ends_on"]),
        Guard::referred(&["accepted"], "monitor_id", &["active"]),
        Guard::set(&["expired"], &["valid_for_days"]),
    ];
    const DUE: &'static [Due] = &[Due::after("expired", "ends_on").plus_days("valid_for_days")];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "requested→submitted:submit→accepted:accept→expired:expire; submitted→rejected:reject→submitted";
        Some(Lifecycle::new(notation).approving(&["accept"]))
    }

    fn sample() -> Self {
        Evidence {
            title: "Signed review of access, first quarter".into(),
            description: Some("The list of accounts with the decision of each system owner.".into()),
            subject_id: Id::sample(),
            control_test_id: None,
            monitor_run_id: None,
            file_id: None,
            url: Some(Url("https://documents.example.org/access-review-2026-q1".into())),
            query_result: None,
            sha256: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into()),
            starts_on: Date::parse("2026-01-01"),
            ends_on: Date::parse("2026-03-31"),
            valid_for_days: Some(Whole(60)),
            due_on: Date::parse("2026-04-10"),
            collector_kind: Collector::Person,
            collector_id: None,
            monitor_id: None,
            collected_on: Date::parse("2026-04-02"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.contents() <= 1, "url", "contradiction", "Evidence is one of a file, a link and a query result. Leave the others out.");
        faults.span(self.starts_on, self.ends_on, "ends_on");
        judge(self.query_result.as_ref(), "query_result", self.sha256.as_ref(), faults);
        let ruled = self.collector_kind == Collector::Person || self.monitor_id.is_some();
        faults.require(ruled, "monitor_id", "required", "Name the monitor that collects it.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if matches!(check.state, None | Some("requested")) {
            return Ok(());
        }
        let detail = "What was submitted stays as it was. Another file, link or result is another piece of evidence.";
        require_kept(check, self, &["file_id", "url", "query_result", "sha256"], detail)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_no_hold(check)
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet = Vec::new();
        match step.to {
            "submitted" if self.contents() == 0 => {
                unmet.push(UnmetGuard::new("/url", "required", "Add the file, the link or the query result first."));
            }
            "accepted" if self.collector_id.is_some() && person_of(check.connection, check.actor)? == self.collector_id => {
                unmet.push(UnmetGuard::new("/collector_id", "collector", "Who collected it does not accept it. Have another person do so."));
            }
            "expired" if self.valid_through().is_some_and(|last| check.today <= last) => {
                unmet.push(UnmetGuard::new("/valid_for_days", "not_yet", "It still counts: it expires so many days after the end of its period."));
            }
            _ => {}
        }
        Ok(unmet)
    }

    /// Nothing shows today what comes tomorrow.
    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let ahead = self.ends_on.filter(|last| matches!(state, "submitted" | "accepted") && *last > check.today);
        let unmet = |last: Date| {
            UnmetGuard::new("/ends_on", "future", format!("The period ends on {last}, which is still to come. Submit it once it is over, or cut it."))
        };
        Ok(ahead.map(unmet).into_iter().collect())
    }
}

impl Evidence {
    /// How many kinds of content it has.
    fn contents(&self) -> usize {
        [self.file_id.is_some(), self.url.is_some(), self.query_result.is_some()].into_iter().filter(|there| *there).count()
    }

    /// The last day on which it counts; none if it does not age.
    fn valid_through(&self) -> Option<Date> {
        let days = u32::try_from(self.valid_for_days?.0).ok()?;
        Some(self.ends_on?.plus_days(days))
    }
}
