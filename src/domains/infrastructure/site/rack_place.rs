//! What a rack takes: devices of its own room, as long as it is used, and as much as it can feed and bear.

use super::power_feed::{FeedKind, FeedPhase, lesser, total_power};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Title;
use steward_core::resource::{Check, Id};
use steward_schema::infrastructure::{device_types, devices, power_feeds, racks};

/// Weight in kilograms and power in watts; none where it is not known.
type Load = (Option<f64>, Option<f64>);

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
    let columns = (power_feeds::voltage, power_feeds::amperage, power_feeds::phase, power_feeds::max_utilization_percent);
    let carrying = power_feeds::kind.eq(FeedKind::Primary).and(power_feeds::state.eq("active"));
    let feeds: Vec<(i64, i64, FeedPhase, f64)> =
        power_feeds::table.filter(power_feeds::rack_id.eq(rack)).filter(carrying).select(columns).load(check.connection)?;
    Ok(total_power(&feeds))
}

fn require_load(check: &mut Check<'_>, rack: Id, device_type: Id, name: &str, limits: Load) -> Result<()> {
    let of_type = (device_types::weight_kg, device_types::power_draw_w);
    let mounted: Vec<Load> = devices::table
        .inner_join(device_types::table)
        .filter(devices::rack_id.eq(rack).and(devices::id.ne(check.id)).and(devices::state.ne("retired")))
        .select(of_type)
        .load(check.connection)?;
    let own: Option<Load> = device_types::table.find(device_type).select(of_type).first(check.connection).optional()?;
    let own = own.unwrap_or_default();
    let sum = |pick: fn(&Load) -> Option<f64>| mounted.iter().filter_map(pick).sum::<f64>();
    for (code, limit, more, there, unit) in [("weight", limits.0, own.0, sum(|load| load.0), "kg"), ("power", limits.1, own.1, sum(|load| load.1), "W")] {
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
