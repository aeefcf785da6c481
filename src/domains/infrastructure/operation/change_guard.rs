//! What a change needs before it goes on, beside what is declared.

use super::change::Change;
use super::change_kind::ChangeKind;
use super::planned_change::PlannedChange;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::access::person_of;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Id, Move, UnmetGuard};
use steward_schema::infrastructure::{change_models, services};
use steward_schema::service::revisions;

impl Change {
    /// What is missing before a move.
    pub fn unmet(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet = Vec::new();
        let tier_one = matches!(step.to, "submitted" | "approved" | "scheduled" | "implementing") && is_tier_one(self, check)?;
        if tier_one && self.rollback_plan.is_none() {
            unmet.push(UnmetGuard::new("/rollback_plan", "rollback_plan", "A change to a service of tier 1 needs a rollback plan. Say how it is undone."));
        }
        match step.to {
            "approved" if tier_one => unmet.extend(other_approver(self, check)?),
            "scheduled" | "implementing" => {
                if step.from == "submitted" {
                    unmet.extend(short_cut(self, check)?);
                } else if step.to == "implementing" {
                    unmet.extend(self.unapproved_model(check)?);
                }
                if step.to == "implementing" && tier_one && approvers(check)?.iter().any(|approver| self.implementer_id == Some(*approver)) {
                    unmet.push(UnmetGuard::new(
                        "/implementer_id",
                        "approver",
                        "For a service of tier 1, who approved does not implement. Name another person.",
                    ));
                }
                unmet.extend(self.freeze(check)?);
                if step.to == "implementing" && unmet.is_empty() {
                    unmet.extend(self.freeze_now(check)?);
                }
            }
            "closed" if self.kind == ChangeKind::Emergency => unmet.extend(afterwards(self, check)?),
            _ => {}
        }
        Ok(unmet)
    }

