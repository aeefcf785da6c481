//! The position of a risk: its levels, the appetite it is held against, what controls leave of it and what is done about it.

use crate::risk::{
    appetite_breach::LossRates,
    appetite_in_force,
    residual::ActsOn,
    risk::Risk,
    risk_appetite::RiskAppetite,
    risk_assessment::RiskAssessment,
    risk_category::RiskCategory,
    risk_matrix::{LevelNumber, RiskMatrix},
    risk_quantification::RiskQuantification,
    risk_scenario::RiskScenario,
    risk_status::{ControlStanding, Placed, ScenarioStanding},
    status_in_sight,
    treatment::Treatment,
    treatment_kind::TreatmentKind,
};
use steward_core::resource::value::{Text, Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::security::treatments;

/// A place in the matrix.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Placement {
    /// Number of the likelihood level.
    pub likelihood: LevelNumber,
    /// Name of the likelihood level.
    pub likelihood_name: Title,
    /// Number of the impact level.
    pub impact: LevelNumber,
    /// Name of the impact level.
    pub impact_name: Title,
    /// Number of the risk level.
    pub level: LevelNumber,
    /// Name of the risk level.
    pub level_name: Title,
    /// Colour of the risk level.
    pub color: Option<Text<7, 7>>,
    /// True if the place is computed from scenarios and controls.
    pub computed: bool,
    /// Confirmed assessment that determines the place; null if it is computed.
    pub assessment_id: Option<Id>,
}

/// The appetite that is in force.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AppetiteInForce {
    /// The appetite.
    pub risk_appetite_id: Id,
    /// Name of the appetite.
    pub name: Title,
    /// Unit that has set the appetite.
    pub unit_id: Id,
    /// Category of the appetite; null for all others.
    pub category: Option<RiskCategory>,
    /// Greatest level, by its number in the matrix.
    pub max_level: LevelNumber,
    /// Matrix whose levels the appetite names. Levels of another matrix are not compared with it.
    pub risk_matrix_id: Id,
    /// Greatest expected annual loss.
    pub max_expected_annual_loss: Option<Money>,
}

/// Effect of a control in a scenario.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ControlPosition {
    /// The control.
    pub control_id: Id,
    /// Name of the control.
    pub name: Title,
    /// Factor that the control reduces: likelihood, impact or both.
    pub acts_on: ActsOn,
    /// Design effectiveness, from 0 to 1; null if it is not stated.
    pub design: Figure,
    /// Operating effectiveness: 1 if the latest conclusive operating test passed, else 0.
    pub operating: Figure,
    /// Freshness of the test: clamp(2 − age / period, 0, 1); 0 without a test.
    pub freshness: Figure,
    /// Effectiveness of the control: design × operating × freshness.
    pub effectiveness: Figure,
    /// Date of the test.
    pub tested_on: Option<Date>,
}

/// A scenario and its residual risk.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScenarioPosition {
    /// The scenario.
    pub risk_scenario_id: Id,
    /// Name of the scenario, in a line.
    pub name: Title,
    /// Frequency per year without controls.
    pub inherent_frequency: Figure,
    /// Frequency per year with controls.
    pub current_frequency: Figure,
    /// Share of the loss that remains with controls.
    pub loss_factor: Figure,
    /// Controls of the scenario.
    pub controls: Vec<ControlPosition>,
}

/// A treatment and its progress.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TreatmentPosition {
    /// The treatment.
    pub treatment_id: Id,
    /// Name of the treatment, in a line.
    pub name: Title,
    /// Treatment option.
    pub kind: TreatmentKind,
    /// State in the lifecycle.
    pub state: Text<1, 40>,
    /// Progress in percent: 100 once implemented, else as reported; null if not reported.
    pub progress_percent: Figure,
    /// Due date of the treatment.
    pub due_on: Option<Date>,
    /// True if the due date has passed and the treatment is not done.
    pub overdue: bool,
}

