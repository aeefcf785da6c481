//! When something can be worked on: the times that nothing stands against.

use super::edge::{edges_on, edges_under};
use super::foundation::{Need, rests_on};
use super::maintenance_obstacle::{self, MaintenanceObstacle};
use super::node::{NodeReference, Partial, nodes};
use crate::asset::asset::Asset;
use crate::compute::{backup_policy::BackupPolicy, backup_run::BackupRun, cluster::Cluster};
use crate::operation::carried::services_in_use_on;
use crate::operation::change::Change;
use crate::operation::dependency::Dependency;
use crate::operation::failure::{Edge, follow};
use crate::operation::freeze_period::FreezePeriod;
use crate::operation::it_service::Service;
use crate::operation::maintenance_window::MaintenanceWindow;
use crate::operation::recorded::missing;
use std::collections::{BTreeSet, HashSet};
use steward_core::access::unit_and_above;
use steward_core::resource::value::Text;
use steward_core::view::prelude::*;
use steward_core::view::require_days;
use steward_schema::infrastructure::{changes, freeze_periods, maintenance_windows};
use steward_schema::service::registry;

/// Parameters of the search.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Query {
    /// Target of the maintenance: a service, device, machine, place.
    #[param(inline, value_type = NodeReference)]
    pub target_id: Id,
    /// Duration of the maintenance in minutes.
    #[param(minimum = 1, maximum = 43_200)]
    pub minutes: i64,
    /// First day, as YYYY-MM-DD; today if left out.
    #[param(inline)]
    pub from: Option<Date>,
    /// Day after the last, as YYYY-MM-DD; 30 days after `from` if left out.
    #[param(inline)]
    pub to: Option<Date>,
}

/// Free slot for maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct MaintenanceSlot {
    /// Start of the slot.
    pub starts_at: Instant,
    /// End of the slot.
    pub ends_at: Instant,
}

/// Free slots for the maintenance of a target.
#[derive(Debug, Serialize, ToSchema)]
pub struct MaintenanceSlots {
    /// Target of the maintenance.
    #[schema(value_type = NodeReference)]
    pub target_id: Id,
    /// Services that go down during the maintenance.
    pub services_down: Vec<Id>,
    /// Nodes that must stay up during the maintenance, as alternatives to those that go down.
    #[schema(value_type = Vec<NodeReference>)]
    pub alternative_ids: Vec<Id>,
    /// Slots that are long enough, the earliest first.
    pub data: Vec<MaintenanceSlot>,
    /// Obstacles at other times, in order.
    pub obstacles: Vec<MaintenanceObstacle>,
    /// Collections that you may not read, so that what stands there is left out; empty where nothing is.
    pub partial: Vec<Text<1, 100>>,
}

