//! Who could make an approving move that the caller cannot: told where it is refused.

use super::mandate::{self, Mandate, Ruling, roles_of};
use super::rate::Rates;
use super::separation::Separation;
use crate::access::{Pattern, accounts_of, patterns};
use crate::database::{Cell, Kind, Statement};
use crate::error::Result;
use crate::ports::authority::Asked;
use crate::resource::{Check, Id};

/// How many people a refusal names.
const NAMED: usize = 5;
/// How many it looks at.
const LOOKED_AT: usize = 50;
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
    let ids = |ids: &[Id]| ids.iter().map(|id| Cell::Id(*id)).collect::<Vec<_>>();
    let mut query = Statement::new(
        "SELECT p.id, p.name, p.unit_id FROM people p WHERE p.state <> 'left' AND p.id IN (SELECT u.person_id FROM users u \
         JOIN grants g ON g.principal_id = u.id WHERE u.state = 'active' AND g.role_id IN (",
    );
    query.bind_all(ids(&roles)).push(") AND (g.unit_id IS NULL");
    if let (Some(_), false) = (asked.unit, asked.units.is_empty()) {
        query.push(" OR g.unit_id IN (").bind_all(ids(asked.units)).push(")");
    }
    query.push("))");
    let others: Vec<Id> = asked.hands.iter().chain(asked.accounts).copied().collect();
    query.push(" AND p.id NOT IN (SELECT person_id FROM users WHERE person_id IS NOT NULL AND id IN (").bind_all(ids(&others));
    query.push(") UNION ALL SELECT owner_id FROM service_accounts WHERE id IN (").bind_all(ids(&others)).push("))");
    query.push(format!(" ORDER BY p.name, p.id LIMIT {LOOKED_AT}"));
    let rows = query.once().rows(check.connection, &[Kind::Id, Kind::Text, Kind::Id])?;
    let read = |row: &Vec<Cell>| Some(Candidate { person: row.first()?.as_id()?, name: row.get(1)?.as_text()?.to_owned(), unit: row.get(2)?.as_id()? });
    Ok(rows.iter().filter_map(read).collect())
}

/// The roles that hold a permission.
fn roles_with(check: &mut Check<'_>, permission: &str) -> Result<Vec<Id>> {
    let Some(wanted) = Pattern::parse(permission) else { return Ok(Vec::new()) };
    let rows = Statement::new("SELECT id, permissions FROM roles").rows(check.connection, &[Kind::Id, Kind::Doc])?;
    let holds = |cell: &Cell| patterns(cell).into_iter().flatten().any(|held| held.covers(&wanted));
    Ok(rows.iter().filter(|row| row.get(1).is_some_and(holds)).filter_map(|row| row.first()?.as_id()).collect())
}

/// Whether neither a rule of separation nor a limit stops a candidate.
fn may(check: &mut Check<'_>, asked: &Asked<'_>, candidate: &Candidate, mandates: &[&Mandate], rules: &[Separation], rates: &mut Rates) -> Result<bool> {
    if mandates.is_empty() && rules.is_empty() {
        return Ok(true);
    }
    let query = Statement::new("SELECT id FROM users WHERE state = 'active' AND person_id = ").with(candidate.person, " ORDER BY id");
    let own: Vec<Id> = query.rows(check.connection, &[Kind::Id])?.iter().filter_map(|row| row.first()?.as_id()).collect();
    let Some(first) = own.first() else { return Ok(false) };
    let accounts = accounts_of(check.connection, *first, Some(candidate.person))?;
    let step = asked.permission();
    for rule in rules {
        if rule.touches(check.connection, check.definitions, (asked.definition.path, check.id), &step, &accounts)? {
            return Ok(false);
        }
    }
    let roles = roles_of(check.connection, &own, asked.units)?;
    let ruling = mandate::rule(check.connection, mandates, (Some(candidate.person), &roles), asked.value, rates)?;
    Ok(!matches!(ruling, Ruling::Refused(..)))
}
