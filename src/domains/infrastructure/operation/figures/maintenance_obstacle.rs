//! Obstacles to the maintenance of a target, beside other work on it: absence of all who look after it, a milestone, no copy to go back to.

use super::loss_repair::{assets_of, custodians};
use super::loss_work::WORK;
use super::node::{ImpactNode, Partial, owner_of};
use crate::compute::backup_policy::{BackupFrequency, BackupPolicy};
use crate::compute::backup_run::BackupRun;
use crate::compute::figures::backup_coverage::is_recent;
use crate::compute::last_copy::last_copies;
use crate::operation::dependency::PEOPLE;
use crate::operation::joint_absence::{Days, all_away};
use steward_core::ports::presence::{self, Away};
use steward_core::ports::work;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{backup_policies, backup_runs};

/// Obstacle to maintenance at a time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MaintenanceObstacle {
    /// The freeze, change, window, milestone or backup policy, or the person who is away.
    pub id: Id,
    /// Its collection, as domain/collection.
    pub collection: &'static str,
    /// Its name.
    pub title: String,
    /// From when on.
    pub starts_at: Instant,
    /// Until when.
    pub ends_at: Instant,
}

/// The days on which nobody is there who looks after a node: its owner, and the custodians of the asset that it is.
pub fn absences(cx: &mut Context<'_, '_>, node: &ImpactNode, days: Days, partial: &mut Partial) -> Result<Vec<MaintenanceObstacle>> {
    if !partial.readable(cx, PEOPLE) {
        return Ok(Vec::new());
    }
    let assets = assets_of(cx, &[node.id])?;
    let people: Vec<Id> = owner_of(cx, node)?.into_iter().chain(custodians(cx, &assets)?).collect();
    let names = cx.titles(PEOPLE, &people)?;
    let Some((first, name)) = people.iter().find_map(|person| Some((*person, names.get(person)?.clone()))) else { return Ok(Vec::new()) };
    let away = cx.ask(|check| presence::all_away(check, &people, days.0))?;
    let of_each: Vec<&[Away]> = people.iter().map(|person| away.get(person).map_or(&[] as &[Away], Vec::as_slice)).collect();
    let whole =
        |(from, to): Days| MaintenanceObstacle { id: first, collection: PEOPLE, title: name.0.clone(), starts_at: from.midnight(), ends_at: to.midnight() };
    Ok(all_away(&of_each, days).into_iter().map(whole).collect())
}

/// The days of the milestones of projects that change one of some services.
pub fn milestones(cx: &mut Context<'_, '_>, services: &[Id], days: Days, partial: &mut Partial) -> Result<Vec<MaintenanceObstacle>> {
    if services.is_empty() || !partial.readable(cx, WORK) {
        return Ok(Vec::new());
    }
    let planned = cx.ask(|check| work::milestones(check, services, days))?;
    let titles = cx.titles(WORK, &planned.iter().map(|(item, _)| *item).collect::<Vec<Id>>())?;
    let day = |(item, on): (Id, Date)| {
        let title = titles.get(&item)?.0.clone();
        Some(MaintenanceObstacle { id: item, collection: WORK, title, starts_at: on.midnight(), ends_at: on.later(1)?.midnight() })
    };
    Ok(planned.into_iter().filter_map(day).collect())
}

/// The policies in sight that copy a node and have made no copy of it within two of their periods: there is nothing to go back to.
pub fn backups(cx: &mut Context<'_, '_>, node: Id, (from, to): (Instant, Instant), partial: &mut Partial) -> Result<Vec<MaintenanceObstacle>> {
    let readable = [BackupPolicy::PATH, BackupRun::PATH].map(|collection| partial.readable(cx, collection));
    if readable.contains(&false) {
        return Ok(Vec::new());
    }
    let policies = cx.sees::<BackupPolicy>()?;
    let active = backup_policies::table.filter(backup_policies::state.eq("active")).filter(policies.clone()).order(backup_policies::id);
    let columns = (backup_policies::id, backup_policies::name, backup_policies::frequency, backup_policies::target_ids);
    let rows: Vec<(Id, String, BackupFrequency, Vec<Id>)> = active.select(columns).load(cx.within(&policies))?;
    let connection = cx.unscoped("whether there is a fresh copy of a node is told to all who may read runs at all");
    let last = last_copies(connection, backup_runs::target_id.eq(node))?.remove(&node);
    let now = cx.store.now();
    let lacking = rows.into_iter().filter(|(_, _, frequency, targets)| targets.contains(&node) && !is_recent(*frequency, last, now));
    Ok(lacking.map(|(id, title, ..)| MaintenanceObstacle { id, collection: BackupPolicy::PATH, title, starts_at: from, ends_at: to }).collect())
}
