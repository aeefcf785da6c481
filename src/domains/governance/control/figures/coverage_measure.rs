//! The measure of governance: how much of what published frameworks require is covered.

use crate::control::{control::Control, control_requirement::ControlRequirement};
use crate::framework::{applicability_statement::ApplicabilityStatement, figures::coverage, framework::Framework, requirement::Requirement};
use steward_core::view::measure::{Basis, Measured, Sense, so_many};
use steward_core::view::prelude::*;
use steward_schema::governance::frameworks;

const UNIT: &str = "percent";

/// The measure.
#[derive(Debug)]
pub struct Coverage;

impl View for Coverage {
    const PATH: &'static str = "governance/coverage";
    const FORMULA: &'static str = "Over the requirements of all published frameworks: met ÷ (assessable − not applicable) · 100, evaluated as in `/coverage` of a framework. The plan is 100.";
    type Reads = (IfPermitted<Framework>, IfPermitted<Requirement>, IfPermitted<ApplicabilityStatement>, IfPermitted<Control>, IfPermitted<ControlRequirement>);
    type Query = Basis;
    type Answer = Measured;

    fn run(cx: &mut Context<'_, '_>, _: Basis) -> Result<Measured> {
        let seen = cx.sees::<Framework>()?;
        if seen.is_nothing() || cx.sees::<Requirement>()?.is_nothing() {
            return Ok(Measured::unknown(UNIT, "You may not see frameworks and their requirements."));
        }
        if !coverage::may_see(cx)? {
            return Ok(Measured::unknown(UNIT, "You may not see controls and what they cover."));
        }
        let published = frameworks::table.filter(frameworks::state.eq("published")).filter(seen.clone()).order(frameworks::id).select(frameworks::id);
        let published: Vec<Id> = published.load(cx.within(&seen))?;
        let tally = coverage::tally(cx, &published)?;
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
}
