//! Due diligence: what was found out about a vendor before or while it is depended upon.

use super::vendor::Level;
use crate::choice;
use crate::resource::value::{Date, Note, Title};
use crate::resource::{Guard, Id, Lifecycle, Resource, Scope, ValidationErrors};
use serde_json::json;

choice! {
    /// Why a vendor is assessed.
    pub enum DueDiligenceKind {
        /// Before anything is bought there.
        Initial = "initial",
        /// Because it is time again.
        Periodic = "periodic",
        /// Because something happened, such as an incident or a new owner.
        Triggered = "triggered",
        /// Before the relationship ends.
        Exit = "exit",
    }
}

choice! {
    /// What is looked at.
    pub enum DueDiligenceArea {
        /// Whether it can pay its debts and will be there tomorrow.
        Financial = "financial",
        /// Who owns and who rules it.
        Ownership = "ownership",
        /// How it protects information.
        Security = "security",
        /// How it treats personal data.
        Privacy = "privacy",
        /// How it goes on when something fails.
        Continuity = "continuity",
        /// Whether it keeps the law: sanctions, bribery, labour.
        Compliance = "compliance",
        /// What it does to the environment and to society.
        Sustainability = "sustainability",
        /// Whether it can do what it promises.
        Capability = "capability",
    }
}

crate::value! {
    /// What was found in one area.
    pub struct AreaFinding {
        /// The area.
        pub area: DueDiligenceArea,
        /// The risk that is left there.
        pub risk: Level,
        /// What was found.
        pub finding: Option<Note>,
        /// What the vendor or the organisation must do about it.
        pub measure: Option<Note>,
    }
}

crate::resource! {
    /// An assessment of a vendor, area by area. The risks that come of it are linked to it.
    pub struct DueDiligence {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Why it is made.
        pub kind: DueDiligenceKind,
        /// What is looked at, and what is not.
        pub coverage: Option<Note>,
        /// Who assesses.
        #[field(refers_to(&["teams/people"]))]
        pub assessor_id: Option<Id>,
        /// The day by which it is to be done.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// The day on which it was done.
        #[field(happened)]
        pub assessed_on: Option<Date>,
        /// What was found, area by area.
        #[field(default(|| json!([])))]
        pub findings: Vec<AreaFinding>,
        /// The risk that is left in all.
        pub risk: Option<Level>,
        /// Whether to go on, and under which conditions.
        #[field(search)]
        pub conclusion: Option<Note>,
        /// The day on which it must be made again.
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
