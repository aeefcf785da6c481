//! How risks stand: their place in the matrix at each stage, by confirmed assessments and by what tested controls leave of them.

use super::matrix::Matrix;
use super::residual::{self, ActsOn, Scenario, Tested};
use super::risk_assessment::{RiskAssessment, Stage};
use super::risk_category::RiskCategory;
use super::risk_quantification::{FrequencyPert, LossInterval, LossPert, RiskQuantification, SecondaryLoss};
use super::risk_scenario::{RiskScenario, ScenarioControl};
use super::{appetite_in_force, matrix_lookup};
use crate::database::{CHUNK, Cell, Connection, Kind, Row, Statement};
use crate::error::Result;
use crate::ports::exception::{self, ExceptionKind};
use crate::resource::value::{Date, FieldType, Money, Number, Whole};
use crate::resource::{Check, Id};
use crate::store::Reader;
use std::collections::{HashMap, HashSet};

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
    pub name: String,
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
    pub name: String,
    /// Its frequency and what its controls are worth.
    pub scenario: Scenario,
    /// Its controls.
    pub controls: Vec<ControlStanding>,
}

/// How a risk stands.
#[derive(Debug, Clone, Default)]
pub struct Standing {
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
    /// The expected loss of a year, by its latest fresh quantification of the current stage.
    pub expected_annual_loss: Option<Money>,
}

impl Standing {
    /// Its place at a stage.
    pub fn at(&self, stage: Stage) -> Option<Placed> {
        match stage {
            Stage::Inherent => self.inherent,
            Stage::Current => self.current,
            Stage::Target => self.target,
        }
    }
}

/// How some risks, each with its matrix, stand in the eyes of a reader: what is not seen is left out.
pub fn of_reader(reader: &mut Reader<'_>, risks: &[(Id, Id)]) -> Result<HashMap<Id, Standing>> {
    let today = reader.today();
    let mut all = HashMap::new();
    for chunk in risks.chunks(CHUNK) {
        let ids: Vec<Id> = chunk.iter().map(|(risk, _)| *risk).collect();
        let narrowed = reader.narrowed::<RiskScenario>()?;
        let scenarios = scenarios(reader.connection, &ids, narrowed)?;
        let mut seen = HashSet::new();
        if let Some(controls) = reader.store.definitions.get("governance/controls") {
            seen.extend(reader.find_all(controls, &control_ids(&scenarios))?.iter().map(|stored| stored.meta.id));
        }
        let narrowed = (reader.narrowed::<RiskAssessment>()?, reader.narrowed::<RiskQuantification>()?);
        all.extend(standings(reader.connection, chunk, &scenarios, &seen, narrowed, today)?);
    }
    Ok(all)
}

/// Whether the current level or the expected loss of a risk is above the appetite in force, without an exception that covers it.
/// What nothing is known of is not above it.
pub fn above_appetite(check: &mut Check<'_>, risk: Id) -> Result<bool> {
    let query = Statement::new("SELECT unit_id, category, risk_matrix_id FROM risks WHERE id = ").with(risk, "");
    let Some(row) = query.first(check.connection, &[Kind::Id, Kind::Text, Kind::Id])? else { return Ok(false) };
    let category = row.get(1).and_then(Cell::as_text).and_then(RiskCategory::from_word);
    let read = (row.first().and_then(Cell::as_id), category, row.get(2).and_then(Cell::as_id));
    let (Some(unit), Some(category), Some(matrix)) = read else { return Ok(false) };
    if exception::in_force_today(check, ExceptionKind::RiskAcceptance, risk)? {
        return Ok(false);
    }
    let all = Statement::default;
    let Some(appetite) = appetite_in_force::find(check.connection, unit, category, check.today, all())? else { return Ok(false) };
    let scenarios = scenarios(check.connection, &[risk], Some(all()))?;
    let controls = control_ids(&scenarios).into_iter().collect();
    let found = standings(check.connection, &[(risk, matrix)], &scenarios, &controls, (Some(all()), Some(all())), check.today)?;
    let standing = found.get(&risk).cloned().unwrap_or_default();
    Ok(appetite.breached(matrix, standing.current.map(|placed| placed.level), standing.expected_annual_loss) == Some(true))
}

/// A scenario as it is stored.
struct Written {
    risk: Id,
    id: Id,
    name: String,
    inherent: f64,
    controls: Vec<ScenarioControl>,
}

