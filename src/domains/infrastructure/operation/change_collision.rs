//! Changes that stand in each other's way, or in a freeze that was declared later: whoever schedules or declares is heard, and it raises a
//! conflict.

use super::carried::{dependents_of, supports_of};
use super::planned_change::PlannedChange;
use diesel::prelude::*;
use std::collections::BTreeSet;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::resource::{Check, Flag, Id, Watch};
use steward_schema::infrastructure::{changes, freeze_periods};
use steward_schema::service::{edges, registry};

const CHANGES: &str = "infrastructure/changes";
/// The references by which a change says what it alters.
const TARGETS: [&str; 3] = ["target_id", "target_ids", "service_id"];
/// The states in which the time of a change is taken.
const TAKEN: [&str; 2] = ["scheduled", "implementing"];

/// Another change alters the same thing, what it rests on or what rests on it, or affects the same service, at the same time.
pub const COLLISION: Flag = Flag {
    code: "collision",
    about: CHANGES,
    watches: &[
        Watch::itself(CHANGES),
        Watch::beside(CHANGES, "target_id", (CHANGES, "target_id", "id")),
        Watch::beside(CHANGES, "service_id", (CHANGES, "service_id", "id")),
        Watch::looked_up(CHANGES, beside),
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
        format!("It alters the same, what that rests on or what rests on it, or affects the same service, at the same time as {}. Move one of them, or make them one.", named.join(", "))
    }))
}

/// The changes whose time is taken and that stand in the way of one: they alter what it alters, what that rests on or what rests on it, or
/// affect a service that it affects, be it by an alternative.
fn touching(check: &mut Check<'_>, planned: &PlannedChange) -> Result<Vec<Id>> {
    let mut altered: Vec<Id> = planned.targets().chain(planned.service_id).collect();
    let mut concerned: BTreeSet<Id> = dependents_of(check.connection, &altered)?.into_iter().collect();
    altered.extend(planned.services(check)?);
    concerned.extend(supports_of(check.connection, &altered)?);
    let (concerned, mut touching): (Vec<Id>, Vec<Id>) = (concerned.into_iter().collect(), Vec::new());
    for chunk in concerned.chunks(CHUNK) {
        let altering = edges::table
            .inner_join(registry::table.on(registry::id.eq(edges::from_id)))
            .filter(edges::to_id.eq_any(chunk).and(edges::field.eq_any(TARGETS)))
            .filter(registry::collection.eq(CHANGES).and(registry::state.eq_any(TAKEN)))
            .select(edges::from_id);
        touching.extend(altering.load::<Id>(check.connection)?);
    }
    touching.sort_unstable();
    touching.dedup();
    Ok(touching)
}

/// The changes whose time is taken and that stand in the way of one, whatever its state.
fn beside(check: &mut Check<'_>, change: Id) -> Result<Vec<Id>> {
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
