//! Results of an assessment: how far each requirement is met, and what shows it.

use super::assessment::OPEN;
use crate::control::{
    conclusive_test::{is_valid, latest_operating},
    test_result::TestResult,
};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sql_types::Uuid;
use steward_core::access::account_of;
use steward_core::choice;
use steward_core::database::Dialect;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Whole};
use steward_core::resource::{Cause, Check, Id, Lock, PartOf, Resource, Rule, Scope, Unique};
use steward_schema::governance::{assessments, control_requirements, control_tests, controls, evidence, requirements};

choice! {
    /// Extent to which a requirement is met.
    pub enum Judgement {
        /// Wholly met; needs evidence in date or a passed test.
        Compliant = "compliant",
        /// Partly met.
        Partly = "partly",
        /// Not met.
        Not = "not",
        /// Not applicable.
        NotApplicable = "not_applicable",
        /// Not assessed yet; never counts as compliant.
        NotAssessed = "not_assessed",
    }
}

steward_core::resource! {
    /// Result of the assessment of a requirement. It can be changed until the assessment is approved.
    pub struct RequirementResult {
        /// Assessment; one result for each requirement.
        #[field(refers_to(&["governance/assessments"]), fixed, unique)]
        pub assessment_id: Id,
        /// Requirement, of the framework under assessment.
        #[field(refers_to(&["governance/requirements"]), fixed)]
        pub requirement_id: Id,
        /// Framework of both; taken from the requirement where it is left out.
        #[field(refers_to(&["governance/frameworks"]))]
        pub framework_id: Option<Id>,
        /// Extent to which the requirement is met. Compliant needs accepted evidence that is in date, or a linked control whose latest
        /// operating test passed and is still valid, on the last day of the period (today while that is in the future).
        pub result: Judgement,
        /// Maturity of the practice, 0 (absent) to 5 (always improved).
        pub maturity: Option<Whole<0, 5>>,
        /// Rationale of the result.
        pub rationale: Option<Note>,
        /// Gap to compliance.
        pub gap: Option<Note>,
        /// Best piece of evidence for the result: evidence about this result, its requirement or a control that is linked to it. Further
        /// evidence names this result as its subject.
        #[field(refers_to(&["governance/evidence"]))]
        pub evidence_id: Option<Id>,
        /// Control test that proves the result: the latest operating test of a control that is linked to the requirement.
        #[field(refers_to(&["governance/control-tests"]))]
        pub control_test_id: Option<Id>,
        /// Person who made the assessment: the caller. Null where a program recorded it.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub assessor_id: Option<Id>,
        /// Date of the assessment.
        #[field(happened)]
        pub assessed_on: Option<Date>,
    }
}

impl Resource for RequirementResult {
    const PATH: &'static str = "governance/requirement-results";
    type Table = steward_schema::governance::requirement_results::table;
    const SCOPE: Scope = Scope::Within("assessment_id");
    const TITLE: &'static str = "result";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("assessment_id", OPEN));
    const UNIQUE: &'static [Unique] = &[Unique { index: "requirement_results_pair_key", fields: &["assessment_id", "requirement_id"] }];
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "requirement_id", theirs: "framework_id", ours: "framework_id" },
        Rule::Agrees { by: "assessment_id", theirs: "framework_id", ours: "framework_id" },
    ];

    fn sample() -> Self {
        RequirementResult {
            assessment_id: Id::sample(),
            requirement_id: Id::sample(),
            framework_id: None,
            result: Judgement::Partly,
            maturity: Some(Whole(2)),
            rationale: Some("Accounts of staff are reviewed, those of contractors are not.".into()),
            gap: Some("A review of contractors' accounts.".into()),
            evidence_id: None,
            control_test_id: None,
            assessor_id: None,
            assessed_on: Date::parse("2026-04-14"),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        self.evidence_id.map(Lock::Row).into_iter().chain([Lock::Row(self.requirement_id)]).collect()
    }

    /// Who judges says so themselves: another judgement is that of who changes it.
    fn stamped(&self, _: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let before = check.before::<RequirementResult>()?;
        let judged = |one: &RequirementResult| (one.result, one.maturity.as_ref().map(|maturity| maturity.0));
        if check.actor == Id::system() || before.is_some_and(|before| judged(before) == judged(self)) {
            return Ok(None);
        }
        Ok(Some(RequirementResult { assessor_id: account_of(check.connection, check.actor)?, ..self.clone() }))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let group = requirements::table.find(self.requirement_id).filter(requirements::assessable.eq(false));
        if select(exists(group)).get_result(check.connection)? {
            let detail = "That is a group or withdrawn, and is not judged. Judge what is under it.";
            return Err(Problem::conflict("/requirement_id", "not_assessable", detail).into());
        }
        if self.result != Judgement::Compliant {
            return Ok(());
        }
        let ends = assessments::table.find(self.assessment_id).select(assessments::ends_on);
        let ends: Option<Date> = ends.first(check.connection).optional()?;
        let day = ends.map_or(check.today, |ends| ends.min(check.today));
        self.require_related(check)?;
        if self.has_evidence(check, day)? || self.has_test(check, day)? {
            return Ok(());
        }
        let detail = "Compliant needs accepted evidence that is in date, or a linked control whose latest operating test passed and is still valid. \
            Record the evidence, or have the control tested.";
        Err(Problem::conflict("/result", "evidence", detail).into())
    }
}

