//! How risks stand: their place in the matrix at each stage, by confirmed assessments and by what tested controls leave of them.

use super::appetite_in_force::InForce;
use super::expected_loss::LossModel;
use super::matrix::Matrix;
use super::matrix_lookup;
use super::residual::{self, ActsOn, Scenario, Tested};
use super::risk_assessment::{RiskAssessment, Stage};
use super::risk_kind::RiskKind;
use super::risk_quantification::{Frequency, FrequencyPert, LossInterval, LossPert, RiskQuantification, SecondaryLoss, rounded};
use super::scenario_control::ScenarioControl;
use super::tested_control;
use super::treatment_kind::TreatmentKind;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::database::{CHUNK, Connection, Narrowed};
use steward_core::error::Result;
use steward_core::resource::value::{Currency, Date, Money, Title, Whole};
use steward_core::resource::{Check, Id};
use steward_core::store::Reader;
use steward_core::view::grouped;
use steward_schema::security::{risk_assessments, risk_quantifications, risk_scenarios, risks, treatments};

/// A place in a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The number of the likelihood level.
    pub likelihood: i64,
    /// The number of the impact level.
    pub impact: i64,
    /// The number of the risk level.
    pub level: i64,
    /// The assessment that says so; none if it is computed.
    pub assessment: Option<Id>,
}

/// A control in a scenario.
#[derive(Debug, Clone)]
pub struct ControlStanding {
    /// The control.
    pub id: Id,
    /// Its name.
    pub name: Title,
    /// What it lowers.
    pub acts_on: ActsOn,
    /// What its tests show.
    pub tested: Tested,
}

/// A scenario and the controls in it that the reader sees.
#[derive(Debug, Clone)]
pub struct ScenarioStanding {
    /// The scenario.
    pub id: Id,
    /// Its name.
    pub name: Title,
    /// Its frequency and what its controls are worth.
    pub scenario: Scenario,
    /// Its controls, as far as the reader sees them.
    pub controls: Vec<ControlStanding>,
    /// True if there are others.
    pub partial: bool,
}

/// How a risk stands.
#[derive(Debug, Clone, Default)]
pub struct RiskStatus {
    /// Without controls.
    pub inherent: Option<Placed>,
    /// With those that are there and work.
    pub current: Option<Placed>,
    /// As it is to be.
    pub target: Option<Placed>,
    /// How often a year it happens with controls.
    pub frequency: Option<f64>,
    /// Which share of the loss is left.
    pub loss_factor: Option<f64>,
    /// Its scenarios, in the order in which they were made.
    pub scenarios: Vec<ScenarioStanding>,
    /// The expected loss of a year, by its latest quantification of the current stage that is fresh or follows the scenarios.
    pub expected_annual_loss: Option<Money>,
    /// What its loss of a year is drawn from, by the same, and in which currency.
    pub loss: Option<(LossModel, Currency)>,
    /// True if a control in its scenarios is out of the reader's sight: what it leaves is unknown then.
    pub partial: bool,
    /// Whether a treatment that pursues it, if it is an opportunity, is implemented or verified; none if that was not asked, or if treatments
    /// are out of the reader's sight.
    pub pursued: Option<bool>,
}

impl RiskStatus {
    /// Whether it is above an appetite: a threat by its current level or by its expected loss in the currency of the appetite, an opportunity
    /// by its level unless it is pursued; none if that is not known.
    pub fn breaches(&self, appetite: &InForce, matrix: Id, loss: Option<Money>) -> Option<bool> {
        let above = appetite.breached(matrix, self.current.map(|placed| placed.level), loss);
        match appetite.kind {
            RiskKind::Threat => above,
            RiskKind::Opportunity if above == Some(true) => self.pursued.map(|pursued| !pursued),
            RiskKind::Opportunity => above,
        }
    }

    /// How often a year it would happen without controls; none without scenarios.
    pub fn inherent_frequency(&self) -> Option<f64> {
        (!self.scenarios.is_empty()).then(|| self.scenarios.iter().map(|each| each.scenario.inherent).sum())
    }

    /// Its place at a stage.
    pub fn at(&self, stage: Stage) -> Option<Placed> {
        match stage {
            Stage::Inherent => self.inherent,
            Stage::Current => self.current,
            Stage::Target => self.target,
        }
    }
}

