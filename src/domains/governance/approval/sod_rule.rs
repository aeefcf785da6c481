//! Separation of duties: pairs of steps that one person must not do.

use super::step_name::{StepName, require_approving, require_step};
use serde_json::json;
use steward_core::choice;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Code, Note, Text, Title};
use steward_core::resource::{Check, Resource, Scope, Unique, ValidationErrors};

choice! {
    /// Effect of one person doing both steps.
    pub enum SodEffect {
        /// Refusal of the approving step, unless an exception in force (governance/exceptions) covers the rule.
        Block = "block",
        /// Warning: the step is done, the answer warns, and history and governance/approvals keep the warning.
        Warn = "warn",
    }
}

steward_core::resource! {
    /// Rule for the separation of duties: two steps that the same person must not do on the same matter. It applies by person, not by
    /// account, whichever step was first; the approving step is refused, since a step that records a fact never is. The same matter is the
    /// same record, two records of which either refers to the other, parts included, or, where `through` says so, two that refer to the
    /// same third.
    pub struct SodRule {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the rule: the duties that it separates, in a line.
        #[field(search)]
        pub name: Title,
        /// First step: the permission that it needs, such as governance.exceptions:submit.
        #[field(search)]
        pub first_step: StepName,
        /// Second step: the permission that it needs.
        #[field(search)]
        pub second_step: StepName,
        /// Collection through which both steps belong together: receipts and invoices of one of vendors/purchase-orders.
        pub through: Option<Text<3, 100>>,
        /// Effect of one person doing both steps.
        #[field(default(|| json!("block")))]
        pub effect: SodEffect,
        /// True if the rule is in force.
        #[field(default(|| json!(true)))]
        pub enabled: bool,
        /// Rationale: possible harm without the rule.
        #[field(search)]
        pub rationale: Option<Note>,
    }
}

impl Resource for SodRule {
    const PATH: &'static str = "governance/sod-rules";
    type Table = steward_schema::governance::sod_rules::table;
    const SCOPE: Scope = Scope::Shared;
    const UNIQUE: &'static [Unique] = &[Unique { index: "sod_rules_code_key", fields: &["code"] }];

    fn sample() -> Self {
        SodRule {
            code: "SOD-EXC".into(),
            name: "Who asks for an exception does not approve it".into(),
            first_step: "governance.exceptions:submit".into(),
            second_step: "governance.exceptions:approve".into(),
            through: None,
            effect: SodEffect::Block,
            enabled: true,
            rationale: Some("Nobody should accept a risk of their own making.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.first_step != self.second_step, "second_step", "same", "A rule keeps two different steps apart. Name another.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_step(check, "first_step", &self.first_step)?;
        require_step(check, "second_step", &self.second_step)?;
        if self.through.as_ref().is_some_and(|through| check.definitions.get(through).is_none_or(|definition| definition.fact)) {
            let detail = "There is no such collection of records. Write it as domain/collection, such as vendors/purchase-orders.";
            return Err(Problem::invalid(vec![FieldError::new("/through", "collection", detail)]).into());
        }
        require_approving(check, &[("first_step", &self.first_step), ("second_step", &self.second_step)])
    }
}
