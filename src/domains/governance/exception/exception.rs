//! Exceptions: the one ledger of what is allowed for a time although a rule says otherwise.

use super::exception_end::{self, Ended};
use super::exception_level::ExceptionLevel;
use super::subject_level;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::ports::exception::ExceptionKind;
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{ANY, Check, Due, Effect, Guard, Id, Lifecycle, Lock, Move, Own, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::governance::exceptions;
use steward_schema::service::registry;

steward_core::resource! {
    /// Permission for a time to deviate from a rule. It is in force once it is approved, from its first through its last day, whether or
    /// not its state says so yet. When it ends, its subject is open again and its clock starts again; more time needs another exception
    /// that extends it and is approved anew.
    pub struct Exception {
        /// Title: the deviation permitted, in a line.
        #[field(search)]
        pub title: Title,
        /// Type of exception. It fits the subject: a risk or a vulnerability is accepted, a budget overrun.
        pub kind: ExceptionKind,
        /// Subject of the exception: a record of any kind, such as a risk, a policy, a control, a vulnerability or a budget line.
        #[field(refers_to(ANY))]
        pub subject_id: Id,
        /// Level of the stake; of a risk or a vulnerability at least its own level.
        pub level: ExceptionLevel,
        /// Justification of the exception.
        #[field(search)]
        pub justification: Note,
        /// Compensating controls that lower the risk during the exception.
        #[field(search)]
        pub compensating_controls: Option<Note>,
        /// Control that compensates during the exception.
        #[field(refers_to(&["governance/controls"]))]
        pub compensating_control_id: Option<Id>,
        /// Risk that is taken during the exception.
        #[field(refers_to(&["security/risks"]))]
        pub risk_id: Option<Id>,
        /// Conditions of the exception.
        pub conditions: Option<Note>,
        /// Exit plan: steps and date after which the exception is no longer needed.
        pub exit_plan: Option<Note>,
        /// First day.
        #[field(event)]
        pub starts_on: Date,
        /// Last day; the level limits how far away it is: low 365 days, moderate 180, high 90, critical 30.
        #[field(deadline)]
        pub expires_on: Date,
        /// Exception that this one extends, once that was approved; same subject and type, with a later last day.
        #[field(refers_to(&["governance/exceptions"]))]
        pub extends_id: Option<Id>,
        /// Person who requests the exception.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
    }
}

impl Resource for Exception {
    const PATH: &'static str = "governance/exceptions";
    type Table = steward_schema::governance::exceptions::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::named("requester_id")];
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[
        Rule::Tree("extends_id"),
        Rule::Agrees { by: "extends_id", theirs: "subject_id", ours: "subject_id" },
        Rule::Agrees { by: "extends_id", theirs: "kind", ours: "kind" },
    ];
    const GUARDS: &'static [Guard] = &[
        Guard::reached(&["active"], "starts_on"),
        Guard::after(&["expired"], "expires_on"),
        Guard::referred(&["submitted"], "extends_id", &["approved", "active", "expired"]),
    ];
    const DUE: &'static [Due] = &[Due::on("active", "starts_on"), Due::after("expired", "expires_on")];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→submitted:submit→approved:approve→active:activate→expired:expire|revoked:revoke; approved→revoked:revoke; submitted→rejected:reject→draft:return_to_draft";
        Some(Lifecycle::new(notation).approving(&["approve"]).involving(&["requester_id"]))
    }

    fn sample() -> Self {
        Exception {
            title: "The old mail gateway stays until the new one is there".into(),
            kind: ExceptionKind::PolicyWaiver,
            subject_id: Id::sample(),
            level: ExceptionLevel::Low,
            justification: "Its maker ships no patches any more, and the new one comes in May.".into(),
            compensating_controls: Some("It stands in a network of its own, and its log is read daily.".into()),
            compensating_control_id: None,
            risk_id: None,
            conditions: Some("No further mail domains are added.".into()),
            exit_plan: Some("The new gateway takes over in May.".into()),
            starts_on: Date::sample("2026-06-01"),
            expires_on: Date::sample("2027-05-31"),
            extends_id: None,
            requester_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.expires_on), "expires_on");
        let days = self.level.longest_days();
        if self.expires_on > self.starts_on.plus_days(days) {
            faults.at("expires_on", "too_long", format!("At the level {} an exception lasts at most {days} days. Let it end earlier.", self.level.word()));
        }
    }

    fn locks(&self) -> Vec<Lock> {
        // Two that cover the same end one after the other, so that the last to end reopens it.
        [Some(self.subject_id), self.extends_id].into_iter().flatten().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if self.subject_id == check.id {
            return Err(Problem::conflict("/subject_id", "itself", "An exception covers something else. Name that.").into());
        }
        let subject = registry::table.find(self.subject_id).select(registry::collection);
        let collection: Option<String> = subject.first(check.connection).optional()?;
        if let Some(collection) = collection.filter(|collection| !self.kind.can_cover(collection)) {
            let covers = self.kind.covers().join(", ");
            let detail = format!("An exception of the kind {} covers records of {covers}, and the subject is one of {collection}.", self.kind.word());
            return Err(Problem::conflict("/kind", "subject", detail).into());
        }
        let Some(extended) = self.extends_id else { return Ok(()) };
        let before = exceptions::table.find(extended).select((exceptions::expires_on, exceptions::level));
        let Some((expires_on, level)) = before.first::<(Date, ExceptionLevel)>(check.connection).optional()? else { return Ok(()) };
        if level.longest_days() < self.level.longest_days() {
            return Err(Problem::conflict("/level", "extension", "What it extends is at a higher level. An extension is at no lower one.").into());
        }
        if expires_on >= self.expires_on {
            return Err(Problem::conflict("/expires_on", "extension", "What it extends lasts at least as long. Let this one end later.").into());
        }
        Ok(())
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        if matches!(check.state, Some("draft" | "submitted" | "rejected")) {
            return Ok(());
        }
        Err(Problem::conflict("", "approved", "It was approved and stays in the ledger. Revoke it, so that what it covers is open again.").into())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet = Vec::new();
        if !matches!(step.to, "submitted" | "approved") {
            return Ok(unmet);
        }
        if self.expires_on < check.today {
            unmet.push(UnmetGuard::new("/expires_on", "past", "It would end before it begins: its last day has passed. Ask for another exception."));
        }
        if let Some(least) = subject_level::of(check, self.subject_id)?.filter(|least| self.level.rank() < least.rank()) {
            let detail = format!("What it covers is {}, so the exception is at least at the level {}.", least.word(), least.word());
            unmet.push(UnmetGuard::new("/level", "level", detail));
        }
        let Some(extended) = self.extends_id else { return Ok(unmet) };
        let others = exceptions::table
            .filter(exceptions::state.eq_any(["approved", "active", "expired"]))
            .filter(exceptions::extends_id.eq(extended).and(exceptions::id.ne(check.id)));
        if select(exists(others)).get_result(check.connection)? {
            unmet.push(UnmetGuard::new("/extends_id", "extended", "What it extends was extended already. Extend that extension instead."));
        }
        Ok(unmet)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        // What was to begin later has covered nothing yet.
        if !matches!(step.to, "expired" | "revoked") || check.today < self.starts_on {
            return Ok(Vec::new());
        }
        exception_end::reopen(&Ended { title: &self.title, kind: self.kind, level: self.level, subject_id: self.subject_id }, check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_limits_how_long_an_exception_lasts() {
        let faults = |level, expires_on| {
            let mut faults = ValidationErrors::new();
            Exception { level, starts_on: Date::sample("2026-01-01"), expires_on: Date::sample(expires_on), ..Exception::sample() }.rules(&mut faults);
            faults.len()
        };
        assert_eq!([faults(ExceptionLevel::Critical, "2026-01-31"), faults(ExceptionLevel::Critical, "2026-02-01")], [0, 1]);
        assert_eq!([faults(ExceptionLevel::Low, "2027-01-01"), faults(ExceptionLevel::Low, "2027-01-02")], [0, 1]);
    }
}
