//! Delegations of authority: who may approve what, up to which amount and until when.

use super::kept::require_kept;
use super::step_name::{StepName, require_step};
use crate::error::Result;
use crate::resource::value::{Date, Money, Note};
use crate::resource::{Check, Due, Faults, Guard, Id, Lifecycle, Resource, Scope};

crate::resource! {
    /// The authority to approve, given to a person or a role for a time, with a deputy, so that holidays stop nothing.
    pub struct Delegation {
        /// Who may approve: a person, or whoever has a role.
        #[field(refers_to(&["teams/people", "identity/roles"]))]
        pub holder_id: Id,
        /// What may be approved: the permission that the step needs, such as governance.exceptions:approve.
        #[field(search)]
        pub step: StepName,
        /// The most that one approval may be worth; no limit if it is left out.
        pub single_limit: Option<Money>,
        /// The most that all approvals under this delegation may be worth together; no limit if it is left out.
        pub cumulative_limit: Option<Money>,
        /// First day.
        pub starts_on: Date,
        /// Last day.
        pub ends_on: Date,
        /// Who approves when the holder cannot.
        #[field(refers_to(&["teams/people"]))]
        pub deputy_id: Option<Id>,
        /// Who gives the authority.
        #[field(refers_to(&["teams/people"]))]
        pub delegator_id: Option<Id>,
        /// The decision that it rests on.
        #[field(refers_to(&["governance/decisions"]))]
        pub decision_id: Option<Id>,
        /// What it is bound to, such as a kind of purchase.
        #[field(search)]
        pub conditions: Option<Note>,
        /// Why it was revoked.
        pub revocation_reason: Option<Note>,
    }
}

impl Resource for Delegation {
    const PATH: &'static str = "governance/delegations";
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "step";
    const GUARDS: &'static [Guard] =
        &[Guard::reached(&["active"], "starts_on"), Guard::after(&["expired"], "ends_on"), Guard::set(&["revoked"], &["revocation_reason"])];
    const DUE: &'static [Due] = &[Due::after("expired", "ends_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→active→expired|revoked").approving(&["activate"]))
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
            delegator_id: None,
            decision_id: None,
            conditions: Some("Only for services of tier 3 and 4.".into()),
            revocation_reason: Some("The holder has moved to another unit.".into()),
        }
    }

    fn rules(&self, faults: &mut Faults) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
        let some = |limit: Option<Money>| limit.is_none_or(|limit| limit.minor >= 0);
        faults.require(some(self.single_limit), "single_limit", "range", "Expected an amount of 0 or more.");
        faults.require(some(self.cumulative_limit), "cumulative_limit", "range", "Expected an amount of 0 or more.");
        let within = self.single_limit.zip(self.cumulative_limit).is_none_or(|(one, all)| one.currency == all.currency && one.minor <= all.minor);
        faults.require(within, "single_limit", "limit", "One approval cannot be worth more than all together. Give both limits in the same currency.");
        let other = self.deputy_id.is_none_or(|deputy| deputy != self.holder_id);
        faults.require(other, "deputy_id", "itself", "A deputy is another person. Name one.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.state.is_some_and(|state| state != "draft") {
            let fields = ["holder_id", "step", "single_limit", "cumulative_limit", "starts_on", "ends_on", "conditions"];
            return require_kept(check, self, &fields, "What was delegated stays as it was. Revoke it, and make another delegation.");
        }
        require_step(check, "step", &self.step)
    }
}