/// How some risks, each with its matrix, stand by the scenarios in sight and by what else a reader sees.
pub fn by_scenarios(reader: &mut Reader<'_>, risks: &[(Id, Id)], in_sight: Narrowed<risk_scenarios::table>) -> Result<HashMap<Id, RiskStatus>> {
    let today = reader.today();
    let seen = (in_sight, reader.sees::<RiskAssessment>()?, reader.sees::<RiskQuantification>()?);
    let mut all = HashMap::new();
    for chunk in risks.chunks(CHUNK) {
        let ids: Vec<Id> = chunk.iter().map(|(risk, _)| *risk).collect();
        let scenarios = scenarios(reader.within(&seen.0), &ids, &seen.0)?;
        let visible: Vec<Id> = match reader.store.definitions.get("governance/controls") {
            Some(controls) => reader.find_all(controls, &control_ids(&scenarios))?.iter().map(|stored| stored.meta.id).collect(),
            None => Vec::new(),
        };
        let grounds = Grounds {
            matrices: matrix_lookup::load(reader.unscoped("risk matrices are a catalogue that all share"), &matrix_ids(chunk))?,
            // The tests of a control in sight count whether or not the tests themselves may be read.
            controls: reader.ask(|check| tested_control::load(check, &visible))?,
            assessments: assessments(reader.within(&seen.1), &ids, &seen.1, today)?,
            losses: quantified(reader.within(&seen.2), &ids, &seen.2)?,
            pursued: None,
            scenarios,
        };
        all.extend(standings(chunk, &grounds, today));
    }
    Ok(all)
}

/// The current level of a risk, else the inherent one, and how many levels its matrix has; none if neither is known.
pub fn level(check: &mut Check<'_>, risk: Id) -> Result<Option<(usize, usize)>> {
    let matrix: Option<Id> = risks::table.find(risk).select(risks::risk_matrix_id).first(check.connection).optional()?;
    let Some(matrix) = matrix else { return Ok(None) };
    let (levels, standing) = standing_now(check, risk, matrix)?;
    let placed = standing.current.or(standing.inherent);
    Ok(placed.and_then(|placed| usize::try_from(placed.level).ok()).map(|level| (level, levels)))
}

/// The number of levels of a matrix, and how a risk stands in it today, whoever asks.
pub fn standing_now(check: &mut Check<'_>, risk: Id, matrix: Id) -> Result<(usize, RiskStatus)> {
    let scenarios = scenarios(check.connection, &[risk], &Narrowed::everything())?;
    let grounds = Grounds {
        matrices: matrix_lookup::load(check.connection, &[matrix])?,
        controls: tested_control::load(check, &control_ids(&scenarios))?,
        assessments: assessments(check.connection, &[risk], &Narrowed::everything(), check.today)?,
        losses: quantified(check.connection, &[risk], &Narrowed::everything())?,
        pursued: pursued(check.connection, &[risk], &Narrowed::everything())?,
        scenarios,
    };
    let levels = grounds.matrices.get(&matrix).map_or(0, |matrix| matrix.levels);
    Ok((levels, standings(&[(risk, matrix)], &grounds, check.today).remove(&risk).unwrap_or_default()))
}

/// A scenario as it is stored.
#[derive(Queryable)]
struct Written {
    risk: Id,
    id: Id,
    name: Title,
    inherent: f64,
    controls: Vec<ScenarioControl>,
}

/// A confirmed assessment: its id, likelihood and impact.
type Judged = (Id, i64, i64);

/// The records on which the standing of some risks rests.
struct Grounds {
    matrices: HashMap<Id, Matrix>,
    scenarios: Vec<Written>,
    controls: HashMap<Id, (Title, Tested)>,
    assessments: HashMap<(Id, Stage), Judged>,
    losses: HashMap<Id, RiskQuantification>,
    /// The risks with an implemented treatment that pursues them; none if treatments are out of sight.
    pursued: Option<HashSet<Id>>,
}

fn control_ids(scenarios: &[Written]) -> Vec<Id> {
    distinct(scenarios.iter().flat_map(|scenario| scenario.controls.iter().map(|each| each.control_id)))
}

fn matrix_ids(risks: &[(Id, Id)]) -> Vec<Id> {
    distinct(risks.iter().map(|(_, matrix)| *matrix))
}

