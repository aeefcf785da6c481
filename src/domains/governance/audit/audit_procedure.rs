//! Audit procedures: what an audit does to find out, so that another could do it again.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Title, Whole};
use steward_core::resource::{Check, Id, Lock, PartOf, Resource, Scope, ValidationErrors};
use steward_schema::governance::{audits, controls};

choice! {
    /// Method of an audit procedure.
    pub enum ProcedureKind {
        /// Inquiry of people.
        Inquiry = "inquiry",
        /// Observation of the activity.
        Observation = "observation",
        /// Inspection of records.
        Inspection = "inspection",
        /// Repetition of the activity.
        Reperformance = "reperformance",
        /// Computation over data.
        Analysis = "analysis",
    }
}

choice! {
    /// Result of an audit procedure.
    pub enum ProcedureResult {
        /// Not done yet.
        Open = "open",
        /// No deviations.
        NoExceptions = "no_exceptions",
        /// Deviations found.
        Exceptions = "exceptions",
        /// Procedure could not be done.
        NotPossible = "not_possible",
    }
}

steward_core::resource! {
    /// Step of an audit: its subject, method and result. With the seed of its sample another auditor can draw the same one.
    pub struct AuditProcedure {
        /// Audit; the procedure can be changed until that is closed.
        #[field(refers_to(&["governance/audits"]), fixed)]
        pub audit_id: Id,
        /// Title of the procedure, in a line.
        #[field(search)]
        pub title: Title,
        /// Method of the procedure.
        #[field(default(|| json!("inspection")))]
        pub kind: ProcedureKind,
        /// Description of the procedure, step by step.
        #[field(search)]
        pub procedure: Option<Note>,
        /// Audited control. Its owner must not be one of the auditors.
        #[field(refers_to(&["governance/controls"]))]
        pub control_id: Option<Id>,
        /// Requirement under audit.
        #[field(refers_to(&["governance/requirements"]))]
        pub requirement_id: Option<Id>,
        /// Auditor who performs the procedure.
        #[field(refers_to(&["teams/people"]))]
        pub auditor_id: Option<Id>,
        /// Population: number of items.
        pub population: Option<Whole<0, 1_000_000_000>>,
        /// Sample size: number of items examined.
        pub sample_size: Option<Whole<0, 1_000_000_000>>,
        /// Seed with which the sample was drawn; required where the sample is smaller than the population.
        pub seed: Option<Whole<0, 9_007_199_254_740_991>>,
        /// Sampling method, such as at random by id.
        pub sampling_method: Option<Title>,
        /// Exceptions: number of items in the sample that were not as expected.
        pub exceptions: Option<Whole<0, 1_000_000_000>>,
        /// Date of the procedure.
        #[field(happened)]
        pub performed_on: Option<Date>,
        /// Result of the procedure.
        #[field(default(|| json!("open")))]
        pub result: ProcedureResult,
        /// Conclusion from the procedure.
        #[field(search)]
        pub conclusion: Option<Note>,
    }
}

impl Resource for AuditProcedure {
    const PATH: &'static str = "governance/audit-procedures";
    type Table = steward_schema::governance::audit_procedures::table;
    const SCOPE: Scope = Scope::Within("audit_id");
    const TITLE: &'static str = "title";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("audit_id", &["planned", "announced", "fieldwork", "reporting"]));

    fn sample() -> Self {
        AuditProcedure {
            audit_id: Id::sample(),
            title: "Leavers lose their rights in time".into(),
            kind: ProcedureKind::Reperformance,
            procedure: Some("Draw leavers of the period; compare their last day with the day on which each account was closed.".into()),
            control_id: None,
            requirement_id: None,
            auditor_id: None,
            population: Some(Whole(118)),
            sample_size: Some(Whole(25)),
            seed: Some(Whole(20_260_413)),
            sampling_method: Some("At random, by id".into()),
            exceptions: Some(Whole(3)),
            performed_on: Date::parse("2026-04-14"),
            result: ProcedureResult::Exceptions,
            conclusion: Some("Three accounts stood open for two weeks.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let at_most = |part: Option<Whole<0, 1_000_000_000>>, whole: Option<Whole<0, 1_000_000_000>>| part.zip(whole).is_none_or(|(part, whole)| part <= whole);
        faults.require(at_most(self.sample_size, self.population), "sample_size", "range", "The sample cannot be larger than the population.");
        faults.require(at_most(self.exceptions, self.sample_size), "exceptions", "range", "There cannot be more exceptions than items in the sample.");
        let drawn = self.sample_size.is_some_and(|size| self.population.is_none_or(|all| size < all));
        faults.require(!drawn || self.seed.is_some(), "seed", "required", "Record the seed of the sample, so that it can be drawn again.");
        let clean = self.result != ProcedureResult::NoExceptions || self.exceptions.is_none_or(|found| found.0 == 0);
        faults.require(clean, "result", "contradiction", "There were exceptions. Say so, or set their number to 0.");
    }

    fn locks(&self) -> Vec<Lock> {
        self.control_id.map(Lock::Row).into_iter().collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(control) = self.control_id else { return Ok(()) };
        let lead = audits::table.find(self.audit_id).select(audits::lead_auditor_id).into_boxed();
        let is_auditor = controls::owner_id.eq_any(lead).or(controls::owner_id.eq(self.auditor_id));
        if select(exists(controls::table.find(control).filter(is_auditor))).get_result(check.connection)? {
            let detail = "An auditor never owns a control that is audited. Have another person audit it.";
            return Err(Problem::conflict("/control_id", "independence", detail).into());
        }
        Ok(())
    }
}
