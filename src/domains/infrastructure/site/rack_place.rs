//! What a rack takes: devices of its own room, as long as it is used, and as much as it can feed and bear.

use super::feed_power::{FeedKind, FeedPhase, lesser, total_power};
use crate::network::network_lock::hold;
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Title;
use steward_core::resource::{Check, Id};
use steward_schema::infrastructure::{device_types, devices, power_feeds, racks};

/// Weight in kilograms and power in watts; none where it is not known.
pub type Load = (Option<f64>, Option<f64>);

/// Refuses a device in a rack of another location or one that is retired (`placed`), and what makes a rack too heavy or takes too much
/// power (`loaded`) (409). The caller has locked the rack.
pub fn require(check: &mut Check<'_>, (rack, location, device_type): (Id, Option<Id>, Id), placed: bool, loaded: bool) -> Result<()> {
    let columns = (racks::name, racks::state, racks::location_id, (racks::weight_limit_kg, racks::power_limit_w));
    let found: Option<(Title, String, Option<Id>, Load)> = racks::table.find(rack).select(columns).first(check.connection).optional()?;
    let Some((name, state, room, limits)) = found else { return Ok(()) };
    let (name, limits) = (&name.0, (limits.0, lesser(limits.1, fed(check, rack)?)));
    if placed && state == "retired" && check.before.is_some() {
        return Err(Problem::conflict("/rack_id", "state", format!("Rack \"{name}\" is retired and takes no devices. Choose another rack.")).into());
    }
    if placed && location.zip(room).is_some_and(|(location, room)| location != room) {
        let detail = format!("Rack \"{name}\" stands in another location. Leave the location out, or choose a rack of it.");
        return Err(Problem::conflict("/location_id", "other_location", detail).into());
    }
    if loaded { require_load(check, rack, device_type, name, limits) } else { Ok(()) }
}

/// The power that the active primary feeds of a rack give, in watts; none where there are none.
fn fed(check: &mut Check<'_>, rack: Id) -> Result<Option<f64>> {
    fed_in(check, rack, &["active"])
}

/// The power that the primary feeds of a rack in some states give, in watts, save for the feed that is written; none where there are none.
fn fed_in(check: &mut Check<'_>, rack: Id, states: &[&str]) -> Result<Option<f64>> {
    let columns = (power_feeds::voltage, power_feeds::amperage, power_feeds::phase, power_feeds::max_utilization_percent);
    let carrying = power_feeds::kind.eq(FeedKind::Primary).and(power_feeds::state.eq_any(states));
    let others = power_feeds::table.filter(power_feeds::rack_id.eq(rack).and(power_feeds::id.ne(check.id)));
    let feeds: Vec<(i64, i64, FeedPhase, f64)> = others.filter(carrying).select(columns).load(check.connection)?;
    Ok(total_power(&feeds))
}

/// What is said where the devices in a rack draw more than its other feeds in some states give, and so much of the one that is written.
pub fn underfed(check: &mut Check<'_>, rack: Id, states: &[&str], own: f64) -> Result<Option<String>> {
    let gives = fed_in(check, rack, states)?.unwrap_or_default() + own;
    let (_, power) = borne(check, rack)?;
    let said = || format!("The devices in the rack draw {power} W, and its feeds would give {gives:.0} W. Take out devices first, or feed it otherwise.");
    Ok((power > gives).then(said))
}

fn require_load(check: &mut Check<'_>, rack: Id, device_type: Id, name: &str, limits: Load) -> Result<()> {
    let mounted = borne(check, rack)?;
    let of_type = (device_types::weight_kg, device_types::power_draw_w);
    let own: Option<Load> = device_types::table.find(device_type).select(of_type).first(check.connection).optional()?;
    let own = own.unwrap_or_default();
    for (code, limit, more, there, unit) in [("weight", limits.0, own.0, mounted.0, "kg"), ("power", limits.1, own.1, mounted.1, "W")] {
        let (Some(limit), Some(more)) = (limit, more.filter(|more| *more > 0.0)) else { continue };
        if there + more > limit {
            let detail = format!(
                "With this device rack \"{name}\" would have {} {unit}, and it takes {limit} {unit} at most: {} {unit} are left. Choose another rack.",
                there + more,
                (limit - there).max(0.0)
            );
            return Err(Problem::conflict("/rack_id", code, detail).into());
        }
    }
    Ok(())
}

