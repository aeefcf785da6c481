//! Courses: what people can learn, from whom, and for whom it is mandatory.

use super::skill::require_level;
use crate::choice;
use crate::error::Result;
use crate::resource::value::{Code, Currency, Money, Note, Number, Title, Url, Whole};
use crate::resource::{Check, Id, Lock, Own, Resource, Scope, Unique, ValidationErrors};
use serde_json::json;

choice! {
    /// How a course is held.
    pub enum CourseKind {
        /// In a room.
        Classroom = "classroom",
        /// At a distance, at a set time.
        Virtual = "virtual",
        /// By oneself, at any time.
        SelfPaced = "self_paced",
        /// In several of these ways.
        Blended = "blended",
    }
}

crate::resource! {
    /// A course. Who passes it may have shown a skill or earned a certification.
    pub struct Course {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// How it is held.
        #[field(default(|| json!("classroom")))]
        pub kind: CourseKind,
        /// The vendor that gives it; none if the organisation does.
        #[field(refers_to(&["vendors/vendors"]))]
        pub provider_id: Option<Id>,
        /// What a seat costs.
        pub cost: Option<Money>,
        /// How many hours it takes a participant.
        pub duration_hours: Option<Number<0, 10000>>,
        /// The unit, team or role profile for whose people it is mandatory.
        #[field(refers_to(&["teams/units", "teams/teams", "teams/role-profiles"]))]
        pub mandatory_for_id: Option<Id>,
        /// After how many months it must be passed again; none if once is enough.
        pub validity_months: Option<Whole<1, 240>>,
        /// The skill that passing it shows, to be confirmed.
        #[field(refers_to(&["teams/skills"]))]
        pub skill_id: Option<Id>,
        /// The level of that skill, one that it has. Only with a skill.
        pub skill_level: Option<Whole<1, 7>>,
        /// The certification that passing it prepares for.
        #[field(refers_to(&["teams/certifications"]))]
        pub certification_id: Option<Id>,
        /// What is learned, and what one must know before.
        #[field(search)]
        pub description: Option<Note>,
        /// Where its provider describes it.
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
