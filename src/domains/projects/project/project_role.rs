//! Roles in projects: who decides, who uses, who supplies, who works.

use steward_core::choice;
use steward_core::resource::value::{Date, Note, Number};
use steward_core::resource::{Id, Own, PartOf, Resource, Rule, Scope, ValidationErrors};

choice! {
    /// Role of a person in a project (PRINCE2).
    pub enum RoleInProject {
        /// Accountable for the business case, with the final decision in the project board.
        Executive = "executive",
        /// Represents the users of the product.
        SeniorUser = "senior_user",
        /// Represents those who build the product.
        SeniorSupplier = "senior_supplier",
        /// Manages the project from day to day.
        Manager = "manager",
        /// Works in the project.
        Member = "member",
    }
}

steward_core::resource! {
    /// Role of a person in a project for a span of time.
    pub struct ProjectRole {
        /// Project of the role.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Person in the role.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Role in the project.
        pub role: RoleInProject,
        /// First day of the role.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the role; none while it lasts.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Working time for the project in hours a week.
        pub weekly_hours: Option<Number<0, 168>>,
        /// Responsibilities and decision rights.
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
