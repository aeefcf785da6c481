//! Devices: the hardware that is there.

use super::location::require_in_site;
use crate::choice;
use crate::error::{Broken, Problem, Result};
use crate::resource::value::{Date, Note, Text, Title};
use crate::resource::{Check, Id, Lifecycle, Lock, Move, Resource, Scope, Unmet};

choice! {
    /// What a device is for.
    pub enum DeviceRole {
        /// Runs software for others.
        Server = "server",
        /// Keeps data.
        Storage = "storage",
        /// Connects networks.
        Router = "router",
        /// Connects devices.
        Switch = "switch",
        /// Guards a network.
        Firewall = "firewall",
        /// Connects devices without a cable.
        AccessPoint = "access_point",
        /// Feeds or switches power.
        Power = "power",
        /// Is worked with: a desktop, a laptop, a telephone.
        Workplace = "workplace",
        /// Anything else.
        Other = "other",
    }
}

crate::resource! {
    /// A piece of hardware with a place in the infrastructure.
    pub struct Device {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// The model that it is of.
        #[field(refers_to(&["infrastructure/device-types"]))]
        pub device_type_id: Id,
        /// What it is for.
        pub role: DeviceRole,
        /// The site where it is.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Option<Id>,
        /// The location in that site.
        #[field(refers_to(&["infrastructure/locations"]))]
        pub location_id: Option<Id>,
        /// Serial number as its maker gave it.
        #[field(search)]
        pub serial: Option<Text<1, 100>>,
        /// The day on which it is to be retired.
        pub planned_retirement_on: Option<Date>,
        /// What one should know of it.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Device {
    const PATH: &'static str = "infrastructure/devices";
    const SCOPE: Scope = Scope::Unit;

    fn lifecycle() -> Option<Lifecycle> {
        let lifecycle = Lifecycle::new("planned→staged→active↔maintenance; active→offline|failed→active; →decommissioning→retired");
        Some(lifecycle.named("maintenance", "active", "return").named("offline", "active", "restore").named("failed", "active", "repair"))
    }

    fn sample() -> Self {
        Device {
            name: "rtm-srv-014".into(),
            device_type_id: Id::sample(),
            role: DeviceRole::Server,
            site_id: None,
            location_id: None,
            serial: Some("4CE0460D0G".into()),
            planned_retirement_on: Date::parse("2030-12-31"),
            description: Some("Runs the order database.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        self.location_id.map(Lock::Row).into_iter().collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if self.location_id.is_some() && self.site_id.is_none() {
            return Err(Problem::invalid(vec![Broken::new("/site_id", "required", "Say in which site the location is.")]).into());
        }
        require_in_site(check, "/location_id", self.location_id, self.site_id)
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Unmet>> {
        super::dependency::require_no_dependents(step, check)
    }
}
