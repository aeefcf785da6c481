//! Editions of radars: the picture at a time.

use super::radar::{Quadrant, Ring};
use diesel::prelude::*;
use steward_core::database::expression::shared;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Name, Note};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Resource, Scope, Unique};
use steward_schema::strategy::radars;

steward_core::resource! {
    /// Edition of a radar as of a date. Frozen once published, including its quadrants and rings.
    pub struct RadarEdition {
        /// Radar of the edition.
        #[field(refers_to(&["strategy/radars"]), fixed)]
        pub radar_id: Id,
        /// Name of the edition, unique for the radar.
        #[field(unique, search)]
        pub name: Name,
        /// Reference date of the edition, by which editions are ordered.
        pub edition_on: Date,
        /// Changes since the previous edition, and their reasons.
        #[field(search)]
        pub introduction: Option<Note>,
        /// Quadrants at publication; null before.
        #[field(read_only)]
        pub quadrants: Option<Vec<Quadrant>>,
        /// Rings at publication, the inner one first; null before.
        #[field(read_only)]
        pub rings: Option<Vec<Ring>>,
    }
}

impl Resource for RadarEdition {
    const PATH: &'static str = "strategy/radar-editions";
    type Table = steward_schema::strategy::radar_editions::table;
    const SCOPE: Scope = Scope::Within("radar_id");
    const UNIQUE: &'static [Unique] = &[Unique { index: "radar_editions_name_key", fields: &["radar_id", "name"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] = &[Guard::part(&["published"], "strategy/blips")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→published:publish"))
    }

    fn sample() -> Self {
        RadarEdition {
            radar_id: Id::sample(),
            name: "Spring 2026".into(),
            edition_on: Date::sample("2026-04-01"),
            introduction: Some("Two databases less: everything new goes to one.".into()),
            quadrants: None,
            rings: None,
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if cause.to() != Some("published") {
            return Ok(None);
        }
        let sectors = shared(radars::table.filter(radars::id.eq(self.radar_id)).select((radars::quadrants, radars::rings)));
        let found: Option<(Vec<Quadrant>, Vec<Ring>)> = sectors.get_result(check.connection).optional()?;
        Ok(found.map(|(quadrants, rings)| RadarEdition { quadrants: Some(quadrants), rings: Some(rings), ..self.clone() }))
    }
}