    /// When it is made, and of what.
    fn planned(&self) -> PlannedChange {
        PlannedChange {
            kind: self.kind,
            service_id: self.service_id,
            target_id: self.target_id,
            target_ids: self.target_ids.clone(),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }

    /// A freeze in which the change would be made, unless it is an emergency.
    fn freeze(&self, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        let frozen = self.planned().freeze(check)?;
        Ok(frozen.map(|name| {
            let detail =
                format!("It falls into the freeze \"{name}\". Choose another time, make it an emergency, or have an exception approved that covers its days.");
            UnmetGuard::new("/starts_at", "freeze", detail)
        }))
    }

    /// A freeze in which the change is made now, whenever it was planned, unless it is an emergency.
    fn freeze_now(&self, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        let starts_at = self.implementation_starts_at.unwrap_or(check.now).min(check.now);
        let now = PlannedChange { starts_at: Some(starts_at), ends_at: Some(check.now.plus_seconds(1)), ..self.planned() };
        let frozen = now.freeze(check)?;
        Ok(frozen.map(|name| {
            let detail = format!(
                "It would be made now, in the freeze \"{name}\". Wait for its end, make it an emergency, or have an exception approved that covers today."
            );
            UnmetGuard::new("/implementation_starts_at", "freeze", detail)
        }))
    }

    /// What stands against the times of a scheduled change: a freeze, or the end of the model that it is made under.
    pub fn against_schedule(&self, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        if let Some(frozen) = self.freeze(check)? {
            return Ok(Some(frozen));
        }
        self.unapproved_model(check)
    }

    /// What is missing of the model of a standard change that nobody approved beside it.
    fn unapproved_model(&self, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        if self.kind == ChangeKind::Standard && !was_approved(check)? { under_model(self, check) } else { Ok(None) }
    }

    /// Refuses other times than those for which it was approved by a person (409); those that are missing then may still be said.
    pub fn require_times_as_approved(&self, check: &mut Check<'_>) -> Result<()> {
        let Some((starts_at, ends_at)) = check.before::<Change>()?.map(|before| (before.starts_at, before.ends_at)) else { return Ok(()) };
        let pointer = match (starts_at, ends_at) {
            (Some(_), _) if starts_at != self.starts_at => "/starts_at",
            (_, Some(_)) if ends_at != self.ends_at => "/ends_at",
            _ => return Ok(()),
        };
        if self.emergency_approved_at.is_none() && !was_approved(check)? {
            return Ok(());
        }
        let detail = "It was approved for this time. Send it back before, so that another time is approved as well, or cancel it and make another one.";
        Err(Problem::conflict(pointer, "approved", detail).into())
    }

    /// Whether its content was approved: before it was scheduled, with its model, or, of an emergency, afterwards.
    pub fn is_approved(&self, check: &mut Check<'_>) -> Result<bool> {
        let known = self.kind != ChangeKind::Emergency || self.emergency_approved_at.is_some() || check.state == Some("approved");
        Ok(known || was_approved(check)?)
    }
}

/// Whether the change was approved by a move.
fn was_approved(check: &mut Check<'_>) -> Result<bool> {
    let approvals = revisions::table.filter(revisions::resource_id.eq(check.id)).filter(revisions::action.eq("approve"));
    Ok(select(exists(approvals)).get_result(check.connection)?)
}

/// What is missing of the model of a standard change: it is authorised, and in force on the planned days and today.
fn under_model(change: &Change, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
    let Some(model) = change.change_model_id else {
        return Ok(Some(UnmetGuard::new("/change_model_id", "required", "A standard change is scheduled under a model. Name it.")));
    };
    let columns = (change_models::name, change_models::state, change_models::expires_on);
    let found: Option<(String, String, Option<Date>)> = change_models::table.find(model).select(columns).first(check.connection).optional()?;
    let Some((name, state, expires_on)) = found else { return Ok(None) };
    if state != "authorized" {
        let detail = format!("The model \"{name}\" is {state}. Have it authorised by another person, name another model, or make this a normal change.");
        return Ok(Some(UnmetGuard::new("/change_model_id", "not_authorized", detail)));
    }
    let last = change.ends_at.or(change.starts_at).map_or(check.today, |at| at.date().max(check.today));
    Ok(expires_on.filter(|expires_on| *expires_on < last).map(|expires_on| {
        let detail =
            format!("The model \"{name}\" expires on {expires_on}, before {last}. Have it renewed, choose an earlier time, or make this a normal change.");
        UnmetGuard::new("/change_model_id", "expired", detail)
    }))
}

/// Longest time, in days from the planned end, within which an emergency is approved afterwards.
const MOST_DAYS_AFTERWARDS: i64 = 14;

/// What is missing of the time by which an emergency is approved afterwards: it lies ahead, and soon after the planned end.
fn afterwards_by(change: &Change, check: &mut Check<'_>) -> Option<UnmetGuard> {
    let Some(due) = change.approval_due_at else {
        return Some(UnmetGuard::new("/approval_due_at", "required", "Say by when the emergency is approved afterwards."));
    };
    let latest = change.ends_at.map_or(check.now, |ends_at| ends_at.max(check.now)).plus_seconds(MOST_DAYS_AFTERWARDS * 86_400);
    let detail = if due <= check.now {
        format!("The approval afterwards was due by {due}, which has passed. Choose a time that lies ahead.")
    } else if due > latest {
        format!("An emergency is approved within {MOST_DAYS_AFTERWARDS} days of its planned end: by {latest} at the latest, not by {due}.")
    } else {
        return None;
    };
    Some(UnmetGuard::new("/approval_due_at", "range", detail))
}

/// What a change that skips assessment and approval needs: a model in force, or an emergency that is approved by a time.
fn short_cut(change: &Change, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
    Ok(match change.kind {
        ChangeKind::Normal => Some(UnmetGuard::new("/kind", "assessment", "A normal change is assessed and approved before it is scheduled.")),
        ChangeKind::Standard => under_model(change, check)?,
        ChangeKind::Emergency => afterwards_by(change, check),
    })
}

/// For a service of tier 1, who approves is not who implements; so the implementer is known by then.
fn other_approver(change: &Change, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
    let Some(implementer) = change.implementer_id else {
        return Ok(Some(UnmetGuard::new("/implementer_id", "required", "Say who implements the change, so that another person approves it.")));
    };
    let same = person_of(check.connection, check.actor)? == Some(implementer);
    Ok(same.then(|| UnmetGuard::new("/implementer_id", "implementer", "For a service of tier 1, who implements does not approve. Have another person do so.")))
}

/// An emergency that was not approved before must have been approved afterwards.
fn afterwards(change: &Change, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
    if change.emergency_approved_at.is_some() && change.emergency_approver_id.is_some() {
        return Ok(None);
    }
    let approved = was_approved(check)?;
    let detail = "An emergency is approved afterwards: somebody who had no hand in it approves it first (POST changes/{id}/emergency-approval).";
    Ok((!approved).then(|| UnmetGuard::new("/emergency_approved_at", "required", detail)))
}

/// The people who approved the change.
fn approvers(check: &mut Check<'_>) -> Result<Vec<Id>> {
    let approvals = revisions::table.filter(revisions::resource_id.eq(check.id)).filter(revisions::action.eq("approve"));
    let actors: Vec<Id> = approvals.select(revisions::actor_id).distinct().load(check.connection)?;
    let mut people = Vec::new();
    for actor in actors {
        people.extend(person_of(check.connection, actor)?);
    }
    Ok(people)
}

fn is_tier_one(change: &Change, check: &mut Check<'_>) -> Result<bool> {
    let ids = change.planned().services(check)?;
    let tier_one = services::table.filter(services::id.eq_any(ids).and(services::criticality_tier.eq(1)));
    Ok(select(exists(tier_one)).get_result(check.connection)?)
}
