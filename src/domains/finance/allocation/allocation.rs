//! Allocations: who works on what, when and how much.

use super::allocation_load::{self, Firmness, Load};
use super::allocation_promise::{self, Assigned};
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::ports::{books, ledger, people, presence};
use steward_core::resource::value::{Date, Note, Number, Percent};
use steward_core::resource::{Check, Due, Effect, Flag, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::finance::allocations;

/// Who may confirm more than a person can do, for a reason.
const OVERRIDE: &str = "finance.allocations:override_capacity";

steward_core::resource! {
    /// Allocation of a person's time to some work over a period. Hours of a day = weekly hours × working hours of that day ÷ working hours
    /// of that week. Confirmed hard allocations together may exceed a person's time by at most `allocation_tolerance_percent` of the
    /// settings; more requires the permission `finance.allocations:override_capacity` and a reason.
    pub struct Allocation {
        /// Resource request to be fulfilled.
        #[field(refers_to(&["finance/resource-requests"]))]
        pub request_id: Option<Id>,
        /// Person allocated.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Service, project or work item for which the work is done.
        #[field(refers_to(&["infrastructure/services", "projects/projects", "projects/work-items"]))]
        pub work_id: Option<Id>,
        /// Budget line that pays. Confirming commits the hours at the person's labour rate of each day in the periods of its fiscal year; hours
        /// posted on the line relieve the commitments, and the rest is released with the allocation. Days without a rate commit nothing; a
        /// budget that blocks allocations without funds refuses them.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// First day of the allocation.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the allocation.
        #[field(event)]
        pub ends_on: Date,
        /// Hours per week. Either hours or a percentage.
        pub weekly_hours: Option<Number<0, 168>>,
        /// Percentage of the person's contracted week. Either a percentage or hours.
        pub percent: Option<Percent>,
        /// Firmness of the allocation.
        #[field(default(|| json!("soft")))]
        pub kind: Firmness,
        /// Reason for exceeding the person's capacity.
        pub override_reason: Option<Note>,
        /// Description of the work.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Allocation {
    const PATH: &'static str = "finance/allocations";
    type Table = steward_schema::finance::allocations::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["request_id", "work_id"];
    const OWNED: bool = false;
    const TITLE: &'static str = "id";
    const EDITABLE_IN: &'static [&'static str] = &["proposed"];
    const RULE_VERBS: &'static [&'static str] = &["override_capacity"];
    const FLAGS: &'static [Flag] = &[super::absent_load::CAPACITY, allocation_promise::LABOR_RATE];
    const DUE: &'static [Due] = &[Due::on("active", "starts_on"), Due::after("completed", "ends_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("proposed→confirmed:confirm→active:activate→completed:complete; released:release").given_up(&["released"]))
    }

    fn sample() -> Self {
        Allocation {
            request_id: None,
            person_id: Id::sample(),
            work_id: None,
            budget_line_id: None,
            starts_on: Date::sample("2026-07-01"),
            ends_on: Date::sample("2026-09-30"),
            weekly_hours: None,
            percent: Some(Number(60.0)),
            kind: Firmness::Hard,
            override_reason: Some("Two weeks of overlap while the fabric is handed over.".into()),
            description: Some("Builds the fabric of the new data centre.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
        faults.require(
            self.weekly_hours.is_some() != self.percent.is_some(),
            "weekly_hours",
            "one_of",
            "Say either how many hours a week or how many percent.",
        );
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.person_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        // Who restores a confirmed one relies on the person again.
        if check.before.is_some() || !matches!(check.state, Some("confirmed" | "active")) {
            return Ok(());
        }
        match self.unmet_to_confirm(check)?.into_iter().next() {
            Some(UnmetGuard(broken)) => Err(Problem::conflict(broken.pointer, &broken.code, broken.detail).into()),
            None => Ok(()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "confirmed" {
            return Ok(Vec::new());
        }
        let mut unmet = self.unmet_to_confirm(check)?;
        if let Some(assigned) = self.assigned() {
            unmet.extend(allocation_promise::unmet_of_rate(check, &assigned)?);
        }
        Ok(unmet)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        match (step.from, step.to) {
            (_, "confirmed") => self.assigned().map_or(Ok(Vec::new()), |assigned| allocation_promise::commit(check, &assigned)),
            ("confirmed" | "active", "released" | "completed") => ledger::release(check, &[check.id]),
            _ => Ok(Vec::new()),
        }
    }
}

impl Allocation {
    /// The person, the hours and the days that its commitments follow from; none where no budget pays.
    fn assigned(&self) -> Option<Assigned> {
        Some(Assigned {
            person: self.person_id,
            budget_line: self.budget_line_id?,
            weekly_hours: self.weekly_hours.map(|hours| hours.0),
            percent: self.percent.map(|percent| percent.0),
            starts_on: self.starts_on,
            ends_on: self.ends_on,
        })
    }

    fn unmet_to_confirm(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if self.kind != Firmness::Hard {
            return Ok(Vec::new());
        }
        let away = self.absences(check)?;
        if !away.is_empty() {
            return Ok(away);
        }
        let Some(week) = people::weekly_hours(check, self.person_id)? else { return Ok(Vec::new()) };
        let own = Load {
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            percent: percent_of(self.percent.map(|each| each.0), self.weekly_hours.map(|each| each.0), week),
        };
        let others = self.confirmed(check, week)?;
        let peak = allocation_load::peak(own, &others);
        let limit = 100.0 + books::capacity_rules(check)?.tolerance_percent;
        // A hair above the limit is the arithmetic of fractions.
        if peak <= limit + 1e-9 || self.may_override(check)? {
            return Ok(Vec::new());
        }
        let detail = format!("With it, {peak:.1} % of the person's time would be taken on some day, and at most {limit:.0} % may be.");
        Ok(vec![UnmetGuard::new("/percent", "capacity", detail)])
    }

    /// The days on which the person is not there: on leave, which an override passes, or no longer contracted, which nothing does.
    fn absences(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let own = [Load { starts_on: self.starts_on, ends_on: self.ends_on, percent: 0.0 }];
        let away = presence::away(check, self.person_id, self.starts_on)?;
        let days = |gone: bool| {
            let spans: Vec<(Date, Option<Date>)> =
                away.iter().filter(|away| away.ends_on.is_none() == gone).map(|away| (away.starts_on, away.ends_on)).collect();
            let found = allocation_load::clashes(&own, &spans, self.starts_on);
            found.iter().take(5).map(|(first, last)| format!("{first} to {last}")).collect::<Vec<_>>().join(", ")
        };
        let (left, absent) = (days(true), days(false));
        if !left.is_empty() {
            let detail = format!("The person has no contract on some of its days ({left}), and no capacity then. Let it end before.");
            return Ok(vec![UnmetGuard::new("/ends_on", "capacity", detail)]);
        }
        if !absent.is_empty() && !self.may_override(check)? {
            let detail =
                format!("The person is absent on some of its days ({absent}), and has no capacity then. Choose other days, or override it with a reason.");
            return Ok(vec![UnmetGuard::new("/starts_on", "capacity", detail)]);
        }
        Ok(Vec::new())
    }

    /// What else is confirmed of the person's time while this one lasts.
    fn confirmed(&self, check: &mut Check<'_>, week: f64) -> Result<Vec<Load>> {
        let rows: Vec<(Date, Date, Option<f64>, Option<f64>)> = allocations::table
            .filter(allocations::kind.eq(Firmness::Hard).and(allocations::state.eq_any(["confirmed", "active"])))
            .filter(allocations::person_id.eq(self.person_id).and(allocations::id.ne(check.id)))
            .filter(allocations::ends_on.ge(self.starts_on).and(allocations::starts_on.le(self.ends_on)))
            .select((allocations::starts_on, allocations::ends_on, allocations::percent, allocations::weekly_hours))
            .load(check.connection)?;
        let load = |(starts_on, ends_on, percent, hours)| Load { starts_on, ends_on, percent: percent_of(percent, hours, week) };
        Ok(rows.into_iter().map(load).collect())
    }

    fn may_override(&self, check: &mut Check<'_>) -> Result<bool> {
        let unit: Option<Id> = allocations::table.find(check.id).select(allocations::unit_id).first(check.connection).optional()?;
        Ok(self.override_reason.is_some() && (check.holds)(check.connection, OVERRIDE, unit)?)
    }
}

/// Percent of a contracted week; hours of somebody without one are more than there is.
fn percent_of(percent: Option<f64>, hours: Option<f64>, week: f64) -> f64 {
    match (percent, hours) {
        (Some(percent), _) => percent,
        (None, Some(hours)) if hours > 0.0 && week <= 0.0 => f64::INFINITY,
        (None, Some(hours)) if hours > 0.0 => hours / week * 100.0,
        _ => 0.0,
    }
}
