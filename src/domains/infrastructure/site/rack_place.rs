//! What a rack takes: devices of its own room, as long as it is used, and as much as it can feed and bear.

use crate::error::{Problem, Result};
use crate::resource::value::Title;
use crate::resource::{Check, Id};
use diesel::prelude::*;
use steward_schema::infrastructure::{device_types, devices, racks};

/// Weight in kilograms and power in watts; none where it is not known.
type Load = (Option<f64>, Option<f64>);

/// Refuses a device in a rack of another location or one that is retired (`placed`), and what makes a rack too heavy or takes too much
/// power (`loaded`) (409). The caller has locked the rack.
pub fn require(check: &mut Check<'_>, (rack, location, device_type): (Id, Option<Id>, Id), placed: bool, loaded: bool) -> Result<()> {
    let columns = (racks::name, racks::state, racks::location_id, (racks::weight_limit_kg, racks::power_limit_w));
    let found: Option<(Title, String, Option<Id>, Load)> = racks::table.find(rack).select(columns).first(check.connection).optional()?;
    let Some((name, state, room, limits)) = found else { return Ok(()) };
    let name = &name.0;
    if placed && state == "retired" && check.before.is_some() {
        return Err(Problem::conflict("/rack_id", "state", format!("Rack \"{name}\" is retired and takes no devices. Choose another rack.")).into());
    }
    if placed && location.zip(room).is_some_and(|(location, room)| location != room) {
        let detail = format!("Rack \"{name}\" stands in another location. Leave the location out, or choose a rack of it.");
        return Err(Problem::conflict("/location_id", "other_location", detail).into());
    }
    if loaded { require_load(check, rack, device_type, name, limits) } else { Ok(()) }
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
