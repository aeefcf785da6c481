//! Mentorships: who teaches what to whom.

use crate::skill::skill_assessment::confirmed_at;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Lock, Move, Own, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::teams::{mentorships, people, skill_assessments};

choice! {
    /// Frequency of meetings between two people.
    pub enum Cadence {
        /// Once a week.
        Weekly = "weekly",
        /// Once in two weeks.
        Fortnightly = "fortnightly",
        /// Once a month.
        Monthly = "monthly",
        /// Once in three months.
        Quarterly = "quarterly",
        /// Without a fixed frequency.
        Irregular = "irregular",
    }
}

steward_core::resource! {
    /// Mentorship of a mentee by a mentor. The mentor's confirmed level in the skill must be above the mentee's, and the number of a
    /// mentor's matched mentees must not exceed their `mentoring_capacity`.
    pub struct Mentorship {
        /// Person being mentored.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub mentee_id: Id,
        /// Mentor; required for a match.
        #[field(refers_to(&["teams/people"]))]
        pub mentor_id: Option<Id>,
        /// Skill in focus; none where the mentorship concerns the work or the career as a whole.
        #[field(refers_to(&["teams/skills"]))]
        pub skill_id: Option<Id>,
        /// A second skill in focus.
        #[field(refers_to(&["teams/skills"]))]
        pub second_skill_id: Option<Id>,
        /// Learning goals of the mentee.
        #[field(search)]
        pub focus: Option<Note>,
        /// Frequency of meetings.
        pub cadence: Option<Cadence>,
        /// First day of the mentorship.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day of the mentorship.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Outcome of the mentorship.
        pub outcome: Option<Note>,
    }
}

impl Resource for Mentorship {
    const PATH: &'static str = "teams/mentorships";
    type Table = steward_schema::teams::mentorships::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::named("mentee_id"), Own::named("mentor_id")];
    const OWNED: bool = false;
    const TITLE: &'static str = "focus";
    const GUARDS: &'static [Guard] = &[Guard::set(&["matched", "active"], &["mentor_id"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "requested→matched:match→active:activate↔paused:pause; active→completed:complete; ended:end";
        Some(Lifecycle::new(notation).named("paused", "active", "resume"))
    }

    fn sample() -> Self {
        Mentorship {
            mentee_id: Id::sample(),
            mentor_id: None,
            skill_id: None,
            second_skill_id: None,
            focus: Some("Automation of networks, from scripts to pipelines.".into()),
            cadence: Some(Cadence::Fortnightly),
            starts_on: Date::parse("2026-02-01"),
            ends_on: Date::parse("2026-07-31"),
            outcome: Some("Runs the pipeline alone.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.mentor_id != Some(self.mentee_id), "mentor_id", "itself", "Nobody mentors themselves. Name another person.");
        let distinct = self.second_skill_id.is_none() || self.second_skill_id != self.skill_id;
        faults.require(distinct, "second_skill_id", "duplicate", "Name another skill than the first, or none.");
        faults.span(self.starts_on, self.ends_on, "ends_on");
    }

    fn locks(&self) -> Vec<Lock> {
        self.mentor_id.map(Lock::Row).into_iter().collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let pair = (self.mentor_id, self.skill_id, self.second_skill_id);
        let kept = check.before::<Mentorship>()?.is_some_and(|before| pair == (before.mentor_id, before.skill_id, before.second_skill_id));
        if kept || !matches!(check.state, Some("matched" | "active" | "paused")) {
            return Ok(());
        }
        if self.mentor_id.is_none() {
            return Err(Problem::conflict("/mentor_id", "required", "A match has a mentor. Name another one, or end it.").into());
        }
        match self.unmet_to_match(check)?.into_iter().next() {
            Some(UnmetGuard(broken)) => Err(Problem::conflict(broken.pointer, &broken.code, broken.detail).into()),
            None => Ok(()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if matches!(step.to, "matched" | "active") { self.unmet_to_match(check) } else { Ok(Vec::new()) }
    }
}

impl Mentorship {
    /// What is missing for the two to be matched, or to stay so with another mentor or skill.
    fn unmet_to_match(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let Some(mentor) = self.mentor_id else { return Ok(Vec::new()) };
        let mut unmet = Vec::new();
        for (pointer, skill) in [("/skill_id", self.skill_id), ("/second_skill_id", self.second_skill_id)] {
            let Some(skill) = skill else { continue };
            if confirmed_level(check, mentor, skill)? <= confirmed_level(check, self.mentee_id, skill)? {
                unmet.push(UnmetGuard::new(pointer, "level", "The mentor's confirmed level is not above the mentee's. Choose another mentor or skill."));
            }
        }
        let matched = mentorships::state.eq_any(["matched", "active", "paused"]);
        let mentees = mentorships::table.filter(mentorships::mentor_id.eq(mentor).and(matched).and(mentorships::id.ne(check.id)));
        let capacity = people::mentoring_capacity.nullable();
        let room = people::table.find(mentor).filter(capacity.gt(mentees.count().single_value()));
        if !select(exists(room)).get_result::<bool>(check.connection)? {
            unmet.push(UnmetGuard::new("/mentor_id", "capacity", "The mentor has as many mentees as they can take. Choose another, or raise their capacity."));
        }
        Ok(unmet)
    }
}

/// The level that was confirmed last; 0 if none was.
fn confirmed_level(check: &mut Check<'_>, person: Id, skill: Id) -> Result<i64> {
    use skill_assessments::{id, level, person_id, skill_id, state};
    let confirmed = skill_assessments::table.filter(state.eq("confirmed").and(person_id.eq(person)).and(skill_id.eq(skill)));
    let latest: Option<i64> = confirmed.order((confirmed_at().desc(), id.desc())).select(level).first(check.connection).optional()?;
    Ok(latest.unwrap_or_default())
}