/// Weight and power of the devices in a rack that are not retired, save for the device, or those of the type, that is written.
fn borne(check: &mut Check<'_>, rack: Id) -> Result<(f64, f64)> {
    let mounted: Vec<Load> = devices::table
        .inner_join(device_types::table)
        .filter(devices::rack_id.eq(rack).and(devices::state.ne("retired")))
        .filter(devices::id.ne(check.id).and(devices::device_type_id.ne(check.id)))
        .select((device_types::weight_kg, device_types::power_draw_w))
        .load(check.connection)?;
    Ok((mounted.iter().filter_map(|load| load.0).sum(), mounted.iter().filter_map(|load| load.1).sum()))
}

/// Refuses limits of a rack that are lower than before and than what stands in it (409). The caller has locked the rack.
pub fn require_limits(check: &mut Check<'_>, name: &str, before: Load, limits: Load) -> Result<()> {
    let (weight, power) = borne(check, check.id)?;
    let of_rack = [("/weight_limit_kg", "weight", before.0, limits.0, weight, "kg"), ("/power_limit_w", "power", before.1, limits.1, power, "W")];
    for (pointer, code, before, limit, there, unit) in of_rack {
        let Some(limit) = limit.filter(|limit| before.is_none_or(|before| *limit < before) && there > *limit) else { continue };
        let detail = format!("The devices in rack \"{name}\" have {there} {unit}, more than {limit} {unit}. Take out devices first.");
        return Err(Problem::conflict(pointer, code, detail).into());
    }
    Ok(())
}

/// Refuses a type that is heavier or draws more than before, where that is too much for a rack with devices of it (409).
pub fn require_bearable(check: &mut Check<'_>, before: Load, own: Load) -> Result<()> {
    let more = |before: Option<f64>, own: Option<f64>| own.filter(|own| *own > before.unwrap_or(0.0));
    let grown = [("/weight_kg", "weight", more(before.0, own.0), "kg"), ("/power_draw_w", "power", more(before.1, own.1), "W")];
    if grown.iter().all(|(.., own, _)| own.is_none()) {
        return Ok(());
    }
    let of_type = devices::table.inner_join(racks::table).filter(devices::device_type_id.eq(check.id).and(devices::state.ne("retired")));
    let columns = (racks::id, racks::name, racks::weight_limit_kg, racks::power_limit_w);
    let mounted: Vec<(Id, Title, Option<f64>, Option<f64>)> = of_type.order(racks::id).select(columns).load(check.connection)?;
    for same in mounted.chunk_by(|one, other| one.0 == other.0) {
        let Some((rack, name, weight_limit, power_limit)) = same.first() else { continue };
        hold(check.connection, *rack)?;
        let limits = [*weight_limit, lesser(*power_limit, fed(check, *rack)?)];
        let (weight, power) = borne(check, *rack)?;
        for ((pointer, code, own, unit), (limit, there)) in grown.iter().zip(limits.into_iter().zip([weight, power])) {
            let (Some(own), Some(limit)) = (own, limit) else { continue };
            let whole = there + own * same.len() as f64;
            if whole > limit {
                let detail = format!(
                    "Rack \"{}\" with devices of this type would have {whole} {unit}, and it takes {limit} {unit} at most. Take devices out of it first, or make another type.",
                    name.0
                );
                return Err(Problem::conflict(*pointer, code, detail).into());
            }
        }
    }
    Ok(())
}
