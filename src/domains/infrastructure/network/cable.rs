//! Cables: what is plugged into what.

use super::interface::OF_SOFTWARE;
use crate::operation::leaving::{require_staying, require_staying_node_of};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Number, Title};
use steward_core::resource::{Check, Id, Lock, Resource, Scope};
use steward_schema::infrastructure::{cables, circuits, interfaces};

/// What a cable can end at.
const TERMINATIONS: &[&str] = &["infrastructure/interfaces", "infrastructure/circuits"];
/// The same; the other end of the first cable that is made is a circuit's, since two new interfaces may well be of one device.
const OTHER_TERMINATIONS: &[&str] = &["infrastructure/circuits", "infrastructure/interfaces"];

choice! {
    /// Kind of a cable.
    pub enum CableKind {
        /// Twisted pairs of category 5e (ISO/IEC 11801).
        Cat5e = "cat5e",
        /// Twisted pairs of category 6.
        Cat6 = "cat6",
        /// Twisted pairs of category 6A.
        Cat6a = "cat6a",
        /// Twisted pairs of category 7.
        Cat7 = "cat7",
        /// Twisted pairs of category 8.
        Cat8 = "cat8",
        /// Multimode fibre.
        MultimodeFibre = "multimode_fibre",
        /// Single-mode fibre.
        SingleModeFibre = "single_mode_fibre",
        /// Copper with plugs at both ends (direct attach).
        DirectAttach = "direct_attach",
        /// Fibre with plugs at both ends (active optical).
        ActiveOptical = "active_optical",
        /// Coaxial cable.
        Coaxial = "coaxial",
        /// Anything else.
        Other = "other",
    }
}

choice! {
    /// End of a circuit.
    pub enum CircuitEnd {
        /// The end at `a_site_id`.
        A = "a",
        /// The end at `z_site_id`.
        Z = "z",
    }
}

steward_core::resource! {
    /// Cable between two terminations. A termination has one cable; of a circuit each end has its own.
    pub struct Cable {
        /// Interface or circuit at one end.
        #[field(refers_to(TERMINATIONS), unique, fixed)]
        pub from_id: Id,
        /// End of the circuit, where `from_id` is a circuit.
        #[field(fixed)]
        pub from_end: Option<CircuitEnd>,
        /// Interface or circuit at the other end.
        #[field(refers_to(OTHER_TERMINATIONS), unique, fixed, differs_from("from_id"))]
        pub to_id: Id,
        /// End of the circuit, where `to_id` is a circuit.
        #[field(fixed)]
        pub to_end: Option<CircuitEnd>,
        /// Label on the cable.
        #[field(search)]
        pub label: Option<Title>,
        /// Kind of cable.
        pub kind: Option<CableKind>,
        /// Colour of the cable.
        pub colour: Option<Title>,
        /// Length in metres.
        pub length_m: Option<Number<0, 1_000_000>>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Cable {
    const PATH: &'static str = "infrastructure/cables";
    type Table = steward_schema::infrastructure::cables::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "label";

    fn sample() -> Self {
        Cable {
            from_id: Id::sample(),
            from_end: None,
            to_id: Id::sample(),
            to_end: Some(CircuitEnd::A),
            label: Some("A03-114".into()),
            kind: Some(CableKind::Cat6a),
            colour: Some("yellow".into()),
            length_m: Some(Number(3.0)),
            description: Some("Runs under the floor.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.from_id), Lock::Row(self.to_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_none() {
            require_staying(check, self, &["from_id", "to_id"])?;
            require_staying_node_of(check, "/from_id", &[self.from_id])?;
            require_staying_node_of(check, "/to_id", &[self.to_id])?;
        }
        for (termination, end, id_field, end_field) in [(self.from_id, self.from_end, "/from_id", "/from_end"), (self.to_id, self.to_end, "/to_id", "/to_end")]
        {
            let is_circuit: bool = select(exists(circuits::table.find(termination))).get_result(check.connection)?;
            match (end.is_some(), is_circuit) {
                (true, false) => return Err(Problem::conflict(end_field, "no_circuit", "Only a circuit has such ends. Leave it out for an interface.").into()),
                (false, true) => return Err(Problem::conflict(end_field, "required", "Say at which end of the circuit it is plugged in.").into()),
                _ => {}
            }
            if !is_circuit && is_virtual(check, termination)? {
                return Err(Problem::conflict(id_field, "virtual", "That interface is of software only, and takes no cable. Choose a physical one.").into());
            }
            // An interface has one end only, and none is named.
            let nameless = || end.is_none().into_sql::<Bool>();
            let from_there = cables::from_id.eq(termination).and(cables::from_end.eq(end).or(cables::from_end.is_null().and(nameless())));
            let to_there = cables::to_id.eq(termination).and(cables::to_end.eq(end).or(cables::to_end.is_null().and(nameless())));
            if select(exists(cables::table.filter(cables::id.ne(check.id)).filter(from_there.or(to_there)))).get_result(check.connection)? {
                return Err(Problem::conflict(id_field, "taken", "A cable is plugged in there already. Remove that one first.").into());
            }
        }
        let ends = interfaces::table.filter(interfaces::id.eq_any([self.from_id, self.to_id])).select(interfaces::node_id);
        let nodes: Vec<Id> = ends.load(check.connection)?;
        if matches!(nodes[..], [one, other] if one == other) {
            return Err(Problem::conflict("/to_id", "same_device", "Both ends are at one device. Name an interface of another device.").into());
        }
        Ok(())
    }
}

/// Whether an interface is of software only.
fn is_virtual(check: &mut Check<'_>, interface: Id) -> Result<bool> {
    Ok(select(exists(interfaces::table.find(interface).filter(interfaces::kind.eq_any(OF_SOFTWARE)))).get_result(check.connection)?)
}
