//! What projects still cost in a next year, by the plan of their work: on the budget lines that the work or the project names, less what contracts
//! and positions of those lines cost.

use super::distribution::split;
use super::next_year_line::{ProposedLine, ProvenanceKind};
use super::next_year_plan::{Place, Placed, Plan, named, provenance};
use super::year_run::LineRun;
use std::collections::{BTreeMap, HashMap};
use steward_core::ports::work::{ProjectEstimate, WorkEstimate};
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Money};

/// What contracts and positions cost on each line, as far as it is not taken off the cost of a project yet.
struct Counted(HashMap<Id, i64>);

impl Counted {
    fn of(certain: &HashMap<Id, Vec<ProposedLine>>) -> Counted {
        let sum = |lines: &[ProposedLine]| lines.iter().filter_map(|line| line.amount).map(|amount| amount.minor).fold(0, i64::saturating_add);
        Counted(certain.iter().map(|(line, lines)| (*line, sum(lines))).collect())
    }

    /// Takes at most so much of what is counted on a line.
    fn take(&mut self, line: Id, most: i64) -> i64 {
        let Some(left) = self.0.get_mut(&line) else { return 0 };
        let taken = (*left).clamp(0, most.max(0));
        *left -= taken;
        taken
    }
}

/// What projects still cost.
pub fn lines(plan: Plan<'_>, certain: &HashMap<Id, Vec<ProposedLine>>) -> Placed {
    let (mut placed, mut counted) = (Placed::default(), Counted::of(certain));
    for project in &plan.sources.projects {
        let of_project = |run: &&LineRun| plan.sources.purposes.get(&run.line.id).is_some_and(|purpose| purpose.project == Some(project.project));
        let runs: Vec<&LineRun> = plan.sources.lines.iter().filter(of_project).collect();
        let (named, others) = by_line(plan, project);
        for (line, work) in &named {
            let Some(run) = plan.sources.lines.iter().find(|run| run.line.id == *line) else { continue };
            let told = Told::of(plan, work, run.line.currency);
            let taken = counted.take(*line, told.sum());
            let share = told.sum() - taken;
            let is_told = certain.get(line).is_some_and(|lines| !lines.is_empty());
            if share == 0 && is_told && told.amounts.is_some() {
                continue;
            }
            // A line that pays for other things, too, goes on with the rest of what it costs.
            let is_own = runs.iter().any(|own| own.line.id == *line);
            let on = if is_own { &mut placed.of_line } else { &mut placed.beside };
            on.entry(*line).or_default().push(told.line(plan, Some(run), project, taken, share));
        }
        let free = |run: &&&LineRun| !named.contains_key(&run.line.id) && certain.get(&run.line.id).is_none_or(Vec::is_empty);
        let free: Vec<&LineRun> = runs.iter().filter(free).copied().collect();
        if !others.is_empty() || is_ended(plan, project) {
            unnamed(plan, project, &others, (&runs, &free), &mut counted, &mut placed);
        }
    }
    placed
}

/// Whether nothing of a project is left for the year.
fn is_ended(plan: Plan<'_>, project: &ProjectEstimate) -> bool {
    project.is_over || project.ends_on.is_some_and(|ends_on| ends_on < plan.year.span.0)
}

/// The work of a project by the line that pays for it, and the work for which no line of the year before does.
fn by_line<'a>(plan: Plan<'_>, project: &'a ProjectEstimate) -> (BTreeMap<Id, Vec<&'a WorkEstimate>>, Vec<&'a WorkEstimate>) {
    let (mut named, mut others): (BTreeMap<Id, Vec<&WorkEstimate>>, Vec<&WorkEstimate>) = (BTreeMap::new(), Vec::new());
    for work in &project.work {
        match plan.sources.pays(work.budget_line) {
            Some(Some(line)) => named.entry(line).or_default().push(work),
            Some(None) => others.push(work),
            None => {}
        }
    }
    (named, others)
}

