//! Delegations of authority: who may approve what, up to which amount and until when.
//!
//! A cumulative limit counts what was approved, each record once with its last approval: what is cancelled or deleted later stays
//! counted, so that approving and cancelling in turn moves no limit. Whose limit is used up is given another delegation.

use super::delegated_authority::{self, Deputy, Given};
use super::step_name::{StepName, require_approving};
use crate::domains::governance::body::frozen_record::require_kept;
use crate::error::{Problem, Result};
use crate::resource::value::{Date, Money, Note};
use crate::resource::{ApprovalAmount, Check, Due, Guard, Id, Lifecycle, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};

crate::resource! {
    /// The authority to approve, given to a person or a role for a time, with a deputy, so that holidays stop nothing. It
    /// may be activated before its first day and holds from that day on. As soon as one is in force for a unit, that step is done
    /// there and below only by holders and deputies, within their limits; who has the permission as well. Whose delegation has ended
    /// approves nothing of its kind until they are given another. Nobody gives more than they hold, or to themselves.
    pub struct Delegation {
        /// Who may approve: a person, or whoever has a role.
        #[field(refers_to(&["teams/people", "identity/roles"]))]
        pub holder_id: Id,
        /// What may be approved: the permission of an approving move, such as governance.exceptions:approve. `four_eyes` in
        /// `x-lifecycle` says which moves approve, and `worth` there what the limits are compared with.
        #[field(search)]
        pub step: StepName,
        /// The most that one approval may be worth; no limit if it is left out.
        pub single_limit: Option<Money>,
        /// The most that all approvals under this delegation may be worth together; no limit if it is left out. What was approved
        /// counts, each record once, whatever becomes of it.
        pub cumulative_limit: Option<Money>,
        /// First day.
        #[field(event, lasts_until("ends_on"))]
        pub starts_on: Date,
        /// Last day.
        pub ends_on: Date,
        /// Who approves when the holder cannot.
        #[field(refers_to(&["teams/people"]))]
        pub deputy_id: Option<Id>,
        /// The first day on which the deputy stands in; the first of the delegation if it is left out.
        pub deputy_starts_on: Option<Date>,
        /// The last day on which the deputy stands in; the last of the delegation if it is left out.
        pub deputy_ends_on: Option<Date>,
        /// Who gives the authority; they put it into force.
        #[field(refers_to(&["teams/people"]))]
        pub delegator_id: Option<Id>,
        /// The decision that it rests on: of a governance body, about this delegation (its `subject_id`), approved after the delegation
        /// was last changed. It gives what nobody has to hold.
        #[field(refers_to(&["governance/decisions"]))]
        pub decision_id: Option<Id>,
        /// What it is bound to, such as a kind of purchase.
        #[field(search)]
        pub conditions: Option<Note>,
        /// Why it was revoked.
        pub revocation_reason: Option<Note>,
    }
}

impl Delegation {
    fn deputy(&self) -> Option<Deputy> {
        self.deputy_id.map(|deputy| (deputy, self.deputy_starts_on, self.deputy_ends_on))
    }

    fn given(&self) -> Given<'_> {
        Given {
            holder: self.holder_id,
            step: &self.step,
            limits: (self.single_limit, self.cumulative_limit),
            ends_on: self.ends_on,
            deputy: self.deputy(),
            delegator: self.delegator_id,
            decision: self.decision_id,
        }
    }
}

impl Resource for Delegation {
    const PATH: &'static str = "governance/delegations";
    type Table = steward_schema::governance::delegations::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "step";
    const RULES: &'static [Rule] = &[Rule::Fixed(&["unit_id"])];
    const GUARDS: &'static [Guard] = &[Guard::after(&["expired"], "ends_on"), Guard::set(&["revoked"], &["revocation_reason"])];
    const DUE: &'static [Due] = &[Due::after("expired", "ends_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(
            Lifecycle::new("draft→active:activate→expired:expire|revoked:revoke")
                .approving(&["activate"])
                .worth(&[ApprovalAmount::Field("single_limit"), ApprovalAmount::Field("cumulative_limit")]),
        )
    }

    fn sample() -> Self {
        Delegation {
            holder_id: Id::sample(),
            step: "governance.exceptions:approve".into(),
            single_limit: Some(Money::sample("50000.00", "EUR")),
            cumulative_limit: Some(Money::sample("200000.00", "EUR")),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::sample("2026-05-31"),
            deputy_id: None,
            deputy_starts_on: Date::parse("2026-03-02"),
            deputy_ends_on: Date::parse("2026-03-20"),
            delegator_id: None,
            decision_id: None,
            conditions: Some("Only for services of tier 3 and 4.".into()),
            revocation_reason: Some("The holder has moved to another unit.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
        let some = |limit: Option<Money>| limit.is_none_or(|limit| limit.minor >= 0);
        faults.require(some(self.single_limit), "single_limit", "range", "Expected an amount of 0 or more.");
        faults.require(some(self.cumulative_limit), "cumulative_limit", "range", "Expected an amount of 0 or more.");
        let within = self.single_limit.zip(self.cumulative_limit).is_none_or(|(one, all)| one.currency == all.currency && one.minor <= all.minor);
        faults.require(within, "single_limit", "limit", "One approval cannot be worth more than all together. Give both limits in the same currency.");
        let other = self.deputy_id.is_none_or(|deputy| deputy != self.holder_id);
        faults.require(other, "deputy_id", "itself", "A deputy is another person. Name one.");
        let other = self.delegator_id.is_none_or(|delegator| delegator != self.holder_id);
        faults.require(other, "delegator_id", "itself", "Nobody gives authority to themselves. Name who gives it.");
        let within = |day: Option<Date>| day.is_none_or(|day| self.starts_on <= day && day <= self.ends_on);
        faults.require(within(self.deputy_starts_on), "deputy_starts_on", "range", "A deputy stands in while the delegation lasts.");
        faults.require(within(self.deputy_ends_on), "deputy_ends_on", "range", "A deputy stands in while the delegation lasts.");
        faults.span(self.deputy_starts_on, self.deputy_ends_on, "deputy_ends_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.state.is_some_and(|state| state != "draft") {
            let fields = ["holder_id", "step", "single_limit", "cumulative_limit", "starts_on", "ends_on", "conditions"];
            require_kept(check, self, &fields, "What was delegated stays as it was. Revoke it, and make another delegation.")?;
            let before = check.before::<Delegation>()?.and_then(Delegation::deputy);
            return delegated_authority::require_other_deputy(self.deputy(), before, check);
        }
        require_approving(check, &[("step", &self.step)])
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        if check.state == Some("active") {
            return Err(Problem::conflict("", "active", "It is in force. Revoke it instead of deleting it.").into());
        }
        Ok(())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to == "active" { delegated_authority::unmet(&self.given(), check) } else { Ok(Vec::new()) }
    }
}