fn distinct(ids: impl Iterator<Item = Id>) -> Vec<Id> {
    let mut ids: Vec<Id> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn scenarios(connection: &mut Connection, risks: &[Id], seen: &Narrowed<risk_scenarios::table>) -> Result<Vec<Written>> {
    if seen.is_nothing() || risks.is_empty() {
        return Ok(Vec::new());
    }
    let query = risk_scenarios::table.filter(risk_scenarios::risk_id.eq_any(risks)).filter(seen.clone()).order(risk_scenarios::id);
    let columns = (risk_scenarios::risk_id, risk_scenarios::id, risk_scenarios::name, risk_scenarios::inherent_frequency, risk_scenarios::controls);
    Ok(query.select(columns).load(connection)?)
}

/// The latest confirmed assessment of each risk and stage; of the current stage one that has not expired.
fn assessments(connection: &mut Connection, risks: &[Id], seen: &Narrowed<risk_assessments::table>, today: Date) -> Result<HashMap<(Id, Stage), Judged>> {
    use risk_assessments::{assessed_on, expires_on, id, impact, likelihood, risk_id, stage, state};
    if seen.is_nothing() || risks.is_empty() {
        return Ok(HashMap::new());
    }
    let query = risk_assessments::table.filter(state.eq("confirmed")).filter(risk_id.eq_any(risks)).filter(seen.clone());
    type Row = ((Id, Stage), Judged, (Option<Date>, Date));
    let columns = ((risk_id, stage), (id, likelihood, impact), (expires_on, assessed_on));
    let rows: Vec<Row> = query.order((assessed_on, id)).select(columns).load(connection)?;
    let counts = |(of, _, (end, on)): &Row| of.1 != Stage::Current || today <= RiskAssessment::last_day(*end, *on);
    // The last of a risk and stage stays.
    Ok(rows.into_iter().filter(counts).map(|(of, judged, _)| (of, judged)).collect())
}

/// A quantification: by which frequency and losses it reckons.
#[derive(Queryable)]
struct Quantified {
    risk: Id,
    frequency: Option<Frequency>,
    frequency_pert: Option<FrequencyPert>,
    loss_interval: Option<LossInterval>,
    loss_pert: Option<LossPert>,
    secondary_loss: Option<SecondaryLoss>,
}

impl Quantified {
    fn typed(self) -> RiskQuantification {
        RiskQuantification {
            risk_id: self.risk,
            name: "".into(),
            stage: Stage::Current,
            frequency: self.frequency,
            frequency_pert: self.frequency_pert,
            loss_interval: self.loss_interval,
            loss_pert: self.loss_pert,
            secondary_loss: self.secondary_loss,
            trials: Whole(1_000),
            seed: Whole(0),
            rationale: None,
            ran_at: None,
            fades_on: None,
            run_inputs: None,
            run_result: None,
        }
    }
}

/// The latest quantification of the current stage of each risk that is fresh, or follows the scenarios: what those come to is known today,
/// whatever the last run has drawn from.
fn quantified(connection: &mut Connection, risks: &[Id], seen: &Narrowed<risk_quantifications::table>) -> Result<HashMap<Id, RiskQuantification>> {
    use risk_quantifications::{frequency, frequency_pert, id, loss_interval, loss_pert, risk_id, secondary_loss, stage, state};
    if seen.is_nothing() || risks.is_empty() {
        return Ok(HashMap::new());
    }
    let counts = state.eq("fresh").or(frequency.is_null().and(frequency_pert.is_null()));
    let current = risk_quantifications::table.filter(counts).filter(stage.eq(Stage::Current)).filter(risk_id.eq_any(risks));
    let columns = (risk_id, frequency, frequency_pert, loss_interval, loss_pert, secondary_loss);
    let rows: Vec<Quantified> = current.filter(seen.clone()).order(id).select(columns).load(connection)?;
    // The last of a risk stays.
    Ok(rows.into_iter().map(|row| (row.risk, row.typed())).collect())
}

/// The risks that an implemented treatment pursues; none if treatments are out of sight.
pub fn pursued(connection: &mut Connection, risks: &[Id], seen: &Narrowed<treatments::table>) -> Result<Option<HashSet<Id>>> {
    use treatments::{kind, risk_id, state};
    if seen.is_nothing() {
        return Ok(None);
    }
    let in_place = treatments::table.filter(state.eq_any(["implemented", "verified"])).filter(kind.eq_any(TreatmentKind::PURSUING));
    let ids: Vec<Id> = in_place.filter(risk_id.eq_any(risks)).filter(seen.clone()).select(risk_id).load(connection)?;
    Ok(Some(ids.into_iter().collect()))
}

/// How some risks, each with its matrix, stand on these grounds.
fn standings(risks: &[(Id, Id)], grounds: &Grounds, today: Date) -> HashMap<Id, RiskStatus> {
    let mut of_risk = grouped(grounds.scenarios.iter().map(|written| (written.risk, standing_of(written, &grounds.controls, today))));
    let stand = |(risk, matrix): &(Id, Id)| {
        let scenarios = of_risk.remove(risk).unwrap_or_default();
        let judged = |stage| grounds.assessments.get(&(*risk, stage)).copied();
        let standing = stand(scenarios, grounds.matrices.get(matrix), [Stage::Inherent, Stage::Current, Stage::Target].map(judged));
        let left = standing.frequency.zip(standing.loss_factor);
        let pursued = grounds.pursued.as_ref().map(|pursued| pursued.contains(risk));
        let loss = grounds.losses.get(risk).and_then(|quantification| quantification.inputs(left)?.model());
        (*risk, RiskStatus { expected_annual_loss: loss.and_then(|(model, currency)| rounded(model.mean(), currency)), loss, pursued, ..standing })
    };
    risks.iter().map(stand).collect()
}

fn standing_of(written: &Written, known: &HashMap<Id, (Title, Tested)>, today: Date) -> ScenarioStanding {
    let standing = |each: &ScenarioControl| {
        let (name, tested) = known.get(&each.control_id)?;
        Some(ControlStanding { id: each.control_id, name: name.clone(), acts_on: each.acts_on, tested: *tested })
    };
    let controls: Vec<ControlStanding> = written.controls.iter().filter_map(standing).collect();
    // What a control is worth that is not seen is unknown, and not nothing.
    let worth_of = |each: &ScenarioControl| (each.acts_on, known.get(&each.control_id).and_then(|(_, tested)| tested.effectiveness(today)));
    let scenario = Scenario { inherent: written.inherent, controls: written.controls.iter().map(worth_of).collect() };
    ScenarioStanding { id: written.id, name: written.name.clone(), scenario, partial: controls.len() < written.controls.len(), controls }
}

/// The place of a risk at each stage: where the confirmed assessments put it; without one of the current stage, where what
/// controls leave of its scenarios' frequency and of the inherent impact puts it.
fn stand(scenarios: Vec<ScenarioStanding>, matrix: Option<&Matrix>, [inherent, current, target]: [Option<Judged>; 3]) -> RiskStatus {
    let placed = |judged: Option<Judged>| {
        let (id, likelihood, impact) = judged?;
        Some(Placed { likelihood, impact, level: matrix?.level(likelihood, impact)?, assessment: Some(id) })
    };
    let pure: Vec<Scenario> = scenarios.iter().map(|each| each.scenario.clone()).collect();
    let (frequency, loss_factor) = (residual::frequency(&pure), residual::loss_factor(&pure));
    let computed = || {
        let (likelihood, impact, level) = matrix?.left(frequency?, inherent?.2, loss_factor?)?;
        Some(Placed { likelihood, impact, level, assessment: None })
    };
    RiskStatus {
        inherent: placed(inherent),
        current: placed(current).or_else(computed),
        target: placed(target),
        frequency,
        loss_factor,
        partial: scenarios.iter().any(|each| each.partial),
        scenarios,
        expected_annual_loss: None,
        loss: None,
        pursued: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::Resource;

    fn scenario(effectiveness: f64) -> ScenarioStanding {
        let tested = Tested { design: Some(effectiveness), period_days: 90, in_operation: true, latest: Some((true, Date::sample("2026-06-01"))) };
        let control = ControlStanding { id: Id::new(), name: "Backup".into(), acts_on: ActsOn::Both, tested };
        let worth = vec![(ActsOn::Both, tested.effectiveness(Date::sample("2026-06-15")))];
        ScenarioStanding { id: Id::new(), name: "Mail".into(), scenario: Scenario { inherent: 4.0, controls: worth }, controls: vec![control], partial: false }
    }

    fn matrix() -> Matrix {
        crate::risk::risk_matrix::RiskMatrix::sample().matrix()
    }

    #[test]
    fn without_a_confirmed_one_the_current_place_is_computed_from_the_controls() {
        let inherent = (Id::new(), 4, 4);
        // 4 · 0.1 = 0.4 a year is unlikely (2); the middle of 250,000 to 1,000,000 is 500,000, a tenth of it moderate (3): level 2.
        let standing = stand(vec![scenario(0.9)], Some(&matrix()), [Some(inherent), None, None]);
        assert_eq!(standing.inherent, Some(Placed { likelihood: 4, impact: 4, level: 3, assessment: Some(inherent.0) }));
        assert_eq!(standing.current, Some(Placed { likelihood: 2, impact: 3, level: 2, assessment: None }));
        assert_eq!(standing.target, None);
    }

    #[test]
    fn a_confirmed_one_outweighs_what_is_computed_and_nothing_is_guessed() {
        let (inherent, override_of) = ((Id::new(), 4, 4), (Id::new(), 5, 5));
        let standing = stand(vec![scenario(0.9)], Some(&matrix()), [Some(inherent), Some(override_of), None]);
        assert_eq!(standing.current.map(|placed| (placed.level, placed.assessment)), Some((4, Some(override_of.0))));
        assert_eq!(stand(vec![scenario(0.9)], Some(&matrix()), [None; 3]).current, None);
        assert_eq!(stand(Vec::new(), Some(&matrix()), [Some(inherent), None, None]).current, None);
    }
}
