//! VLANs: networks that share cables and switches.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Title, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Lock, Resource, Scope, StateException, Unique};
use steward_schema::infrastructure::vlan_groups;

steward_core::resource! {
    /// Virtual LAN on shared switches (IEEE 802.1Q).
    pub struct Vlan {
        /// Group in which its number is unique.
        #[field(refers_to(&["infrastructure/vlan-groups"]), unique)]
        pub group_id: Id,
        /// VLAN number from 1 to 4094, unique in the group and within the range of the group.
        pub vid: Whole<1, 4094>,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Vlan {
    const PATH: &'static str = "infrastructure/vlans";
    type Table = steward_schema::infrastructure::vlans::table;
    const SCOPE: Scope = Scope::Within("group_id");
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::deletable(&["retired"], "The number of a retired VLAN is given to another one in its group, where it can stand only once.")];
    const UNIQUE: &'static [Unique] = &[Unique { index: "vlans_vid_key", fields: &["group_id", "vid"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active:activate→retired:retire"))
    }

    fn sample() -> Self {
        Vlan { group_id: Id::sample(), vid: Whole(120), name: "Order databases".into(), description: Some("Reached from the application servers only.".into()) }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.group_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let inside = vlan_groups::lowest_vid.le(self.vid.0).and(vlan_groups::highest_vid.ge(self.vid.0));
        if select(exists(vlan_groups::table.find(self.group_id).filter(inside))).get_result(check.connection)? {
            return Ok(());
        }
        Err(Problem::conflict("/vid", "outside", "That number is outside the range of the group. Choose one within, or widen the range.").into())
    }
}
