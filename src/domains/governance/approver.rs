//! Who could make an approving move that the caller cannot: told where it is refused.

use super::mandate::{self, Mandate, Ruling, roles_of};
use super::rate::Rates;
use super::separation::Separation;
use crate::access::{Pattern, accounts_of};
use crate::error::Result;
use crate::ports::authority::Asked;
use crate::resource::value::Text;
use crate::resource::{Check, Id};
use diesel::prelude::*;
use steward_schema::identity::{grants, roles, service_accounts, users};
use steward_schema::teams::people;

/// How many people a refusal names.
const NAMED: usize = 5;
/// How many it looks at.
const LOOKED_AT: i64 = 50;
const SEE_PEOPLE: &str = "teams.people:read";

/// A sentence that names some people who could make the move: they hold the permission in that unit with an active account, had
/// no hand in the record, no rule of separation stops them, and what was delegated to them is enough. Only people whom the caller
/// may see are named.
pub fn who(check: &mut Check<'_>, asked: &Asked<'_>, mandates: &[&Mandate], rules: &[Separation], rates: &mut Rates) -> Result<String> {
    let mut named = Vec::new();
    for candidate in candidates(check, asked)? {
        if named.len() == NAMED {
            break;
        }
        let holds = check.holds;
        if !holds(check.connection, SEE_PEOPLE, Some(candidate.unit))? || !may(check, asked, &candidate, mandates, rules, rates)? {
            continue;
        }
        named.push(format!("{} ({})", candidate.name, candidate.person));
    }
    if named.is_empty() {
        return Ok(format!("Nobody whom you see could do it now. Ask for a grant of {} or a delegation that reaches this.", asked.permission()));
    }
    Ok(format!("It could be done by {}.", named.join(", ")))
}

#[derive(Queryable)]
struct Candidate {
    person: Id,
    name: String,
    unit: Id,
}

/// People who hold the permission where the record stands and had no hand in it.
fn candidates(check: &mut Check<'_>, asked: &Asked<'_>) -> Result<Vec<Candidate>> {
    let roles = roles_with(check, &asked.permission())?;
    if roles.is_empty() {
        return Ok(Vec::new());
    }
    let units = if asked.unit.is_some() { asked.units } else { &[] };
    let holders = grants::table
        .filter(grants::role_id.eq_any(roles))
        .filter(grants::unit_id.is_null().or(grants::unit_id.eq_any(units)))
        .select(grants::principal_id)
        .into_boxed();
    let able = users::table.filter(users::state.eq("active")).filter(users::id.eq_any(holders)).select(users::person_id).into_boxed();
    let others: Vec<Id> = asked.hands.iter().chain(asked.accounts).copied().collect();
    let with_account =
        users::table.filter(users::person_id.is_not_null().and(users::id.eq_any(&others))).select(users::person_id.assume_not_null()).into_boxed();
    let with_service = service_accounts::table.filter(service_accounts::id.eq_any(&others)).select(service_accounts::owner_id).into_boxed();
    let found = people::table
        .filter(people::state.ne("left").and(people::id.nullable().eq_any(able)))
        .filter(people::id.ne_all(with_account).and(people::id.ne_all(with_service)))
        .order((people::name, people::id))
        .limit(LOOKED_AT)
        .select((people::id, people::name, people::unit_id))
        .load(check.connection)?;
    Ok(found)
}

/// The roles that hold a permission.
fn roles_with(check: &mut Check<'_>, permission: &str) -> Result<Vec<Id>> {
    let Some(wanted) = Pattern::parse(permission) else { return Ok(Vec::new()) };
    let all: Vec<(Id, Vec<Text<5, 200>>)> = roles::table.select((roles::id, roles::permissions)).load(check.connection)?;
    let holds = |permissions: &[Text<5, 200>]| permissions.iter().filter_map(|held| Pattern::parse(held)).any(|held| held.covers(&wanted));
    Ok(all.into_iter().filter(|(_, permissions)| holds(permissions)).map(|(id, _)| id).collect())
}

/// Whether neither a rule of separation nor a limit stops a candidate.
fn may(check: &mut Check<'_>, asked: &Asked<'_>, candidate: &Candidate, mandates: &[&Mandate], rules: &[Separation], rates: &mut Rates) -> Result<bool> {
    if mandates.is_empty() && rules.is_empty() {
        return Ok(true);
    }
    let own = users::table.filter(users::state.eq("active").and(users::person_id.eq(candidate.person))).order(users::id).select(users::id);
    let own: Vec<Id> = own.load(check.connection)?;
    let Some(first) = own.first() else { return Ok(false) };
    let accounts = accounts_of(check.connection, *first, Some(candidate.person))?;
    let step = asked.permission();
    for rule in rules {
        if rule.touches(check.connection, check.definitions, (asked.definition.path, check.id), &step, &accounts)? {
            return Ok(false);
        }
    }
    let roles = roles_of(check.connection, &own, asked.units)?;
    let ruling = mandate::rule(check, mandates, (Some(candidate.person), &roles), asked.value, rates)?;
    Ok(!matches!(ruling, Ruling::Refused(..)))
}