/// The work that names no line: on the lines of the project that nothing else tells, in proportion to their budgets, or a line of its own.
fn unnamed(
    plan: Plan<'_>,
    project: &ProjectEstimate,
    work: &[&WorkEstimate],
    (runs, free): (&[&LineRun], &[&LineRun]),
    counted: &mut Counted,
    placed: &mut Placed,
) {
    let budget = plan.sources.budget_of_project(project);
    let own = work.first().map(|work| work.remaining.currency);
    let of_new = budget.map(|budget| budget.currency).or(plan.sources.base).or(own);
    let Some(currency) = free.first().map(|run| run.line.currency).or(of_new) else { return };
    let told = Told::of(plan, work, currency);
    let mut taken = 0;
    for run in runs.iter().filter(|run| run.line.currency == currency) {
        taken += counted.take(run.line.id, told.sum() - taken);
    }
    let left = told.sum() - taken;
    let free: Vec<&LineRun> = free.iter().filter(|run| run.line.currency == currency).copied().collect();
    if free.is_empty() {
        let place = Place { continues: None, scope: budget.map(|budget| budget.scope), category: None, center: None };
        if left > 0 || told.amounts.is_none() {
            placed.new.push(told.at(plan, place, &project.name.0, project, taken, left));
        }
        return;
    }
    let budgets: Vec<i64> = free.iter().map(|run| run.line.budget.max(0)).collect();
    let mut shares = split(left, &budgets);
    if shares.is_empty() {
        shares = (0..free.len()).map(|at| if at == 0 { left } else { 0 }).collect();
    }
    for (run, share) in free.into_iter().zip(shares) {
        placed.of_line.entry(run.line.id).or_default().push(told.line(plan, Some(run), project, taken, share));
    }
}

/// What some work still costs in the year.
struct Told {
    items: usize,
    undated: usize,
    /// By span of the year; none if it cannot be told.
    amounts: Option<Vec<i64>>,
    origin: Option<Money>,
    currency: Currency,
}

impl Told {
    fn of(plan: Plan<'_>, work: &[&WorkEstimate], currency: Currency) -> Told {
        let mut parts: BTreeMap<&str, (Currency, Vec<i64>)> = BTreeMap::new();
        let dated: Vec<(&Currency, &Vec<i64>)> = work.iter().filter_map(|work| Some((&work.remaining.currency, work.amounts.as_ref()?))).collect();
        for (own, amounts) in &dated {
            let (_, sums) = parts.entry(own.code()).or_insert_with(|| (**own, vec![0; plan.year.spans.len()]));
            sums.iter_mut().zip(amounts.iter()).for_each(|(sum, amount)| *sum = sum.saturating_add(*amount));
        }
        let parts: Vec<(Currency, Vec<i64>)> = parts.into_values().collect();
        let known = work.is_empty() || !dated.is_empty();
        let origin = match parts.as_slice() {
            [(own, amounts)] => Some(Money::new(amounts.iter().copied().fold(0, i64::saturating_add), *own)),
            _ => None,
        };
        let amounts = if known { plan.converted(currency, &parts) } else { None };
        Told { items: dated.len(), undated: work.len() - dated.len(), amounts, origin, currency }
    }

    fn sum(&self) -> i64 {
        self.amounts.iter().flatten().copied().fold(0, i64::saturating_add)
    }

    /// A line of the year before at a share of the cost.
    fn line(&self, plan: Plan<'_>, run: Option<&LineRun>, project: &ProjectEstimate, taken: i64, share: i64) -> ProposedLine {
        self.at(plan, plan.place(run), &named(run, &project.name), project, taken, share)
    }

    /// A line somewhere at a share of the cost.
    fn at(&self, plan: Plan<'_>, place: Place, name: &str, project: &ProjectEstimate, taken: i64, share: i64) -> ProposedLine {
        let mut formula = match (self.items, is_ended(plan, project)) {
            (0, true) => "nothing: the project ends before the year".to_owned(),
            (items, _) => format!("budget at completion − earned value of {items} work items, by their working days in the year"),
        };
        if taken > 0 {
            formula.push_str(&format!(" − {} of contracts and positions on its lines", Money::new(taken, self.currency).amount()));
        }
        if self.sum() - taken != share {
            formula.push_str(", shared among its lines by their budgets");
        }
        if self.undated > 0 {
            formula.push_str(&format!("; {} without dates are left out", self.undated));
        }
        let from = provenance(ProvenanceKind::Project, ("projects/projects", project.project), &formula, self.origin);
        let amount = self.amounts.as_ref().map(|_| Money::new(share, self.currency));
        let periods = split(share, self.amounts.as_deref().unwrap_or_default());
        let reason = "The work has no dates, or its currency no budget rate.";
        ProposedLine { amounts: plan.by_period(&periods, self.currency), ..place.line(name, amount, from, reason) }
    }
}
