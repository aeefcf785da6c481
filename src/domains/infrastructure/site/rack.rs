//! Racks: where devices are mounted.

use super::rack_place;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Name, Number, Whole};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Resource, Rule, Scope, Unique};
use steward_schema::infrastructure::{device_types, devices, racks};

/// The states of a device in which it stands in its rack.
const IN_USE: &[&str] = &["staged", "active", "maintenance", "offline", "failed", "decommissioning"];

steward_core::resource! {
    /// Rack in a site. Its units are counted from 1 at the bottom.
    pub struct Rack {
        /// Site of the rack.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Id,
        /// Location in that site.
        #[field(refers_to(&["infrastructure/locations"]))]
        pub location_id: Option<Id>,
        /// Name as people know it, unique in the site.
        #[field(unique, search)]
        pub name: Name,
        /// Height in rack units.
        #[field(default(|| json!(42)))]
        pub height_units: Whole<1, 100>,
        /// Power limit in watts.
        pub power_limit_w: Option<Number<0, 1000000>>,
        /// Weight limit in kilograms.
        pub weight_limit_kg: Option<Number<0, 100000>>,
    }
}

impl Resource for Rack {
    const PATH: &'static str = "infrastructure/racks";
    type Table = steward_schema::infrastructure::racks::table;
    const SCOPE: Scope = Scope::Within("site_id");
    const BASIS: &'static [&'static str] = &["location_id"];
    const UNIQUE: &'static [Unique] = &[Unique { index: "racks_name_key", fields: &["site_id", "name"] }];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "location_id", theirs: "site_id", ours: "site_id" }];

    const GUARDS: &'static [Guard] = &[Guard::none_in(&["retired"], "infrastructure/devices", "rack_id", IN_USE)];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active:activate→retired:retire"))
    }

    fn sample() -> Self {
        Rack {
            site_id: Id::sample(),
            location_id: None,
            name: "A-03".into(),
            height_units: Whole(42),
            power_limit_w: Some(Number(7000.0)),
            weight_limit_kg: Some(Number(1200.0)),
        }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        crate::network::network_lock::hold(check.connection, check.id)?;
        let top = devices::position + device_types::height_units.nullable() - 1.0;
        let above = devices::table
            .inner_join(device_types::table)
            .filter(devices::rack_id.eq(check.id).and(devices::state.ne("retired")))
            .filter(top.gt(self.height_units.0 as f64));
        if select(exists(above)).get_result(check.connection)? {
            return Err(Problem::conflict("/height_units", "mounted", "A device is mounted higher than that. Move it first.").into());
        }
        let limits = |rack: &Rack| (rack.weight_limit_kg.map(|limit| limit.0), rack.power_limit_w.map(|limit| limit.0));
        match check.before::<Rack>()?.map(limits) {
            Some(before) if before != limits(self) => rack_place::require_limits(check, &self.name.0, before, limits(self)),
            _ => Ok(()),
        }
    }
}

/// A place in a rack, as a device takes it.
pub struct Place {
    pub rack: Id,
    pub device_type: Id,
    pub position: f64,
    pub face: &'static str,
}