impl View for MaintenanceSlots {
    const PATH: &'static str = "infrastructure/maintenance-windows/find";
    const OPERATION_ID: &'static str = "find_maintenance_windows";
    const SUMMARY: &'static str = "Find times for maintenance";
    const DESCRIPTION: &'static str = "Free slots between two days (UTC) for the maintenance of a target, over what you may see and as things are, what has failed standing in for nothing: no freeze of its unit or one above, of all services or of one that depends on it, and no scheduled change and no planned or approved window of the target, of a node that goes down with it, of an alternative that must stay up, or of a node that such an alternative requires; no day of absence of everybody who can maintain the target (its owner, the custodian of its asset), no milestone of a project for a service that goes down, and no time without a fresh backup: within two periods of each policy that covers the target. A `target_id` that you may not see is not found (404).";
    type Reads = (
        MaintenanceWindow,
        IfPermitted<FreezePeriod>,
        IfPermitted<Change>,
        IfPermitted<Dependency>,
        IfPermitted<Cluster>,
        IfPermitted<Service>,
        IfPermitted<Asset>,
        IfPermitted<BackupPolicy>,
        IfPermitted<BackupRun>,
    );
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let from = query.from.unwrap_or_else(|| cx.today());
        let to = query.to.unwrap_or_else(|| from.plus_days(30));
        require_days(from, to)?;
        if !(1..=43_200).contains(&query.minutes) {
            return Err(Problem::bad_request("minutes is a number from 1 to 43200.").into());
        }
        let target = query.target_id;
        let node = nodes(cx, &[target])?.remove(&target).ok_or_else(Problem::not_found)?;
        let mut known = HashSet::new();
        let before = missing(cx, node.state.as_deref())?;
        let loss = follow(target, &before, |fallen| edges_on(cx, fallen, &mut known))?;
        let down: Vec<Id> = [target].into_iter().chain(loss.down.iter().map(|(node, _)| *node)).collect();
        let services_down: Vec<Id> = nodes(cx, &down)?.into_values().filter(|node| node.collection == Service::PATH).map(|node| node.id).collect();
        let mut alternatives = alternatives(cx, &loss.degraded, &down)?;
        alternatives.retain(|node| !before.down.contains(node) && !before.absent.contains(node));
        let mut concerned: BTreeSet<Id> = down.iter().copied().chain(alternatives.iter().copied()).collect();
        concerned.extend(required_by(cx, &alternatives)?);
        let span = (from.midnight().max(cx.store.now()), to.midnight());
        let mut partial = Partial::default();
        for collection in [FreezePeriod::PATH, Change::PATH, Dependency::PATH, Service::PATH, Asset::PATH] {
            partial.readable(cx, collection);
        }
        let mut obstacles = freezes(cx, target, span)?;
        obstacles.extend(changes_of(cx, &concerned, span)?);
        obstacles.extend(windows_of(cx, &concerned, span)?);
        obstacles.extend(maintenance_obstacle::absences(cx, &node, (from, to), &mut partial)?);
        obstacles.extend(maintenance_obstacle::milestones(cx, &services_down, (from, to), &mut partial)?);
        obstacles.extend(maintenance_obstacle::backups(cx, target, span, &mut partial)?);
        obstacles.sort_by_key(|obstacle| (obstacle.starts_at, obstacle.id));
        let taken: Vec<(Instant, Instant)> = obstacles.iter().map(|obstacle| (obstacle.starts_at, obstacle.ends_at)).collect();
        let mut services_down = services_down;
        services_down.sort_unstable();
        let data = free(&taken, span, query.minutes * 60);
        Ok(MaintenanceSlots { target_id: target, services_down, alternative_ids: alternatives.into_iter().collect(), data, obstacles, partial: partial.told() })
    }
}

/// The alternatives of what goes down: the other members of the groups that shrink.
fn alternatives(cx: &mut Context<'_, '_>, degraded: &[(Id, Id)], down: &[Id]) -> Result<BTreeSet<Id>> {
    let lost: HashSet<Id> = down.iter().copied().collect();
    let mut found = BTreeSet::new();
    for (dependent, _) in degraded {
        let edges = edges_under(cx, *dependent)?;
        let of_group = |edge: &&Edge| edge.dependent == *dependent && edge.group.is_some();
        let shrunk: HashSet<&str> =
            edges.iter().filter(of_group).filter(|edge| lost.contains(&edge.support)).filter_map(|edge| Some(edge.group.as_ref()?.0.as_str())).collect();
        let others = edges.iter().filter(of_group).filter(|edge| edge.group.as_ref().is_some_and(|(name, _)| shrunk.contains(name.as_str())));
        found.extend(others.map(|edge| edge.support).filter(|support| !lost.contains(support)));
    }
    Ok(found)
}

/// All that some nodes require, directly or through others: they are down while it is.
fn required_by(cx: &mut Context<'_, '_>, nodes: &BTreeSet<Id>) -> Result<BTreeSet<Id>> {
    let mut required = BTreeSet::new();
    for node in nodes {
        let edges = edges_under(cx, *node)?;
        required.extend(rests_on(*node, &edges).into_iter().filter(|rest| rest.need == Need::Required).map(|rest| rest.support));
    }
    Ok(required)
}

/// The freezes in sight in which a change of a node would be refused: of its unit or one above, and of all services or one that depends on it.
fn freezes(cx: &mut Context<'_, '_>, target: Id, (from, to): (Instant, Instant)) -> Result<Vec<MaintenanceObstacle>> {
    let seen = cx.sees::<FreezePeriod>()?;
    let connection = cx.unscoped("the services on a node and its unit tell which freezes are its own");
    let services = services_in_use_on(connection, &[target])?;
    let root: Option<Id> = registry::table.find(target).select(registry::root_id).first(connection).optional()?;
    let unit = registry::table.find(root.unwrap_or(target)).select(registry::unit_id);
    let unit = unit.first::<Option<Id>>(connection).optional()?.flatten();
    let units = unit.map(|unit| unit_and_above(connection, unit)).transpose()?;
    let mut query = freeze_periods::table
        .filter(freeze_periods::starts_at.lt(to).and(freeze_periods::ends_at.gt(from)))
        .filter(freeze_periods::service_id.is_null().or(freeze_periods::service_id.eq_any(services)))
        .filter(seen.clone())
        .select((freeze_periods::id, freeze_periods::name, freeze_periods::starts_at, freeze_periods::ends_at))
        .into_boxed();
    if let Some(units) = units {
        query = query.filter(freeze_periods::unit_id.eq_any(units));
    }
    let rows: Vec<(Id, String, Instant, Instant)> = query.load(cx.within(&seen))?;
    Ok(rows.into_iter().map(obstacle(FreezePeriod::PATH)).collect())
}

