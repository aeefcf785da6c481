//! Risk assessments: how likely a risk is and what it would mean, without controls, now, and as it is to be.

use super::matrix_lookup;
use super::second_person;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Whole};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Lock, Move, Own, Resource, Rule, Scope, UnmetGuard, ValidationErrors};

choice! {
    /// Stage of assessment, by the controls considered.
    pub enum Stage {
        /// Without any controls.
        Inherent = "inherent",
        /// With the controls that exist and work.
        Current = "current",
        /// With the controls that are to exist after treatment.
        Target = "target",
    }
}

steward_core::resource! {
    /// Assessment of a risk: a place in its matrix, which gives its level. Inherent and target assessments are made by people. The current
    /// one is computed from scenarios and tested controls; an override needs a reason and the confirmation of another person. Of each stage
    /// the latest confirmed assessment counts, the current one until it expires; once confirmed, it does not change, and can be withdrawn.
    pub struct RiskAssessment {
        /// The risk.
        #[field(refers_to(&["security/risks"]), fixed)]
        pub risk_id: Id,
        /// Matrix: that of the risk, from which it is taken if left out. It is published before the assessment is confirmed.
        #[field(refers_to(&["security/risk-matrices"]))]
        pub risk_matrix_id: Option<Id>,
        /// Stage of assessment, by the controls considered.
        #[field(fixed)]
        pub stage: Stage,
        /// Number of the likelihood level in the matrix.
        pub likelihood: Whole<1, 10>,
        /// Number of the impact level in the matrix.
        pub impact: Whole<1, 10>,
        /// Date of the assessment.
        #[field(happened)]
        pub assessed_on: Date,
        /// Rationale of the assessment.
        pub rationale: Option<Note>,
        /// Reason for overriding the computed assessment; required for the current stage.
        pub override_reason: Option<Note>,
        /// Person who made the assessment; does not confirm an override of the current one.
        #[field(refers_to(&["teams/people"]))]
        pub assessor_id: Option<Id>,
        /// Last day on which an override of the current assessment counts: a year from the assessment if left out, and no later. Only for
        /// the current stage; an override may also be withdrawn before.
        #[field(deadline)]
        pub expires_on: Option<Date>,
    }
}

/// Greatest number of days for which it counts that somebody judged otherwise.
pub const LONGEST_DAYS: u32 = 366;

impl RiskAssessment {
    /// The last day on which an override of this day counts.
    pub fn last_day(expires_on: Option<Date>, assessed_on: Date) -> Date {
        expires_on.unwrap_or(assessed_on.plus_days(LONGEST_DAYS))
    }
}

impl Resource for RiskAssessment {
    const PATH: &'static str = "security/risk-assessments";
    type Table = steward_schema::security::risk_assessments::table;
    const SCOPE: Scope = Scope::Within("risk_id");
    const OWN: &'static [Own] = &[Own::named("assessor_id").only(&["read", "update"]), Own::of("risk_id").only(&["read"])];
    const TITLE: &'static str = "stage";
    const EDITABLE_IN: &'static [&'static str] = &["proposed"];
    // A draft may still change, and with it what was confirmed.
    const GUARDS: &'static [Guard] = &[Guard::referred(&["confirmed"], "risk_matrix_id", &["published", "retired"])];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "risk_id", theirs: "risk_matrix_id", ours: "risk_matrix_id" }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("proposed→confirmed:confirm→withdrawn:withdraw"))
    }

    fn sample() -> Self {
        RiskAssessment {
            risk_id: Id::sample(),
            risk_matrix_id: None,
            stage: Stage::Inherent,
            likelihood: Whole(4),
            impact: Whole(4),
            assessed_on: Date::sample("2026-02-10"),
            rationale: Some("Two of our competitors were stopped by it last year.".into()),
            override_reason: None,
            assessor_id: None,
            expires_on: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let (current, reason) = (self.stage == Stage::Current, self.override_reason.is_some());
        let asks = "The current one is computed. Say why you judge it otherwise.";
        faults.require(!current || reason, "override_reason", "required", asks);
        faults.require(current || !reason, "override_reason", "stage", "Only the current one is computed and can be judged otherwise.");
        faults.require(current || self.expires_on.is_none(), "expires_on", "stage", "Only the current one is computed, and its judgement ends.");
        faults.span(Some(self.assessed_on), self.expires_on, "expires_on");
        let bounded = self.expires_on.is_none_or(|end| end <= self.assessed_on.plus_days(LONGEST_DAYS));
        faults.require(bounded, "expires_on", "too_long", "It counts for a year at most. Let it end earlier, and judge anew then.");
    }

    fn locks(&self) -> Vec<Lock> {
        [Some(self.risk_id), self.risk_matrix_id].into_iter().flatten().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(id) = self.risk_matrix_id else { return Ok(()) };
        let matrices = matrix_lookup::load(check.connection, &[id])?;
        let Some(matrix) = matrices.get(&id) else { return Ok(()) };
        let within = |number: i64, count: usize| usize::try_from(number).is_ok_and(|number| number <= count);
        let places = [("/likelihood", self.likelihood.0, matrix.frequencies.len()), ("/impact", self.impact.0, matrix.losses.len())];
        match places.into_iter().find(|(_, number, count)| !within(*number, *count)) {
            Some((pointer, _, count)) => {
                Err(Problem::conflict(pointer, "unknown_level", format!("The matrix of the risk has {count} such levels. Choose one of them.")).into())
            }
            None => Ok(()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "confirmed" || self.stage != Stage::Current {
            return Ok(Vec::new());
        }
        second_person::require(check, self.assessor_id, "Somebody else must confirm this: you judged it otherwise than computed.")
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        if check.state != Some("confirmed") {
            return Ok(());
        }
        Err(Problem::conflict("", "confirmed", "What was confirmed stays. Propose another assessment instead.").into())
    }
}
