//! Racks: where devices are mounted.

use crate::error::{Problem, Result};
use crate::resource::value::{Name, Number, Whole};
use crate::resource::{Check, Guard, Id, Lifecycle, Resource, Rule, Scope, Unique};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_schema::infrastructure::{device_types, devices, racks};

/// The states of a device in which it stands in its rack.
const IN_USE: &[&str] = &["staged", "active", "maintenance", "offline", "failed", "decommissioning"];

crate::resource! {
    /// A rack of a site. Its units are counted from 1 at the bottom.
    pub struct Rack {
        /// The site where it stands.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Id,
        /// The location in that site.
        #[field(refers_to(&["infrastructure/locations"]))]
        pub location_id: Option<Id>,
        /// Name as people know it, unique in the site.
        #[field(unique, search)]
        pub name: Name,
        /// Height in rack units.
        #[field(default(|| json!(42)))]
        pub height_units: Whole<1, 100>,
        /// The most power that it can feed, in watts.
        pub power_limit_w: Option<Number<0, 1000000>>,
        /// The most weight that it can bear, in kilograms.
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
        crate::domains::infrastructure::network::network_lock::hold(check.connection, check.id)?;
        let top = devices::position + device_types::height_units.nullable() - 1.0;
        let above = devices::table.inner_join(device_types::table).filter(devices::rack_id.eq(check.id)).filter(top.gt(self.height_units.0 as f64));
        if select(exists(above)).get_result(check.connection)? {
            return Err(Problem::conflict("/height_units", "mounted", "A device is mounted higher than that. Move it first.").into());
        }
        Ok(())
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
    let upper_end = devices::position + device_types::height_units.nullable();
    let mut mounted = devices::table
        .inner_join(device_types::table)
        .filter(devices::rack_id.eq(place.rack).and(devices::id.ne(check.id)).and(devices::state.ne("retired")))
        .filter(devices::position.is_not_null())
        .into_boxed();
    if !full_depth {
        mounted = mounted.filter(device_types::full_depth.nullable().or(devices::face.eq(place.face)));
    }
    let columns = (devices::name, devices::position.assume_not_null(), upper_end.assume_not_null());
    let taken: Vec<(String, f64, f64)> = mounted.order(devices::position).select(columns).load(check.connection)?;
    let Some((name, from, until)) = taken.iter().find(|(_, from, until)| *until > position && *from < position + height) else { return Ok(()) };
    let spans: Vec<(f64, f64)> = taken.iter().map(|(_, from, until)| (*from, *until)).collect();
    let free = match free_position(&spans, height, rack_height as f64) {
        Some(free) => format!("The lowest free position is {free}."),
        None => "No position is free for it in this rack.".to_owned(),
    };
    let detail = format!("Device \"{name}\" takes {} units from {from} on. {free}", until - from);
    Err(Problem::conflict("/position", "taken", detail).into())
}

/// The lowest position in steps of a half at which so many units are free, beside spans that are taken.
fn free_position(taken: &[(f64, f64)], height: f64, rack_height: f64) -> Option<f64> {
    let positions = (2..).map(|half| f64::from(half) / 2.0).take_while(|position| height - 1.0 + position <= rack_height);
    let mut free = positions.filter(|position| !taken.iter().any(|(from, until)| *until > *position && *from < position + height));
    free.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_free_where_nothing_stands_in_its_units() {
        let taken = [(1.0, 3.0), (3.5, 4.0), (6.0, 10.0)];
        assert_eq!([0.5, 1.0, 2.0, 3.0].map(|height| free_position(&taken, height, 12.0)), [Some(3.0), Some(4.0), Some(4.0), Some(10.0)]);
        assert_eq!(free_position(&taken, 4.0, 12.0), None);
    }
}
