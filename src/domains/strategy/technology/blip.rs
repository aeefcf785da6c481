//! Blips: where a technology stands on an edition of a radar.

use super::radar::{Quadrant, Ring, SectorName};
use diesel::prelude::*;
use steward_core::database::expression::shared;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note};
use steward_core::resource::{Check, Id, Lock, PartOf, Resource, Scope, Unique};
use steward_schema::strategy::{radar_editions, radars};

steward_core::resource! {
    /// Blip: the position of a technology on an edition of a radar, in one ring. Editable only while the edition is a draft.
    pub struct Blip {
        /// Edition of the radar.
        #[field(refers_to(&["strategy/radar-editions"]))]
        pub radar_edition_id: Id,
        /// Technology placed; once per edition.
        #[field(refers_to(&["strategy/technologies"]))]
        pub technology_id: Id,
        /// Quadrant, named as in the radar.
        pub quadrant: SectorName,
        /// Ring, named as in the radar.
        pub ring: SectorName,
        /// Rationale of the position.
        #[field(search)]
        pub rationale: Option<Note>,
        /// Owner of the blip, with the best knowledge of the technology.
        #[field(refers_to(&["teams/people"]))]
        pub owner_id: Option<Id>,
        /// Review date; the blip is stale after it.
        #[field(recurring)]
        pub review_on: Option<Date>,
    }
}

impl Resource for Blip {
    const PATH: &'static str = "strategy/blips";
    type Table = steward_schema::strategy::blips::table;
    const SCOPE: Scope = Scope::Within("radar_edition_id");
    const TITLE: &'static str = "ring";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("radar_edition_id", &["draft"]));
    const UNIQUE: &'static [Unique] = &[Unique { index: "blips_technology_key", fields: &["radar_edition_id", "technology_id"] }];

    fn sample() -> Self {
        Blip {
            radar_edition_id: Id::sample(),
            technology_id: Id::sample(),
            quadrant: "Platforms".into(),
            ring: "Adopt".into(),
            rationale: Some("Three years without an outage that it caused.".into()),
            owner_id: None,
            review_on: Date::parse("2027-04-01"),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.radar_edition_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let radar = radar_editions::table.find(self.radar_edition_id).select(radar_editions::radar_id);
        let sectors = shared(radars::table.filter(radars::id.eq_any(radar)).select((radars::quadrants, radars::rings)));
        let found: Option<(Vec<Quadrant>, Vec<Ring>)> = sectors.get_result(check.connection).optional()?;
        let Some((quadrants, rings)) = found else { return Ok(()) };
        let quadrants: Vec<&str> = quadrants.iter().map(|quadrant| &*quadrant.name).collect();
        let rings: Vec<&str> = rings.iter().map(|ring| &*ring.name).collect();
        for (pointer, name, names) in [("/quadrant", &self.quadrant, quadrants), ("/ring", &self.ring, rings)] {
            if !names.contains(&&**name) {
                return Err(Problem::conflict(pointer, "unknown", format!("The radar has no such place. Choose one of {}.", names.join(", "))).into());
            }
        }
        Ok(())
    }
}