/// The controls that are linked to a requirement, as a sub-select.
fn linked_to(requirement: Id) -> control_requirements::BoxedQuery<'static, Dialect, Uuid> {
    control_requirements::table.filter(control_requirements::requirement_id.eq(requirement)).select(control_requirements::control_id).into_boxed()
}

impl RequirementResult {
    /// Refuses evidence about something else, and a test that is not the latest operating one of a linked control (409).
    fn require_related(&self, check: &mut Check<'_>) -> Result<()> {
        if let Some(named) = self.evidence_id {
            let about = evidence::subject_id.eq_any([check.id, self.requirement_id]).or(evidence::subject_id.eq_any(linked_to(self.requirement_id)));
            if !select(exists(evidence::table.find(named).filter(about))).get_result(check.connection)? {
                let detail = "That evidence is about something else. Name evidence about this result, its requirement or a control that is linked to it.";
                return Err(Problem::conflict("/evidence_id", "unrelated", detail).into());
            }
        }
        if let Some(named) = self.control_test_id {
            let latest = control_tests::id.nullable().eq(latest_operating()).and(control_tests::id.eq(named));
            let tested = controls::table.inner_join(control_tests::table).filter(controls::id.eq_any(linked_to(self.requirement_id)));
            if !select(exists(tested.filter(latest))).get_result(check.connection)? {
                let detail = "That is not the latest operating test of a control that is linked to the requirement. Link the control, or name its latest test.";
                return Err(Problem::conflict("/control_test_id", "unrelated", detail).into());
            }
        }
        Ok(())
    }

    /// Whether accepted evidence of this result is in date on a day.
    fn has_evidence(&self, check: &mut Check<'_>, day: Date) -> Result<bool> {
        let named = evidence::subject_id.eq(check.id).or(evidence::id.nullable().eq(self.evidence_id));
        let accepted = evidence::table.filter(evidence::state.eq("accepted")).filter(named).select((evidence::ends_on, evidence::valid_for_days));
        let accepted: Vec<(Option<Date>, Option<i64>)> = accepted.load(check.connection)?;
        let in_date = |(ends, valid_for): &(Option<Date>, Option<i64>)| valid_for.is_none_or(|days| ends.is_some_and(|ends| is_valid(ends, days, day)));
        Ok(accepted.iter().any(in_date))
    }

    /// Whether the latest operating test of a control that is linked to the requirement, of the one named if there is one, passed and is
    /// valid on a day.
    fn has_test(&self, check: &mut Check<'_>, day: Date) -> Result<bool> {
        let latest = control_tests::id.nullable().eq(latest_operating());
        let passed: Vec<(Id, Date, i64)> = controls::table
            .inner_join(control_tests::table)
            .filter(controls::id.eq_any(linked_to(self.requirement_id)).and(control_tests::result.eq(TestResult::Passed)).and(latest))
            .select((control_tests::id, control_tests::tested_on, controls::test_period_days))
            .load(check.connection)?;
        let counts = |id: &Id| self.control_test_id.is_none_or(|named| named == *id);
        Ok(passed.into_iter().any(|(id, on, days)| counts(&id) && is_valid(on, days, day)))
    }
}
