//! The rows of the risk register: each risk with its levels, its expected loss and its dates.

use crate::risk::{
    appetite_breach::LossRates,
    appetite_in_force,
    risk::Risk,
    risk_appetite::RiskAppetite,
    risk_assessment::RiskAssessment,
    risk_category::RiskCategory,
    risk_kind::RiskKind,
    risk_matrix::{LevelNumber, RiskMatrix},
    risk_quantification::RiskQuantification,
    risk_scenario::RiskScenario,
    risk_status, status_in_sight,
    treatment::Treatment,
};
use std::collections::{HashMap, HashSet};
use steward_core::access::parents;
use steward_core::ports::books;
use steward_core::resource::value::{Text, Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::security::{risks, treatments};

/// A risk in the register.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegisterRow {
    /// The risk.
    pub risk_id: Id,
    /// Code of the risk.
    pub code: Text<1, 64>,
    /// Title of the risk.
    pub title: Title,
    /// Threat or opportunity.
    pub kind: RiskKind,
    /// Category of the risk.
    pub category: RiskCategory,
    /// State in the lifecycle.
    pub state: Text<1, 40>,
    /// Accountable owner.
    pub owner_id: Option<Id>,
    /// Level without controls, by its number in the matrix.
    pub inherent_level: Option<LevelNumber>,
    /// Level with tested controls.
    pub current_level: Option<LevelNumber>,
    /// Name of the current level.
    pub current_level_name: Option<Title>,
    /// Level to be reached.
    pub target_level: Option<LevelNumber>,
    /// Expected annual loss.
    pub expected_annual_loss: Option<Money>,
    /// The same by which rows are compared, in the minor unit of the currency of the organisation.
    #[serde(skip)]
    pub comparable_loss: Option<i64>,
    /// True if the risk is above the appetite in force; null if that cannot be determined: there is no appetite, or a level or loss that it
    /// limits is not known, stale, or not comparable with it.
    pub breached: Option<bool>,
    /// Day of the next review.
    pub next_review_on: Option<Date>,
    /// Number of treatments that are planned or in progress.
    pub open_treatments: Count,
    /// Earliest of the next review and the due days of the open treatments.
    pub due_on: Option<Date>,
    /// True if `due_on` has passed.
    pub overdue: bool,
}

/// A stored risk.
#[derive(Queryable)]
struct StoredRisk {
    id: Id,
    unit: Id,
    matrix: Id,
    code: Text<1, 64>,
    title: Title,
    kind: RiskKind,
    category: RiskCategory,
    state: Text<1, 40>,
    owner: Option<Id>,
    next_review_on: Option<Date>,
}

/// The currency by which losses are compared: that of the organisation.
pub fn currency(cx: &mut Context<'_, '_>) -> Result<Option<Currency>> {
    cx.ask(books::base_currency)
}

/// The rows of the risks in sight, those that are not closed or all, and whether assessments, scenarios, controls, losses or treatments of
/// theirs are out of sight.
pub fn rows(cx: &mut Context<'_, '_>, with_closed: bool, currency: Option<Currency>) -> Result<(Vec<RegisterRow>, bool)> {
    let today = cx.today();
    let stored = stored(cx, with_closed)?;
    let pairs: Vec<(Id, Id)> = stored.iter().map(|risk| (risk.id, risk.matrix)).collect();
    let statuses = status_in_sight::with_pursuit(cx, &pairs)?;
    let seen = cx.sees::<RiskAppetite>()?;
    let appetites = if seen.is_nothing() { Vec::new() } else { appetite_in_force::all(cx.within(&seen), today, &seen)? };
    let above = parents(cx.unscoped("an appetite reaches down the tree of units whether or not the units may be read"))?;
    let (open, is_hidden) = open_treatments(cx, &pairs)?;
    let unseen = [cx.sees::<RiskAssessment>()?.is_nothing(), cx.sees::<RiskScenario>()?.is_nothing(), cx.sees::<RiskQuantification>()?.is_nothing()];
    let is_blind = unseen.contains(&true) && !stored.is_empty();
    let partial = is_hidden || is_blind || statuses.values().any(|status| status.partial);
    let names = level_names(cx, &pairs)?;
    let (mut breaches, mut losses) = (HashMap::new(), HashMap::new());
    let mut rates = LossRates::default();
    for risk in &stored {
        if let Some(loss) = statuses.get(&risk.id).and_then(|status| status.expected_annual_loss) {
            let loss = cx.ask(|check| rates.converted(check, loss, currency.unwrap_or(loss.currency)))?;
            losses.extend(loss.map(|loss| (risk.id, loss.minor)));
        }
        let appetite = appetite_in_force::nearest(&appetites, &above, risk.unit, (risk.kind, risk.category));
        let Some((appetite, status)) = appetite.zip(statuses.get(&risk.id)) else { continue };
        breaches.insert(risk.id, cx.ask(|check| rates.breaches(check, status, appetite, risk.matrix))?);
    }
    let row = |risk: StoredRisk| {
        let unknown = risk_status::RiskStatus::default();
        let status = statuses.get(&risk.id).unwrap_or(&unknown);
        let level = |placed: Option<risk_status::Placed>| placed.map(|placed| placed.level);
        let (count, treated_by) = open.get(&risk.id).copied().unwrap_or_default();
        let due_on = [risk.next_review_on, treated_by].into_iter().flatten().min();
        RegisterRow {
            risk_id: risk.id,
            inherent_level: level(status.inherent).map(Whole),
            current_level: level(status.current).map(Whole),
            current_level_name: level(status.current).and_then(|level| names.get(&risk.matrix)?.get(usize::try_from(level - 1).ok()?).cloned()),
            target_level: level(status.target).map(Whole),
            expected_annual_loss: status.expected_annual_loss,
            comparable_loss: losses.get(&risk.id).copied(),
            breached: breaches.get(&risk.id).copied().flatten(),
            open_treatments: Whole(count),
            due_on,
            overdue: due_on.is_some_and(|due| due < today),
            code: risk.code,
            title: risk.title,
            kind: risk.kind,
            category: risk.category,
            state: risk.state,
            owner_id: risk.owner,
            next_review_on: risk.next_review_on,
        }
    };
    Ok((stored.into_iter().map(row).collect(), partial))
}

