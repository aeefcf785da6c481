//! When people are not there, for whoever relies on them: the days, and never why.

use crate::error::Result;
use crate::ports::presence::{self, Away};
use crate::resource::value::Date;
use crate::resource::{Check, Id};
use diesel::prelude::*;
use steward_schema::teams::{absences, people};

/// Absences and the contract, as this domain knows them.
pub struct Presence;

impl presence::Presence for Presence {
    fn away(&self, check: &mut Check<'_>, person: Id, from: Date) -> Result<Vec<Away>> {
        use absences::{ends_on, id, person_id, starts_on, state};
        let granted = absences::table.filter(person_id.eq(person).and(state.eq_any(["approved", "taken"])).and(ends_on.ge(from)));
        let days: Vec<(Date, Date)> = granted.order((starts_on, id)).select((starts_on, ends_on)).load(check.connection)?;
        let mut away: Vec<Away> = days.into_iter().map(|(first, last)| Away { starts_on: first, ends_on: Some(last) }).collect();
        let contract = people::table.find(person).select((people::state, people::starts_on, people::ends_on));
        let contract: Option<(String, Option<Date>, Option<Date>)> = contract.first(check.connection).optional()?;
        if let Some((current, first, last)) = contract {
            let before = first.filter(|first| *first > from).map(|first| Away { starts_on: from, ends_on: first.0.pred_opt().map(Date) });
            away.extend(before);
            let left = current == "left";
            let gone = last.map(|last| last.plus_days(1)).or(left.then_some(check.today));
            // Who left before the day that was planned is gone today.
            let gone = if left { gone.map(|gone| gone.min(check.today)) } else { gone };
            away.extend(gone.map(|first| Away { starts_on: first, ends_on: None }));
        }
        Ok(away)
    }
}
