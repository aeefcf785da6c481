//! Assessments: how a unit stands against a framework in a period.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Date, Note, Title, Whole};
use steward_core::resource::{Guard, Id, Lifecycle, Resource, Scope, ValidationErrors};

/// The states in which an assessment and its results may be written.
pub const OPEN: &[&str] = &["planned", "in_progress", "in_review"];

choice! {
    /// Type of assessment, by assessor.
    pub enum AssessmentKind {
        /// Self-assessment by the unit.
        SelfAssessment = "self",
        /// Assessment by others in the organisation.
        Internal = "internal",
        /// Assessment by external people.
        External = "external",
        /// Assessment by a certification body.
        Certification = "certification",
    }
}

steward_core::resource! {
    /// Assessment of a unit against a framework in a period. Once approved it is locked, with all its results.
    pub struct Assessment {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Framework whose requirements are assessed. Required once the assessment has started.
        #[field(refers_to(&["governance/frameworks"]))]
        pub framework_id: Option<Id>,
        /// Type of assessment, by assessor.
        #[field(default(|| json!("self")))]
        pub kind: AssessmentKind,
        /// Scope: services, places, processes, and exclusions.
        #[field(search)]
        pub scope: Note,
        /// Approach: interviews, documents, tests.
        pub approach: Option<Note>,
        /// First day of the period under assessment.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the period under assessment.
        #[field(event)]
        pub ends_on: Date,
        /// Due date of the results.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Person who leads the assessment.
        #[field(refers_to(&["teams/people"]))]
        pub assessor_id: Option<Id>,
        /// Target maturity of the unit, 0 to 5.
        pub target_maturity: Option<Whole<0, 5>>,
        /// Overall conclusion. Required for an assessment in review.
        #[field(search)]
        pub conclusion: Option<Note>,
    }
}

impl Resource for Assessment {
    const PATH: &'static str = "governance/assessments";
    type Table = steward_schema::governance::assessments::table;
    const SCOPE: Scope = Scope::Unit;
    const EDITABLE_IN: &'static [&'static str] = OPEN;
    const GUARDS: &'static [Guard] = &[Guard::set(&["in_progress"], &["framework_id"]), Guard::set(&["in_review"], &["conclusion"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→in_progress:start→in_review:submit_for_review→approved:approve→closed:close").approving(&["approve"]))
    }

    fn sample() -> Self {
        Assessment {
            name: "ISO/IEC 27001, yearly self-assessment".into(),
            framework_id: None,
            kind: AssessmentKind::SelfAssessment,
            scope: "All services of the data centres; the offices are left out.".into(),
            approach: Some("Talks with control owners, and a look at the evidence.".into()),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::sample("2026-03-31"),
            due_on: Date::parse("2026-04-30"),
            assessor_id: None,
            target_maturity: Some(Whole(3)),
            conclusion: Some("Access and change are in order; suppliers are not.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
    }
}
