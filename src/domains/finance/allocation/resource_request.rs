//! Resource requests: who is needed for what, and when.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Date, Note, Number, Percent, Title, Whole};
use steward_core::resource::{Id, Lifecycle, Resource, Scope, ValidationErrors};

choice! {
    /// Priority of a resource request.
    pub enum RequestPriority {
        /// Low: can wait.
        Low = "low",
        /// Medium: normal priority.
        Medium = "medium",
        /// High: before medium and low.
        High = "high",
        /// Critical: before all others.
        Critical = "critical",
    }
}

steward_core::resource! {
    /// Request for a person's time: a named person, any person in a role, or any person with a skill at a level. It is fulfilled by
    /// allocations.
    pub struct ResourceRequest {
        /// Resource and purpose of the request, in a line.
        #[field(search)]
        pub name: Title,
        /// Service, project or work item for which the work is done.
        #[field(refers_to(&["infrastructure/services", "projects/projects", "projects/work-items"]))]
        pub work_id: Option<Id>,
        /// Role profile needed.
        #[field(refers_to(&["teams/role-profiles"]))]
        pub role_profile_id: Option<Id>,
        /// Skill needed.
        #[field(refers_to(&["teams/skills"]))]
        pub skill_id: Option<Id>,
        /// Minimum level of that skill.
        pub skill_level: Option<Whole<0, 7>>,
        /// Named person requested.
        #[field(refers_to(&["teams/people"]), concerned)]
        pub person_id: Option<Id>,
        /// First day of the need.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the need.
        #[field(event)]
        pub ends_on: Date,
        /// Total hours needed. Either hours or a percentage.
        pub hours: Option<Number<0, 1_000_000>>,
        /// Percentage of a working week needed. Either a percentage or hours.
        pub percent: Option<Percent>,
        /// Priority of the request.
        #[field(default(|| json!("medium")))]
        pub priority: RequestPriority,
        /// Description of the work.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for ResourceRequest {
    const PATH: &'static str = "finance/resource-requests";
    type Table = steward_schema::finance::resource_requests::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["work_id"];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→submitted:submit→proposed:propose→fulfilled:fulfil|partly_fulfilled:fulfil_partly; partly_fulfilled→fulfilled; \
            submitted→rejected:reject; cancelled:cancel";
        Some(Lifecycle::new(notation).given_up(&["rejected", "cancelled"]))
    }

    fn sample() -> Self {
        ResourceRequest {
            name: "Network engineer for the new data centre".into(),
            work_id: None,
            role_profile_id: None,
            skill_id: None,
            skill_level: None,
            person_id: None,
            starts_on: Date::sample("2026-07-01"),
            ends_on: Date::sample("2026-09-30"),
            hours: None,
            percent: Some(Number(60.0)),
            priority: RequestPriority::High,
            description: Some("Plans and builds the fabric, and hands it over to operations.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
        faults.require(self.hours.is_some() != self.percent.is_some(), "hours", "one_of", "Say either how many hours or how many percent are needed.");
        faults.require(self.skill_level.is_none() || self.skill_id.is_some(), "skill_id", "required", "Name the skill of which the level is meant.");
    }
}
