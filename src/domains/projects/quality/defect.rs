//! Defects: what was made and is not as it should be.

use crate::choice;
use crate::resource::value::{Date, Note, Number, Title};
use crate::resource::{Guard, Id, Lifecycle, Resource, Rule, Scope, ValidationErrors};
use serde_json::json;

choice! {
    /// How bad a defect is.
    pub enum DefectSeverity {
        /// Nothing works, or data is lost.
        Critical = "critical",
        /// Something important does not work, and there is no way around it.
        Major = "major",
        /// Something does not work, and there is a way around it.
        Minor = "minor",
        /// It does not look right.
        Trivial = "trivial",
    }
}

crate::resource! {
    /// Something that was made and is not as it should be.
    pub struct Defect {
        /// The project.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// What is wrong, in a line.
        #[field(search)]
        pub title: Title,
        /// What happens, and what should.
        #[field(search)]
        pub description: Option<Note>,
        /// How to make it happen.
        pub steps_to_reproduce: Option<Note>,
        /// How bad it is. Those that are critical or major count for the quality of the project.
        #[field(default(|| json!("minor")))]
        pub severity: DefectSeverity,
        /// The deliverable that has it, of the same project.
        #[field(refers_to(&["projects/deliverables"]))]
        pub deliverable_id: Option<Id>,
        /// The work in which it was made, of the same project.
        #[field(refers_to(&["projects/work-items"]))]
        pub work_item_id: Option<Id>,
        /// The check that found it, of the same project.
        #[field(refers_to(&["projects/quality-checks"]))]
        pub quality_check_id: Option<Id>,
        /// The day on which it was found.
        #[field(happened)]
        pub found_on: Option<Date>,
        /// Who found it.
        #[field(refers_to(&["teams/people"]))]
        pub reporter_id: Option<Id>,
        /// Who corrects it.
        #[field(refers_to(&["teams/people"]), concerned)]
        pub assignee_id: Option<Id>,
        /// By when it is to be corrected.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Where it came from.
        pub cause: Option<Note>,
        /// What was done. What is resolved, or rejected, says so.
        #[field(search)]
        pub resolution: Option<Note>,
        /// The day on which it was resolved.
        #[field(happened)]
        pub resolved_on: Option<Date>,
        /// How many hours it took to correct.
        pub rework_hours: Option<Number<0, 100_000>>,
    }
}

impl Resource for Defect {
    const PATH: &'static str = "projects/defects";
    type Table = steward_schema::projects::defects::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const TITLE: &'static str = "title";
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "deliverable_id", theirs: "project_id", ours: "project_id" },
        Rule::Agrees { by: "work_item_id", theirs: "project_id", ours: "project_id" },
        Rule::Agrees { by: "quality_check_id", theirs: "project_id", ours: "project_id" },
    ];
    const GUARDS: &'static [Guard] = &[Guard::set(&["resolved", "rejected"], &["resolution"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "open→in_progress:start→resolved:resolve→closed:close; open|in_progress→rejected:reject; \
            resolved|closed|rejected→open:reopen";
        Some(Lifecycle::new(notation).settled(&["resolved", "closed"]))
    }

    fn sample() -> Self {
        Defect {
            project_id: Id::sample(),
            title: "The second link stays down after a restart".into(),
            description: Some("After a restart of the left switch only one of two links comes up.".into()),
            steps_to_reproduce: Some("Restart the left switch and wait five minutes.".into()),
            severity: DefectSeverity::Major,
            deliverable_id: None,
            work_item_id: None,
            quality_check_id: None,
            found_on: Date::parse("2026-05-13"),
            reporter_id: None,
            assignee_id: None,
            due_on: Date::parse("2026-05-20"),
            cause: Some("The port was configured by hand and not saved.".into()),
            resolution: Some("The port is in the template now.".into()),
            resolved_on: Date::parse("2026-05-15"),
            rework_hours: Some(Number(3.5)),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.found_on, self.resolved_on, "resolved_on");
    }
}
