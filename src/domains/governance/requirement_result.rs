//! Results of an assessment: how far each requirement is met, and what shows it.

use super::assessment::OPEN;
use super::control_test::is_valid;
use crate::choice;
use crate::database::{Kind, Statement};
use crate::error::{Problem, Result};
use crate::resource::value::{Date, Note, Whole};
use crate::resource::{Check, Id, Lock, PartOf, Resource, Rule, Scope, Unique};

choice! {
    /// How far a requirement is met.
    pub enum Judgement {
        /// Wholly. It needs evidence in date or a passed test.
        Compliant = "compliant",
        /// In part.
        Partly = "partly",
        /// Not at all.
        Not = "not",
        /// It does not apply.
        NotApplicable = "not_applicable",
        /// Nobody has judged it yet; it never counts as compliant.
        NotAssessed = "not_assessed",
    }
}

crate::resource! {
    /// How far a requirement is met in an assessment. It can be written until the assessment is approved.
    pub struct RequirementResult {
        /// The assessment; it has one result for each requirement.
        #[field(refers_to(&["governance/assessments"]), fixed, unique)]
        pub assessment_id: Id,
        /// The requirement, of the framework that is assessed.
        #[field(refers_to(&["governance/requirements"]), fixed)]
        pub requirement_id: Id,
        /// The framework of both; taken from the requirement where it is left out.
        #[field(refers_to(&["governance/frameworks"]))]
        pub framework_id: Option<Id>,
        /// How far it is met. Compliant needs accepted evidence that is in date, or a passed test that is still valid, on the
        /// last day of the period (today while that is to come).
        pub result: Judgement,
        /// How ripe the practice is, 0 (not there) to 5 (always improved).
        pub maturity: Option<Whole<0, 5>>,
        /// Why it is judged so.
        pub rationale: Option<Note>,
        /// What is missing.
        pub gap: Option<Note>,
        /// The piece of evidence that shows it best; others name this result as their subject.
        #[field(refers_to(&["governance/evidence"]))]
        pub evidence_id: Option<Id>,
        /// The test that shows it.
        #[field(refers_to(&["governance/control-tests"]))]
        pub control_test_id: Option<Id>,
        /// Who judged.
        #[field(refers_to(&["teams/people"]))]
        pub assessor_id: Option<Id>,
        /// The day of the judgement.
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

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.finds(Statement::new("SELECT 1 FROM requirements WHERE NOT assessable AND id = ").with(self.requirement_id, ""))? {
            let detail = "That is a group or withdrawn, and is not judged. Judge what is under it.";
            return Err(Problem::conflict("/requirement_id", "not_assessable", detail).into());
        }
        if self.result != Judgement::Compliant {
            return Ok(());
        }
        let ends = Statement::new("SELECT ends_on FROM assessments WHERE id = ").with(self.assessment_id, "");
        let ends = check.value(ends, Kind::Date)?.and_then(|cell| cell.as_date());
        let day = ends.map_or(check.today, |ends| ends.min(check.today));
        if self.has_evidence(check, day)? || self.has_test(check, day)? {
            return Ok(());
        }
        let detail = "Compliant needs accepted evidence that is in date, or a passed test that is still valid. Name it in evidence_id or control_test_id.";
        Err(Problem::conflict("/result", "evidence", detail).into())
    }
}

impl RequirementResult {
    /// Whether accepted evidence of this result is in date on a day.
    fn has_evidence(&self, check: &mut Check<'_>, day: Date) -> Result<bool> {
        let mut query = Statement::new("SELECT ends_on, valid_for_days FROM evidence WHERE state = 'accepted' AND (subject_id = ");
        query.bind(check.id);
        if let Some(evidence) = self.evidence_id {
            query.push(" OR id = ").bind(evidence);
        }
        query.push(")");
        let rows = query.rows(check.connection, &[Kind::Date, Kind::Integer])?;
        let in_date = |row: &crate::database::Row| {
            let valid_for = row.get(1)?.as_integer();
            Some(valid_for.is_none_or(|days| row.first().and_then(|cell| cell.as_date()).is_some_and(|ends| is_valid(ends, days, day))))
        };
        Ok(rows.iter().filter_map(in_date).any(|in_date| in_date))
    }

    /// Whether the test named, or the latest operating test of a control that is linked to the requirement, passed and is
    /// valid on a day.
    fn has_test(&self, check: &mut Check<'_>, day: Date) -> Result<bool> {
        let mut query = Statement::new(
            "SELECT t.tested_on, c.test_period_days FROM controls c JOIN (SELECT id, control_id, result, tested_on, kind, \
             ROW_NUMBER() OVER (PARTITION BY control_id, kind ORDER BY tested_on DESC, id DESC) AS place \
             FROM control_tests WHERE result <> 'inconclusive') t ON t.control_id = c.id WHERE t.result = 'passed' AND ((t.kind = 'operating' AND t.place = 1 \
             AND c.id IN (SELECT control_id FROM control_requirements WHERE requirement_id = ",
        );
        query.bind(self.requirement_id).push("))");
        if let Some(test) = self.control_test_id {
            query.push(" OR t.id = ").bind(test);
        }
        query.push(")");
        let rows = query.rows(check.connection, &[Kind::Date, Kind::Integer])?;
        Ok(rows.iter().any(|row| match (row.first().and_then(|cell| cell.as_date()), row.get(1).and_then(|cell| cell.as_integer())) {
            (Some(on), Some(days)) => is_valid(on, days, day),
            _ => false,
        }))
    }
}
