//! The themes of a plan, in every version of it.

use super::theme::Theme;
use diesel::prelude::*;
use std::collections::HashSet;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::store::Reader;
use steward_schema::strategy::themes;

/// The themes of a plan in sight, in every version of it.
pub fn themes_of(reader: &mut Reader<'_>, plan: Id) -> Result<HashSet<Id>> {
    let seen = reader.sees::<Theme>()?;
    let of_plan = themes::table.filter(themes::plan_id.eq(plan)).filter(seen.clone()).select((themes::id, themes::lineage_id));
    let rows: Vec<(Id, Option<Id>)> = of_plan.load(reader.within(&seen))?;
    let lineages: Vec<Id> = rows.iter().filter_map(|(_, lineage)| *lineage).collect();
    let mut found: HashSet<Id> = rows.into_iter().map(|(id, _)| id).collect();
    for chunk in lineages.chunks(CHUNK) {
        let kin = themes::table.filter(themes::lineage_id.eq_any(chunk)).filter(seen.clone()).select(themes::id);
        found.extend(kin.load::<Id>(reader.within(&seen))?);
    }
    Ok(found)
}
