//! Running a quantification: what goes in is kept, and what was drawn from it.

use super::risk::Risk;
use super::risk_assessment::Stage;
use super::risk_quantification::{RiskQuantification, RunInputs};
use super::risk_status;
use super::simulation::draws;
use serde_json::{Map, Value, json};
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Date;
use steward_core::resource::{FieldType, Id, Stored};
use steward_core::store::{IfMatch, Outcome, Reader, Writer};
use steward_core::view::{Action, Call, NoQuery, Nothing};

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
    let (stored, quantification) = writer.reader().get_typed::<RiskQuantification>(id)?;
    let (inputs, fades_on) = inputs_today(&mut writer.reader(), &quantification)?;
    let Some(inputs) = inputs else {
        let detail = "Its frequency follows from the scenarios of the risk, and what they come to is not known. Describe them and the design of their controls, or name a frequency.";
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
    let mut stored_after = writer.update_as_service(definition, id, "refresh", Map::from_iter(run))?;
    if stored.meta.state.as_deref() == Some("stale") {
        stored_after = writer.transition(definition, id, &IfMatch::Any, "fresh")?;
    }
    Ok(stored_after)
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

/// What the scenarios of a risk come to; without controls at the inherent stage.
fn of_scenarios(reader: &mut Reader<'_>, risk: Id, stage: Stage) -> Result<Followed> {
    let matrix = reader.get_typed::<Risk>(risk)?.1.risk_matrix_id;
    let status = risk_status::of_reader(reader, &[(risk, matrix)])?.remove(&risk).unwrap_or_default();
    Ok(match stage {
        Stage::Inherent => (status.inherent_frequency().map(|frequency| (frequency, 1.0)), None),
        Stage::Current | Stage::Target => {
            let today = reader.today();
            let controls = status.scenarios.iter().flat_map(|each| &each.controls);
            (status.frequency.zip(status.loss_factor), controls.filter_map(|control| control.tested.fades_on(today)).min())
        }
    })
}
