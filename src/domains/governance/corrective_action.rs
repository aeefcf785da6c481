//! Corrective actions: what is done so that something does not happen again.

use crate::database::Statement;
use crate::error::Result;
use crate::resource::value::{Date, Money, Note, Title};
use crate::resource::{Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Scope};

crate::resource! {
    /// What is done so that a finding does not come back. One that turns out to be ineffective reopens the finding.
    pub struct CorrectiveAction {
        /// The finding.
        #[field(refers_to(&["governance/findings"]), fixed)]
        pub finding_id: Id,
        /// What is done, in a line.
        #[field(search)]
        pub title: Title,
        /// What is done, and how that takes away the cause.
        #[field(search)]
        pub description: Option<Note>,
        /// Who does it.
        #[field(refers_to(&["teams/people"]))]
        pub assignee_id: Option<Id>,
        /// By when it is to be done.
        pub due_on: Option<Date>,
        /// The day on which it was done.
        pub completed_on: Option<Date>,
        /// What it is expected to cost.
        pub estimated_cost: Option<Money>,
        /// How one will see that it works.
        pub effectiveness_criteria: Option<Note>,
        /// When it is looked at whether it works.
        pub verify_on: Option<Date>,
        /// What was seen then.
        #[field(search)]
        pub verification: Option<Note>,
    }
}

impl Resource for CorrectiveAction {
    const PATH: &'static str = "governance/corrective-actions";
    const SCOPE: Scope = Scope::Within("finding_id");
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["planned", "in_progress", "done"];
    const GUARDS: &'static [Guard] = &[Guard::set(&["done"], &["completed_on"]), Guard::set(&["verified", "ineffective"], &["verification"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→in_progress→done→verified|ineffective").approving(&["verify", "declare_ineffective"]))
    }

    fn sample() -> Self {
        CorrectiveAction {
            finding_id: Id::sample(),
            title: "Take people of partner firms into the list of staff".into(),
            description: Some("The list drives the closing of accounts, so theirs are closed with it.".into()),
            assignee_id: None,
            due_on: Date::parse("2026-05-29"),
            completed_on: Date::parse("2026-05-22"),
            estimated_cost: Some(Money::sample("4000.00", "EUR")),
            effectiveness_criteria: Some("No account of a leaver is open after the last day, for three months.".into()),
            verify_on: Date::parse("2026-06-10"),
            verification: Some("Ten leavers were drawn; all accounts were closed in time.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.finding_id)]
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to != "ineffective" {
            return Ok(Vec::new());
        }
        let settled = Statement::new("SELECT 1 FROM findings WHERE state IN ('ready_for_verification', 'closed') AND id = ").with(self.finding_id, "");
        Ok(if check.finds(settled)? { vec![Effect::transition("governance/findings", self.finding_id, "in_remediation")] } else { Vec::new() })
    }
}
