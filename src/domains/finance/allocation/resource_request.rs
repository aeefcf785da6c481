//! Resource requests: who is needed for what, and when.

use crate::choice;
use crate::resource::value::{Date, Note, Number, Percent, Title, Whole};
use crate::resource::{Id, Lifecycle, Resource, Scope, ValidationErrors};
use serde_json::json;

choice! {
    /// How much it matters.
    pub enum RequestPriority {
        /// It can wait.
        Low = "low",
        /// As usual.
        Medium = "medium",
        /// Before others.
        High = "high",
        /// Before all others.
        Critical = "critical",
    }
}

crate::resource! {
    /// A request for somebody's time: a named person, anybody in a role, or anybody who has a skill at a level. Allocations
    /// fulfil it.
    pub struct ResourceRequest {
        /// Who is looked for and for what, as people know it.
        #[field(search)]
        pub name: Title,
        /// The service for which the work is done.
        #[field(refers_to(&["infrastructure/services", "projects/projects", "projects/work-items"]))]
        pub work_id: Option<Id>,
        /// The role that is needed.
        #[field(refers_to(&["teams/role-profiles"]))]
        pub role_profile_id: Option<Id>,
        /// The skill that is needed.
        #[field(refers_to(&["teams/skills"]))]
        pub skill_id: Option<Id>,
        /// The least level of that skill.
        pub skill_level: Option<Whole<0, 7>>,
        /// The person who is wanted.
        #[field(refers_to(&["teams/people"]), concerned)]
        pub person_id: Option<Id>,
        /// First day.
        #[field(event)]
        pub starts_on: Date,
        /// Last day.
        #[field(event)]
        pub ends_on: Date,
        /// How many hours are needed in all. Either hours or a percentage.
        pub hours: Option<Number<0, 1_000_000>>,
        /// How many percent of a working week are needed. Either a percentage or hours.
        pub percent: Option<Percent>,
        /// How much it matters.
        #[field(default(|| json!("medium")))]
        pub priority: RequestPriority,
        /// What the work is.
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
