//! Corrective actions: what is done so that something does not happen again.

use super::finding::Finding;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::access::person_of;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Money, Note, Title};
use steward_core::resource::{Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::governance::findings;

/// How many days after it was done it is looked at whether an action works, if nobody said when.
const EFFECTIVENESS_DAYS: u32 = 90;

steward_core::resource! {
    /// Action to prevent the recurrence of a finding. Once it is done, its effectiveness is verified by another person than the one who did
    /// it; an ineffective action reopens the finding. A closed finding takes no further action.
    pub struct CorrectiveAction {
        /// The finding.
        #[field(refers_to(&["governance/findings"]), fixed)]
        pub finding_id: Id,
        /// Title of the action, in a line.
        #[field(search)]
        pub title: Title,
        /// Description of the action, and of how it removes the cause.
        #[field(search)]
        pub description: Option<Note>,
        /// Person who performs the action.
        #[field(refers_to(&["teams/people"]))]
        pub assignee_id: Option<Id>,
        /// Due date of the action.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Date of completion.
        #[field(happened)]
        pub completed_on: Option<Date>,
        /// Estimated cost.
        pub estimated_cost: Option<Money>,
        /// Criteria of effectiveness.
        pub effectiveness_criteria: Option<Note>,
        /// Date for the verification of effectiveness. Left out, it is 90 days after completion.
        #[field(deadline)]
        pub verify_on: Option<Date>,
        /// Result of the verification.
        #[field(search)]
        pub verification: Option<Note>,
    }
}

impl Resource for CorrectiveAction {
    const PATH: &'static str = "governance/corrective-actions";
    type Table = steward_schema::governance::corrective_actions::table;
    const SCOPE: Scope = Scope::Within("finding_id");
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["planned", "in_progress", "done"];
    const GUARDS: &'static [Guard] = &[Guard::set(&["done"], &["completed_on"]), Guard::set(&["verified", "ineffective"], &["verification"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "planned→in_progress:start→done:finish→verified:verify|ineffective:declare_ineffective";
        Some(Lifecycle::new(notation).settled(&["done"]).approving(&["verify", "declare_ineffective"]))
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

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.completed_on, self.verify_on, "verify_on");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.finding_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        // What is proved may be restored with a finding that is closed; what is not would undo the closing.
        if check.before.is_some() || matches!(check.state, Some("done" | "verified" | "ineffective")) {
            return Ok(());
        }
        let closed = findings::table.find(self.finding_id).filter(findings::state.eq("closed"));
        if select(exists(closed)).get_result(check.connection)? {
            return Err(Problem::conflict("/finding_id", "closed", "The finding is closed. Reopen it before more is done about it.").into());
        }
        Ok(())
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        if matches!(check.state, Some("done" | "verified" | "ineffective")) {
            return Err(Problem::conflict("", "evidence", "It shows what was done about the finding, and is kept.").into());
        }
        Ok(())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if !matches!(step.to, "verified" | "ineffective") || self.assignee_id.is_none() || person_of(check.connection, check.actor)? != self.assignee_id {
            return Ok(Vec::new());
        }
        Ok(vec![UnmetGuard::new("/assignee_id", "assignee", "Who does something does not judge whether it works. Have another person do so.")])
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "done" && self.verify_on.is_none() {
            let done = self.completed_on.unwrap_or(check.today);
            let verify_on = done.plus_days(EFFECTIVENESS_DAYS);
            return Ok(vec![Effect::update(check.id, move |action: &mut CorrectiveAction| action.verify_on = Some(verify_on))]);
        }
        if step.to != "ineffective" {
            return Ok(Vec::new());
        }
        let settled = findings::table.find(self.finding_id).filter(findings::state.eq_any(["ready_for_verification", "closed"]));
        let is_settled: bool = select(exists(settled)).get_result(check.connection)?;
        Ok(if is_settled { vec![Effect::transition::<Finding>(self.finding_id, "in_remediation")] } else { Vec::new() })
    }
}
