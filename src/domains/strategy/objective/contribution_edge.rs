//! The contributions in sight, as edges of a graph: from, to.

use super::key_result::KeyResult;
use super::objective::Objective;
use crate::plan::alignment::Alignment;
use crate::plan::alignment_share::Edges;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::store::Reader;
use steward_schema::strategy::{alignments, key_results, objectives};

/// The alignments in sight.
pub fn alignments(reader: &mut Reader<'_>) -> Result<Edges> {
    let seen = reader.sees::<Alignment>()?;
    let query = alignments::table.filter(seen.clone()).order(alignments::id).select((alignments::from_id, alignments::to_id));
    Ok(query.load(reader.within(&seen))?)
}

/// All contributions: alignments, key results to their objectives, objectives to those above them and to their themes.
pub fn contributions(reader: &mut Reader<'_>, aligned_by: &Edges) -> Result<Edges> {
    let mut edges = aligned_by.clone();
    let seen = reader.sees::<KeyResult>()?;
    let measured = key_results::table.filter(seen.clone()).order(key_results::id).select((key_results::id, key_results::objective_id));
    edges.extend(measured.load::<(Id, Id)>(reader.within(&seen))?);
    let seen = reader.sees::<Objective>()?;
    let pursued = || objectives::table.filter(objectives::state.ne("cancelled")).filter(seen.clone()).order(objectives::id);
    let above = pursued().filter(objectives::parent_id.is_not_null()).select((objectives::id, objectives::parent_id.assume_not_null()));
    edges.extend(above.load::<(Id, Id)>(reader.within(&seen))?);
    let themed = pursued().filter(objectives::theme_id.is_not_null()).select((objectives::id, objectives::theme_id.assume_not_null()));
    edges.extend(themed.load::<(Id, Id)>(reader.within(&seen))?);
    Ok(edges)
}
