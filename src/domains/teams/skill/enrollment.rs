//! Enrollments: who takes part in a course, and what came of it.

use super::course_session::{SEATLESS, seats_lock, seats_taken};
use super::person_certification::PersonCertification;
use super::skill_assessment::{AssessmentSource, SkillAssessment};
use crate::person::person::{is_actor, may_act_for};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Date, Money, Note, Percent, Whole};
use steward_core::resource::{Check, Effect, Guard, Id, Lifecycle, Lock, Move, Own, Placement, Resource, Rule, Scope};
use steward_schema::teams::{course_sessions, courses, enrollments, person_certifications};

steward_core::resource! {
    /// Enrollment of a person in a course. It takes a seat of its session until it is withdrawn or ends as a no-show. Passing proposes the
    /// skill shown by the course and plans the certification prepared for, unless the person already has or plans it.
    pub struct Enrollment {
        /// Person enrolled.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Course taken.
        #[field(refers_to(&["teams/courses"]), fixed)]
        pub course_id: Id,
        /// Session of that course; none for self-study.
        #[field(refers_to(&["teams/course-sessions"]))]
        pub course_session_id: Option<Id>,
        /// Due date for passing.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Date of passing or failing; required for both.
        #[field(happened)]
        pub completed_on: Option<Date>,
        /// Score in percent, entered by somebody else than the person enrolled.
        #[field(restricted)]
        pub score_percent: Option<Percent>,
        /// Actual cost, where it differs from the price of the course.
        pub cost: Option<Money>,
        /// Notes of the participant or the trainer.
        #[field(restricted)]
        pub notes: Option<Note>,
        /// Certificate of attendance.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

/// Who may change enrollments enrolls others, too.
const OTHERS: &str = "teams.enrollments:update";

impl Resource for Enrollment {
    const PATH: &'static str = "teams/enrollments";
    type Table = steward_schema::teams::enrollments::table;
    const SCOPE: Scope = Scope::Within("person_id");
    const OWN: &'static [Own] = &[Own::named("person_id")];
    const TITLE: &'static str = "id";
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "course_session_id", theirs: "course_id", ours: "course_id" }];
    const GUARDS: &'static [Guard] = &[Guard::set(&["passed", "failed"], &["completed_on"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "enrolled→in_progress:start→passed:pass|failed:fail|withdrawn:withdraw|no_show:record_no_show; \
            enrolled→withdrawn|no_show";
        Some(Lifecycle::new(notation).given_up(&["withdrawn", "no_show"]))
    }

    fn sample() -> Self {
        Enrollment {
            person_id: Id::sample(),
            course_id: Id::sample(),
            course_session_id: None,
            due_on: Date::parse("2026-06-30"),
            completed_on: Date::parse("2026-05-12"),
            score_percent: Some(steward_core::resource::value::Number(92.0)),
            cost: Some(Money::new(4500, Currency::sample("EUR"))),
            notes: Some("Took the module on phishing twice.".into()),
            file_id: None,
        }
    }

    fn locks(&self) -> Vec<Lock> {
        self.course_session_id.map(seats_lock).into_iter().collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_none() && !may_act_for(check, self.person_id, OTHERS)? {
            return Err(Problem::forbidden(OTHERS).into());
        }
        self.require_other_scorer(check)?;
        let Some(session) = self.course_session_id.filter(|_| !matches!(check.state, Some("withdrawn" | "no_show"))) else { return Ok(()) };
        let seated = enrollments::table.filter(enrollments::state.ne_all(SEATLESS).and(enrollments::course_session_id.eq(session)));
        let twice = seated.filter(enrollments::person_id.eq(self.person_id).and(enrollments::id.ne(check.id)));
        if select(exists(twice)).get_result(check.connection)? {
            return Err(Problem::conflict("/person_id", "enrolled", "This person has a seat in that session already.").into());
        }
        let seats: Option<i64> = course_sessions::table.find(session).select(course_sessions::seats).first(check.connection).optional()?;
        let taken = seats_taken(check, session, Some(check.id))?;
        if seats.is_some_and(|seats| taken >= seats) {
            return Err(Problem::conflict("/course_session_id", "full", "All seats of that session are taken. Choose another session.").into());
        }
        Ok(())
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to != "passed" {
            return Ok(Vec::new());
        }
        let course = courses::table.find(self.course_id).select((courses::skill_id, courses::skill_level, courses::certification_id));
        let taught: Option<(Option<Id>, Option<i64>, Option<Id>)> = course.first(check.connection).optional()?;
        let Some((skill, level, certification)) = taught else { return Ok(Vec::new()) };
        let on = self.completed_on.unwrap_or(check.today);
        let mut effects = Vec::new();
        if let Some((skill, level)) = skill.zip(level) {
            effects.push(Effect::create(Placement::default(), self.shown_skill(skill, level, on)));
        }
        if let Some(certification) = certification {
            if self.knows_certification(check, certification)? {
                return Ok(effects);
            }
            effects.push(Effect::create(Placement::default(), self.planned(certification, on)));
        }
        Ok(effects)
    }
}

impl Enrollment {
    /// Refuses a score that is written by the person whom it scores (409).
    fn require_other_scorer(&self, check: &mut Check<'_>) -> Result<()> {
        let before = check.before::<Enrollment>()?.and_then(|before| before.score_percent);
        if self.score_percent == before || !is_actor(check, self.person_id)? {
            return Ok(());
        }
        let detail = "Nobody scores their own course. Have the trainer, or somebody else who may change enrollments, enter the score.";
        Err(Problem::conflict("/score_percent", "own_score", detail).into())
    }

    /// The assessment of the skill that the passed course shows.
    fn shown_skill(&self, skill: Id, level: i64, on: Date) -> SkillAssessment {
        SkillAssessment {
            person_id: self.person_id,
            skill_id: skill,
            level: Whole(level),
            source: AssessmentSource::Test,
            assessed_on: on,
            assessor_id: None,
            evidence: None,
            file_id: None,
        }
    }

    /// The plan of the certification that the passed course prepares for.
    fn planned(&self, certification: Id, on: Date) -> PersonCertification {
        PersonCertification {
            person_id: self.person_id,
            certification_id: certification,
            number: None,
            planned_on: Some(on),
            issued_on: None,
            expires_on: None,
            credits_needed: None,
            credits_earned: None,
            cost: None,
            file_id: None,
            notes: None,
        }
    }

    /// Whether the person has a certification that stands today, or plans to have it.
    fn knows_certification(&self, check: &mut Check<'_>, certification: Id) -> Result<bool> {
        use person_certifications::{certification_id, expires_on, person_id, state};
        let stands = state.eq("valid").and(expires_on.is_null().or(expires_on.ge(check.today)));
        let own = person_certifications::table.filter(person_id.eq(self.person_id).and(certification_id.eq(certification)));
        Ok(select(exists(own.filter(state.eq("planned").or(stands)))).get_result(check.connection)?)
    }
}
