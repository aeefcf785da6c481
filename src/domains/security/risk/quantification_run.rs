//! Running a quantification: what goes in is kept, and what was drawn from it.

use super::residual::{self, Scenario};
use super::risk::Risk;
use super::risk_assessment::Stage;
use super::risk_quantification::{RiskQuantification, RunInputs};
use super::risk_status::{ControlStanding, ScenarioStanding};
use super::simulation::draws;
use super::status_in_sight;
use super::treatment_kind::TreatmentKind;
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Date;
use steward_core::resource::{FieldType, Id, Stored};
use steward_core::store::{Outcome, Reader, Writer};
use steward_core::view::{Action, Call, NoQuery, Nothing};
use steward_schema::security::treatments;

/// `POST security/risk-quantifications/{id}/run`.
#[derive(Debug)]
pub struct RunQuantification;

/// How many draws one answer may take.
pub const MOST_DRAWS: f64 = 20_000_000.0;

impl Action for RunQuantification {
    const PATH: &'static str = "security/risk-quantifications/{id}/run";
    const OPERATION_ID: &'static str = "run_risk_quantification";
    const SUMMARY: &'static str = "Run a risk quantification";
    const DESCRIPTION: &'static str = "Simulation with the inputs of today. Inputs and figures are stored as those of the run, and the quantification becomes fresh; see `/result`. \
        Refused (409) where the frequency follows from scenarios of which too little is known, and where trials × events are more than 20 million draws. \
        The response is the quantification.";
    const PERMISSIONS: &'static [&'static str] = &["security.risk_quantifications:refresh"];
    type Query = NoQuery;
    type Body = Nothing;
    type Prepared = ();
    type Answer = RiskQuantification;

    fn example(_: &str) -> Value {
        json!({})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, (): &()) -> Result<Outcome> {
        let stored = quantify(writer, call.id()?)?;
        let definition = writer.definition::<RiskQuantification>()?;
        Ok(Outcome::new(200, writer.document(definition, &stored).into()).at(stored.meta.revision))
    }
}

/// Runs a quantification with today's inputs (409 where there are none, or too many draws).
pub fn quantify(writer: &mut Writer<'_>, id: Id) -> Result<Stored> {
    let (_, quantification) = writer.reader().get_typed::<RiskQuantification>(id)?;
    let (inputs, fades_on) = inputs_today(&mut writer.reader(), &quantification)?;
    let Some(inputs) = inputs else {
        let target = "The frequency of a target follows from the controls that open treatments of the risk plan in its scenarios, and there is none, or its design is not stated. Plan one (security/treatments, control_id), or name a frequency.";
        let detail = if quantification.stage == Stage::Target {
            target
        } else {
            "Its frequency follows from the scenarios of the risk, and what they come to is not known. Describe them and the design of their controls, or name a frequency."
        };
        return Err(Problem::conflict("/frequency", "scenarios", detail).into());
    };
    let work = inputs.model().map_or(0.0, |(model, _)| draws(&model, trials(&inputs)));
    if work > MOST_DRAWS {
        let detail = format!("It would take {work:.0} draws, and 20 million are the most. Take fewer trials, or a higher loss of rarer events.");
        return Err(Problem::conflict("/trials", "work", detail).into());
    }
    let definition = writer.definition::<RiskQuantification>()?;
    let run = [("ran_at", writer.now.to_json()), ("fades_on", fades_on.to_json()), ("run_inputs", inputs.to_json()), ("run_result", inputs.drawn().to_json())];
    let run = run.map(|(name, value)| (name.to_owned(), value));
    // Being run makes it fresh.
    writer.update_as_service(definition, id, "refresh", Map::from_iter(run))
}

/// The number of years of a run.
pub fn trials(inputs: &RunInputs) -> usize {
    usize::try_from(inputs.trials.0).unwrap_or_default()
}