/// Position of a risk.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RiskPosition {
    /// The risk.
    pub risk_id: Id,
    /// Matrix by which the risk is assessed.
    pub risk_matrix_id: Id,
    /// Date as of which controls are evaluated.
    pub as_of: Date,
    /// Place without controls.
    pub inherent: Option<Placement>,
    /// Place with the controls that exist and work.
    pub current: Option<Placement>,
    /// Target place.
    pub target: Option<Placement>,
    /// Frequency per year without controls; null without scenarios.
    pub inherent_frequency: Figure,
    /// Frequency per year with controls; null without scenarios.
    pub current_frequency: Figure,
    /// Share of the loss that remains with controls.
    pub loss_factor: Figure,
    /// Expected annual loss.
    pub expected_annual_loss: Option<Money>,
    /// The appetite in force; null if there is none, or none that you may see.
    pub appetite: Option<AppetiteInForce>,
    /// True if the risk is above the appetite; null if that cannot be determined: there is no appetite, or a level or loss that it limits is
    /// not known, stale, or not comparable with it.
    pub breached: Option<bool>,
    /// Scenarios of the risk, in order of creation.
    pub scenarios: Vec<ScenarioPosition>,
    /// Treatments of the risk, in order of creation.
    pub treatments: Vec<TreatmentPosition>,
    /// True if a control that counts is not visible to you; the values that depend on it are null then.
    pub partial: bool,
}

impl View for RiskPosition {
    const PATH: &'static str = "security/risks/{id}/position";
    const SUMMARY: &'static str = "Get the position of a risk";
    const DESCRIPTION: &'static str = "Inherent, current and target level of a risk; its breach of the appetite; the residual risk of each scenario with \
        the tested controls; and its treatments: over what you may see.\n\n\
        The effectiveness of a control is e = design × operating × clamp(2 − age / period, 0, 1): its `design_effectiveness`; 1 if its latest conclusive \
        operating test passed, else 0; full until the next test is due, then fading over one period (`test_period_days`). A retired control has an effectiveness of 0; \
        that of a control that you may not see is unknown, and the values that follow from it are null (`partial`). The current frequency of a scenario is inherent × Π(1 − e) over the controls that act on the \
        likelihood, its loss factor Π(1 − e) over those that act on the impact. The frequency of the risk is the sum over its scenarios, its loss factor \
        their mean, weighed by their current frequencies.\n\n\
        A level is read from the grid of the matrix. Inherent and target follow from the latest confirmed assessment. So does the current one if it has an assessment that has not expired; \
        else its likelihood is the level that the current frequency has reached, and its impact that of the inherent assessment, lowered to the level in which the middle \
        of its losses times the loss factor lies. Null where something is unknown: a scenario, a design, the inherent impact.\n\n\
        The appetite is the one in force today of the nearest unit, in it the one of the category before the general one. It is breached if the current level \
        or the expected annual loss, at the exchange rate of today, is above it; where it limits a loss that is not known, is stale or has no rate, `breached` is null unless the level is above it. That loss is the mean of the latest quantification of the current stage that is fresh, or follows the scenarios: E(frequency) · (E(loss) + \
        p · E(secondary loss)), with exp(μ + σ²/2) for a 90 % interval and (min + 4·mode + max)/6 for three points.";
    type Reads = (
        Risk,
        RiskMatrix,
        IfPermitted<RiskAppetite>,
        IfPermitted<Treatment>,
        IfPermitted<RiskAssessment>,
        IfPermitted<RiskQuantification>,
        IfPermitted<RiskScenario>,
    );
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, risk) = cx.get_typed::<Risk>(id)?;
        let (_, matrix) = cx.get_typed::<RiskMatrix>(risk.risk_matrix_id)?;
        let today = cx.today();
        let standing = status_in_sight::with_pursuit(cx, &[(id, risk.risk_matrix_id)])?.remove(&id).unwrap_or_default();
        let unit = stored.placement.unit_id.ok_or_else(Problem::not_found)?;
        let seen = cx.sees::<RiskAppetite>()?;
        let connection = cx.unscoped("an appetite reaches down the tree of units whether or not the units may be read");
        let appetite = appetite_in_force::find(connection, unit, (risk.kind, risk.category), today, &seen)?;
        let breached = match &appetite {
            Some(appetite) => cx.ask(|check| LossRates::default().breaches(check, &standing, appetite, risk.risk_matrix_id))?,
            None => None,
        };
        Ok(RiskPosition {
            risk_id: id,
            risk_matrix_id: risk.risk_matrix_id,
            as_of: today,
            inherent: placement(&matrix, standing.inherent),
            current: placement(&matrix, standing.current),
            target: placement(&matrix, standing.target),
            inherent_frequency: Figure(standing.inherent_frequency()),
            current_frequency: Figure(standing.frequency),
            loss_factor: Figure(standing.loss_factor),
            expected_annual_loss: standing.expected_annual_loss,
            breached,
            appetite: appetite.map(|appetite| AppetiteInForce {
                risk_appetite_id: appetite.id,
                name: appetite.name,
                unit_id: appetite.unit,
                category: appetite.category,
                max_level: Whole(appetite.max_level),
                risk_matrix_id: appetite.matrix,
                max_expected_annual_loss: appetite.max_loss,
            }),
            scenarios: standing.scenarios.iter().map(|each| scenario(each, today)).collect(),
            treatments: treatments(cx, id, today)?,
            partial: standing.partial,
        })
    }
}