fn changes_of(cx: &mut Context<'_, '_>, concerned: &BTreeSet<Id>, (from, to): (Instant, Instant)) -> Result<Vec<MaintenanceObstacle>> {
    let seen = cx.sees::<Change>()?;
    let (starts, ends) = (changes::starts_at.assume_not_null(), changes::ends_at.assume_not_null());
    type Concerned = (Option<Id>, Option<Id>, Vec<Id>);
    let rows: Vec<((Id, String, Instant, Instant), Concerned)> = changes::table
        .filter(changes::state.eq_any(["scheduled", "implementing"]))
        .filter(changes::starts_at.lt(to).and(changes::ends_at.gt(from)))
        .filter(seen.clone())
        .select(((changes::id, changes::title, starts, ends), (changes::service_id, changes::target_id, changes::target_ids)))
        .load(cx.within(&seen))?;
    let concerns =
        |(service, target, targets): &(Option<Id>, Option<Id>, Vec<Id>)| service.iter().chain(target).chain(targets).any(|id| concerned.contains(id));
    Ok(rows.into_iter().filter(|(_, of)| concerns(of)).map(|(row, _)| row).map(obstacle(Change::PATH)).collect())
}

fn windows_of(cx: &mut Context<'_, '_>, concerned: &BTreeSet<Id>, (from, to): (Instant, Instant)) -> Result<Vec<MaintenanceObstacle>> {
    let seen = cx.sees::<MaintenanceWindow>()?;
    let rows: Vec<((Id, String, Instant, Instant), Option<Id>)> = maintenance_windows::table
        .filter(maintenance_windows::state.eq_any(["planned", "approved", "in_progress"]))
        .filter(maintenance_windows::starts_at.lt(to).and(maintenance_windows::ends_at.gt(from)))
        .filter(seen.clone())
        .select((
            (maintenance_windows::id, maintenance_windows::name, maintenance_windows::starts_at, maintenance_windows::ends_at),
            maintenance_windows::target_id,
        ))
        .load(cx.within(&seen))?;
    let concerns = |target: &Option<Id>| target.is_some_and(|target| concerned.contains(&target));
    Ok(rows.into_iter().filter(|(_, target)| concerns(target)).map(|(row, _)| row).map(obstacle(MaintenanceWindow::PATH)).collect())
}

fn obstacle(collection: &'static str) -> impl Fn((Id, String, Instant, Instant)) -> MaintenanceObstacle {
    move |(id, title, starts_at, ends_at)| MaintenanceObstacle { id, collection, title, starts_at, ends_at }
}

/// The times of a span beside those that are taken, in order of their beginning, where so many seconds fit in.
fn free(taken: &[(Instant, Instant)], (from, to): (Instant, Instant), seconds: i64) -> Vec<MaintenanceSlot> {
    let (mut slots, mut at) = (Vec::new(), from);
    for (starts_at, ends_at) in taken.iter().copied().chain([(to, to)]) {
        let ends = starts_at.min(to);
        if at.plus_seconds(seconds) <= ends {
            slots.push(MaintenanceSlot { starts_at: at, ends_at: ends });
        }
        at = at.max(ends_at);
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_lies_between_what_is_taken_and_is_long_enough() {
        let at = |hour: i64| Instant::sample("2026-06-15T00:00:00Z").plus_seconds(hour * 3600);
        let taken = [(at(2), at(4)), (at(3), at(8)), (at(9), at(10))];
        let slots = |hours: i64| free(&taken, (at(0), at(14)), hours * 3600).into_iter().map(|slot| (slot.starts_at, slot.ends_at)).collect::<Vec<_>>();
        assert_eq!(slots(1), [(at(0), at(2)), (at(8), at(9)), (at(10), at(14))]);
        assert_eq!(slots(3), [(at(10), at(14))]);
        assert!(slots(5).is_empty());
    }
}
