//! Blips: where a technology stands on an edition of a radar.

use super::radar::SectorName;
use crate::database::{Cell, Kind, Statement};
use crate::error::{Problem, Result};
use crate::resource::value::{Date, Note};
use crate::resource::{Check, Id, Lock, PartOf, Resource, Scope, Unique};
use serde_json::Value;

crate::resource! {
    /// Where a technology stands on an edition of a radar: in one ring. It can be written while the edition is a draft.
    pub struct Blip {
        /// The edition that it is part of.
        #[field(refers_to(&["strategy/radar-editions"]))]
        pub radar_edition_id: Id,
        /// The technology, once on an edition.
        #[field(refers_to(&["strategy/technologies"]))]
        pub technology_id: Id,
        /// The name of one of the radar's quadrants.
        pub quadrant: SectorName,
        /// The name of one of the radar's rings.
        pub ring: SectorName,
        /// Why it stands there.
        #[field(search)]
        pub rationale: Option<Note>,
        /// The person who knows it best.
        #[field(refers_to(&["teams/people"]))]
        pub owner_id: Option<Id>,
        /// The day by which somebody must look at it again; it is stale after that.
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
        let mut query = Statement::new("SELECT r.quadrants, r.rings FROM radars r JOIN radar_editions e ON e.radar_id = r.id WHERE e.id = ");
        query.bind(self.radar_edition_id);
        if check.connection.is_postgres() {
            query.push(" FOR SHARE OF r");
        }
        let Some(row) = query.first(check.connection, &[Kind::Doc, Kind::Doc])? else { return Ok(()) };
        for ((pointer, name), cell) in [("/quadrant", &self.quadrant), ("/ring", &self.ring)].into_iter().zip(&row) {
            let names = names(cell);
            if !names.contains(&&*name.0) {
                return Err(Problem::conflict(pointer, "unknown", format!("The radar has no such place. Choose one of {}.", names.join(", "))).into());
            }
        }
        Ok(())
    }
}

fn names(cell: &Cell) -> Vec<&str> {
    let Cell::Doc(document) = cell else { return Vec::new() };
    document.0.as_array().into_iter().flatten().filter_map(|each| each.get("name").and_then(Value::as_str)).collect()
}
