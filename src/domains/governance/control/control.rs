//! Controls: what the organisation does to meet requirements and to lower risk.

use super::conclusive_test::{self, is_valid};
use super::test_result::TestResult;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::ports::control::changed;
use steward_core::resource::value::{Code, Note, Ratio, Title, Whole};
use steward_core::resource::{Check, Effect, Id, Lifecycle, Move, Resource, Scope, Unique, UnmetGuard};

choice! {
    /// Type of control.
    pub enum ControlKind {
        /// Prevention of an event.
        Preventive = "preventive",
        /// Detection of an event.
        Detective = "detective",
        /// Correction of an event.
        Corrective = "corrective",
        /// Instruction on what must be done.
        Directive = "directive",
        /// Replacement for another control that is not available.
        Compensating = "compensating",
    }
}

choice! {
    /// Degree of automation of a control.
    pub enum Automation {
        /// Performed by people.
        Manual = "manual",
        /// Performed by people and machines.
        SemiAutomated = "semi_automated",
        /// Performed by machines.
        Automated = "automated",
    }
}

steward_core::resource! {
    /// Measure of the organisation to meet requirements and to lower risk. It operates once an operating test has shown that it works, and
    /// is degraded when one fails.
    pub struct Control {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Activity of the control, with the performer and the time.
        #[field(search)]
        pub description: Option<Note>,
        /// Type of control: prevents an event (preventive), detects it (detective), corrects it (corrective), states what must be done
        /// (directive), or replaces another control (compensating).
        pub kind: ControlKind,
        /// Degree of automation.
        #[field(default(|| json!("manual")))]
        pub automation: Automation,
        /// Validity of a passed test, in days; more than 0.
        pub test_period_days: Whole<1, 3650>,
        /// Design effectiveness: effect of the control if it works as designed, from 0 to 1.
        pub design_effectiveness: Option<Ratio>,
        /// Policy that requires the control.
        #[field(refers_to(&["security/policies"]))]
        pub policy_id: Option<Id>,
    }
}

impl Resource for Control {
    const PATH: &'static str = "governance/controls";
    type Table = steward_schema::governance::controls::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "controls_code_key", fields: &["code"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→implemented:implement→operating:operate↔degraded:degrade; →retired:retire").given_up(&["retired"]))
    }

    fn sample() -> Self {
        Control {
            code: "CTL-007".into(),
            name: "Quarterly review of access".into(),
            description: Some("System owners confirm or revoke every right to their system.".into()),
            kind: super::control::ControlKind::Detective,
            automation: Automation::SemiAutomated,
            test_period_days: Whole(90),
            design_effectiveness: Some(steward_core::resource::value::Number(0.8)),
            policy_id: None,
        }
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let worth = |one: &Self| (one.design_effectiveness.map(|share| share.0), one.test_period_days.0);
        let is_changed = check.before::<Self>()?.is_some_and(|before| worth(before) != worth(self));
        let control = check.id;
        if is_changed { changed(check, control) } else { Ok(Vec::new()) }
    }

    fn effects(&self, _: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let control = check.id;
        changed(check, control)
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "operating" {
            return Ok(Vec::new());
        }
        let latest = conclusive_test::latest(check.connection, check.id)?;
        if latest.is_some_and(|(_, result, on)| result == TestResult::Passed && is_valid(on, self.test_period_days.0, check.today)) {
            return Ok(Vec::new());
        }
        Ok(vec![UnmetGuard::new(
            "",
            "valid_test",
            "Its latest operating test must have passed and still be valid. Record a passed operating test with a recent tested_on.",
        )])
    }
}
