//! Giving authority: a delegation is an approval of its own, and nobody gives more than they hold, or gives it to themselves.

use super::authority::{self, DelegatedAuthority, HeldAs};
use super::limit_rate::Rates;
use diesel::dsl::max;
use diesel::prelude::*;
use steward_core::access::{account_of, accounts_of, holders, person_of, role_holds, roles_in, unit_and_above};
use steward_core::error::{Problem, Result};
use steward_core::ports::authority::Value;
use steward_core::resource::value::{Date, Instant, Money};
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::governance::{decisions, delegations};
use steward_schema::service::revisions;

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
    if !can_act(given, &units, check)? {
        let detail = format!("The holder does not hold {} there, so that nobody could approve under it. Grant it to them first.", given.step);
        unmet.push(UnmetGuard::new("/holder_id", "cannot_act", detail));
    }
    if let Some(decision) = given.decision {
        unmet.extend(not_decided(decision, check)?);
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

/// Why a decision does not give the authority. A body has approved it, about this delegation, which names step and holder and has not
/// changed since: then it is bound by nobody's own.
fn not_decided(decision: Id, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
    let found = decisions::table.find(decision).select((decisions::state, decisions::governance_body_id, decisions::subject_id));
    let found: Option<(String, Option<Id>, Option<Id>)> = found.first(check.connection).optional()?;
    let Some((state, body, subject)) = found else { return Ok(None) };
    let detail = if !matches!(state.as_str(), "approved" | "implemented" | "reviewed") {
        format!("The decision is {state}. It gives authority once its body has approved it.")
    } else if body.is_none() {
        "One person has made that decision. A decision of a governance body gives authority that nobody has to hold.".to_owned()
    } else if subject != Some(check.id) {
        "The decision is not about this delegation (its subject_id). Have the body decide on this delegation: it names the step and the holder.".to_owned()
    } else if changed_since(decision, check)? {
        "The delegation was changed after the body had decided on it. Have the body decide anew.".to_owned()
    } else {
        return Ok(None);
    };
    Ok(Some(UnmetGuard::new("/decision_id", "decision", detail)))
}

/// Whether the delegation was changed after a decision was approved.
fn changed_since(decision: Id, check: &mut Check<'_>) -> Result<bool> {
    let approved = revisions::table.filter(revisions::resource_id.eq(decision).and(revisions::action.eq("approve")));
    let approved: Option<Instant> = approved.select(max(revisions::at)).first(check.connection)?;
    let changed = revisions::table.filter(revisions::resource_id.eq(check.id).and(revisions::action.eq_any(["create", "update"])));
    let changed: Option<Instant> = changed.select(max(revisions::at)).first(check.connection)?;
    Ok(changed > approved)
}

/// Whether the holder can use the authority: a person who holds the permission of the step in the unit, or a role that has it.
fn can_act(given: &Given<'_>, units: &[Id], check: &mut Check<'_>) -> Result<bool> {
    match role_holds(check.connection, given.holder, given.step)? {
        Some(held) => Ok(held),
        None => Ok(holders(check.connection, given.step, units, &[])?.contains(&given.holder)),
    }
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
