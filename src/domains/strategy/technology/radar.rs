//! Radars: how an organisation sorts technologies, in its own words.

use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Name, Note, Text};
use steward_core::resource::{Check, Resource, Scope, Unique, ValidationErrors};
use steward_schema::strategy::{blips, radar_editions};

/// Name of a quadrant or ring.
pub type SectorName = Text<1, 60>;

steward_core::value! {
    /// A quadrant of a radar.
    pub struct Quadrant {
        /// Name of the quadrant.
        pub name: SectorName,
        /// Scope of the quadrant.
        pub description: Option<Text<1, 2000>>,
    }
}

steward_core::value! {
    /// A ring of a radar.
    pub struct Ring {
        /// Name of the ring.
        pub name: SectorName,
        /// Meaning of the ring.
        pub description: Option<Text<1, 2000>>,
        /// True if nothing new should be built with technologies in this ring, as in a ring called Hold.
        #[field(default(|| json!(false)))]
        pub discouraged: bool,
    }
}

steward_core::resource! {
    /// Technology radar: technologies by quadrant and ring, both named by the organisation.
    pub struct Radar {
        /// Name of the radar, unique.
        #[field(unique, search)]
        pub name: Name,
        /// Audience and scope of the radar.
        #[field(search)]
        pub description: Option<Note>,
        /// Quadrants in order, each with a different name; at least 1 and at most 8.
        pub quadrants: Vec<Quadrant>,
        /// Rings, the inner one first, each with a different name; at least 1 and at most 8.
        pub rings: Vec<Ring>,
    }
}

impl Resource for Radar {
    const PATH: &'static str = "strategy/radars";
    type Table = steward_schema::strategy::radars::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "radars_name_key", fields: &["name"] }];

    fn sample() -> Self {
        let quadrant = |name: &str, description: &str| Quadrant { name: name.into(), description: Some(description.into()) };
        let ring = |name: &str, description: &str| Ring { name: name.into(), description: Some(description.into()), discouraged: name == "Hold" };
        Radar {
            name: "Technology radar".into(),
            description: Some("For all who build or choose software.".into()),
            quadrants: vec![
                quadrant("Techniques", "How we work."),
                quadrant("Platforms", "What we build on."),
                quadrant("Tools", "What we work with."),
                quadrant("Languages and frameworks", "What we write in."),
            ],
            rings: vec![
                ring("Adopt", "Use it unless something speaks against it."),
                ring("Trial", "Use it where a failure can be borne."),
                ring("Assess", "Try it out."),
                ring("Hold", "Build nothing new with it."),
            ],
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let quadrants: Vec<&str> = self.quadrants.iter().map(|quadrant| &*quadrant.name).collect();
        let rings: Vec<&str> = self.rings.iter().map(|ring| &*ring.name).collect();
        for (field, names) in [("quadrants", quadrants), ("rings", rings)] {
            faults.require((1..=8).contains(&names.len()), field, "count", "Expected from 1 to 8.");
            let repeated = names.iter().enumerate().any(|(at, name)| names.iter().take(at).any(|before| before == name));
            faults.require(!repeated, field, "duplicate", "Two have the same name. Give each another one.");
        }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_none() {
            return Ok(());
        }
        // A published edition keeps the sectors that it was published with.
        let placed = blips::table.inner_join(radar_editions::table).filter(radar_editions::radar_id.eq(check.id).and(radar_editions::state.eq("draft")));
        let used: Vec<(SectorName, SectorName)> = placed.select((blips::quadrant, blips::ring)).distinct().load(check.connection)?;
        for (quadrant, ring) in used {
            let has_quadrant = self.quadrants.iter().any(|each| each.name == quadrant);
            let has_ring = self.rings.iter().any(|each| each.name == ring);
            if !has_quadrant || !has_ring {
                let pointer = if has_ring { "/quadrants" } else { "/rings" };
                let detail = "Blips of its draft editions stand where it would no longer have a place. Keep the names that are used, or make another radar.";
                return Err(Problem::conflict(pointer, "in_use", detail).into());
            }
        }
        Ok(())
    }
}
