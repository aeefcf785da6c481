//! What a change needs before it goes on, beside what is declared.

use super::change::Change;
use super::change_kind::ChangeKind;
use super::planned_change::PlannedChange;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::access::person_of;
use steward_core::error::Result;
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
                }
                if step.to == "implementing" && tier_one && approvers(check)?.iter().any(|approver| self.implementer_id == Some(*approver)) {
                    unmet.push(UnmetGuard::new(
                        "/implementer_id",
                        "approver",
                        "For a service of tier 1, who approved does not implement. Name another person.",
                    ));
                }
                unmet.extend(self.freeze(check)?);
            }
            "closed" if self.kind == ChangeKind::Emergency => unmet.extend(afterwards(self, check)?),
            _ => {}
        }
        Ok(unmet)
    }

    /// When it is made, and of what.
    pub fn planned(&self) -> PlannedChange {
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
    pub fn freeze(&self, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        let frozen = self.planned().freeze(check)?;
        Ok(frozen.map(|name| {
            let detail =
                format!("It falls into the freeze \"{name}\". Choose another time, make it an emergency, or have an exception approved that covers its days.");
            UnmetGuard::new("/starts_at", "freeze", detail)
        }))
    }
}

/// What a change that skips assessment and approval needs: a model in force, or an emergency that is approved by a time.
fn short_cut(change: &Change, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
    Ok(match (change.kind, change.change_model_id) {
        (ChangeKind::Normal, _) => Some(UnmetGuard::new("/kind", "assessment", "A normal change is assessed and approved before it is scheduled.")),
        (ChangeKind::Standard, None) => Some(UnmetGuard::new("/change_model_id", "required", "A standard change is scheduled under a model. Name it.")),
        (ChangeKind::Standard, Some(model)) => {
            let lasts = change_models::expires_on.is_null().or(change_models::expires_on.ge(check.today));
            let in_force: bool = select(exists(change_models::table.find(model).filter(lasts))).get_result(check.connection)?;
            (!in_force).then(|| UnmetGuard::new("/change_model_id", "expired", "The model has expired. Renew it, or make this a normal change."))
        }
        (ChangeKind::Emergency, _) => {
            change.approval_due_at.is_none().then(|| UnmetGuard::new("/approval_due_at", "required", "Say by when the emergency is approved afterwards."))
        }
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
    let approvals = revisions::table.filter(revisions::resource_id.eq(check.id)).filter(revisions::action.eq("approve"));
    let approved: bool = select(exists(approvals)).get_result(check.connection)?;
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
