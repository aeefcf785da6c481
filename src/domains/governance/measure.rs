//! The measure of governance: how much of what published frameworks require is covered.

use super::coverage;
use super::framework::Framework;
use super::requirement::Requirement;
use crate::database::{Kind, Statement};
use crate::error::Result;
use crate::http::measure::{Basis, Measure, Measured, Sense, so_many};
use crate::resource::Id;
use crate::store::Reader;

const UNIT: &str = "percent";

/// The measure.
pub static COVERAGE: Measure = Measure {
    name: "coverage",
    description: "Over the requirements of all published frameworks: met ÷ (assessable − not applicable) · 100, judged as `/coverage` of a framework judges them. The plan is 100.",
    compute,
};

fn compute(reader: &mut Reader<'_>, _: &Basis) -> Result<Measured> {
    let (Some(narrowed), Some(_)) = (reader.narrowed::<Framework>()?, reader.narrowed::<Requirement>()?) else {
        return Ok(Measured::unknown(UNIT, "You may not see frameworks and their requirements."));
    };
    if !coverage::may_see(reader)? {
        return Ok(Measured::unknown(UNIT, "You may not see controls and what they cover."));
    }
    let mut query = Statement::new("SELECT id FROM frameworks WHERE state = 'published'");
    query.append(narrowed).push(" ORDER BY id");
    let published: Vec<Id> = query.rows(reader.connection, &[Kind::Id])?.iter().filter_map(|row| row.first()?.as_id()).collect();
    let tally = coverage::tally(reader, &published)?;
    let Some(actual) = tally.coverage_percent() else {
        return Ok(Measured::unknown(UNIT, "No framework that you may see is published, or none of them has anything to cover."));
    };
    let (met, all) = tally.covered();
    let reason = format!(
        "{met} of {} of {} met by controls that are tested and work.",
        so_many(all, "requirement", "requirements"),
        so_many(published.len(), "published framework are", "published frameworks are")
    );
    Ok(Measured::of(UNIT, Sense::More, (Some(100.0), Some(actual)), None, reason).and("requirements_not_met", "requirements", Some((all - met) as f64)))
}
