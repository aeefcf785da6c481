//! Exceptions: the one ledger of what is allowed for a time although a rule says otherwise.

use crate::choice;
use crate::database::{Kind, Statement};
use crate::error::Result;
use crate::resource::value::{Date, Note, Title};
use crate::resource::{ANY, Check, Due, Effect, Faults, Guard, Id, Lifecycle, Move, Resource, Rule, Scope};

choice! {
    /// What an exception is from.
    pub enum ExceptionKind {
        /// A risk above the appetite is accepted.
        RiskAcceptance = "risk_acceptance",
        /// A policy is not kept to.
        PolicyWaiver = "policy_waiver",
        /// A control is missing or does not work.
        ControlGap = "control_gap",
        /// A technology is used that should not be.
        TechnologyWaiver = "technology_waiver",
        /// A budget is exceeded.
        BudgetOverrun = "budget_overrun",
        /// A vendor does not have what vendors must have.
        VendorWaiver = "vendor_waiver",
        /// A vulnerability is not fixed in time.
        OverdueVulnerability = "overdue_vulnerability",
        /// A change is made during a freeze.
        ChangeFreeze = "change_freeze",
    }
}

choice! {
    /// How much is at stake. It limits for how long an exception can be given.
    pub enum ExceptionLevel {
        /// Little: at most 365 days.
        Low = "low",
        /// Some: at most 180 days.
        Moderate = "moderate",
        /// Much: at most 90 days.
        High = "high",
        /// Very much: at most 30 days.
        Critical = "critical",
    }
}

impl ExceptionLevel {
    /// For how many days an exception can be given.
    fn longest_days(self) -> u32 {
        match self {
            ExceptionLevel::Low => 365,
            ExceptionLevel::Moderate => 180,
            ExceptionLevel::High => 90,
            ExceptionLevel::Critical => 30,
        }
    }
}

crate::resource! {
    /// Something that is allowed for a time although a rule says otherwise. When it ends, what it covered is open again; who
    /// needs longer asks for another exception that extends it.
    pub struct Exception {
        /// What is allowed, in a line.
        #[field(search)]
        pub title: Title,
        /// What it is an exception from.
        pub kind: ExceptionKind,
        /// What it covers: a record of any kind, such as a risk, a policy, a control, a vulnerability or a budget line.
        #[field(refers_to(ANY))]
        pub subject_id: Id,
        /// How much is at stake.
        pub level: ExceptionLevel,
        /// Why it is needed.
        #[field(search)]
        pub justification: Note,
        /// What lowers the risk meanwhile.
        #[field(search)]
        pub compensating_controls: Option<Note>,
        /// The control that stands in meanwhile.
        #[field(refers_to(&["governance/controls"]))]
        pub compensating_control_id: Option<Id>,
        /// The risk that is run meanwhile.
        #[field(refers_to(&["security/risks"]))]
        pub risk_id: Option<Id>,
        /// What it is bound to.
        pub conditions: Option<Note>,
        /// How and by when it will not be needed any more.
        pub exit_plan: Option<Note>,
        /// First day.
        pub starts_on: Date,
        /// Last day; the level limits how far away it is: low 365 days, moderate 180, high 90, critical 30.
        pub expires_on: Date,
        /// The exception that this one extends; it covers the same, and is of the same kind.
        #[field(refers_to(&["governance/exceptions"]))]
        pub extends_id: Option<Id>,
        /// Who asks for it.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
    }
}

impl Resource for Exception {
    const PATH: &'static str = "governance/exceptions";
    const SCOPE: Scope = Scope::Unit;
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[
        Rule::Tree("extends_id"),
        Rule::Agrees { by: "extends_id", theirs: "subject_id", ours: "subject_id" },
        Rule::Agrees { by: "extends_id", theirs: "kind", ours: "kind" },
    ];
    const GUARDS: &'static [Guard] = &[Guard::reached(&["active"], "starts_on"), Guard::after(&["expired"], "expires_on")];
    const DUE: &'static [Due] = &[Due::on("active", "starts_on"), Due::after("expired", "expires_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→submitted→approved→active→expired|revoked; submitted→rejected").approving(&["approve"]))
    }

    fn sample() -> Self {
        Exception {
            title: "The old mail gateway stays until the new one is there".into(),
            kind: ExceptionKind::ControlGap,
            subject_id: Id::sample(),
            level: ExceptionLevel::Moderate,
            justification: "Its maker ships no patches any more, and the new one comes in May.".into(),
            compensating_controls: Some("It stands in a network of its own, and its log is read daily.".into()),
            compensating_control_id: None,
            risk_id: None,
            conditions: Some("No further mail domains are added.".into()),
            exit_plan: Some("The new gateway takes over on 20 May.".into()),
            starts_on: Date::sample("2026-01-15"),
            expires_on: Date::sample("2026-05-31"),
            extends_id: None,
            requester_id: None,
        }
    }

    fn rules(&self, faults: &mut Faults) {
        faults.span(Some(self.starts_on), Some(self.expires_on), "expires_on");
        let days = self.level.longest_days();
        if self.expires_on > self.starts_on.plus_days(days) {
            faults.at("expires_on", "too_long", format!("At the level {} an exception lasts at most {days} days. Let it end earlier.", self.level.word()));
        }
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if !matches!(step.to, "expired" | "revoked") {
            return Ok(Vec::new());
        }
        let covered = Statement::new("SELECT 1 FROM exceptions WHERE state = 'active' AND expires_on >= ")
            .with(check.today, " AND subject_id = ")
            .with(self.subject_id, " AND id <> ")
            .with(check.id, " LIMIT 1");
        if check.finds(covered)? {
            return Ok(Vec::new());
        }
        let subject = Statement::new("SELECT collection, state FROM registry WHERE deleted_at IS NULL AND id = ").with(self.subject_id, "");
        let Some(row) = subject.first(check.connection, &[Kind::Text, Kind::Text])? else { return Ok(Vec::new()) };
        let word = |at: usize| row.get(at).and_then(|cell| cell.as_text()).unwrap_or_default();
        let reopened = REOPENED.iter().find(|(collection, from, _)| (*collection, *from) == (word(0), word(1)));
        Ok(reopened.map(|(collection, _, to)| Effect::transition(collection, self.subject_id, to)).into_iter().collect())
    }
}

/// What is open again when no exception covers it any more: its collection, the state that rested on the exception, and the
/// state after.
const REOPENED: &[(&str, &str, &str)] =
    &[("security/vulnerabilities", "accepted", "reopened"), ("security/risks", "monitored", "analysed"), ("governance/findings", "closed", "in_remediation")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_limits_how_long_an_exception_lasts() {
        let faults = |level, expires_on| {
            let mut faults = Faults::new();
            Exception { level, starts_on: Date::sample("2026-01-01"), expires_on: Date::sample(expires_on), ..Exception::sample() }.rules(&mut faults);
            faults.len()
        };
        assert_eq!([faults(ExceptionLevel::Critical, "2026-01-31"), faults(ExceptionLevel::Critical, "2026-02-01")], [0, 1]);
        assert_eq!([faults(ExceptionLevel::Low, "2027-01-01"), faults(ExceptionLevel::Low, "2027-01-02")], [0, 1]);
    }
}
