//! Due diligence: what was found out about a vendor before or while it is depended upon.

use super::vendor::Level;
use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Guard, Id, Lifecycle, Resource, Scope, ValidationErrors};

choice! {
    /// Reason for an assessment.
    pub enum DueDiligenceKind {
        /// Before the first purchase.
        Initial = "initial",
        /// Repetition after a set time.
        Periodic = "periodic",
        /// After an event, such as an incident or a new owner.
        Triggered = "triggered",
        /// Before the relationship ends.
        Exit = "exit",
    }
}

choice! {
    /// Area of an assessment.
    pub enum DueDiligenceArea {
        /// Solvency and prospects.
        Financial = "financial",
        /// Ownership and control.
        Ownership = "ownership",
        /// Information security.
        Security = "security",
        /// Protection of personal data.
        Privacy = "privacy",
        /// Continuity after a failure.
        Continuity = "continuity",
        /// Compliance with the law: sanctions, bribery, labour.
        Compliance = "compliance",
        /// Effect on the environment and on society.
        Sustainability = "sustainability",
        /// Ability to deliver what is promised.
        Capability = "capability",
    }
}

steward_core::value! {
    /// Finding in one area.
    pub struct AreaFinding {
        /// Area of the finding.
        pub area: DueDiligenceArea,
        /// Residual risk in the area.
        pub risk: Level,
        /// Finding in words.
        pub finding: Option<Note>,
        /// Measure required of the vendor or the organisation.
        pub measure: Option<Note>,
    }
}

steward_core::resource! {
    /// Assessment of a vendor, area by area. The resulting risks are linked to it.
    pub struct DueDiligence {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Reason for the assessment.
        pub kind: DueDiligenceKind,
        /// Scope of the assessment, with exclusions.
        pub coverage: Option<Note>,
        /// Person who assesses the vendor.
        #[field(refers_to(&["teams/people"]))]
        pub assessor_id: Option<Id>,
        /// Due day of the assessment.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Day of the assessment.
        #[field(happened)]
        pub assessed_on: Option<Date>,
        /// Findings, area by area.
        #[field(default(|| json!([])))]
        pub findings: Vec<AreaFinding>,
        /// Residual risk overall.
        pub risk: Option<Level>,
        /// Recommendation to go on or not, with conditions.
        #[field(search)]
        pub conclusion: Option<Note>,
        /// Due day of the next assessment.
        #[field(recurring)]
        pub next_due_on: Option<Date>,
        /// The report.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for DueDiligence {
    const PATH: &'static str = "vendors/due-diligence";
    type Table = steward_schema::vendors::due_diligence::table;
    const SCOPE: Scope = Scope::Within("vendor_id");
    const EDITABLE_IN: &'static [&'static str] = &["planned", "in_progress"];
    const GUARDS: &'static [Guard] = &[Guard::set(&["completed"], &["assessed_on", "risk", "conclusion"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→in_progress:start→completed:complete; cancelled:cancel").given_up(&["cancelled"]).repeated(&["completed"]))
    }

    fn sample() -> Self {
        DueDiligence {
            vendor_id: Id::sample(),
            name: "Yearly assessment 2026".into(),
            kind: DueDiligenceKind::Periodic,
            coverage: Some("The hosting of the order system; not the office licences.".into()),
            assessor_id: None,
            due_on: Date::parse("2026-06-30"),
            assessed_on: Date::parse("2026-05-20"),
            findings: vec![AreaFinding {
                area: DueDiligenceArea::Continuity,
                risk: Level::Medium,
                finding: Some("The second site was last tested two years ago.".into()),
                measure: Some("A test together before the end of the year.".into()),
            }],
            risk: Some(Level::Medium),
            conclusion: Some("Go on, with the test as a condition.".into()),
            next_due_on: Date::parse("2027-05-31"),
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.assessed_on, self.next_due_on, "next_due_on");
    }
}
