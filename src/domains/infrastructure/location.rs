//! Locations: the rooms of a site, in a tree.

use crate::error::{Problem, Result};
use crate::resource::value::{Note, Title};
use crate::resource::{Check, Id, Lifecycle, Lock, Resource, Scope, Unique};

crate::resource! {
    /// A building, floor, room or row of a site. Locations of a site form a tree.
    pub struct Location {
        /// The site that it belongs to.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Id,
        /// The location around it, in the same site.
        #[field(refers_to(&["infrastructure/locations"]))]
        pub parent_id: Option<Id>,
        /// Name as people know it, unique in the site.
        #[field(unique, search)]
        pub name: Title,
        /// What one should know of it, such as how to get in.
        pub description: Option<Note>,
    }
}

impl Resource for Location {
    const PATH: &'static str = "infrastructure/locations";
    const SCOPE: Scope = Scope::Within("site_id");
    const UNIQUE: &'static [Unique] = &[Unique { index: "locations_name_key", fields: &["site_id", "name"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active→retired"))
    }

    fn sample() -> Self {
        Location { site_id: Id::sample(), parent_id: None, name: "Room 2.14".into(), description: Some("The key is at the front desk.".into()) }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.site_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        check.require_no_circle("locations", "parent_id", self.parent_id)?;
        require_in_site(check, "/parent_id", self.parent_id, Some(self.site_id))
    }
}

/// Refuses a location of another site (409).
pub(super) fn require_in_site(check: &mut Check<'_>, pointer: &str, location: Option<Id>, site: Option<Id>) -> Result<()> {
    let (Some(location), Some(site)) = (location, site) else { return Ok(()) };
    let query = crate::database::Statement::new("SELECT id FROM locations WHERE id = ").with(location, " AND site_id = ").with(site, "");
    if check.finds(query)? {
        return Ok(());
    }
    Err(Problem::conflict(pointer, "other_site", "That location is in another site. Choose one in the same site.").into())
}
