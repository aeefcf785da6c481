//! Giving authority: a delegation is an approval of its own, and nobody gives more than they hold, or gives it to themselves.

use super::authority::roles_of;
use super::delegation::Delegation;
use super::mandate::{self, Mandate, Standing};
use super::rate::Rates;
use crate::access::{account_of, accounts_of, person_of, unit_and_above};
use crate::database::{Kind, Statement};
use crate::error::{Problem, Result};
use crate::ports::authority::Value;
use crate::resource::value::Date;
use crate::resource::{Check, Id, Unmet};

/// What is missing before somebody can put a delegation into force.
pub(super) fn unmet(given: &Delegation, check: &mut Check<'_>) -> Result<Vec<Unmet>> {
    if check.actor == Id::system() {
        return Ok(Vec::new());
    }
    let unit = check.value(Statement::new("SELECT unit_id FROM delegations WHERE id = ").with(check.id, ""), Kind::Id)?;
    let Some(unit) = unit.and_then(|cell| cell.as_id()) else { return Ok(Vec::new()) };
    let person = person_of(check.connection, check.actor)?;
    let units = unit_and_above(check.connection, unit)?;
    let accounts = accounts_of(check.connection, check.actor, person)?;
    let takes = roles_of(check.connection, &accounts, &units)?.contains(&given.holder_id);
    let mut unmet = Vec::new();
    if takes || person.is_some_and(|person| person == given.holder_id || Some(person) == given.deputy_id) {
        unmet.push(Unmet::new("/holder_id", "itself", "Nobody gives authority to themselves. Somebody else must put this into force."));
    }
    if rests_on_a_decision(given, check)? {
        return Ok(unmet);
    }
    let giver = account_of(check.connection, check.actor)?;
    if given.delegator_id.is_some() && given.delegator_id != giver {
        let detail = "Who gives the authority puts it into force, unless an approved decision (decision_id) gives it. Name yourself, or the decision.";
        unmet.push(Unmet::new("/delegator_id", "delegator", detail));
    }
    let holds = check.holds;
    if !holds(check.connection, &given.step, Some(unit))? {
        let detail = format!("You do not hold {} there, so you cannot give it. An approved decision (decision_id) can.", &*given.step);
        unmet.push(Unmet::new("/step", "exceeds", detail));
        return Ok(unmet);
    }
    let in_force = mandate::in_force(check.connection, check.today, Some((&given.step, &units)), None)?;
    let roles = roles_of(check.connection, &[check.actor], &units)?;
    let mine: Vec<&Mandate> = in_force.iter().filter(|each| each.standing(giver, &roles) == Some(Standing::Holder)).collect();
    let mut covered = in_force.is_empty();
    for mandate in mine {
        covered = covered || covers(mandate, given, check)?;
    }
    if !covered {
        let detail = format!(
            "Authority for {} is delegated here, and you hold none that reaches as high and as long. Lower the limits, shorten it, or name an approved decision (decision_id).",
            &*given.step
        );
        unmet.push(Unmet::new("/single_limit", "exceeds", detail));
    }
    Ok(unmet)
}

/// Whether an approved decision of a governance body gives the authority: it is bound by nobody's own.
fn rests_on_a_decision(given: &Delegation, check: &mut Check<'_>) -> Result<bool> {
    let Some(decision) = given.decision_id else { return Ok(false) };
    check.finds(Statement::new("SELECT 1 FROM decisions WHERE state IN ('approved', 'implemented', 'reviewed') AND id = ").with(decision, ""))
}

/// Whether a delegation that somebody holds reaches as high and as long as one that they give.
fn covers(held: &Mandate, given: &Delegation, check: &mut Check<'_>) -> Result<bool> {
    if given.ends_on > held.ends_on {
        return Ok(false);
    }
    let mut rates = Rates::on(check.today);
    for (limit, wanted) in [(held.single, given.single_limit.or(given.cumulative_limit)), (held.cumulative, given.cumulative_limit)] {
        let (Some(limit), Some(currency)) = (limit, held.currency) else { continue };
        let Some(wanted) = wanted else { return Ok(false) };
        let value = Value { sums: vec![vec![wanted]], lacking: None, shown: true };
        if rates.worth(check.connection, &value, currency)?.is_ok_and(|worth| worth <= limit) {
            continue;
        }
        return Ok(false);
    }
    Ok(true)
}

/// Refuses to name oneself as the deputy of a delegation that is in force (409).
pub(super) fn require_other_deputy(given: &Delegation, check: &mut Check<'_>) -> Result<()> {
    let new = given.deputy_id.filter(|_| check.before::<Delegation>().is_none_or(|before| deputy_of(before) != deputy_of(given)));
    let Some(deputy) = new else { return Ok(()) };
    if person_of(check.connection, check.actor)? == Some(deputy) {
        return Err(Problem::conflict("/deputy_id", "itself", "Nobody makes themselves the deputy. Ask the holder to name you.").into());
    }
    Ok(())
}

fn deputy_of(delegation: &Delegation) -> (Option<Id>, Option<Date>, Option<Date>) {
    (delegation.deputy_id, delegation.deputy_starts_on, delegation.deputy_ends_on)
}
