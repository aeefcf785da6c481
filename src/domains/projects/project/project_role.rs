//! Roles in projects: who decides, who uses, who supplies, who works.

use crate::choice;
use crate::resource::value::{Date, Note, Number};
use crate::resource::{Id, Own, PartOf, Resource, Rule, Scope, ValidationErrors};

choice! {
    /// What somebody is in a project (PRINCE2).
    pub enum RoleInProject {
        /// Ports for the business case and has the last word in the board.
        Executive = "executive",
        /// Speaks for those who will use what is built.
        SeniorUser = "senior_user",
        /// Speaks for those who build it.
        SeniorSupplier = "senior_supplier",
        /// Runs it from day to day.
        Manager = "manager",
        /// Works in it.
        Member = "member",
    }
}

crate::resource! {
    /// What a person is in a project, and for how long.
    pub struct ProjectRole {
        /// The project.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// The person.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// What they are in it.
        pub role: RoleInProject,
        /// First day.
        #[field(event)]
        pub starts_on: Date,
        /// Last day; none while it lasts.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// How many hours a week they give to it.
        pub weekly_hours: Option<Number<0, 168>>,
        /// What they answer for, and what they may decide.
        pub responsibilities: Option<Note>,
    }
}

impl Resource for ProjectRole {
    const PATH: &'static str = "projects/project-roles";
    type Table = steward_schema::projects::project_roles::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const OWN: &'static [Own] = &[Own::named("person_id").only(&["read"])];
    const TITLE: &'static str = "role";
    const PART_OF: Option<PartOf> = Some(PartOf::of("project_id"));
    const RULES: &'static [Rule] = &[Rule::NoOverlap { same: &["project_id", "person_id", "role"], starts: "starts_on", ends: "ends_on" }];

    fn sample() -> Self {
        ProjectRole {
            project_id: Id::sample(),
            person_id: Id::sample(),
            role: RoleInProject::SeniorUser,
            starts_on: Date::sample("2026-02-02"),
            ends_on: Date::parse("2026-12-18"),
            weekly_hours: Some(Number(4.0)),
            responsibilities: Some("Says what the branches need and accepts what they get.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
    }
}
