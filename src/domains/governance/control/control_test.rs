//! Tests of controls: what was tried, when, and what came of it.

use super::conclusive_test;
use super::control::Control;
use super::test_result::{TestKind, TestResult};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::ports::control;
use steward_core::resource::value::{Date, Note, Whole};
use steward_core::resource::{Check, Effect, Id, Lock, Resource, Scope, ValidationErrors};
use steward_schema::governance::controls;

steward_core::resource! {
    /// A test of a control. It is a fact: it stays as recorded. A failed operating test degrades an operating control.
    pub struct ControlTest {
        /// The control.
        #[field(refers_to(&["governance/controls"]))]
        pub control_id: Id,
        /// Type of test: of the design or of the operation.
        pub kind: TestKind,
        /// The day of the test, not in the future.
        #[field(happened)]
        pub tested_on: Date,
        /// Result of the test. An inconclusive test counts as none.
        pub result: TestResult,
        /// Procedure of the test.
        #[field(search)]
        pub procedure: Option<Note>,
        /// Population: number of items.
        pub population: Option<Whole<0, 1_000_000_000>>,
        /// Sample size: number of items examined.
        pub sample_size: Option<Whole<0, 1_000_000_000>>,
        /// Deviations: number of items in the sample that were not as expected.
        pub deviations: Option<Whole<0, 1_000_000_000>>,
        /// The person who tested.
        #[field(refers_to(&["teams/people"]))]
        pub tester_id: Option<Id>,
    }
}

impl Resource for ControlTest {
    const PATH: &'static str = "governance/control-tests";
    type Table = steward_schema::governance::control_tests::table;
    const SCOPE: Scope = Scope::Within("control_id");
    const TITLE: &'static str = "id";
    const FACT: bool = true;

    fn sample() -> Self {
        ControlTest {
            control_id: Id::sample(),
            kind: TestKind::Operating,
            tested_on: Date::sample("2026-03-31"),
            result: TestResult::Passed,
            procedure: Some("Compared the list of accounts with the list of staff.".into()),
            population: Some(Whole(420)),
            sample_size: Some(Whole(40)),
            deviations: Some(Whole(0)),
            tester_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let at_most = |part: Option<Whole<0, 1_000_000_000>>, whole: Option<Whole<0, 1_000_000_000>>| part.zip(whole).is_none_or(|(part, whole)| part <= whole);
        faults.require(at_most(self.sample_size, self.population), "sample_size", "range", "The sample cannot be larger than the population.");
        let clean = self.result != TestResult::Passed || self.deviations.is_none_or(|found| found.0 == 0);
        faults.require(clean, "result", "deviations", "A test that found deviations has not passed. Record it as failed or inconclusive.");
        faults.require(at_most(self.deviations, self.sample_size), "deviations", "range", "There cannot be more deviations than items in the sample.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        // A tester east of Greenwich may be a day ahead.
        if self.tested_on > check.today.plus_days(1) {
            return Err(Problem::invalid(vec![FieldError::new(
                "/tested_on",
                "future",
                "A test is recorded after it was made: the day cannot be in the future.",
            )])
            .into());
        }
        Ok(())
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.control_id)]
    }

    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if (self.kind, self.result) != (TestKind::Operating, TestResult::Failed) {
            return control::changed(check, self.control_id);
        }
        // An older test that is recorded late says nothing of today.
        let latest = conclusive_test::latest(check.connection, self.control_id)?;
        let operating = controls::table.find(self.control_id).filter(controls::state.eq("operating"));
        let degrades = latest.is_some_and(|(id, ..)| id == check.id) && select(exists(operating)).get_result(check.connection)?;
        if degrades { Ok(vec![Effect::transition::<Control>(self.control_id, "degraded")]) } else { control::changed(check, self.control_id) }
    }
}