fn control_ids(scenarios: &[Written]) -> Vec<Id> {
    let mut ids: Vec<Id> = scenarios.iter().flat_map(|scenario| scenario.controls.iter().map(|each| each.control_id)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// `start id, id, …)`, and a condition.
fn of_ids(start: &'static str, ids: impl IntoIterator<Item = Id>, narrowed: Statement) -> Statement {
    let mut query = Statement::new(start);
    query.bind_all(ids.into_iter().map(Cell::Id)).push(")").append(narrowed);
    query.once()
}

fn number(cell: Option<&Cell>) -> Option<f64> {
    if let Some(Cell::Real(number)) = cell { Some(*number) } else { None }
}

fn scenarios(connection: &mut Connection, risks: &[Id], narrowed: Option<Statement>) -> Result<Vec<Written>> {
    let (Some(narrowed), false) = (narrowed, risks.is_empty()) else { return Ok(Vec::new()) };
    let start = "SELECT risk_id, id, name, inherent_frequency, controls FROM risk_scenarios WHERE risk_id IN (";
    let mut query = of_ids(start, risks.iter().copied(), narrowed);
    query.push(" ORDER BY id");
    let rows = query.rows(connection, &[Kind::Id, Kind::Id, Kind::Text, Kind::Real, Kind::Doc])?;
    let read = |row: &Row| {
        Some(Written {
            risk: row.first()?.as_id()?,
            id: row.get(1)?.as_id()?,
            name: row.get(2)?.as_text()?.to_owned(),
            inherent: number(row.get(3))?,
            controls: Vec::load(row.get(4..5)?)?,
        })
    };
    Ok(rows.iter().filter_map(read).collect())
}

/// Controls with their latest conclusive operating test. One that is retired operates no more, whatever its last test showed.
fn controls(connection: &mut Connection, ids: &HashSet<Id>) -> Result<HashMap<Id, (String, Tested)>> {
    let ids: Vec<Id> = ids.iter().copied().collect();
    let mut found = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let start = "SELECT c.id, c.name, c.state, c.design_effectiveness, c.test_period_days, t.result, t.tested_on FROM controls c \
             LEFT JOIN (SELECT control_id, result, tested_on, ROW_NUMBER() OVER (PARTITION BY control_id ORDER BY tested_on DESC, id DESC) AS place \
             FROM control_tests WHERE kind = 'operating' AND result <> 'inconclusive') t ON t.control_id = c.id AND t.place = 1 WHERE c.id IN (";
        let query = of_ids(start, chunk.iter().copied(), Statement::default());
        let kinds = [Kind::Id, Kind::Text, Kind::Text, Kind::Real, Kind::Integer, Kind::Text, Kind::Date];
        let read = |row: &Row| {
            let latest = row.get(5)?.as_text().map(|result| result == "passed").zip(row.get(6)?.as_date());
            let latest = latest.filter(|_| row.get(2).and_then(Cell::as_text) != Some("retired"));
            let tested = Tested { design: number(row.get(3)), period_days: row.get(4)?.as_integer()?, latest };
            Some((row.first()?.as_id()?, (row.get(1)?.as_text()?.to_owned(), tested)))
        };
        found.extend(query.rows(connection, &kinds)?.iter().filter_map(read));
    }
    Ok(found)
}

/// The latest confirmed assessment of each risk and stage: its likelihood and impact.
fn assessments(connection: &mut Connection, risks: &[Id], narrowed: Option<Statement>) -> Result<HashMap<(Id, Stage), (Id, i64, i64)>> {
    let (Some(narrowed), false) = (narrowed, risks.is_empty()) else { return Ok(HashMap::new()) };
    let start = "SELECT x.risk_id, x.stage, x.id, x.likelihood, x.impact FROM (SELECT risk_id, stage, id, likelihood, impact, \
         ROW_NUMBER() OVER (PARTITION BY risk_id, stage ORDER BY assessed_on DESC, id DESC) AS place \
         FROM risk_assessments WHERE state = 'confirmed' AND risk_id IN (";
    let mut query = of_ids(start, risks.iter().copied(), narrowed);
    query.push(") x WHERE x.place = 1");
    let rows = query.rows(connection, &[Kind::Id, Kind::Text, Kind::Id, Kind::Integer, Kind::Integer])?;
    let read = |row: &Row| {
        let stage = Stage::from_word(row.get(1)?.as_text()?)?;
        Some(((row.first()?.as_id()?, stage), (row.get(2)?.as_id()?, row.get(3)?.as_integer()?, row.get(4)?.as_integer()?)))
    };
    Ok(rows.iter().filter_map(read).collect())
}

/// The expected loss of a year of each risk, by its latest fresh quantification of the current stage.
fn expected_losses(connection: &mut Connection, risks: &[Id], narrowed: Option<Statement>) -> Result<HashMap<Id, Money>> {
    let (Some(narrowed), false) = (narrowed, risks.is_empty()) else { return Ok(HashMap::new()) };
    let start = "SELECT x.risk_id, x.frequency, x.frequency_pert, x.loss_interval, x.loss_pert, x.secondary_loss FROM (SELECT risk_id, frequency, \
         frequency_pert, loss_interval, loss_pert, secondary_loss, ROW_NUMBER() OVER (PARTITION BY risk_id ORDER BY id DESC) AS place \
         FROM risk_quantifications WHERE state = 'fresh' AND stage = 'current' AND risk_id IN (";
    let mut query = of_ids(start, risks.iter().copied(), narrowed);
    query.push(") x WHERE x.place = 1");
    let rows = query.rows(connection, &[Kind::Id, Kind::Real, Kind::Doc, Kind::Doc, Kind::Doc, Kind::Doc])?;
    let read = |row: &Row| {
        let quantification = RiskQuantification {
            risk_id: row.first()?.as_id()?,
            name: "".into(),
            stage: Stage::Current,
            frequency: number(row.get(1)).map(Number),
            frequency_pert: Option::<FrequencyPert>::load(row.get(2..3)?)?,
            loss_interval: Option::<LossInterval>::load(row.get(3..4)?)?,
            loss_pert: Option::<LossPert>::load(row.get(4..5)?)?,
            secondary_loss: Option::<SecondaryLoss>::load(row.get(5..6)?)?,
            trials: Whole(1_000),
            seed: Whole(0),
            rationale: None,
        };
        Some((quantification.risk_id, quantification.expected_annual_loss()?))
    };
    Ok(rows.iter().filter_map(read).collect())
}

fn standings(
    connection: &mut Connection,
    risks: &[(Id, Id)],
    scenarios: &[Written],
    seen: &HashSet<Id>,
    (of_assessments, of_quantifications): (Option<Statement>, Option<Statement>),
    today: Date,
) -> Result<HashMap<Id, Standing>> {
    let ids: Vec<Id> = risks.iter().map(|(risk, _)| *risk).collect();
    let matrix_ids: HashSet<Id> = risks.iter().map(|(_, matrix)| *matrix).collect();
    let matrices = matrix_lookup::load(connection, &matrix_ids.into_iter().collect::<Vec<Id>>())?;
    let controls = controls(connection, seen)?;
    let assessed = assessments(connection, &ids, of_assessments)?;
    let losses = expected_losses(connection, &ids, of_quantifications)?;
    let mut of_risk: HashMap<Id, Vec<ScenarioStanding>> = HashMap::new();
    for written in scenarios {
        of_risk.entry(written.risk).or_default().push(standing_of(written, &controls, today));
    }
    let stand = |(risk, matrix): &(Id, Id)| {
        let scenarios = of_risk.remove(risk).unwrap_or_default();
        let judged = |stage| assessed.get(&(*risk, stage)).copied();
        let standing = stand(scenarios, matrices.get(matrix), [Stage::Inherent, Stage::Current, Stage::Target].map(judged));
        (*risk, Standing { expected_annual_loss: losses.get(risk).copied(), ..standing })
    };
    Ok(risks.iter().map(stand).collect())
}

fn standing_of(written: &Written, controls: &HashMap<Id, (String, Tested)>, today: Date) -> ScenarioStanding {
    let standing = |each: &ScenarioControl| {
        let (name, tested) = controls.get(&each.control_id)?;
        Some(ControlStanding { id: each.control_id, name: name.clone(), acts_on: each.acts_on, tested: *tested })
    };
    let controls: Vec<ControlStanding> = written.controls.iter().filter_map(standing).collect();
    let worth = controls.iter().map(|control| (control.acts_on, control.tested.effectiveness(today))).collect();
    ScenarioStanding { id: written.id, name: written.name.clone(), scenario: Scenario { inherent: written.inherent, controls: worth }, controls }
}

/// The place of a risk at each stage: where the confirmed assessments put it; without one of the current stage, where what
/// controls leave of its scenarios' frequency and of the inherent impact puts it.
fn stand(scenarios: Vec<ScenarioStanding>, matrix: Option<&Matrix>, [inherent, current, target]: [Option<(Id, i64, i64)>; 3]) -> Standing {
    let placed = |judged: Option<(Id, i64, i64)>| {
        let (id, likelihood, impact) = judged?;
        Some(Placed { likelihood, impact, level: matrix?.level(likelihood, impact)?, assessment: Some(id) })
    };
    let pure: Vec<Scenario> = scenarios.iter().map(|each| each.scenario.clone()).collect();
    let (frequency, loss_factor) = (residual::frequency(&pure), residual::loss_factor(&pure));
    let computed = || {
        let (likelihood, impact, level) = matrix?.left(frequency?, inherent?.2, loss_factor?)?;
        Some(Placed { likelihood, impact, level, assessment: None })
    };
    Standing {
        inherent: placed(inherent),
        current: placed(current).or_else(computed),
        target: placed(target),
        frequency,
        loss_factor,
        scenarios,
        expected_annual_loss: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Resource;

    fn scenario(effectiveness: f64) -> ScenarioStanding {
        let tested = Tested { design: Some(effectiveness), period_days: 90, latest: Some((true, Date::sample("2026-06-01"))) };
        let control = ControlStanding { id: Id::new(), name: "Backup".into(), acts_on: ActsOn::Both, tested };
        let worth = vec![(ActsOn::Both, tested.effectiveness(Date::sample("2026-06-15")))];
        ScenarioStanding { id: Id::new(), name: "Mail".into(), scenario: Scenario { inherent: 4.0, controls: worth }, controls: vec![control] }
    }

    fn matrix() -> Matrix {
        super::super::risk_matrix::RiskMatrix::sample().matrix()
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
