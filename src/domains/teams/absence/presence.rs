//! When people are not there, for whoever relies on them: the days, and never why.

use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::presence::{self, Away};
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Id};
use steward_schema::teams::{absences, people};

/// Absences and the contract, as this domain knows them.
pub struct Presence;

impl presence::Presence for Presence {
    fn away(&self, check: &mut Check<'_>, persons: &[Id], from: Date) -> Result<HashMap<Id, Vec<Away>>> {
        use absences::{ends_on, id, person_id, starts_on, state};
        let mut away: HashMap<Id, Vec<Away>> = HashMap::new();
        for chunk in persons.chunks(CHUNK) {
            let granted = absences::table.filter(person_id.eq_any(chunk).and(state.eq_any(["approved", "taken"])).and(ends_on.ge(from)));
            let days: Vec<(Id, Date, Date)> = granted.order((starts_on, id)).select((person_id, starts_on, ends_on)).load(check.connection)?;
            for (person, first, last) in days {
                away.entry(person).or_default().push(Away { starts_on: first, ends_on: Some(last) });
            }
            let contracts = people::table.filter(people::id.eq_any(chunk)).select((people::id, people::state, people::starts_on, people::ends_on));
            let contracts: Vec<(Id, String, Option<Date>, Option<Date>)> = contracts.load(check.connection)?;
            for (person, current, first, last) in contracts {
                let before = first.filter(|first| *first > from).map(|first| Away { starts_on: from, ends_on: first.0.pred_opt().map(Date) });
                let left = current == "left";
                let gone = last.map(|last| last.plus_days(1)).or(left.then_some(check.today));
                // Who left before the day that was planned is gone today.
                let gone = if left { gone.map(|gone| gone.min(check.today)) } else { gone };
                let after = gone.map(|first| Away { starts_on: first, ends_on: None });
                if before.is_some() || after.is_some() {
                    away.entry(person).or_default().extend(before.into_iter().chain(after));
                }
            }
        }
        Ok(away)
    }
}
