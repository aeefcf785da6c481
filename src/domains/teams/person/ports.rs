//! People, for the domains that rely on them: their contracted time, and their names.

use crate::absence::called_now::called_now;
use crate::skill::qualified::qualified;
use diesel::dsl::count_star;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::access::parents;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::people::{self, FundedPosition, Group, NamedPerson, OnCall, Qualified, Rostered};
use steward_core::resource::value::{Date, Instant, Title};
use steward_core::resource::{Check, Id};
use steward_schema::service::revisions;
use steward_schema::teams::{memberships, people as people_rows, positions};

/// The people of the organisation.
pub struct People;

impl people::People for People {
    fn working(&self, check: &mut Check<'_>, group: Group) -> Result<Vec<Id>> {
        let (today, begun) = (check.today, people_rows::starts_on.is_null().or(people_rows::starts_on.le(check.today)));
        let here = begun.and(people_rows::ends_on.is_null().or(people_rows::ends_on.ge(today)));
        let there: Vec<(Id, Id)> = people_rows::table
            .filter(people_rows::state.ne("left").and(here))
            .order(people_rows::id)
            .select((people_rows::id, people_rows::unit_id))
            .load(check.connection)?;
        let members: Option<HashSet<Id>> = match group {
            Group::Everyone | Group::Unit(_) => None,
            Group::Team(team) => {
                let lasts = memberships::starts_on.le(today).and(memberships::ends_on.is_null().or(memberships::ends_on.ge(today)));
                let of_team = memberships::table.filter(memberships::team_id.eq(team).and(lasts)).select(memberships::person_id);
                Some(of_team.load(check.connection)?.into_iter().collect())
            }
            Group::Role(role) => {
                let lasts = positions::ends_on.is_null().or(positions::ends_on.ge(today));
                let of_role = positions::table.filter(positions::role_profile_id.eq(role).and(lasts)).select(positions::holder_id);
                Some(of_role.load::<Option<Id>>(check.connection)?.into_iter().flatten().collect())
            }
        };
        let above = if let Group::Unit(_) = group { parents(check.connection)? } else { HashMap::new() };
        let belongs = |(person, unit): &(Id, Id)| match group {
            Group::Unit(wanted) => is_below(*unit, wanted, &above),
            _ => members.as_ref().is_none_or(|members| members.contains(person)),
        };
        Ok(there.iter().filter(|each| belongs(each)).map(|(person, _)| *person).collect())
    }

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

    fn left_on(&self, check: &mut Check<'_>, person: Id) -> Result<Option<Date>> {
        let left = people_rows::table.find(person).filter(people_rows::state.eq("left")).select(people_rows::ends_on);
        let Some(last) = left.first::<Option<Date>>(check.connection).optional()? else { return Ok(None) };
        if last.is_some() {
            return Ok(last);
        }
        let moved = revisions::table.filter(revisions::resource_id.eq(person).and(revisions::action.eq("leave")));
        let at: Option<Instant> = moved.order(revisions::revision.desc()).select(revisions::at).first(check.connection).optional()?;
        Ok(Some(at.map_or(check.today, |at| at.date_in(check.zone))))
    }

    fn roster(&self, check: &mut Check<'_>, first: Date, last: Date) -> Result<Vec<Rostered>> {
        let begun = people_rows::starts_on.is_null().or(people_rows::starts_on.le(last));
        let lasts = people_rows::ends_on.is_null().or(people_rows::ends_on.ge(first));
        // Who left without a last day is not there any more.
        let there = people_rows::state.ne("left").or(people_rows::ends_on.is_not_null());
        let rows: Vec<(Id, Id, f64)> = people_rows::table
            .filter(begun)
            .filter(lasts)
            .filter(there)
            .order(people_rows::id)
            .select((people_rows::id, people_rows::unit_id, people_rows::weekly_hours))
            .load(check.connection)?;
        let filled = positions::table.filter(positions::state.eq("filled").and(positions::holder_id.is_not_null())).order(positions::id);
        let roles: Vec<(Option<Id>, Id)> = filled.select((positions::holder_id, positions::role_profile_id)).load(check.connection)?;
        let roles: HashMap<Id, Id> = roles.into_iter().filter_map(|(holder, role)| Some((holder?, role))).collect();
        let rostered = |(id, unit, weekly_hours)| Rostered { id, unit, role_profile: roles.get(&id).copied(), weekly_hours };
        Ok(rows.into_iter().map(rostered).collect())
    }

    fn funded_positions(&self, check: &mut Check<'_>) -> Result<Vec<FundedPosition>> {
        type Row = (Id, Title, Id, Option<Id>, f64, Option<Id>, Option<Date>, Option<Date>);
        let rows: Vec<Row> = positions::table
            .filter(positions::state.eq_any(["approved", "open", "filled"]).and(positions::budget_line_id.is_not_null()))
            .order(positions::id)
            .select((
                positions::id,
                positions::title,
                positions::role_profile_id,
                positions::holder_id,
                positions::fte,
                positions::budget_line_id,
                positions::starts_on,
                positions::ends_on,
            ))
            .load(check.connection)?;
        let funded = |(id, title, role_profile, holder, fte, budget_line, starts_on, ends_on): Row| {
            Some(FundedPosition { id, title, role_profile, holder, fte, budget_line: budget_line?, starts_on, ends_on })
        };
        Ok(rows.into_iter().filter_map(funded).collect())
    }

    fn headcount(&self, check: &mut Check<'_>, places: &[Id]) -> Result<HashMap<Id, i64>> {
        let mut counts: HashMap<Id, i64> = HashMap::new();
        for chunk in places.chunks(CHUNK) {
            let there = || people_rows::table.filter(people_rows::state.ne("left"));
            let of_units: Vec<(Id, i64)> = there()
                .filter(people_rows::unit_id.eq_any(chunk))
                .group_by(people_rows::unit_id)
                .select((people_rows::unit_id, count_star()))
                .load(check.connection)?;
            let center = people_rows::cost_center_id;
            let of_centers: Vec<(Option<Id>, i64)> =
                there().filter(center.assume_not_null().eq_any(chunk)).group_by(center).select((center, count_star())).load(check.connection)?;
            counts.extend(of_units);
            counts.extend(of_centers.into_iter().filter_map(|(center, count)| Some((center?, count))));
        }
        Ok(counts)
    }

    fn on_call(&self, check: &mut Check<'_>, services: &[Id]) -> Result<Vec<OnCall>> {
        called_now(check, services)
    }

    fn qualified(&self, check: &mut Check<'_>, subjects: &[Id]) -> Result<Vec<Qualified>> {
        qualified(check, subjects)
    }
}

/// Whether a unit is another, or lies below it.
fn is_below(unit: Id, wanted: Id, above: &HashMap<Id, Option<Id>>) -> bool {
    let mut at = Some(unit);
    // A tree of units is never as deep as it has units.
    for _ in 0..=above.len() {
        match at {
            Some(unit) if unit == wanted => return true,
            Some(unit) => at = above.get(&unit).copied().flatten(),
            None => return false,
        }
    }
    false
}
