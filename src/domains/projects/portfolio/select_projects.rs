//! The choice of the projects of a portfolio within money, hours and risk.

use super::candidates::{PortfolioProject, projects_of};
use super::portfolio::Portfolio;
use super::selection::{Candidate, Limits, choose, fits};
use crate::project::project::Project;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use serde_json::{Value, json};
use steward_core::choice;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::ports::ledger;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date, Figure, Money, Note, Number, Whole};
use steward_core::store::{Outcome, Reader, Writer};
use steward_core::view::{Action, Call, Count, IdOf, NoQuery};
use utoipa::ToSchema;

choice! {
    /// Constraint of a selection.
    pub enum SelectionConstraint {
        /// Budget in money.
        Budget = "budget",
        /// Hours of people's time.
        Hours = "hours",
        /// Number of open threats.
        Risk = "risk",
    }
}

const CONSTRAINTS: [SelectionConstraint; 3] = [SelectionConstraint::Budget, SelectionConstraint::Hours, SelectionConstraint::Risk];

steward_core::value! {
    /// Limits of a selection; a limit left out does not apply.
    pub struct SelectionLimits {
        /// Budget limit in money.
        pub budget: Option<Money>,
        /// Limit of hours of people's time.
        pub hours: Option<Number<0, 1_000_000_000>>,
        /// Accepted number of open threats.
        pub risk_limit: Option<Number<0, 1_000_000>>,
    }
}

/// Project in a selection.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SelectionRow {
    /// Project of the row.
    pub project_id: IdOf<Project>,
    /// Planned benefits; null if unknown.
    pub value: Option<Money>,
    /// Budget; null if unknown.
    pub cost: Option<Money>,
    /// Effort that is not done, in hours; null if unknown.
    pub hours: Figure,
    /// Number of open threats.
    pub risk_count: Count,
    /// Cause of rejection; null if selected.
    pub reason: Option<Note>,
}

/// Selection of projects.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PortfolioSelection {
    /// Selected projects in the order of their codes.
    pub selected: Vec<SelectionRow>,
    /// Rejected projects in the order of their codes.
    pub rejected: Vec<SelectionRow>,
    /// Constraint that excludes the most value, alone or first among those that do; null if none does.
    pub binding_constraint: Option<SelectionConstraint>,
    /// Objectives served by rejected projects and by no selected one.
    pub objectives_lost: Vec<Id>,
    /// Sum of the selected values, in the currency of the budget or of the first value.
    pub value: Option<Money>,
    /// True if no other selection is worth more.
    pub optimal: bool,
}

/// `POST projects/portfolios/{id}/selections`.
#[derive(Debug)]
pub struct SelectProjects;

impl Action for SelectProjects {
    const PATH: &'static str = "projects/portfolios/{id}/selections";
    const OPERATION_ID: &'static str = "select_portfolio_projects";
    const SUMMARY: &'static str = "Select the projects of a portfolio";
    const DESCRIPTION: &'static str = "Selects the running projects of a portfolio whose planned benefits are greatest within a budget, hours and a number of open threats. The call changes no data. \
        A project is rejected without planned benefits, without a budget where money is limited, or with work that has neither effort nor duration where hours are limited.";
    const PERMISSIONS: &'static [&'static str] = &["projects.portfolios:read", "projects.projects:read", "projects.work_items:read", "projects.benefits:read"];
    type Query = NoQuery;
    type Body = SelectionLimits;
    type Prepared = SelectionLimits;
    type Answer = PortfolioSelection;

    fn example(_: &str) -> Value {
        json!({"budget": {"amount": "500000.00", "currency": "EUR"}, "hours": 4000, "risk_limit": 6})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, limits: &SelectionLimits) -> Result<Outcome> {
        let id = call.id()?;
        let mut reader = writer.reader();
        reader.get_typed::<Portfolio>(id)?;
        if limits.budget.is_some_and(|budget| budget.minor < 0) {
            let detail = "Expected an amount of 0 or more; leave the budget out if money does not limit.";
            return Err(Problem::invalid(vec![FieldError::new("/budget/amount", "range", detail)]).into());
        }
        let projects = projects_of(&mut reader, id, 1_000)?;
        let currency = limits.budget.map(|budget| budget.currency).or_else(|| projects.iter().find_map(|project| Some(project.value?.currency)));
        let today = reader.today();
        let mut candidates = Vec::new();
        for project in &projects {
            candidates.push(candidate(&mut reader, project, currency, limits, today)?);
        }
        Outcome::of(200, &selection(&projects, &candidates, limits, currency))
    }
}

