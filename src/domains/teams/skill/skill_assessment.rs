//! Skill assessments: at which level a person has a skill, and who says so.

use super::skill::require_level;
use crate::person::person::{acts_for, is_actor};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamptz};
use steward_core::access::account_of;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Whole};
use steward_core::resource::{Cause, Check, Id, Lifecycle, Lock, Move, Own, Resource, Scope, UnmetGuard};
use steward_schema::service::revisions;
use steward_schema::teams::skill_assessments;

choice! {
    /// Source of an assessment.
    pub enum AssessmentSource {
        /// Self-assessment by the person.
        Own = "self",
        /// Assessment by a colleague.
        Peer = "peer",
        /// Assessment by the person's manager.
        Manager = "manager",
        /// Result of an examination.
        Test = "test",
    }
}

diesel::define_sql_function! {
    /// A value, or another one where it is null.
    fn coalesce(value: Nullable<Timestamptz>, other: Timestamptz) -> Timestamptz;
}

/// When an assessment was confirmed, in a query over `skill_assessments`: being restored makes it no fresher.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn confirmed_at() -> _ {
    let confirmations = revisions::table.filter(revisions::resource_id.eq(skill_assessments::id)).filter(revisions::action.eq("confirm"));
    coalesce(confirmations.order(revisions::at.desc()).select(revisions::at).single_value(), skill_assessments::updated_at)
}

steward_core::resource! {
    /// Assessed level of a person in a skill. It counts from the day of its confirmation by a person other than the assessed one and the
    /// proposer; the latest confirmed assessment counts.
    pub struct SkillAssessment {
        /// Assessed person.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Assessed skill.
        #[field(refers_to(&["teams/skills"]), fixed)]
        pub skill_id: Id,
        /// Assessed level, one that the skill defines; 0 if the person does not have the skill.
        pub level: Whole<0, 7>,
        /// Source of the assessment: the person (`self`), a colleague, the manager, or an examination.
        pub source: AssessmentSource,
        /// Date of the assessment.
        #[field(happened)]
        pub assessed_on: Date,
        /// Assessor of the level: the caller, unless the source is an examination, where it is the examiner. Null where a program recorded
        /// the assessment of somebody.
        #[field(refers_to(&["teams/people"]))]
        pub assessor_id: Option<Id>,
        /// Evidence of the level: work done, results.
        pub evidence: Option<Note>,
        /// Document of evidence.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for SkillAssessment {
    const PATH: &'static str = "teams/skill-assessments";
    type Table = steward_schema::teams::skill_assessments::table;
    const SCOPE: Scope = Scope::Within("person_id");
    const OWN: &'static [Own] = &[Own::named("person_id"), Own::named("assessor_id").only(&["read"])];
    const TITLE: &'static str = "assessed_on";
    const EDITABLE_IN: &'static [&'static str] = &["proposed"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("proposed→confirmed:confirm|disputed:dispute").approving(&["confirm"]))
    }

    fn sample() -> Self {
        SkillAssessment {
            person_id: Id::sample(),
            skill_id: Id::sample(),
            level: Whole(3),
            source: AssessmentSource::Manager,
            assessed_on: Date::sample("2026-03-31"),
            assessor_id: None,
            evidence: Some("Moved both sites to the new core without an outage.".into()),
            file_id: None,
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.skill_id)]
    }

    /// Who judges says so themselves. Of an examination, who records it names the examiner.
    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let before = check.before::<SkillAssessment>()?;
        let judged = |one: &SkillAssessment| (one.level.0, one.source, one.assessor_id);
        let same = before.is_some_and(|before| judged(before) == judged(self));
        if matches!(cause, Cause::Move(_)) || same || self.source == AssessmentSource::Test || check.actor == Id::system() {
            return Ok(None);
        }
        let caller = account_of(check.connection, check.actor)?;
        let kept = before.and_then(|before| before.assessor_id);
        if self.assessor_id.is_some_and(|named| Some(named) != caller && Some(named) != kept) {
            let detail = "An assessor judges themselves: leave this out, and it is you. Whom you name records the assessment.";
            return Err(Problem::conflict("/assessor_id", "assessor", detail).into());
        }
        Ok(Some(SkillAssessment { assessor_id: caller, ..self.clone() }))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let said = check.before::<SkillAssessment>()?.is_some_and(|before| before.source == self.source);
        if self.source != AssessmentSource::Own && !said && check.actor != Id::system() && is_actor(check, self.person_id)? {
            let detail = "You judge yourself, and that is the source self. Who else judges you records it themselves.";
            return Err(Problem::conflict("/source", "own", detail).into());
        }
        if self.level.0 == 0 { Ok(()) } else { require_level(check, self.skill_id, self.level.0, "/level") }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "confirmed" || !acts_for(check, self.person_id)? {
            return Ok(Vec::new());
        }
        Ok(vec![UnmetGuard::new("/person_id", "own", "Nobody confirms their own skill. Ask who leads you, or a colleague, to confirm it.")])
    }
}
