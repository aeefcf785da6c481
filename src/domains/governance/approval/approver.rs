//! Who could make an approving move that the caller cannot: told where it is refused.

use super::authority::{self, DelegatedAuthority, Ruling};
use super::limit_rate::Rates;
use super::separation::Separation;
use steward_core::access::{accounts_of, active_users_of, holders, roles_in};
use steward_core::error::Result;
use steward_core::ports::authority::ApprovalRequest;
use steward_core::ports::people::{self, NamedPerson};
use steward_core::resource::{Check, Id};

/// How many people a refusal names.
const NAMED: usize = 5;
/// How many it looks at.
const LOOKED_AT: usize = 50;
const SEE_PEOPLE: &str = "teams.people:read";

/// A sentence that names some people who could make the move: they hold the permission in that unit with an active account, had
/// no hand in the record, no rule of separation stops them, and what was delegated to them is enough. Only people whom the caller
/// may see are named.
pub fn who(check: &mut Check<'_>, asked: &ApprovalRequest<'_>, authorities: &[&DelegatedAuthority], rules: &[Separation], rates: &mut Rates) -> Result<String> {
    let mut named = Vec::new();
    for candidate in candidates(check, asked)? {
        if named.len() == NAMED {
            break;
        }
        let holds = check.holds;
        if !holds(check.connection, SEE_PEOPLE, Some(candidate.unit))? || !may(check, asked, &candidate, authorities, rules, rates)? {
            continue;
        }
        named.push(format!("{} ({})", candidate.name, candidate.id));
    }
    if named.is_empty() {
        return Ok(format!("None of the people whom you see could do it now. Ask for a grant of {} or a delegation that reaches this.", asked.permission()));
    }
    Ok(format!("It could be done by {}.", named.join(", ")))
}

/// People who hold the permission where the record stands and had no hand in it.
fn candidates(check: &mut Check<'_>, asked: &ApprovalRequest<'_>) -> Result<Vec<NamedPerson>> {
    let units = if asked.unit.is_some() { asked.units } else { &[] };
    let others: Vec<Id> = asked.hands.iter().chain(asked.accounts).copied().collect();
    let able = holders(check.connection, &asked.permission(), units, &others)?;
    people::remaining(check, &able, LOOKED_AT)
}

/// Whether neither a rule of separation nor a limit stops a candidate.
fn may(
    check: &mut Check<'_>,
    asked: &ApprovalRequest<'_>,
    candidate: &NamedPerson,
    authorities: &[&DelegatedAuthority],
    rules: &[Separation],
    rates: &mut Rates,
) -> Result<bool> {
    if authorities.is_empty() && rules.is_empty() {
        return Ok(true);
    }
    let own = active_users_of(check.connection, candidate.id)?;
    let Some(first) = own.first() else { return Ok(false) };
    let accounts = accounts_of(check.connection, *first, Some(candidate.id))?;
    let step = asked.permission();
    for rule in rules {
        if rule.touches(check.connection, check.definitions, (asked.definition.path, check.id), &step, &accounts)? {
            return Ok(false);
        }
    }
    let roles = roles_in(check.connection, &own, asked.units)?;
    let ruling = authority::rule(check, authorities, (Some(candidate.id), &roles), asked.value, rates)?;
    Ok(!matches!(ruling, Ruling::Refused(..)))
}