/// Refuses a place that is outside the rack, or taken (409). Full-depth devices take both faces.
pub fn require_free(check: &mut Check<'_>, place: &Place) -> Result<()> {
    let own = device_types::table.find(place.device_type).inner_join(racks::table.on(racks::id.eq(place.rack)));
    let (height, full_depth, rack_height): (f64, bool, i64) =
        own.select((device_types::height_units, device_types::full_depth, racks::height_units)).first(check.connection)?;
    let position = place.position;
    if height - 1.0 + position > rack_height as f64 {
        return Err(Problem::conflict("/position", "outside", "The device would stand out of the rack. Choose a lower position.").into());
    }
    let mut beside = devices::table
        .inner_join(device_types::table)
        .filter(devices::rack_id.eq(place.rack).and(devices::id.ne(check.id)).and(devices::state.ne("retired")))
        .filter(devices::position.is_not_null())
        .order((devices::position, devices::id))
        .select((devices::id, devices::name, devices::unit_id, devices::position.assume_not_null(), device_types::height_units))
        .into_boxed();
    if !full_depth {
        beside = beside.filter(device_types::full_depth.nullable().or(devices::face.eq(place.face)));
    }
    let beside: Vec<Beside> = beside.load(check.connection)?;
    let Some((id, name, unit, at, its_height)) = beside.iter().find(|(.., at, its_height)| at + its_height > position && *at < position + height) else {
        return Ok(());
    };
    let is_visible = (check.holds)(check.connection, "infrastructure.devices:read", Some(*unit))?;
    let other = if is_visible { format!("\"{name}\" (infrastructure/devices/{id})") } else { "Another device".to_owned() };
    let spans: Vec<(f64, f64)> = beside.iter().map(|(.., at, its_height)| (*at, at + its_height)).collect();
    let free = free_positions(&spans, height, rack_height as f64);
    let instead = if free.is_empty() { "No position in this rack is free for it. Choose another rack.".to_owned() } else { format!("It fits at {free}.") };
    let detail = format!("{other} takes {}. {instead}", units(*at, *its_height));
    Err(Problem::conflict("/position", "taken", detail).into())
}

/// A device that takes room on the same side: its id, name, unit, position and height.
type Beside = (Id, String, Id, f64, f64);

/// The units that a device of some height takes from a position on, in words: in halves where it begins or ends within a unit.
fn units(at: f64, height: f64) -> String {
    let last = at + height - if is_half(at) || is_half(height) { 0.5 } else { 1.0 };
    if last > at { format!("the units from {at} up to {last}") } else { format!("the unit {at}") }
}

fn is_half(number: f64) -> bool {
    number.fract() != 0.0
}

/// The positions at which a device of some height fits between others, as spans in words; empty if there are none. They are whole, unless the
/// device or one of the others begins or ends within a unit.
fn free_positions(taken: &[(f64, f64)], height: f64, rack_height: f64) -> String {
    let fits = |at: f64| at - 1.0 + height <= rack_height && taken.iter().all(|(from, to)| *to <= at || *from >= at + height);
    let in_halves = is_half(height) || taken.iter().any(|(from, to)| is_half(*from) || is_half(*to));
    let step = if in_halves { 0.5 } else { 1.0 };
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for at in (0..2_000).map(|count| 1.0 + f64::from(count) * step).take_while(|at| *at < rack_height + 1.0).filter(|at| fits(*at)) {
        match spans.last_mut() {
            Some(last) if last.1 + step >= at => last.1 = at,
            _ => spans.push((at, at)),
        }
    }
    spans.into_iter().map(|(first, last)| if last > first { format!("{first} to {last}") } else { first.to_string() }).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_positions_are_those_where_all_of_a_device_fits() {
        // 42 units; 10 to 13 and 20 are taken: two units fit at 1 to 8, 14 to 18 and 21 to 41.
        assert_eq!(free_positions(&[(10.0, 14.0), (20.0, 21.0)], 2.0, 42.0), "1 to 8, 14 to 18, 21 to 41");
        assert_eq!(free_positions(&[(1.0, 3.0)], 1.0, 3.0), "3");
        assert_eq!(free_positions(&[(1.0, 4.0)], 1.0, 3.0), "");
        // Halves are told where something begins or ends within a unit.
        assert_eq!(free_positions(&[(1.5, 2.5)], 0.5, 2.0), "1, 2.5");
        assert_eq!(free_positions(&[(2.0, 3.0)], 0.5, 4.0), "1 to 1.5, 3 to 4.5");
        assert_eq!(free_positions(&[(1.0, 1.5)], 1.0, 3.0), "1.5 to 3");
    }

    #[test]
    fn the_units_of_a_device_are_told_in_halves_where_it_ends_within_one() {
        assert_eq!([units(5.0, 2.0), units(5.0, 1.0)], ["the units from 5 up to 6", "the unit 5"]);
        assert_eq!([units(100.5, 0.5), units(1.0, 1.5), units(1.5, 1.0)], ["the unit 100.5", "the units from 1 up to 2", "the units from 1.5 up to 2"]);
    }
}
