//! Delegations of authority: who may approve what, up to which amount and until when.
//!
//! A cumulative limit counts what was approved, each record once with its last approval: what is cancelled or deleted later stays
//! counted, so that approving and cancelling in turn moves no limit. Whose limit is used up is given another delegation.

use super::delegated_authority::{self, Deputy, Given};
use super::step_name::{StepName, require_approving};
use crate::body::frozen_record::require_kept;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Money, Note};
use steward_core::resource::{ApprovalAmount, Check, Due, Guard, Id, Lifecycle, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};

steward_core::resource! {
    /// Authority to approve, given to a person or a role for a time, with a deputy, so that absences do not block approvals. It may be
    /// activated before its first day and takes effect on that day. As soon as one is in force for a unit, that step can be taken there and
    /// below only by holders and deputies, within their limits; they need the permission as well. A person whose delegation has ended
    /// approves nothing of its kind until given another. Nobody delegates more than they hold, or to themselves.
    pub struct Delegation {
        /// Holder of the authority: a person, or a role, for all who have it.
        #[field(refers_to(&["teams/people", "identity/roles"]))]
        pub holder_id: Id,
        /// Step to approve: the permission of an approving transition, such as governance.exceptions:approve. `four_eyes` in `x-lifecycle`
        /// marks the approving transitions, and `worth` there names the value that the limits are compared with.
        #[field(search)]
        pub step: StepName,
        /// Limit of the value of one approval; no limit if it is left out.
        pub single_limit: Option<Money>,
        /// Limit of the total value of all approvals under this delegation; no limit if it is left out. Approved records count, each once,
        /// whatever becomes of them.
        pub cumulative_limit: Option<Money>,
        /// First day.
        #[field(event, lasts_until("ends_on"))]
        pub starts_on: Date,
        /// Last day.
        pub ends_on: Date,
        /// Deputy who approves when the holder cannot.
        #[field(refers_to(&["teams/people"]))]
        pub deputy_id: Option<Id>,
        /// First day of the deputy; the first of the delegation if it is left out.
        pub deputy_starts_on: Option<Date>,
        /// Last day of the deputy; the last of the delegation if it is left out.
        pub deputy_ends_on: Option<Date>,
        /// Delegator: person who gives the authority and puts it into force.
        #[field(refers_to(&["teams/people"]))]
        pub delegator_id: Option<Id>,
        /// Decision on which the delegation is based: of a governance body, about this delegation (its `subject_id`), approved after the
        /// delegation was last changed. It gives authority that nobody has to hold.
        #[field(refers_to(&["governance/decisions"]))]
        pub decision_id: Option<Id>,
        /// Conditions of the delegation, such as a kind of purchase.
        #[field(search)]
        pub conditions: Option<Note>,
        /// Reason for the revocation.
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
