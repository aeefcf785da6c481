//! Assignments: who works on what in a project.

use crate::project::evidence;
use steward_core::error::Result;
use steward_core::ports::ledger;
use steward_core::resource::value::{Date, Note, Number, Title};
use steward_core::resource::{Check, Id, Own, Resource, Rule, Scope, ValidationErrors};

steward_core::resource! {
    /// Assignment of a person to a work item, backed by an allocation of their time.
    pub struct Assignment {
        /// Work item.
        #[field(refers_to(&["projects/work-items"]), fixed)]
        pub work_item_id: Id,
        /// Assigned person.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Allocation of the person's time that backs it, of the same person.
        #[field(refers_to(&["finance/allocations"]))]
        pub allocation_id: Option<Id>,
        /// Role in the work, such as engineer or reviewer.
        pub role: Option<Title>,
        /// First day of the assignment.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the assignment; none while it lasts.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Planned hours of work.
        pub planned_hours: Option<Number<0, 100_000>>,
        /// Notes on the agreement with the person.
        pub notes: Option<Note>,
    }
}

impl Resource for Assignment {
    const PATH: &'static str = "projects/assignments";
    type Table = steward_schema::projects::assignments::table;
    const SCOPE: Scope = Scope::Within("work_item_id");
    const BEGINS_AT_ONCE: bool = true;
    const OWN: &'static [Own] = &[Own::named("person_id").only(&["read"])];
    const TITLE: &'static str = "role";
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "allocation_id", theirs: "person_id", ours: "person_id" },
        Rule::NoOverlap { same: &["work_item_id", "person_id"], starts: "starts_on", ends: "ends_on" },
    ];

    fn sample() -> Self {
        Assignment {
            work_item_id: Id::sample(),
            person_id: Id::sample(),
            allocation_id: None,
            role: Some("Network engineer".into()),
            starts_on: Date::sample("2026-05-04"),
            ends_on: Date::parse("2026-05-06"),
            planned_hours: Some(Number(16.0)),
            notes: Some("Works in the evening, when the old site is quiet.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if let Some(project) = evidence::project_of(check, self.work_item_id)? {
            evidence::require_unchanged_once_over(check, self, project, "work_item_id")?;
        }
        let before = check.before::<Assignment>()?.and_then(|before| before.allocation_id);
        if before.is_some() && before != self.allocation_id { self.require_released(check, before) } else { Ok(()) }
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        self.require_released(check, self.allocation_id)
    }
}

impl Assignment {
    /// A project is not closed while people are allocated to it: what says so does not go before the allocation does.
    fn require_released(&self, check: &mut Check<'_>, allocation: Option<Id>) -> Result<()> {
        let Some(allocation) = allocation else { return Ok(()) };
        if !ledger::any_unfinished(check, &[allocation])? {
            return Ok(());
        }
        evidence::require_not_ending(check, self.work_item_id, "The person is still allocated to it. Complete or release the allocation first.")
    }
}