/// What a run would draw from now, and the day on which that changes by itself; nothing to draw from if the frequency follows from scenarios of
/// which the reader does not know enough.
pub fn inputs_today(reader: &mut Reader<'_>, quantification: &RiskQuantification) -> Result<(Option<RunInputs>, Option<Date>)> {
    if !quantification.follows_scenarios() {
        return Ok((quantification.inputs(None), None));
    }
    let (scenarios, fades_on) = of_scenarios(reader, quantification.risk_id, quantification.stage)?;
    Ok((quantification.inputs(scenarios), fades_on))
}

/// The frequency of the scenarios of a risk and the share of the loss that their controls leave, and the day on which a control in them fades.
type Followed = (Option<(f64, f64)>, Option<Date>);

/// What the scenarios of a risk come to; without controls at the inherent stage, and with those that its open treatments plan, by their design,
/// at the target.
fn of_scenarios(reader: &mut Reader<'_>, risk: Id, stage: Stage) -> Result<Followed> {
    let matrix = reader.get_typed::<Risk>(risk)?.1.risk_matrix_id;
    let status = status_in_sight::of_reader(reader, &[(risk, matrix)])?.remove(&risk).unwrap_or_default();
    let today = reader.today();
    let fading = |controls: &mut dyn Iterator<Item = &ControlStanding>| controls.filter_map(|control| control.tested.fades_on(today)).min();
    let controls = || status.scenarios.iter().flat_map(|each| &each.controls);
    Ok(match stage {
        Stage::Inherent => (status.inherent_frequency().map(|frequency| (frequency, 1.0)), None),
        Stage::Current => (status.frequency.zip(status.loss_factor), fading(&mut controls())),
        Stage::Target => {
            let planned = planned_controls(reader, risk)?;
            let is_planned = controls().any(|control| planned.contains(&control.id));
            let scenarios: Vec<Scenario> = status.scenarios.iter().map(|each| as_planned(each, &planned, today)).collect();
            let left = residual::frequency(&scenarios).zip(residual::loss_factor(&scenarios)).filter(|_| is_planned && !status.partial);
            (left, fading(&mut controls().filter(|control| !planned.contains(&control.id))))
        }
    })
}

/// A scenario with the controls that are planned in it as they are designed, and the others as their tests show them.
fn as_planned(standing: &ScenarioStanding, planned: &HashSet<Id>, today: Date) -> Scenario {
    let effectiveness = |control: &ControlStanding| match planned.contains(&control.id) {
        true => control.tested.design,
        false => control.tested.effectiveness(today),
    };
    let controls = standing.controls.iter().map(|control| (control.acts_on, effectiveness(control))).collect();
    Scenario { inherent: standing.scenario.inherent, controls }
}

/// The controls that the open treatments of a risk introduce or improve.
fn planned_controls(reader: &mut Reader<'_>, risk: Id) -> Result<HashSet<Id>> {
    use treatments::{control_id, kind, risk_id, state};
    let open = treatments::table.filter(risk_id.eq(risk)).filter(state.eq_any(["planned", "in_progress", "implemented"]));
    let of_controls = open.filter(kind.eq_any([TreatmentKind::Modify, TreatmentKind::Enhance])).select(control_id);
    let connection = reader.unscoped("a control in sight counts as it is planned whether or not the treatment may be read");
    Ok(of_controls.load::<Option<Id>>(connection)?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::residual::{ActsOn, Tested};

    #[test]
    fn a_planned_control_counts_by_its_design_and_another_as_its_tests_show_it() {
        let untested = Tested { design: Some(0.75), period_days: 90, in_operation: false, latest: None };
        let control = || ControlStanding { id: Id::new(), name: "Filter".into(), acts_on: ActsOn::Likelihood, tested: untested };
        let (planned, other) = (control(), control());
        let wanted = HashSet::from([planned.id]);
        let scenario = Scenario { inherent: 4.0, controls: Vec::new() };
        let standing = ScenarioStanding { id: Id::new(), name: "Mail".into(), scenario, controls: vec![planned, other], partial: false };
        // 4 · (1 − 0.75) · (1 − 0).
        assert_eq!(as_planned(&standing, &wanted, Date::sample("2026-06-15")).frequency(), Some(1.0));
    }
}
