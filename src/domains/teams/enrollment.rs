//! Enrollments: who takes part in a course, and what came of it.

use super::course_session::{seats_lock, seats_taken};
use crate::database::{Cell, Kind, Statement};
use crate::error::{Problem, Result};
use crate::resource::value::{Currency, Date, Money, Note, Percent};
use crate::resource::{Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope};
use serde_json::json;

crate::resource! {
    /// A person's part in a course. It takes a seat of its session until it is withdrawn or the person did not come. Passing
    /// proposes the skill that the course shows, and plans the
    /// certification that it prepares for, unless the person has it or plans it already.
    pub struct Enrollment {
        /// The person.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// The course.
        #[field(refers_to(&["teams/courses"]), fixed)]
        pub course_id: Id,
        /// The session of that course; none where one learns by oneself.
        #[field(refers_to(&["teams/course-sessions"]))]
        pub course_session_id: Option<Id>,
        /// The day by which it is to be passed.
        pub due_on: Option<Date>,
        /// The day on which it was passed or failed; needed for both.
        pub completed_on: Option<Date>,
        /// What was reached, in percent.
        pub score_percent: Option<Percent>,
        /// What this part cost, if not what the course says.
        pub cost: Option<Money>,
        /// What the participant or the trainer noted.
        pub notes: Option<Note>,
        /// The certificate of attendance.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for Enrollment {
    const PATH: &'static str = "teams/enrollments";
    type Table = steward_schema::teams::enrollments::table;
    const SCOPE: Scope = Scope::Within("person_id");
    const TITLE: &'static str = "id";
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "course_session_id", theirs: "course_id", ours: "course_id" }];
    const GUARDS: &'static [Guard] = &[Guard::set(&["passed", "failed"], &["completed_on"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("enrolled→in_progress→passed|failed|withdrawn|no_show; enrolled→withdrawn|no_show"))
    }

    fn sample() -> Self {
        Enrollment {
            person_id: Id::sample(),
            course_id: Id::sample(),
            course_session_id: None,
            due_on: Date::parse("2026-06-30"),
            completed_on: Date::parse("2026-05-12"),
            score_percent: Some(crate::resource::value::Number(92.0)),
            cost: Some(Money::new(4500, Currency::sample("EUR"))),
            notes: Some("Took the module on phishing twice.".into()),
            file_id: None,
        }
    }

    fn locks(&self) -> Vec<Lock> {
        self.course_session_id.map(seats_lock).into_iter().collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(session) = self.course_session_id.filter(|_| !matches!(check.state, Some("withdrawn" | "no_show"))) else { return Ok(()) };
        let twice = Statement::new("SELECT 1 FROM enrollments WHERE state NOT IN ('withdrawn', 'no_show') AND course_session_id = ")
            .with(session, " AND person_id = ")
            .with(self.person_id, " AND id <> ")
            .with(check.id, "");
        if check.finds(twice)? {
            return Err(Problem::conflict("/person_id", "enrolled", "This person has a seat in that session already.").into());
        }
        let seats = check.value(Statement::new("SELECT seats FROM course_sessions WHERE id = ").with(session, ""), Kind::Integer)?;
        let taken = seats_taken(check, session, Some(check.id))?;
        if seats.and_then(|cell| cell.as_integer()).is_some_and(|seats| taken >= seats) {
            return Err(Problem::conflict("/course_session_id", "full", "All seats of that session are taken. Choose another session.").into());
        }
        Ok(())
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to != "passed" {
            return Ok(Vec::new());
        }
        let course = Statement::new("SELECT skill_id, skill_level, certification_id FROM courses WHERE id = ").with(self.course_id, "");
        let Some(course) = course.first(check.connection, &[Kind::Id, Kind::Integer, Kind::Id])? else { return Ok(Vec::new()) };
        let id = |at: usize| course.get(at).and_then(Cell::as_id);
        let on = self.completed_on.unwrap_or(check.today).to_string();
        let mut effects = Vec::new();
        if let Some((skill, level)) = id(0).zip(course.get(1).and_then(Cell::as_integer)) {
            let (person, skill) = (self.person_id.to_string(), skill.to_string());
            let assessment = json!({"person_id": person, "skill_id": skill, "level": level, "source": "test", "assessed_on": on});
            effects.push(Effect::create("teams/skill-assessments", assessment));
        }
        if let Some(certification) = id(2) {
            let known =
                Statement::new("SELECT 1 FROM person_certifications WHERE (state = 'planned' OR (state = 'valid' AND (expires_on IS NULL OR expires_on >= ")
                    .with(check.today, "))) AND person_id = ")
                    .with(self.person_id, " AND certification_id = ")
                    .with(certification, " LIMIT 1");
            if check.finds(known)? {
                return Ok(effects);
            }
            let planned = json!({"person_id": self.person_id.to_string(), "certification_id": certification.to_string(), "planned_on": on});
            effects.push(Effect::create("teams/person-certifications", planned));
        }
        Ok(effects)
    }
}
