//! Devices: the hardware that is there.

use crate::network::ip_address::require_own;
use crate::operation::dependents::require_nothing_left;
use crate::operation::leaving::require_staying;
use crate::site::rack::{self, Place};
use crate::site::rack_place;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::choice;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Date, Name, Note, Number, Text, folded};
use steward_core::resource::{Check, Id, Lifecycle, Lock, Move, NaturalKey, Resource, Rule, Scope, Unique, UnmetGuard, ValidationErrors};
use steward_schema::infrastructure::devices;

choice! {
    /// Role of a device.
    pub enum DeviceRole {
        /// Runs software for other systems.
        Server = "server",
        /// Stores data.
        Storage = "storage",
        /// Connects networks.
        Router = "router",
        /// Connects devices.
        Switch = "switch",
        /// Protects a network.
        Firewall = "firewall",
        /// Connects devices wirelessly.
        AccessPoint = "access_point",
        /// Feeds or switches power.
        Power = "power",
        /// Equips a workplace: a desktop, a laptop, a telephone.
        Workplace = "workplace",
        /// Anything else.
        Other = "other",
    }
}

choice! {
    /// Side of a rack from which a device is mounted.
    pub enum Face {
        /// Front side.
        Front = "front",
        /// Rear side.
        Rear = "rear",
    }
}

steward_core::resource! {
    /// Piece of hardware with a place in the infrastructure.
    pub struct Device {
        /// Name as people know it, unique within the site, and among devices without a site.
        #[field(unique, search)]
        pub name: Name,
        /// Model of the device.
        #[field(refers_to(&["infrastructure/device-types"]))]
        pub device_type_id: Id,
        /// Role of the device.
        pub role: DeviceRole,
        /// Site of the device; left out, that of the location or of the rack.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Option<Id>,
        /// Location in that site.
        #[field(refers_to(&["infrastructure/locations"]))]
        pub location_id: Option<Id>,
        /// Rack in which it is mounted, in the same site.
        #[field(refers_to(&["infrastructure/racks"]))]
        pub rack_id: Option<Id>,
        /// Lowest rack unit that it occupies, from 1 at the bottom, in steps of a half. No other device may occupy the same units; a
        /// retired device occupies none.
        pub position: Option<Number<1, 101>>,
        /// Side from which it is mounted.
        pub face: Option<Face>,
        /// Primary address, assigned to one of its own interfaces.
        #[field(refers_to(&["infrastructure/ip-addresses"]))]
        pub primary_address_id: Option<Id>,
        /// Serial number assigned by the manufacturer.
        #[field(search)]
        pub serial: Option<Text<1, 100>>,
        /// Planned date of retirement.
        #[field(deadline)]
        pub planned_retirement_on: Option<Date>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Device {
    const PATH: &'static str = "infrastructure/devices";
    type Table = steward_schema::infrastructure::devices::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["site_id", "location_id", "rack_id"];
    const UNIQUE: &'static [Unique] = &[Unique { index: "devices_name_key", fields: &["site_id", "name"] }];
    const NATURAL_KEYS: &'static [NaturalKey] = &[NaturalKey { fields: &["site_id", "name"], unless: None }];
    const RULES: &'static [Rule] =
        &[Rule::Agrees { by: "location_id", theirs: "site_id", ours: "site_id" }, Rule::Agrees { by: "rack_id", theirs: "site_id", ours: "site_id" }];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "planned→staged:stage→active:activate↔maintenance:start_maintenance; active→offline:take_offline|failed:fail→active; \
            →decommissioning:decommission→retired:retire";
        Some(Lifecycle::new(notation).named("maintenance", "active", "return").named("offline", "active", "restore").named("failed", "active", "repair"))
    }

    fn sample() -> Self {
        Device {
            name: "rtm-srv-014".into(),
            device_type_id: Id::sample(),
            role: DeviceRole::Server,
            site_id: None,
            location_id: None,
            rack_id: None,
            position: None,
            face: None,
            primary_address_id: None,
            serial: Some("4CE0460D0G".into()),
            planned_retirement_on: Date::parse("2030-12-31"),
            description: Some("Runs the order database.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let mounted = self.position.is_some();
        let halves = self.position.map_or(0.0, |position| position.0 * 2.0);
        faults.require(halves == halves.trunc(), "position", "step", "Expected a multiple of 0.5.");
        faults.require(mounted == self.face.is_some(), if mounted { "face" } else { "position" }, "required", "A position and a face belong together.");
    }

    fn locks(&self) -> Vec<Lock> {
        let mounted = self.rack_id.map(|rack| [rack, self.device_type_id]).into_iter().flatten();
        let named = self.site_id.is_none().then(|| Lock::Named("devices without a site".into()));
        mounted.chain(self.primary_address_id).map(Lock::Row).chain(named).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_staying(check, self, &["site_id", "location_id"])?;
        self.require_own_name(check)?;
        if let Some(rack) = self.rack_id.filter(|_| check.state != Some("retired")) {
            let before = check.before::<Device>()?;
            let loaded = before.is_none_or(|before| before.rack_id != self.rack_id || before.device_type_id != self.device_type_id);
            let placed = before.is_none_or(|before| before.rack_id != self.rack_id || before.location_id != self.location_id);
            rack_place::require(check, (rack, self.location_id, self.device_type_id), placed, loaded)?;
        }
        if self.position.is_some() && self.rack_id.is_none() {
            return Err(Problem::invalid(vec![FieldError::new("/rack_id", "required", "Say in which rack the position is.")]).into());
        }
        require_own(check, self.primary_address_id)?;
        let (Some(rack), Some(position), Some(face)) = (self.rack_id, self.position, self.face) else { return Ok(()) };
        if check.state == Some("retired") {
            return Ok(());
        }
        rack::require_free(check, &Place { rack, device_type: self.device_type_id, position: position.0, face: face.word() })
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        require_nothing_left(step, check)
    }
}

impl Device {
    /// Refuses the name of another device that has no site either (409).
    fn require_own_name(&self, check: &mut Check<'_>) -> Result<()> {
        let known = check.before::<Device>()?.is_some_and(|before| before.site_id.is_none() && before.name.0 == self.name.0);
        if self.site_id.is_some() || known {
            return Ok(());
        }
        let others = devices::table.filter(devices::site_id.is_null().and(devices::name_key.eq(folded(&self.name.0)))).filter(devices::id.ne(check.id));
        if select(exists(others)).get_result(check.connection)? {
            let detail = format!("Another device without a site is called {:?}. Name its site, or choose another name.", self.name.0);
            return Err(Problem::conflict("/name", "duplicate", detail).into());
        }
        Ok(())
    }
}
