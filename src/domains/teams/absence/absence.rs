//! Absences: when people are not there.

use crate::person::person::{acts_for, may_act_for};
use diesel::dsl::not;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::json;
use steward_core::choice;
use steward_core::database::Dialect;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Date, Note, Number};
use steward_core::resource::{Cause, Check, Due, Flag, Guard, Id, Lifecycle, Move, Own, Resource, Scope, StateException, UnmetGuard, ValidationErrors, Watch};
use steward_schema::teams::absences;

choice! {
    /// Reason for an absence.
    pub enum AbsenceKind {
        /// Holiday.
        Holiday = "holiday",
        /// Illness.
        Sickness = "sickness",
        /// Birth or care of a child.
        Parental = "parental",
        /// Care of a relative.
        Care = "care",
        /// A course or an examination.
        Training = "training",
        /// Time off for work done before.
        Compensation = "compensation",
        /// Leave without pay.
        Unpaid = "unpaid",
        /// Any other reason.
        Other = "other",
    }
}

steward_core::resource! {
    /// Period of absence of a person. The days are visible to everyone who plans the person's work, the reason only to the person. An
    /// illness or a care that could not be foreseen is reported and needs no approval; an approved absence cannot be extended. Absences
    /// taken on the same days raise a conflict.
    pub struct Absence {
        /// Absent person.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Reason for the absence; sickness or care if it is reported.
        #[field(private(&["person_id"]))]
        pub kind: Option<AbsenceKind>,
        /// First day.
        #[field(event, lasts_until("ends_on"))]
        pub starts_on: Date,
        /// Last day, included.
        pub ends_on: Date,
        /// Working hours missed; none for all working hours of the period.
        pub absent_hours: Option<Number<0, 10000>>,
        /// True if the absence could not be foreseen, and is taken without approval: only sickness or care that starts tomorrow at the
        /// latest. Visible only to the person, and fixed once the absence is recorded.
        #[field(default(|| json!(false)), private(&["person_id"]), fixed)]
        pub reported: bool,
        /// Person who substitutes meanwhile.
        #[field(refers_to(&["teams/people"]))]
        pub deputy_id: Option<Id>,
        /// Private notes of the person.
        #[field(private(&["person_id"]))]
        pub notes: Option<Note>,
    }
}

/// Who may approve the absences of others asks for them and cancels them, too.
const OTHERS: &str = "teams.absences:approve";

