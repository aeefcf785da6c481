//! Giving authority: a delegation is an approval of its own, and nobody gives more than they hold, or gives it to themselves.

use super::authority::{self, DelegatedAuthority, HeldAs};
use super::limit_rate::Rates;
use crate::access::{account_of, accounts_of, person_of, roles_in, unit_and_above};
use crate::error::{Problem, Result};
use crate::ports::authority::Value;
use crate::resource::value::{Date, Money};
use crate::resource::{Check, Id, UnmetGuard};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_schema::governance::{decisions, delegations};

/// The authority that a delegation gives.
pub struct Given<'a> {
    /// Who gets it.
    pub holder: Id,
    /// What may be approved.
    pub step: &'a str,
    /// The most that one approval and that all may be worth.
    pub limits: (Option<Money>, Option<Money>),
    /// The last day.
    pub ends_on: Date,
    /// Who stands in, and when.
    pub deputy: Option<Deputy>,
    /// Who gives it.
    pub delegator: Option<Id>,
    /// The decision that gives it.
    pub decision: Option<Id>,
}

/// Who stands in, and the first and the last day.
pub type Deputy = (Id, Option<Date>, Option<Date>);

/// What is missing before somebody can put a delegation into force.
pub fn unmet(given: &Given<'_>, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    if check.actor == Id::system() {
        return Ok(Vec::new());
    }
    let unit = delegations::table.find(check.id).select(delegations::unit_id);
    let Some(unit) = unit.first::<Id>(check.connection).optional()? else { return Ok(Vec::new()) };
    let person = person_of(check.connection, check.actor)?;
    let units = unit_and_above(check.connection, unit)?;
    let accounts = accounts_of(check.connection, check.actor, person)?;
    let takes = roles_in(check.connection, &accounts, &units)?.contains(&given.holder);
    let mut unmet = Vec::new();
    if takes || person.is_some_and(|person| person == given.holder || given.deputy.is_some_and(|(deputy, ..)| deputy == person)) {
        unmet.push(UnmetGuard::new("/holder_id", "itself", "Nobody gives authority to themselves. Somebody else must put this into force."));
    }
    if rests_on_a_decision(given, check)? {
        return Ok(unmet);
    }
    let giver = account_of(check.connection, check.actor)?;
    if given.delegator.is_some() && given.delegator != giver {
        let detail = "Who gives the authority puts it into force, unless an approved decision (decision_id) gives it. Name yourself, or the decision.";
        unmet.push(UnmetGuard::new("/delegator_id", "delegator", detail));
    }
    let holds = check.holds;
    if !holds(check.connection, given.step, Some(unit))? {
        let detail = format!("You do not hold {} there, so you cannot give it. An approved decision (decision_id) can.", given.step);
        unmet.push(UnmetGuard::new("/step", "exceeds", detail));
        return Ok(unmet);
    }
    let known = authority::come_into_force(check.connection, check.today, Some((given.step, &units)), None)?;
    let roles = roles_in(check.connection, &[check.actor], &units)?;
    let mine: Vec<&DelegatedAuthority> = known.iter().filter(|each| each.standing(giver, &roles) == Some(HeldAs::Holder)).collect();
    let mut covered = known.iter().all(|each| each.ended);
    for authority in mine {
        covered = covered || covers(authority, given, check)?;
    }
    if !covered {
        let detail = format!(
            "Authority for {} is delegated here, and you hold none that reaches as high and as long. Lower the limits, shorten it, or name an approved decision (decision_id).",
            given.step
        );
        unmet.push(UnmetGuard::new("/single_limit", "exceeds", detail));
    }
    Ok(unmet)
}

/// Whether an approved decision of a governance body gives the authority: it is bound by nobody's own.
fn rests_on_a_decision(given: &Given<'_>, check: &mut Check<'_>) -> Result<bool> {
    let Some(decision) = given.decision else { return Ok(false) };
    let approved = decisions::table.find(decision).filter(decisions::state.eq_any(["approved", "implemented", "reviewed"]));
    Ok(select(exists(approved)).get_result(check.connection)?)
}

/// Whether a delegation that somebody holds reaches as high and as long as one that they give.
fn covers(held: &DelegatedAuthority, given: &Given<'_>, check: &mut Check<'_>) -> Result<bool> {
    if given.ends_on > held.ends_on {
        return Ok(false);
    }
    let ((single, all), mut rates) = (given.limits, Rates::on(check.today));
    for (limit, wanted) in [(held.single, single.or(all)), (held.cumulative, all)] {
        let (Some(limit), Some(currency)) = (limit, held.currency) else { continue };
        let Some(wanted) = wanted else { return Ok(false) };
        let value = Value { sums: vec![vec![wanted]], lacking: None, shown: true };
        if rates.worth(check, &value, currency)?.is_ok_and(|worth| worth <= limit) {
            continue;
        }
        return Ok(false);
    }
    Ok(true)
}

/// Refuses to name oneself as the deputy of a delegation that is in force (409).
pub fn require_other_deputy(deputy: Option<Deputy>, before: Option<Deputy>, check: &mut Check<'_>) -> Result<()> {
    let Some((new, ..)) = deputy.filter(|_| deputy != before) else { return Ok(()) };
    if person_of(check.connection, check.actor)? == Some(new) {
        return Err(Problem::conflict("/deputy_id", "itself", "Nobody makes themselves the deputy. Ask the holder to name you.").into());
    }
    Ok(())
}
