//! Changes that stand in each other's way, or in a freeze that was declared later: whoever schedules or declares is heard, and it raises a
//! conflict.

use super::dependency::DependencyKind;
use super::planned_change::PlannedChange;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::{Check, Flag, Id, Watch};
use steward_schema::infrastructure::{changes, dependencies, freeze_periods, virtual_machines};
use steward_schema::service::{edges, registry};

const CHANGES: &str = "infrastructure/changes";
/// The references by which a change says what it alters.
const TARGETS: [&str; 3] = ["target_id", "target_ids", "service_id"];
/// The states in which the time of a change is taken.
const TAKEN: [&str; 2] = ["scheduled", "implementing"];

/// Another change alters the same thing, its host or what runs on it, or affects the same service, at the same time.
pub const COLLISION: Flag = Flag {
    code: "collision",
    about: CHANGES,
    watches: &[
        Watch::itself(CHANGES),
        Watch::beside(CHANGES, "target_id", (CHANGES, "target_id", "id")),
        Watch::beside(CHANGES, "service_id", (CHANGES, "service_id", "id")),
        Watch::looked_up(CHANGES, on_hosts_and_guests),
    ],
    judge: collision,
    hold: None,
};

/// A freeze was declared over a change that is scheduled.
pub const FREEZE: Flag = Flag {
    code: "freeze",
    about: CHANGES,
    watches: &[Watch::itself(CHANGES), Watch::looked_up("infrastructure/freeze-periods", scheduled)],
    judge: frozen,
    hold: None,
};

/// A change whose time is taken, as it is planned.
fn planned(check: &mut Check<'_>, change: Id, states: &[&str]) -> Result<Option<PlannedChange>> {
    let found = changes::table.find(change).filter(changes::state.eq_any(states)).select(PlannedChange::as_select());
    Ok(found.first(check.connection).optional()?)
}

fn collision(check: &mut Check<'_>, change: Id) -> Result<Option<String>> {
    let Some(planned) = planned(check, change, &TAKEN)? else { return Ok(None) };
    let Some((starts_at, ends_at)) = planned.starts_at.zip(planned.ends_at) else { return Ok(None) };
    let touching = touching(check, &planned)?;
    let others: Vec<(Id, String)> = changes::table
        .filter(changes::id.eq_any(touching))
        .filter(changes::id.ne(change))
        .filter(changes::starts_at.lt(ends_at).and(changes::ends_at.gt(starts_at)))
        .order(changes::id)
        .select((changes::id, changes::title))
        .load(check.connection)?;
    let named: Vec<String> = others.iter().take(3).map(|(_, title)| format!("\"{title}\"")).collect();
    Ok((!named.is_empty()).then(|| {
        format!("It alters or affects the same, its host or what runs on it at the same time as {}. Move one of them, or make them one.", named.join(", "))
    }))
}

/// The changes whose time is taken and that alter what a change alters, its hosts or guests, or affect its service.
fn touching(check: &mut Check<'_>, planned: &PlannedChange) -> Result<Vec<Id>> {
    let targets: Vec<Id> = planned.targets().collect();
    let mut concerned = hosts_and_guests(check, &targets)?;
    concerned.extend(targets.into_iter().chain(planned.service_id));
    let touching = edges::table
        .inner_join(registry::table.on(registry::id.eq(edges::from_id)))
        .filter(edges::to_id.eq_any(concerned).and(edges::field.eq_any(TARGETS)))
        .filter(registry::collection.eq(CHANGES).and(registry::state.eq_any(TAKEN)))
        .select(edges::from_id);
    Ok(touching.load(check.connection)?)
}

/// What some nodes run on, and what runs on them, as recorded of machines and as declared.
fn hosts_and_guests(check: &mut Check<'_>, nodes: &[Id]) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    let machines = virtual_machines::table.filter(virtual_machines::id.eq_any(nodes)).select((virtual_machines::device_id, virtual_machines::cluster_id));
    for (device, cluster) in machines.load::<(Option<Id>, Option<Id>)>(check.connection)? {
        found.extend(device.into_iter().chain(cluster));
    }
    let on = virtual_machines::device_id.eq_any(nodes).or(virtual_machines::cluster_id.eq_any(nodes));
    found.extend(virtual_machines::table.filter(on).select(virtual_machines::id).load::<Id>(check.connection)?);
    let hosting = dependencies::table.filter(dependencies::kind.eq(DependencyKind::Hosts));
    let hosting = hosting.filter(dependencies::from_id.eq_any(nodes).or(dependencies::to_id.eq_any(nodes)));
    for (host, guest) in hosting.select((dependencies::from_id, dependencies::to_id)).load::<(Id, Id)>(check.connection)? {
        found.extend([host, guest]);
    }
    Ok(found)
}

/// The changes whose time is taken and that alter hosts or guests of what a change alters.
fn on_hosts_and_guests(check: &mut Check<'_>, change: Id) -> Result<Vec<Id>> {
    let found = changes::table.find(change).select(PlannedChange::as_select()).first(check.connection).optional()?;
    let Some(planned) = found else { return Ok(Vec::new()) };
    touching(check, &planned)
}

fn frozen(check: &mut Check<'_>, change: Id) -> Result<Option<String>> {
    let Some(planned) = planned(check, change, &["scheduled"])? else { return Ok(None) };
    let frozen = planned.freeze(check)?;
    Ok(frozen.map(|name| format!("The freeze \"{name}\" was declared over it. Move it, or have an exception approved that covers its days.")))
}

/// The changes that are scheduled, and not over before the freeze was changed.
fn scheduled(check: &mut Check<'_>, freeze: Id) -> Result<Vec<Id>> {
    let known = freeze_periods::table.find(freeze).select(freeze_periods::starts_at).first(check.connection).optional()?;
    let from = known.map_or(check.now, |starts_at: steward_core::resource::value::Instant| starts_at.min(check.now));
    let open = changes::table.filter(changes::state.eq("scheduled").and(changes::ends_at.gt(from)));
    Ok(open.order(changes::id).select(changes::id).load(check.connection)?)
}
