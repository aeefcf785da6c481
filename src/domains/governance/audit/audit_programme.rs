//! Audit programmes: which audits are planned over a time, and why.

use steward_core::resource::value::{Code, Date, Note, Title, Whole};
use steward_core::resource::{Id, Lifecycle, Resource, Scope, Unique, ValidationErrors};

steward_core::resource! {
    /// Programme of audits over a time, with one purpose (ISO 19011). Once approved it stays as approved.
    pub struct AuditProgramme {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Objectives of the audits.
        #[field(search)]
        pub objectives: Note,
        /// Scope: subjects, frequency and depth of the audits, and exclusions.
        #[field(search)]
        pub scope: Option<Note>,
        /// Rationale for the choice of audits: risks, opportunities, results of earlier audits.
        pub rationale: Option<Note>,
        /// First day.
        #[field(event)]
        pub starts_on: Date,
        /// Last day.
        #[field(event)]
        pub ends_on: Date,
        /// Effort limit for all audits, in days of work.
        pub effort_days: Option<Whole<0, 100_000>>,
        /// Framework that contains the criteria of the audits, if it is one.
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
