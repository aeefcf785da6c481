//! Virtual machines: the servers that are software.

use crate::network::ip_address::require_own;
use crate::operation::dependency::{CIRCLE, hosts_already};
use crate::operation::dependents::require_nothing_left;
use crate::operation::leaving::require_staying;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Number, Title, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard};

steward_core::resource! {
    /// Virtual machine on a cluster or on a device.
    pub struct VirtualMachine {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Cluster that runs it.
        #[field(refers_to(&["infrastructure/clusters"]))]
        pub cluster_id: Option<Id>,
        /// Device that runs it, where it is bound to one.
        #[field(refers_to(&["infrastructure/devices"]))]
        pub device_id: Option<Id>,
        /// Role of the machine, such as database or web server.
        #[field(search)]
        pub role: Option<Title>,
        /// Number of virtual processors.
        pub vcpus: Option<Number<0, 4096>>,
        /// Memory in gibibytes.
        pub memory_gib: Option<Number<0, 1_000_000>>,
        /// Disk size in gibibytes.
        pub disk_gib: Option<Number<0, 100_000_000>>,
        /// Operating system.
        #[field(search)]
        pub operating_system: Option<Title>,
        /// Primary address, assigned to one of its own interfaces.
        #[field(refers_to(&["infrastructure/ip-addresses"]))]
        pub primary_address_id: Option<Id>,
        /// Position in the start order after a halt, 1 first.
        pub start_order: Option<Whole<1, 1000>>,
        /// Planned date of retirement.
        #[field(deadline)]
        pub planned_retirement_on: Option<Date>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for VirtualMachine {
    const PATH: &'static str = "infrastructure/virtual-machines";
    type Table = steward_schema::infrastructure::virtual_machines::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["cluster_id", "device_id"];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "planned→staged:stage→active:activate↔maintenance:start_maintenance; active→offline:take_offline|failed:fail→active; \
            →decommissioning:decommission→retired:retire";
        Some(Lifecycle::new(notation).named("maintenance", "active", "return").named("offline", "active", "restore").named("failed", "active", "repair"))
    }

    fn sample() -> Self {
        VirtualMachine {
            name: "rtm-vm-201".into(),
            cluster_id: None,
            device_id: None,
            role: Some("database".into()),
            vcpus: Some(Number(8.0)),
            memory_gib: Some(Number(64.0)),
            disk_gib: Some(Number(500.0)),
            operating_system: Some("Debian 12".into()),
            primary_address_id: None,
            start_order: Some(Whole(1)),
            planned_retirement_on: Date::parse("2030-12-31"),
            description: Some("A copy of the order database, for reports.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        self.primary_address_id.into_iter().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_staying(check, self, &["cluster_id", "device_id"])?;
        self.require_no_circle(check)?;
        require_own(check, self.primary_address_id)
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        require_nothing_left(step, check)
    }
}

impl VirtualMachine {
    /// Refuses to run the machine on what it hosts (409).
    fn require_no_circle(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(before) = check.before::<VirtualMachine>()? else { return Ok(()) };
        let places = [("/cluster_id", before.cluster_id, self.cluster_id), ("/device_id", before.device_id, self.device_id)];
        let moved = places.into_iter().filter(|(_, before, place)| before != place).filter_map(|(pointer, _, place)| Some((pointer, place?)));
        for (pointer, place) in moved {
            if hosts_already(check, check.id, place)? {
                return Err(Problem::conflict(pointer, "circle", CIRCLE).into());
            }
        }
        Ok(())
    }
}
