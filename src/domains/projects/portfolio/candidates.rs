//! The projects of a portfolio: their cost, hours, value and risk, for all of them at once.

use crate::project::benefit::{Benefit, BenefitPeriod};
use crate::project::project::Project;
use crate::schedule::work_item::WorkItem;
use crate::schedule::work_kind::WorkKind;
use diesel::prelude::*;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Money, Title};
use steward_core::store::Reader;
use steward_core::view::grouped;
use steward_schema::projects::{benefits, projects, work_items};
use steward_schema::service::{edges, registry};

/// A project of a portfolio.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct PortfolioProject {
    pub id: Id,
    pub name: Title,
    pub state: String,
    pub objective_id: Option<Id>,
    /// Its budget; none if it has none.
    pub cost: Option<Money>,
    /// Σ effort of its work that is not done, in hours; none if it has no work, or some of which neither effort nor duration is told.
    pub hours: Option<f64>,
    /// Σ planned benefits; none if there are none, or several currencies.
    pub value: Option<Money>,
    /// Threats that are not closed; none if the reader may see no risks.
    pub threats: Option<usize>,
}

/// The projects of a portfolio that are not closed or cancelled, in the order of their codes, at most so many.
pub fn projects_of(reader: &mut Reader<'_>, portfolio: Id, most: i64) -> Result<Vec<PortfolioProject>> {
    let seen = reader.sees::<Project>()?;
    let running = projects::table.filter(projects::portfolio_id.eq(portfolio)).filter(projects::state.ne_all(["closed", "cancelled"]));
    let columns = (projects::id, projects::name, projects::state, projects::objective_id, (projects::budget_amount, projects::budget_currency));
    type Row = (Id, Title, String, Option<Id>, Option<Money>);
    let query = running.filter(seen.clone()).order((projects::code, projects::id)).limit(most).select(columns);
    let rows: Vec<Row> = query.load(reader.within(&seen))?;
    let ids: Vec<Id> = rows.iter().map(|row| row.0).collect();
    let (hours, values, threats) = (hours(reader, &ids)?, values(reader, &ids)?, threats(reader, &ids)?);
    let project = |(id, name, state, objective_id, cost): Row| PortfolioProject {
        id,
        name,
        state,
        objective_id,
        cost,
        hours: hours.get(&id).copied().flatten(),
        value: values.get(&id).copied(),
        threats: threats.as_ref().map(|threats| threats.get(&id).copied().unwrap_or(0)),
    };
    Ok(rows.into_iter().map(project).collect())
}

/// The effort of the work that is not done and has nothing under it, its duration where that is not told; none if neither is told of some.
fn hours(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, Option<f64>>> {
    type Row = (Id, Option<Id>, Id, String, WorkKind, Option<f64>, Option<f64>);
    let seen = reader.sees::<WorkItem>()?;
    let query = work_items::table.filter(work_items::project_id.eq_any(ids)).filter(work_items::state.ne("cancelled")).filter(seen.clone());
    let columns = (
        work_items::id,
        work_items::parent_id,
        work_items::project_id,
        work_items::state,
        work_items::kind,
        work_items::effort_hours,
        work_items::duration_hours,
    );
    let rows: Vec<Row> = query.order(work_items::id).select(columns).load(reader.within(&seen))?;
    let above: HashSet<Id> = rows.iter().filter(|row| row.3 != "done").filter_map(|row| row.1).collect();
    let mut hours: HashMap<Id, Option<f64>> = HashMap::new();
    for (id, _, project, state, kind, effort, duration) in rows {
        let left = match effort.or(duration) {
            _ if state == "done" || kind == WorkKind::Milestone || above.contains(&id) => Some(0.0),
            told => told,
        };
        let sum = hours.entry(project).or_insert(Some(0.0));
        *sum = sum.zip(left).map(|(sum, left)| sum + left);
    }
    Ok(hours)
}

/// The planned benefits of each project.
fn values(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, Money>> {
    let seen = reader.sees::<Benefit>()?;
    if seen.is_nothing() {
        return Ok(HashMap::new());
    }
    let query = benefits::table.filter(benefits::subject_id.eq_any(ids)).filter(seen.clone()).order(benefits::id);
    let rows: Vec<(Id, Vec<BenefitPeriod>)> = query.select((benefits::subject_id, benefits::periods)).load(reader.within(&seen))?;
    let planned = rows.into_iter().flat_map(|(project, periods)| periods.into_iter().map(move |period| (project, period.planned)));
    Ok(grouped(planned).into_iter().filter_map(|(project, amounts)| Some((project, sum(&amounts)?))).collect())
}

/// The sum of some amounts; none if there are none, or several currencies.
pub fn sum(amounts: &[Money]) -> Option<Money> {
    let currency: Currency = amounts.first()?.currency;
    let same = amounts.iter().all(|amount| amount.currency == currency);
    same.then(|| Money::new(amounts.iter().map(|amount| amount.minor).sum(), currency))
}

/// The threats to each project that are not closed; none if the reader may see no risks. Risks are of another domain: they are found
/// by their references.
fn threats(reader: &mut Reader<'_>, ids: &[Id]) -> Result<Option<HashMap<Id, usize>>> {
    let Some(risks) = reader.store.definitions.get("security/risks") else { return Ok(None) };
    if !reader.session.reach(&risks.permission("read")).beyond_own() {
        return Ok(None);
    }
    let referring = edges::table.filter(edges::to_id.eq_any(ids)).select((edges::from_id, edges::to_id));
    let pairs: Vec<(Id, Id)> = referring.load(reader.unscoped("the records are loaded by what the session sees below"))?;
    let from: Vec<Id> = pairs.iter().map(|(from, _)| *from).collect();
    let open = registry::table
        .filter(registry::id.eq_any(&from))
        .filter(registry::collection.eq("security/risks"))
        .filter(registry::deleted_at.is_null())
        .filter(registry::state.ne("closed"));
    let open: Vec<Id> = open.select(registry::id).load(reader.unscoped("the records are loaded by what the session sees below"))?;
    let seen = reader.find_all(risks, &open)?;
    let is_threat = |stored: &&steward_core::resource::Stored| reader.document(risks, stored).get("kind").and_then(Value::as_str) != Some("opportunity");
    let threats: HashSet<Id> = seen.iter().filter(is_threat).map(|stored| stored.meta.id).collect();
    let mut counts = HashMap::new();
    let pairs: HashSet<(Id, Id)> = pairs.into_iter().filter(|(from, _)| threats.contains(from)).collect();
    pairs.into_iter().for_each(|(_, project)| *counts.entry(project).or_insert(0) += 1);
    Ok(Some(counts))
}
