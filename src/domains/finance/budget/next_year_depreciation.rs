//! What a next year loses of the value of assets: a line for each cost category and cost center, as depreciation is booked.

use super::next_year_line::{ProposedLine, ProvenanceKind};
use super::next_year_plan::{Place, Placed, Plan, provenance};
use super::year_run::LineRun;
use std::collections::BTreeMap;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Money};

/// The assets of a category and cost center.
struct Group {
    asset: Id,
    category: Option<Id>,
    center: Option<Id>,
    currency: Currency,
    amounts: Vec<i64>,
    assets: i64,
    unknown: i64,
}

/// A line for each cost category and cost center. Depreciation is booked on no budget line, so it continues a line of the same category and cost
/// center that was planned and bought nothing; else it is a new one.
pub fn lines(plan: Plan<'_>, is_idle: impl Fn(&Id) -> bool) -> Placed {
    let mut placed = Placed::default();
    for group in groups(plan) {
        let run = plan.sources.lines.iter().find(|run| is_idle(&run.line.id) && fits(plan, run, &group));
        let line = line(plan, run, &group);
        match run {
            Some(run) => placed.of_line.entry(run.line.id).or_default().push(line),
            None => placed.new.push(line),
        }
    }
    placed
}

fn groups(plan: Plan<'_>) -> Vec<Group> {
    let mut groups: BTreeMap<(Option<Id>, Option<Id>, &str), Group> = BTreeMap::new();
    for each in &plan.sources.depreciation {
        let (category, center, currency) = (each.cost_category, each.cost_center, each.currency);
        let group = groups.entry((category, center, currency.code())).or_insert_with(|| {
            let amounts = vec![0; plan.year.spans.len()];
            Group { asset: each.asset, category, center, currency, amounts, assets: 0, unknown: 0 }
        });
        match &each.amounts {
            Some(amounts) => {
                group.assets += 1;
                group.amounts.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum = sum.saturating_add(*amount));
            }
            None => group.unknown += 1,
        }
    }
    groups.into_values().collect()
}

/// Whether a line of the year before planned the depreciation of a group: nothing was booked or promised on it, and it names nothing that is bought.
fn fits(plan: Plan<'_>, run: &LineRun, group: &Group) -> bool {
    let unspent = run.position.actual == 0 && run.position.open_commitments == Some(0);
    let purpose = plan.sources.purposes.get(&run.line.id);
    unspent && purpose.is_some_and(|purpose| Some(purpose.category) == group.category && purpose.center == group.center && purpose.buys_nothing())
}

fn line(plan: Plan<'_>, run: Option<&LineRun>, group: &Group) -> ProposedLine {
    let budget = group.center.and_then(|center| plan.sources.scope_of_center(center));
    let base = plan.sources.base.unwrap_or(group.currency);
    let new = Place { continues: None, scope: budget.map(|budget| budget.scope), category: group.category, center: group.center };
    let place = run.map_or(new, |run| plan.place(Some(run)));
    let currency = run.map(|run| run.line.currency).or(budget.map(|budget| budget.currency)).unwrap_or(base);
    let known = (group.assets > 0).then_some(());
    let amounts = known.and_then(|()| plan.converted(currency, &[(group.currency, group.amounts.clone())]));
    let sum = |amounts: &[i64]| amounts.iter().copied().fold(0, i64::saturating_add);
    let amount = amounts.as_ref().map(|amounts| Money::new(sum(amounts), currency));
    let (first, last) = plan.year.span;
    let mut formula = format!("depreciation of {} assets from {first} to {last}", group.assets);
    if group.unknown > 0 {
        formula.push_str(&format!("; {} whose depreciation cannot be told are left out", group.unknown));
    }
    let record = match (group.category, group.center) {
        (Some(category), _) => ("finance/cost-categories", category),
        (None, Some(center)) => ("finance/cost-centers", center),
        (None, None) => ("infrastructure/assets", group.asset),
    };
    let from = provenance(ProvenanceKind::Depreciation, record, &formula, known.map(|()| Money::new(sum(&group.amounts), group.currency)));
    let category = group.category.and_then(|category| plan.sources.categories.get(&category));
    let name = match (run, category) {
        (Some(run), _) => run.name.0.clone(),
        (None, Some(category)) => format!("Depreciation: {}", category.0),
        (None, None) => "Depreciation".to_owned(),
    };
    let reason = "The depreciation of its assets cannot be told, or their currency has no budget rate.";
    ProposedLine { amounts: plan.by_period(amounts.as_deref().unwrap_or_default(), currency), ..place.line(&name, amount, from, reason) }
}
