//! Courses: what people can learn, from whom, and for whom it is mandatory.

use super::skill::require_level;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Currency, Money, Note, Number, Title, Url, Whole};
use steward_core::resource::{Check, Id, Lock, Own, Resource, Scope, Unique, ValidationErrors};

choice! {
    /// Delivery mode of a course.
    pub enum CourseKind {
        /// In a classroom.
        Classroom = "classroom",
        /// Online, at a set time.
        Virtual = "virtual",
        /// Self-paced, at any time.
        SelfPaced = "self_paced",
        /// Blended from several of these modes.
        Blended = "blended",
    }
}

steward_core::resource! {
    /// Course for learning. Passing it may propose a skill or plan a certification.
    pub struct Course {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the course.
        #[field(search)]
        pub name: Title,
        /// Delivery mode.
        #[field(default(|| json!("classroom")))]
        pub kind: CourseKind,
        /// Vendor that provides the course; none if the organisation does.
        #[field(refers_to(&["vendors/vendors"]))]
        pub provider_id: Option<Id>,
        /// Price per seat.
        pub cost: Option<Money>,
        /// Duration for a participant, in hours.
        pub duration_hours: Option<Number<0, 10000>>,
        /// Unit, team or role profile whose people must take the course.
        #[field(refers_to(&["teams/units", "teams/teams", "teams/role-profiles"]))]
        pub mandatory_for_id: Option<Id>,
        /// Validity in months, after which the course must be passed again; none if once is enough.
        pub validity_months: Option<Whole<1, 240>>,
        /// Skill shown by passing, to be confirmed.
        #[field(refers_to(&["teams/skills"]))]
        pub skill_id: Option<Id>,
        /// Level of that skill, one that the skill defines. Only with a skill.
        pub skill_level: Option<Whole<1, 7>>,
        /// Certification for which the course prepares.
        #[field(refers_to(&["teams/certifications"]))]
        pub certification_id: Option<Id>,
        /// Contents and prerequisites.
        #[field(search)]
        pub description: Option<Note>,
        /// Web page of the provider about the course.
        pub url: Option<Url>,
    }
}

impl Resource for Course {
    const PATH: &'static str = "teams/courses";
    type Table = steward_schema::teams::courses::table;
    const SCOPE: Scope = Scope::Shared;
    const OWN: &'static [Own] = &[Own::everybody()];
    const UNIQUE: &'static [Unique] = &[Unique { index: "courses_code_key", fields: &["code"] }];

    fn sample() -> Self {
        Course {
            code: "SEC-AWARE".into(),
            name: "Security awareness".into(),
            kind: CourseKind::SelfPaced,
            provider_id: None,
            cost: Some(Money::new(4500, Currency::sample("EUR"))),
            duration_hours: Some(Number(2.5)),
            mandatory_for_id: None,
            validity_months: Some(Whole(12)),
            skill_id: None,
            skill_level: None,
            certification_id: None,
            description: Some("How attackers reach people, and what to do then.".into()),
            url: Some(Url("https://learn.example.org/security-awareness".into())),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let whole = self.skill_level.is_none() || self.skill_id.is_some();
        faults.require(whole, "skill_id", "required", "Name the skill that has this level.");
    }

    fn locks(&self) -> Vec<Lock> {
        self.skill_id.map(Lock::Row).into_iter().collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        match self.skill_id.zip(self.skill_level) {
            Some((skill, level)) => require_level(check, skill, level.0, "/skill_level"),
            None => Ok(()),
        }
    }
}
