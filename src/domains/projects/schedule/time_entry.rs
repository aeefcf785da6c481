//! Time entries: who worked on what, when and for how long.

use crate::project::evidence;
use diesel::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;
use steward_core::access::person_of;
use steward_core::error::{Problem, Result};
use steward_core::ports::ledger::{self, WorkedHours};
use steward_core::resource::model::Model;
use steward_core::resource::value::{Date, Money, Note, Number, Precise, PreciseMoney};
use steward_core::resource::{Cause, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Own, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::projects::{projects, work_items};

steward_core::resource! {
    /// Hours that a person worked on a work item on a day. The hourly rate is taken from the person's labour rate of that day when the
    /// entry is approved, which requires one; posting books hours × rate in the ledger. A person has at most 24 hours a day. An entry
    /// approved by mistake can be rejected while it is not posted. Unposting takes the booking back, in its own fiscal period or in the next
    /// open one, and commits again what it relieved of an allocation; the entry is then `approved` and names its period anew.
    pub struct TimeEntry {
        /// Work item.
        #[field(refers_to(&["projects/work-items"]))]
        pub work_item_id: Id,
        /// Person who worked.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Date of the work.
        #[field(happened)]
        pub worked_on: Date,
        /// Hours worked, more than 0.
        pub hours: Number<0, 24>,
        /// Description of the work done.
        #[field(search)]
        pub description: Option<Note>,
        /// True if the hours are billed to another party.
        #[field(default(|| json!(false)))]
        pub billable: bool,
        /// Hourly rate. Approval overwrites it with the person's labour rate of the day, where there is one.
        #[field(restricted)]
        pub hourly_rate: Option<PreciseMoney>,
        /// Fiscal period of the booking; null again once that is taken back. Work on a day outside the period is booked on the nearest day of
        /// the period.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Option<Id>,
    }
}

impl Resource for TimeEntry {
    const PATH: &'static str = "projects/time-entries";
    type Table = steward_schema::projects::time_entries::table;
    const SCOPE: Scope = Scope::Within("work_item_id");
    const BEGINS_AT_ONCE: bool = true;
    const OWN: &'static [Own] = &[Own::named("person_id")];
    const TITLE: &'static str = "worked_on";
    // In approved it is the service that keeps the rate, and who closes the books who names the period.
    const EDITABLE_IN: &'static [&'static str] = &["draft", "approved"];
    const RULES: &'static [Rule] = &[Rule::AtMost { sum: "hours", same: &["person_id", "worked_on"], limit: 24.0, unless_in: &["rejected"] }];
    const GUARDS: &'static [Guard] =
        &[Guard::set(&["posted"], &["hourly_rate", "fiscal_period_id"]), Guard::referred(&["posted"], "fiscal_period_id", &["open", "soft_closed"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→submitted:submit→approved:approve→posted:post→approved; submitted→rejected:reject→draft:return_to_draft; \
            approved→rejected";
        Some(
            Lifecycle::new(notation)
                .settled(&["posted"])
                .named("approved", "rejected", "revoke")
                .named("posted", "approved", "unpost")
                .accounting(&["post", "unpost", "revoke"])
                .approving(&["approve"]),
        )
    }

    fn sample() -> Self {
        TimeEntry {
            work_item_id: Id::sample(),
            person_id: Id::sample(),
            worked_on: Date::sample("2026-01-20"),
            hours: Number(6.5),
            description: Some("Laid the cables between both cores.".into()),
            billable: false,
            hourly_rate: Some(PreciseMoney::sample("87.50", "EUR")),
            fiscal_period_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.hours.0 > 0.0, "hours", "range", "Expected more than 0: no time is no entry.");
    }

    /// The hours of a person keep the same promises: each waits for the one before.
    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.person_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.state != Some("approved") || check.actor == Id::system() {
            // Approved hours are still booked in a project that is over; others are not worked any more.
            return match evidence::project_of(check, self.work_item_id)? {
                Some(project) => evidence::require_unchanged_once_over(check, self, project, "work_item_id"),
                None => Ok(()),
            };
        }
        let (Some(before), after) = (check.before::<TimeEntry>()?.map(Model::to_json), Model::to_json(self)) else { return Ok(()) };
        match after.iter().find(|(name, value)| name.as_str() != "fiscal_period_id" && before.get(*name) != Some(*value)) {
            Some((name, _)) => Err(Problem::conflict(format!("/{name}"), "approved", "This stays as it was approved. Only its period may change.").into()),
            None => Ok(()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.name != "approve" {
            return Ok(Vec::new());
        }
        if person_of(check.connection, check.actor)? == Some(self.person_id) {
            return Ok(vec![UnmetGuard::new("/person_id", "own", "Nobody approves their own hours. Ask who leads you.")]);
        }
        if self.hourly_rate.is_none() && ledger::labor_rate(check, self.person_id, self.worked_on)?.is_none() {
            let detail = format!("The person has no labour rate on {}. Record one (finance/labor-rates), or set hourly_rate.", self.worked_on);
            return Ok(vec![UnmetGuard::new("/hourly_rate", "rate", detail)]);
        }
        Ok(Vec::new())
    }

    /// What is taken back names no period any more: where it is booked next is decided anew.
    fn stamped(&self, cause: Cause<'_>, _: &mut Check<'_>) -> Result<Option<Self>> {
        let taken_back = matches!(cause, Cause::Move(step) if step.name == "unpost");
        Ok(taken_back.then(|| TimeEntry { fiscal_period_id: None, ..self.clone() }))
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        match step.name {
            "approve" => {
                let rate = ledger::labor_rate(check, self.person_id, self.worked_on)?;
                let priced = |rate| Effect::update(check.id, move |entry: &mut TimeEntry| entry.hourly_rate = Some(rate));
                Ok(rate.map(priced).into_iter().collect())
            }
            "post" => self.booking(check),
            "unpost" => ledger::unbook(check, check.id),
            _ => Ok(Vec::new()),
        }
    }
}

impl TimeEntry {
    /// The entry of the ledger: hours × rate, rounded once, in the unit of the project and on a day of the period.
    fn booking(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let (Some(rate), Some(fiscal_period)) = (self.hourly_rate, self.fiscal_period_id) else { return Ok(Vec::new()) };
        let query = work_items::table.find(self.work_item_id).inner_join(projects::table).select((projects::unit_id, work_items::budget_line_id));
        let found: Option<(Id, Option<Id>)> = query.first(check.connection).optional()?;
        let Some(cost) = cost(self.hours.0, rate) else {
            return Err(Problem::conflict("/hours", "range", "Hours × rate is too large to be booked.").into());
        };
        let (unit, budget_line) = (found.map(|(unit, _)| unit), found.and_then(|(_, line)| line));
        ledger::book(check, &WorkedHours { time_entry: check.id, person: self.person_id, unit, budget_line, fiscal_period, worked_on: self.worked_on, cost })
    }
}

/// Hours × rate, rounded once, half away from zero.
fn cost(hours: f64, rate: PreciseMoney) -> Option<Money> {
    // As it is written: 0.1 is 0.1 and not the nearest binary fraction.
    let hours: Decimal = hours.to_string().parse().ok()?;
    let exact = PreciseMoney { amount: Precise(rate.amount.0.checked_mul(hours)?), currency: rate.currency };
    exact.rounded()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_cost_their_rate_rounded_once() {
        let cost_of = |hours, rate: &str| cost(hours, PreciseMoney::sample(rate, "EUR")).map(Money::amount);
        // By hand: 6.5 · 87.50 = 568.75; 0.1 · 87.55 = 8.755, rounded away from zero.
        assert_eq!(cost_of(6.5, "87.50").as_deref(), Some("568.75"));
        assert_eq!(cost_of(0.1, "87.55").as_deref(), Some("8.76"));
    }
}
