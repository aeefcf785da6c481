//! Audit programmes: which audits are planned over a time, and why.

use crate::resource::value::{Code, Date, Note, Title, Whole};
use crate::resource::{Id, Lifecycle, Resource, Scope, Unique, ValidationErrors};

crate::resource! {
    /// The audits that are planned over a time, with one purpose (ISO 19011). Once approved it stays as it was approved.
    pub struct AuditProgramme {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What the audits are to find out.
        #[field(search)]
        pub objectives: Note,
        /// What is audited, how often and how deep, and what is left out.
        #[field(search)]
        pub scope: Option<Note>,
        /// What the choice of audits rests on: risks, chances, results of earlier audits.
        pub rationale: Option<Note>,
        /// First day.
        #[field(event)]
        pub starts_on: Date,
        /// Last day.
        #[field(event)]
        pub ends_on: Date,
        /// How many days of work the audits may take in all.
        pub effort_days: Option<Whole<0, 100_000>>,
        /// The framework that the audits measure against, if it is one.
        #[field(refers_to(&["governance/frameworks"]))]
        pub framework_id: Option<Id>,
    }
}

impl Resource for AuditProgramme {
    const PATH: &'static str = "governance/audit-programmes";
    type Table = steward_schema::governance::audit_programmes::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "audit_programmes_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→approved:approve→closed:close").approving(&["approve"]))
    }

    fn sample() -> Self {
        AuditProgramme {
            code: "AP-2026".into(),
            name: "Internal audits 2026".into(),
            objectives: "Show that the controls of ISO/IEC 27001 work, each at least once in three years.".into(),
            scope: Some("All units; suppliers of tier 1 by audits of their own.".into()),
            rationale: Some("Access and suppliers come first: both had findings last year.".into()),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::sample("2026-12-31"),
            effort_days: Some(Whole(60)),
            framework_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
    }
}