impl Resource for Absence {
    const PATH: &'static str = "teams/absences";
    type Table = steward_schema::teams::absences::table;
    const SCOPE: Scope = Scope::Within("person_id");
    const OWN: &'static [Own] = &[Own::named("person_id"), Own::named("deputy_id").in_states(&["approved", "taken"]).only(&["read"])];
    const TITLE: &'static str = "starts_on";
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::editable(&["taken"], &["ends_on"], "An illness that was reported lasts as long as it does; what was approved only becomes shorter.")];
    const GUARDS: &'static [Guard] = &[Guard::reached(&["taken"], "starts_on")];
    const FLAGS: &'static [Flag] = &[Flag {
        code: "overlap",
        about: Absence::PATH,
        watches: &[Watch::itself(Absence::PATH), Watch::beside(Absence::PATH, "person_id", (Absence::PATH, "person_id", "id"))],
        judge: taken_twice,
        hold: None,
    }];
    const DUE: &'static [Due] = &[Due::on("taken", "starts_on").from(&["approved"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "requested→approved:approve→taken:take; requested→rejected:reject; requested|approved→cancelled:cancel; requested→taken";
        Some(Lifecycle::new(notation).given_up(&["rejected", "cancelled"]).named("requested", "taken", "report").approving(&["approve"]))
    }

    fn sample() -> Self {
        Absence {
            person_id: Id::sample(),
            kind: Some(AbsenceKind::Sickness),
            starts_on: Date::sample("2026-04-13"),
            ends_on: Date::sample("2026-04-15"),
            absent_hours: Some(Number(21.6)),
            reported: true,
            deputy_id: None,
            notes: Some("Back on Thursday.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
        let most = (self.ends_on.0 - self.starts_on.0).num_days().saturating_add(1).saturating_mul(24) as f64;
        let within = self.absent_hours.is_none_or(|hours| hours.0 <= most);
        faults.require(within, "absent_hours", "range", "A day has 24 hours: expected at most 24 for each of its days.");
        faults.require(self.deputy_id != Some(self.person_id), "deputy_id", "itself", "Nobody stands in for themselves. Name another person.");
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        match cause {
            // What was recorded before is restored as it was.
            Cause::Create => self.require_unforeseen(None, check)?,
            Cause::Update => self.require_unforeseen(check.before::<Absence>()?, check)?,
            Cause::Move(_) => {}
        }
        Ok(None)
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_none() && !may_act_for(check, self.person_id, OTHERS)? {
            return Err(Problem::forbidden(OTHERS).into());
        }
        let Some(before) = check.before::<Absence>()?.filter(|before| !before.reported) else { return Ok(()) };
        let hours = |absence: &Absence| absence.absent_hours.map_or(f64::INFINITY, |hours| hours.0);
        let longer = self.starts_on < before.starts_on || self.ends_on > before.ends_on || hours(self) > hours(before);
        if matches!(check.state, Some("approved" | "taken")) && longer {
            let pointer = if self.starts_on < before.starts_on { "/starts_on" } else { "/ends_on" };
            return Err(Problem::conflict(pointer, "approved", "It was approved for fewer days. Ask for the others with another absence.").into());
        }
        Ok(())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to == "approved" && acts_for(check, self.person_id)? {
            return Ok(vec![UnmetGuard::new("/person_id", "own", "Nobody approves their own absence. Ask who leads you.")]);
        }
        if step.to == "approved" && !self.reported {
            return Ok(self.overlap(check)?.into_iter().collect());
        }
        if step.to == "cancelled" && !may_act_for(check, self.person_id, OTHERS)? {
            return Ok(vec![UnmetGuard::new("/person_id", "other", "The person cancels their absence, or who approves absences there does.")]);
        }
        if (step.from, step.to) != ("requested", "taken") || (self.reported && self.is_unforeseeable()) {
            return Ok(Vec::new());
        }
        Ok(vec![UnmetGuard::new("/reported", "approval", "It must be approved first. Only a reported illness or care needs no approval.")])
    }
}

/// How many days before its start an absence may be reported at most: who falls ill in the evening is ill tomorrow.
const NOTICE_DAYS: u32 = 1;

impl Absence {
    /// True if nobody can foresee an absence of its kind.
    fn is_unforeseeable(&self) -> bool {
        matches!(self.kind, Some(AbsenceKind::Sickness | AbsenceKind::Care))
    }

    /// Refuses to report what could have been requested (422): another kind than sickness and care, or a later start than tomorrow.
    fn require_unforeseen(&self, before: Option<&Absence>, check: &Check<'_>) -> Result<()> {
        if !self.reported {
            return Ok(());
        }
        let refuse = |pointer: &str, code: &str, detail: &str| Err(Problem::invalid(vec![FieldError::new(pointer, code, detail)]).into());
        if before.is_none_or(|before| before.kind != self.kind) && !self.is_unforeseeable() {
            return refuse("/kind", "reported", "Only sickness or care is reported. Leave reported out, and have the absence approved.");
        }
        if before.is_none_or(|before| before.starts_on != self.starts_on) && self.starts_on > check.today.plus_days(NOTICE_DAYS) {
            return refuse("/starts_on", "reported", "An absence that starts later than tomorrow can be foreseen. Leave reported out, and have it approved.");
        }
        Ok(())
    }

    /// What is missing if the person is absent on some of its days already. What is reported is a fact, such as an illness on holiday.
    fn overlap(&self, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        let other: Option<(Date, Date)> = on_days(self.person_id, (self.starts_on, self.ends_on), self.absent_hours.is_none())
            .filter(absences::id.ne(check.id))
            .filter(absences::state.eq_any(["approved", "taken"]).and(not(absences::reported)))
            .select((absences::starts_on, absences::ends_on))
            .first(check.connection)
            .optional()?;
        let told = |(first, last): (Date, Date)| {
            UnmetGuard::new("/starts_on", "overlap", format!("The person is absent from {first} to {last} already. Choose other days, or cancel that absence."))
        };
        Ok(other.map(told))
    }
}

/// The absences of a person on some of these days, the first one first. Some hours of a day leave room for others: of two absences one is whole.
fn on_days(person: Id, (first, last): (Date, Date), whole: bool) -> absences::BoxedQuery<'static, Dialect> {
    absences::table
        .filter(absences::person_id.eq(person))
        .filter(absences::starts_on.le(last).and(absences::ends_on.ge(first)))
        .filter(absences::absent_hours.is_null().or(whole.into_sql::<Bool>()))
        .order((absences::starts_on, absences::id))
        .into_boxed()
}

/// An absence that was taken lies on days of an earlier one that was taken, too. Of each pair the later record is told of.
fn taken_twice(check: &mut Check<'_>, absence: Id) -> Result<Option<String>> {
    let taken = absences::table.find(absence).filter(absences::state.eq("taken"));
    let taken = taken.select((absences::person_id, absences::starts_on, absences::ends_on, absences::absent_hours.is_null()));
    let Some((person, starts_on, ends_on, whole)) = taken.first::<(Id, Date, Date, bool)>(check.connection).optional()? else { return Ok(None) };
    let other: Option<(Date, Date)> = on_days(person, (starts_on, ends_on), whole)
        .filter(absences::id.lt(absence).and(absences::state.eq("taken")))
        .select((absences::starts_on, absences::ends_on))
        .first(check.connection)
        .optional()?;
    let told = |(first, last): (Date, Date)| {
        format!("Another absence of the person, from {first} to {last}, was taken on some of the same days. Shorten one of them, or accept that both stand.")
    };
    Ok(other.map(told))
}
