//! Locations: the rooms of a site, in a tree.

use steward_core::resource::value::{Name, Note};
use steward_core::resource::{Id, Lifecycle, Resource, Rule, Scope, Unique};

steward_core::resource! {
    /// Building, floor, room or row of a site. Locations of a site form a tree.
    pub struct Location {
        /// Site of the location.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Id,
        /// Parent location in the same site.
        #[field(refers_to(&["infrastructure/locations"]))]
        pub parent_id: Option<Id>,
        /// Name as people know it, unique in the site.
        #[field(unique, search)]
        pub name: Name,
        /// Free-text description, such as access instructions.
        pub description: Option<Note>,
    }
}

impl Resource for Location {
    const PATH: &'static str = "infrastructure/locations";
    type Table = steward_schema::infrastructure::locations::table;
    const SCOPE: Scope = Scope::Within("site_id");
    const BASIS: &'static [&'static str] = &["parent_id"];
    const UNIQUE: &'static [Unique] = &[Unique { index: "locations_name_key", fields: &["site_id", "name"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id"), Rule::Agrees { by: "parent_id", theirs: "site_id", ours: "site_id" }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active:activate→retired:retire"))
    }

    fn sample() -> Self {
        Location { site_id: Id::sample(), parent_id: None, name: "Room 2.14".into(), description: Some("The key is at the front desk.".into()) }
    }
}
