//! People, for the domains that rely on them: their contracted time, and their names.

use crate::database::CHUNK;
use crate::error::Result;
use crate::ports::people::{self, NamedPerson};
use crate::resource::{Check, Id};
use diesel::prelude::*;
use steward_schema::teams::people as people_rows;

/// The people of the organisation.
pub struct People;

impl people::People for People {
    fn weekly_hours(&self, check: &mut Check<'_>, person: Id) -> Result<Option<f64>> {
        Ok(people_rows::table.find(person).select(people_rows::weekly_hours).first(check.connection).optional()?)
    }

    fn remaining(&self, check: &mut Check<'_>, people: &[Id], limit: usize) -> Result<Vec<NamedPerson>> {
        let mut remaining = Vec::new();
        for chunk in people.chunks(CHUNK) {
            let rows: Vec<(Id, String, Id)> = people_rows::table
                .filter(people_rows::state.ne("left").and(people_rows::id.eq_any(chunk)))
                .order((people_rows::name, people_rows::id))
                .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                .select((people_rows::id, people_rows::name, people_rows::unit_id))
                .load(check.connection)?;
            remaining.extend(rows.into_iter().map(|(id, name, unit)| NamedPerson { id, name, unit }));
        }
        if people.len() > CHUNK {
            remaining.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
            remaining.truncate(limit);
        }
        Ok(remaining)
    }
}
