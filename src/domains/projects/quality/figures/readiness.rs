//! The readiness of a gate: what is met, what is missing, and where.

use crate::project::project::Project;
use crate::quality::gate::Gate;
use crate::quality::gate_criterion::{CriterionKind, GateCriterion};
use crate::quality::gate_readiness;
use steward_core::resource::value::{Note, Text, Title, Whole};
use steward_core::view::prelude::*;

/// Criterion of a gate with its current result.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CriterionReadiness {
    /// Name of the criterion.
    pub name: Title,
    /// Kind of record that decides it; null where a person records it.
    pub kind: Option<CriterionKind>,
    /// True if the gate cannot be passed without it.
    pub mandatory: bool,
    /// True if it is met.
    pub met: bool,
    /// Record that decides the criterion.
    pub subject_id: Option<Id>,
    /// Collection of that record.
    pub collection: Option<Text<1, 100>>,
    /// State of that record, and what is missing.
    pub detail: Note,
}

/// Readiness of a gate.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GateReadiness {
    /// Gate evaluated.
    pub gate_id: IdOf<Gate>,
    /// True if all mandatory criteria are met.
    pub ready: bool,
    /// Number of mandatory criteria that are not met.
    pub missing_count: Count,
    /// Criteria in order.
    pub criteria: Vec<CriterionReadiness>,
}

impl View for GateReadiness {
    const PATH: &'static str = "projects/gates/{id}/readiness";
    const SUMMARY: &'static str = "Get the readiness of a gate";
    const DESCRIPTION: &'static str = "Readiness of a gate by its criteria: a criterion with a kind is met by the state of the record that it names; one without is met as recorded. The move to `passed` requires the same.";
    type Reads = (Gate, Project);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (_, gate) = cx.get_typed::<Gate>(id)?;
        let findings = cx.ask(|check| gate_readiness::findings(check, gate.project_id, &gate.criteria))?;
        let criterion = |(criterion, finding): (&GateCriterion, gate_readiness::Finding)| CriterionReadiness {
            name: criterion.name.clone(),
            kind: criterion.kind,
            mandatory: criterion.mandatory,
            met: finding.met,
            subject_id: finding.subject.as_ref().map(|(id, _)| *id),
            collection: finding.subject.as_ref().map(|(_, collection)| Text::cut(collection)),
            detail: Note::cut(&finding.detail),
        };
        let criteria: Vec<CriterionReadiness> = gate.criteria.iter().zip(findings).map(criterion).collect();
        let missing = criteria.iter().filter(|criterion| criterion.mandatory && !criterion.met).count();
        let missing_count = Whole(i64::try_from(missing).unwrap_or(i64::MAX));
        Ok(GateReadiness { gate_id: id.into(), ready: missing == 0, missing_count, criteria })
    }
}