/// A project as a candidate, in minor units of the currency; in words why it is none.
fn candidate(
    reader: &mut Reader<'_>,
    project: &PortfolioProject,
    currency: Option<Currency>,
    limits: &SelectionLimits,
    today: Date,
) -> Result<std::result::Result<Candidate, &'static str>> {
    let value = converted(reader, project.value, currency, today)?;
    let cost = converted(reader, project.cost, currency, today)?;
    Ok(match (value, cost) {
        (Some(_), _) if limits.hours.is_some() && project.hours.is_none() => {
            Err("Its hours are not known: it has no work, or neither effort nor duration of some of it is told.")
        }
        (None, _) => Err("Its value is not known: it has no planned benefits, or no exchange rate for them."),
        (_, None) if limits.budget.is_some() => Err("Its cost is not known: it has no budget, or no exchange rate for it."),
        (Some(value), cost) => Ok(Candidate { value, uses: [cost.unwrap_or(0.0), project.hours.unwrap_or(0.0), project.threats.unwrap_or(0) as f64] }),
    })
}

/// An amount in minor units of a currency, by the rate of the day.
fn converted(reader: &mut Reader<'_>, amount: Option<Money>, currency: Option<Currency>, today: Date) -> Result<Option<f64>> {
    let Some((amount, currency)) = amount.zip(currency) else { return Ok(None) };
    if amount.currency == currency {
        return Ok(Some(amount.minor as f64));
    }
    let rate = reader.ask(|check| ledger::exchange_rate(check, amount.currency, currency, today))?;
    let scale = |currency: Currency| 10_f64.powi(i32::try_from(currency.scale()).unwrap_or(0));
    Ok(rate.and_then(|rate| rate.to_f64()).map(|rate| amount.minor as f64 / scale(amount.currency) * rate * scale(currency)))
}

fn selection(
    projects: &[PortfolioProject],
    candidates: &[std::result::Result<Candidate, &'static str>],
    limits: &SelectionLimits,
    currency: Option<Currency>,
) -> PortfolioSelection {
    let bounds: Limits = [limits.budget.map(|budget| budget.minor as f64), limits.hours.map(|hours| hours.0), limits.risk_limit.map(|risk| risk.0)];
    let worthless = Candidate { value: 0.0, uses: [0.0; 3] };
    let known: Vec<Candidate> = candidates.iter().map(|candidate| candidate.unwrap_or(worthless)).collect();
    let choice = choose(&known, &bounds);
    let chosen = || projects.iter().zip(&choice.chosen).filter(|(_, chosen)| **chosen).map(|(project, _)| project);
    let total = |of: &dyn Fn(&Candidate) -> f64| known.iter().zip(&choice.chosen).filter(|(_, chosen)| **chosen).map(|(each, _)| of(each)).sum::<f64>();
    let used: [f64; 3] = std::array::from_fn(|resource| total(&|each| each.uses[resource]));
    let row = |at: usize, reason: Option<Note>| {
        let project = &projects[at];
        let risk_count = Whole(i64::try_from(project.threats.unwrap_or(0)).unwrap_or(i64::MAX));
        let (value, cost, hours) = (project.value, project.cost, Figure(project.hours));
        SelectionRow { project_id: project.id.into(), value, cost, hours, risk_count, reason }
    };
    let mut lost_value = [0.0; 3];
    let (mut selected, mut rejected) = (Vec::new(), Vec::new());
    for (at, candidate) in candidates.iter().enumerate() {
        match candidate {
            _ if choice.chosen[at] => selected.push(row(at, None)),
            Err(reason) => rejected.push(row(at, Some(Note::cut(reason)))),
            Ok(candidate) => {
                let over = passed(candidate, &used, &bounds);
                over.iter().for_each(|resource| lost_value[*resource] += candidate.value);
                let words: Vec<&str> = over.iter().map(|resource| CONSTRAINTS[*resource].word()).collect();
                let reason = if words.is_empty() { "It has no value.".to_owned() } else { format!("With it the selection would pass: {}.", words.join(", ")) };
                rejected.push(row(at, Some(Note::cut(&reason))));
            }
        }
    }
    let most = (0..3).filter(|resource| lost_value[*resource] > 0.0).reduce(|best, next| if lost_value[next] > lost_value[best] { next } else { best });
    let served: Vec<Id> = chosen().filter_map(|project| project.objective_id).collect();
    let mut objectives_lost: Vec<Id> = projects.iter().filter_map(|project| project.objective_id).filter(|objective| !served.contains(objective)).collect();
    objectives_lost.sort_unstable();
    objectives_lost.dedup();
    let value = currency.map(|currency| Money::new(total(&|each| each.value).round() as i64, currency));
    let binding_constraint = most.map(|resource| CONSTRAINTS[resource]);
    PortfolioSelection { selected, rejected, binding_constraint, objectives_lost, value, optimal: choice.optimal }
}

/// The resources of which a candidate would use more than is left.
fn passed(candidate: &Candidate, used: &[f64; 3], bounds: &Limits) -> Vec<usize> {
    let with: [f64; 3] = std::array::from_fn(|resource| used[resource] + candidate.uses[resource]);
    (0..3).filter(|resource| !fits(&with, &std::array::from_fn(|other| bounds[other].filter(|_| other == *resource)))).collect()
}
