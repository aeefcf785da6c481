//! Racks: where devices are mounted.

use crate::database::Statement;
use crate::error::{Problem, Result};
use crate::resource::value::{Number, Title, Whole};
use crate::resource::{Check, Id, Lifecycle, Resource, Rule, Scope, Unique};
use serde_json::json;

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
        pub name: Title,
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
    const UNIQUE: &'static [Unique] = &[Unique { index: "racks_name_key", fields: &["site_id", "name"] }];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "location_id", theirs: "site_id", ours: "site_id" }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active→retired"))
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
        super::network_lock::hold(check.connection, check.id)?;
        let above = Statement::new("SELECT 1 FROM devices d JOIN device_types t ON t.id = d.device_type_id WHERE d.rack_id = ")
            .with(check.id, " AND d.position + t.height_units - 1 > ")
            .with(crate::database::Cell::Real(self.height_units.0 as f64), " LIMIT 1");
        if check.finds(above)? {
            return Err(Problem::conflict("/height_units", "mounted", "A device is mounted higher than that. Move it first.").into());
        }
        Ok(())
    }
}

/// A place in a rack, as a device takes it.
pub(super) struct Place {
    pub rack: Id,
    pub device_type: Id,
    pub position: f64,
    pub face: &'static str,
}

/// Refuses a place that is outside the rack, or taken (409). Full-depth devices take both faces.
pub(super) fn require_free(check: &mut Check<'_>, place: &Place) -> Result<()> {
    let position = crate::database::Cell::Real(place.position);
    let outside = Statement::new("SELECT 1 FROM racks r JOIN device_types t ON t.id = ")
        .with(place.device_type, " WHERE r.id = ")
        .with(place.rack, " AND t.height_units - 1 + ")
        .with(position.clone(), " > r.height_units");
    if check.finds(outside)? {
        return Err(Problem::conflict("/position", "outside", "The device would stand out of the rack. Choose a lower position.").into());
    }
    let taken = Statement::new("SELECT 1 FROM devices d JOIN device_types t ON t.id = d.device_type_id JOIN device_types own ON own.id = ")
        .with(place.device_type, " WHERE d.rack_id = ")
        .with(place.rack, " AND d.id <> ")
        .with(check.id, " AND d.state <> 'retired' AND d.position + t.height_units > ")
        .with(position.clone(), " AND d.position - own.height_units < ")
        .with(position, " AND (t.full_depth OR own.full_depth OR d.face = ")
        .with(place.face.to_owned(), ") LIMIT 1");
    if check.finds(taken)? {
        return Err(Problem::conflict("/position", "taken", "Another device takes some of these units. Choose a free position.").into());
    }
    Ok(())
}