fn stored(reader: &mut Reader<'_>, with_closed: bool) -> Result<Vec<StoredRisk>> {
    use risks::{category, code, id, kind, next_review_on, owner_id, risk_matrix_id, state, title, unit_id};
    let seen = reader.sees::<Risk>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let closed = if with_closed { "" } else { "closed" };
    let query = risks::table.filter(state.ne(closed)).filter(seen.clone()).order(id);
    Ok(query.select((id, unit_id, risk_matrix_id, code, title, kind, category, state, owner_id, next_review_on)).load(reader.within(&seen))?)
}

/// Number of risks that are not closed, or of all, whoever may see them.
pub fn count_risks(reader: &mut Reader<'_>, with_closed: bool) -> Result<usize> {
    let all = risks::table.filter(risks::state.ne(if with_closed { "" } else { "closed" })).count();
    let all: i64 = all.get_result(reader.unscoped("only whether something is left out"))?;
    Ok(usize::try_from(all).unwrap_or_default())
}

/// Open treatments: of each risk their number, and the earliest day on which one is due.
type OpenTreatments = HashMap<Id, (i64, Option<Date>)>;

/// The open treatments in sight, and whether there are others of some risks.
fn open_treatments(reader: &mut Reader<'_>, pairs: &[(Id, Id)]) -> Result<(OpenTreatments, bool)> {
    use treatments::{due_on, risk_id, state};
    let seen = reader.sees::<Treatment>()?;
    let open = || treatments::table.filter(state.eq_any(["planned", "in_progress"])).select((risk_id, due_on));
    let rows: Vec<(Id, Option<Date>)> = if seen.is_nothing() { Vec::new() } else { open().filter(seen.clone()).load(reader.within(&seen))? };
    let all: Vec<(Id, Option<Date>)> = open().load(reader.unscoped("only whether something is left out"))?;
    let shown: HashSet<Id> = pairs.iter().map(|(risk, _)| *risk).collect();
    let count = |rows: &[(Id, Option<Date>)]| rows.iter().filter(|(risk, _)| shown.contains(risk)).count();
    let is_hidden = count(&rows) < count(&all);
    let mut open = OpenTreatments::new();
    for (risk, due) in rows {
        let entry = open.entry(risk).or_default();
        *entry = (entry.0 + 1, [entry.1, due].into_iter().flatten().min());
    }
    Ok((open, is_hidden))
}

/// The names of the risk levels of some matrices.
fn level_names(reader: &mut Reader<'_>, pairs: &[(Id, Id)]) -> Result<HashMap<Id, Vec<Title>>> {
    let mut names = HashMap::new();
    for (_, matrix) in pairs {
        if !names.contains_key(matrix) {
            let levels = reader.get_typed::<RiskMatrix>(*matrix)?.1.risk_levels;
            names.insert(*matrix, levels.into_iter().map(|level| level.name).collect());
        }
    }
    Ok(names)
}
