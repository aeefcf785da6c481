//! Circuits: connections that a provider keeps up.

use crate::operation::dependents::require_no_dependents;
use crate::operation::leaving::require_staying;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Name, Note, Number, Whole};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Move, Resource, Scope, Unique, UnmetGuard, ValidationErrors};

choice! {
    /// Kind of a circuit.
    pub enum CircuitKind {
        /// Access to the internet.
        Internet = "internet",
        /// Ethernet between two or more places.
        Ethernet = "ethernet",
        /// Label-switched private network (MPLS).
        Mpls = "mpls",
        /// Fibre without the provider's equipment.
        DarkFibre = "dark_fibre",
        /// A wavelength on the provider's fibre.
        Wavelength = "wavelength",
        /// Direct connection to a cloud.
        CloudConnect = "cloud_connect",
        /// A mobile network.
        Cellular = "cellular",
        /// Satellite.
        Satellite = "satellite",
        /// Telephone.
        Voice = "voice",
        /// Anything else.
        Other = "other",
    }
}

steward_core::resource! {
    /// Connection run by a provider, to the outside or between two places.
    pub struct Circuit {
        /// Provider of the circuit.
        #[field(refers_to(&["vendors/vendors"]))]
        pub provider_id: Id,
        /// Circuit number at the provider, unique for the provider.
        #[field(unique, search)]
        pub number: Name,
        /// Kind of circuit.
        pub kind: CircuitKind,
        /// Bandwidth from end A, in megabits per second.
        pub bandwidth_mbps: Option<Number<0, 100_000_000>>,
        /// Bandwidth in the other direction where it differs, in megabits per second.
        pub upload_mbps: Option<Number<0, 100_000_000>>,
        /// Committed share of the bandwidth, in percent.
        pub committed_percent: Option<Number<0, 100>>,
        /// Site at end A.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub a_site_id: Option<Id>,
        /// Site at end Z; none where that is the provider's network.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub z_site_id: Option<Id>,
        /// Contract under which it is provided.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Date of hand-over.
        #[field(happened)]
        pub installed_on: Option<Date>,
        /// Date of termination.
        #[field(deadline)]
        pub terminates_on: Option<Date>,
        /// Time to restore promised by the provider, in hours.
        pub restore_hours: Option<Whole<0, 8760>>,
        /// Free-text description, such as the provider's support contact.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Circuit {
    const PATH: &'static str = "infrastructure/circuits";
    type Table = steward_schema::infrastructure::circuits::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["a_site_id", "z_site_id", "contract_id"];
    const TITLE: &'static str = "number";
    const UNIQUE: &'static [Unique] = &[Unique { index: "circuits_number_key", fields: &["provider_id", "number"] }];
    const GUARDS: &'static [Guard] =
        &[Guard::none_in(&["retired"], "infrastructure/cables", "from_id", &[]), Guard::none_in(&["retired"], "infrastructure/cables", "to_id", &[])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "planned→provisioning:provision→active:activate↔offline:take_offline; →decommissioning:decommission→retired:retire";
        Some(Lifecycle::new(notation).named("offline", "active", "restore"))
    }

    fn sample() -> Self {
        Circuit {
            provider_id: Id::sample(),
            number: "DH-RTM-00417".into(),
            kind: CircuitKind::Internet,
            bandwidth_mbps: Some(Number(1000.0)),
            upload_mbps: Some(Number(500.0)),
            committed_percent: Some(Number(80.0)),
            a_site_id: None,
            z_site_id: None,
            contract_id: None,
            installed_on: Date::parse("2025-03-01"),
            terminates_on: Date::parse("2028-02-29"),
            restore_hours: Some(Whole(4)),
            description: Some("Enters the building from the north.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.installed_on, self.terminates_on, "terminates_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_staying(check, self, &["a_site_id", "z_site_id"])
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        require_no_dependents(step, check)
    }
}