fn placement(matrix: &RiskMatrix, placed: Option<Placed>) -> Option<Placement> {
    let placed = placed?;
    let at = |number: i64| usize::try_from(number - 1).ok();
    let level = matrix.risk_levels.get(at(placed.level)?)?;
    Some(Placement {
        likelihood: Whole(placed.likelihood),
        likelihood_name: matrix.likelihood_levels.get(at(placed.likelihood)?)?.name.clone(),
        impact: Whole(placed.impact),
        impact_name: matrix.impact_levels.get(at(placed.impact)?)?.name.clone(),
        level: Whole(placed.level),
        level_name: level.name.clone(),
        color: level.color.clone(),
        computed: placed.assessment.is_none(),
        assessment_id: placed.assessment,
    })
}

fn scenario(standing: &ScenarioStanding, today: Date) -> ScenarioPosition {
    ScenarioPosition {
        risk_scenario_id: standing.id,
        name: standing.name.clone(),
        inherent_frequency: Figure(Some(standing.scenario.inherent)),
        current_frequency: Figure(standing.scenario.frequency()),
        loss_factor: Figure(standing.scenario.loss_factor()),
        controls: standing.controls.iter().map(|each| control(each, today)).collect(),
    }
}

fn control(standing: &ControlStanding, today: Date) -> ControlPosition {
    let tested = standing.tested;
    ControlPosition {
        control_id: standing.id,
        name: standing.name.clone(),
        acts_on: standing.acts_on,
        design: Figure(tested.design),
        operating: Figure(Some(tested.operating())),
        freshness: Figure(Some(tested.freshness(today))),
        effectiveness: Figure(tested.effectiveness(today)),
        tested_on: tested.latest.map(|(_, on)| on),
    }
}

/// A treatment as it is stored: its id, name, kind, state, reported progress and due day.
type Planned = (Id, Title, TreatmentKind, Text<1, 40>, Option<f64>, Option<Date>);

fn treatments(reader: &mut Reader<'_>, risk: Id, today: Date) -> Result<Vec<TreatmentPosition>> {
    use treatments::{due_on, id, kind, name, progress_percent, risk_id, state};
    let seen = reader.sees::<Treatment>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let query = treatments::table.filter(risk_id.eq(risk)).filter(seen.clone()).order(id);
    let rows: Vec<Planned> = query.select((id, name, kind, state, progress_percent, due_on)).load(reader.within(&seen))?;
    Ok(rows.into_iter().map(|row| treatment(row, today)).collect())
}

fn treatment((treatment_id, name, kind, state, reported, due_on): Planned, today: Date) -> TreatmentPosition {
    TreatmentPosition {
        treatment_id,
        name,
        kind,
        progress_percent: Figure(if matches!(&*state, "implemented" | "verified") { Some(100.0) } else { reported }),
        due_on,
        overdue: matches!(&*state, "planned" | "in_progress") && due_on.is_some_and(|due| due < today),
        state,
    }
}
