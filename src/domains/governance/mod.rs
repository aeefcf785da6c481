//! IT governance and compliance: frameworks and what they require, the controls that meet it, and the proof.

mod applicability_statement;
mod control;
mod control_requirement;
mod control_test;
mod coverage;
mod framework;
mod framework_import;
mod requirement;

use crate::http::Domain;

/// The domain, its collections and what it adds.
pub fn domain() -> Domain {
    Domain::new("governance", "IT practices comply with laws, regulations and standards: frameworks, controls that meet them, and the proof that they do.")
        .resource::<framework::Framework>()
        .resource::<requirement::Requirement>()
        .resource::<control::Control>()
        .resource::<control_requirement::ControlRequirement>()
        .resource::<applicability_statement::ApplicabilityStatement>()
        .resource::<control_test::ControlTest>()
        .component("RequirementPart", requirement::part_schema)
        .view(&framework_import::IMPORT)
        .figures::<framework::Framework>(&coverage::FIGURES)
        .view(&coverage::COVERAGE)
}
