//! VLAN groups: within which the numbers of VLANs are unique.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Name, Note, Whole};
use steward_core::resource::{Check, Id, Resource, Scope, Unique, ValidationErrors};
use steward_schema::infrastructure::vlans;

steward_core::resource! {
    /// Set of VLANs with unique numbers: those of a site, or of the switches that carry them.
    pub struct VlanGroup {
        /// Name as people know it, unique.
        #[field(unique, search)]
        pub name: Name,
        /// Site of the group.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Option<Id>,
        /// Lowest number allowed for its VLANs.
        #[field(default(|| json!(1)))]
        pub lowest_vid: Whole<1, 4094>,
        /// Highest number allowed for its VLANs.
        #[field(default(|| json!(4094)))]
        pub highest_vid: Whole<1, 4094>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for VlanGroup {
    const PATH: &'static str = "infrastructure/vlan-groups";
    type Table = steward_schema::infrastructure::vlan_groups::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "vlan_groups_name_key", fields: &["name"] }];

    fn sample() -> Self {
        VlanGroup {
            name: "Rotterdam".into(),
            site_id: None,
            lowest_vid: Whole(1),
            highest_vid: Whole(4094),
            description: Some("The switches of the data centre in Rotterdam.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.lowest_vid <= self.highest_vid, "highest_vid", "range", "The highest number must not be below the lowest.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_none() {
            return Ok(());
        }
        super::network_lock::hold(check.connection, check.id)?;
        let beyond = vlans::vid.lt(self.lowest_vid).or(vlans::vid.gt(self.highest_vid));
        if select(exists(vlans::table.filter(vlans::group_id.eq(check.id)).filter(beyond))).get_result(check.connection)? {
            return Err(Problem::conflict("/highest_vid", "in_use", "VLANs of the group have numbers outside that range. Change those first.").into());
        }
        Ok(())
    }
}
