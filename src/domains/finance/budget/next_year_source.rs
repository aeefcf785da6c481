//! What a next year is planned from: the lines of the year before, and what contracts, licences, positions, assets and projects say of them.

use super::budget::Budget;
use super::budget_line::BudgetLine;
use super::fiscal_year::FiscalYear;
use super::line_lineage::owners;
use super::next_year::{charges, renewals};
use super::regular_period;
use super::year_run::{LineRun, lines_of, runs};
use crate::allocation::labor_rate::LaborRate;
use crate::budget::figures::budget_figures::sighted;
use crate::rate::exchange_rate::{Year, rates_to};
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};
use steward_core::ports::books::{self, WorkingWeek};
use steward_core::ports::contracts::{self, ChargedLine};
use steward_core::ports::estate::{self, AssetDepreciation, LicenceNeed};
use steward_core::ports::people::{self, FundedPosition};
use steward_core::ports::work::{self, ProjectEstimate};
use steward_core::resource::value::{Precise, PreciseMoney, Title, round_half_away};
use steward_core::view::prelude::*;
use steward_schema::finance::{budget_lines, budgets, commitments, cost_centers, fiscal_periods, labor_rates};

/// The year that is planned.
#[derive(Debug)]
pub struct Planned {
    /// The fiscal year.
    pub id: Id,
    /// Its first and last day.
    pub span: Year,
    /// The numbers of its regular periods; empty where it has none yet.
    pub numbers: Vec<i64>,
    /// The first and last day of each of them; the whole year where it has none.
    pub spans: Vec<Year>,
    /// The expected change of price indexes in percent.
    pub index_percent: Decimal,
}

impl Planned {
    /// A fiscal year, with its periods.
    pub fn of(cx: &mut Context<'_, '_>, id: Id, year: &FiscalYear, index_percent: Decimal) -> Result<Planned> {
        let span = (year.starts_on, year.ends_on);
        let periods = cx.ask(|check| regular_period::of_years(check, &[id]))?;
        let numbers: HashMap<Id, i64> = fiscal_periods::table
            .filter(fiscal_periods::fiscal_year_id.eq(id))
            .select((fiscal_periods::id, fiscal_periods::number))
            .load::<(Id, i64)>(cx.unscoped("fiscal periods are shared"))?
            .into_iter()
            .collect();
        let spans: Vec<Year> = periods.iter().map(|period| (period.starts_on, period.ends_on)).collect();
        let numbers = periods.iter().filter_map(|period| numbers.get(&period.id).copied()).collect();
        Ok(Planned { id, span, numbers, spans: if spans.is_empty() { vec![span] } else { spans }, index_percent })
    }
}

/// What a budget of the year before is for.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Scoped {
    id: Id,
    /// Its scope.
    pub scope: Id,
    /// Its currency.
    pub currency: Currency,
}

/// What a line of the year before is for.
#[derive(Debug, Clone, Queryable)]
pub struct Purpose {
    id: Id,
    /// Cost category.
    pub category: Id,
    /// Cost center; that of the scope of its budget if the line names none.
    pub center: Option<Id>,
    contract: Option<Id>,
    vendor: Option<Id>,
    /// The project that it pays for.
    pub project: Option<Id>,
    initiative: Option<Id>,
    quantity: Option<Precise>,
}

impl Purpose {
    /// True if it may be for depreciation: it buys nothing that it names.
    pub fn buys_nothing(&self) -> bool {
        self.contract.is_none() && self.vendor.is_none() && self.project.is_none() && self.initiative.is_none() && self.quantity.is_none()
    }
}

/// A licence of which something is to be bought in the year.
#[derive(Debug, Clone)]
pub struct NeededLicense {
    /// The licence.
    pub need: LicenceNeed,
    /// How often its term begins anew in the year; 0 where its contract is charged in the year.
    pub renewals: i64,
}

/// What the lines of the year before are asked about. What no line of that year pays for stands under none.
pub struct Sources {
    /// The lines, in order.
    pub lines: Vec<LineRun>,
    /// What each of them is for.
    pub purposes: HashMap<Id, Purpose>,
    /// The budgets of the year before.
    pub budgets: HashMap<Id, Scoped>,
    /// Lines of contracts, by budget line.
    pub charged: HashMap<Option<Id>, Vec<ChargedLine>>,
    /// Positions, by budget line.
    pub positions: HashMap<Option<Id>, Vec<FundedPosition>>,
    /// Licences, by budget line.
    pub licenses: HashMap<Option<Id>, Vec<NeededLicense>>,
    /// Assets that lose value in the year, in order of their ids.
    pub depreciation: Vec<AssetDepreciation>,
    /// Projects.
    pub projects: Vec<ProjectEstimate>,
    /// Names of cost categories.
    pub categories: HashMap<Id, Title>,
    /// Labour rates of the first day, by person and role.
    pub rates: HashMap<Id, PreciseMoney>,
    /// The working week.
    pub week: WorkingWeek,
    /// The currency of the books.
    pub base: Option<Currency>,
    owners: Owners,
    exchange: HashMap<&'static str, HashMap<&'static str, Decimal>>,
}

/// To which line of the year before in sight others belong.
struct Owners {
    of: HashMap<Id, Id>,
    out_of_sight: HashSet<Id>,
    /// The lines of the planned year: what names one of them is planned already.
    planned: HashSet<Id>,
}

impl Owners {
    /// The line that pays: none where no line of the year before does. Nothing where it does, out of sight.
    fn pays(&self, line: Option<Id>) -> Option<Option<Id>> {
        let Some(line) = line else { return Some(None) };
        let owner = self.of.get(&line).copied();
        (owner.is_some() || !self.out_of_sight.contains(&line)).then_some(owner)
    }

    /// Whether it is planned already, by a line of the planned year.
    fn is_planned(&self, line: Option<Id>) -> bool {
        line.is_some_and(|line| self.planned.contains(&line))
    }
}

impl Sources {
    /// What a year is planned from, of what the caller may see.
    pub fn of(cx: &mut Context<'_, '_>, previous: Id, planned: &Planned) -> Result<Sources> {
        let budgets = budgets_of(cx, previous)?;
        let mut ids: Vec<Id> = budgets.keys().copied().collect();
        ids.sort_unstable();
        let (seen, own) = (cx.sees::<BudgetLine>()?, sighted(cx, None)?);
        let rows = lines_of(cx.within(&seen), &ids, &seen)?;
        let (lines, _) = runs(cx.within(&seen), rows, &own.sight())?;
        let purposes = purposes(cx, &lines, &budgets)?;
        let owners = owners_of(cx, previous, planned.id, &lines)?;
        let all = cx.ask(|check| contracts::charged(check, planned.span.1))?;
        let paying = Paying::of(&lines, &purposes);
        let (first, last) = planned.span;
        let running: HashSet<Id> = all.iter().filter(|line| charges(line, first, last) > 0).map(|line| line.contract).collect();
        let licenses = licenses(cx, planned, &owners, &paying, &running)?;
        let base = cx.ask(books::base_currency)?;
        let mut exchange = HashMap::new();
        for to in lines.iter().map(|run| run.line.currency).chain(base) {
            if !exchange.contains_key(to.code()) {
                exchange.insert(to.code(), rates_to(cx.unscoped("exchange rates are shared"), to, Some(planned.span), planned.span.0)?);
            }
        }
        let depreciation = depreciation(cx, planned)?;
        let categories: Vec<Id> = depreciation.iter().filter_map(|each| each.cost_category).collect::<HashSet<_>>().into_iter().collect();
        Ok(Sources {
            charged: charged(cx, all, &owners, &paying)?,
            positions: positions(cx, &owners)?,
            projects: projects(cx, planned)?,
            categories: cx.titles("finance/cost-categories", &categories)?,
            rates: rates(cx, planned.span.0)?,
            week: cx.ask(books::working_week)?,
            lines,
            purposes,
            budgets,
            licenses,
            depreciation,
            base,
            owners,
            exchange,
        })
    }

    /// An amount in another currency, rounded once; none without a rate.
    pub fn money(&self, to: Currency, from: Currency, amount: Decimal) -> Option<Money> {
        let rate = if from == to { Decimal::ONE } else { *self.exchange.get(to.code())?.get(from.code())? };
        let mut rounded = round_half_away(amount.checked_mul(rate)?, to.scale());
        rounded.rescale(to.scale());
        i64::try_from(rounded.mantissa()).ok().map(|minor| Money::new(minor, to))
    }

    /// The line of the year before that pays for what names a line: none where no line of that year does. Nothing where it does, out of sight.
    pub fn pays(&self, line: Option<Id>) -> Option<Option<Id>> {
        self.owners.pays(line)
    }

    /// The scope whose budget pays for a cost center in the year before: its own, else that of the first line for it.
    pub fn scope_of_center(&self, center: Id) -> Option<Scoped> {
        let own = self.budgets.values().filter(|budget| budget.scope == center).min_by_key(|budget| budget.id);
        let line = || self.lines.iter().find(|run| self.purposes.get(&run.line.id).is_some_and(|purpose| purpose.center == Some(center)));
        own.copied().or_else(|| self.budgets.get(&line()?.budget).copied())
    }

    /// The budget of the year before that pays for a project: the one that it names, else one of its scope or that of its initiative.
    pub fn budget_of_project(&self, project: &ProjectEstimate) -> Option<Scoped> {
        let named = project.budget.and_then(|budget| self.budgets.get(&budget).copied());
        let of_scope = |scope: Id| self.budgets.values().filter(|budget| budget.scope == scope).min_by_key(|budget| budget.id).copied();
        named.or_else(|| of_scope(project.project)).or_else(|| of_scope(project.initiative?))
    }
}

/// The active and closed budgets of a year that are in sight.
fn budgets_of(cx: &mut Context<'_, '_>, year: Id) -> Result<HashMap<Id, Scoped>> {
    let seen = cx.sees::<Budget>()?;
    let of_year = budgets::table.filter(budgets::fiscal_year_id.eq(year).and(budgets::state.eq_any(["active", "closed"]))).filter(seen.clone());
    let rows: Vec<Scoped> = of_year.select((budgets::id, budgets::scope_id, budgets::currency)).load(cx.within(&seen))?;
    Ok(rows.into_iter().map(|budget| (budget.id, budget)).collect())
}

fn purposes(cx: &mut Context<'_, '_>, lines: &[LineRun], budgets: &HashMap<Id, Scoped>) -> Result<HashMap<Id, Purpose>> {
    let scopes: HashMap<Id, Id> = lines.iter().filter_map(|run| Some((run.line.id, budgets.get(&run.budget)?.scope))).collect();
    let ids: Vec<Id> = lines.iter().map(|run| run.line.id).collect();
    let unique: Vec<Id> = scopes.values().copied().collect::<HashSet<_>>().into_iter().collect();
    let of_scopes = cost_centers::table.filter(cost_centers::id.eq_any(&unique)).select(cost_centers::id);
    let centers: HashSet<Id> = of_scopes.load::<Id>(cx.unscoped("whether a scope is a cost center"))?.into_iter().collect();
    let mut purposes = HashMap::new();
    for chunk in ids.chunks(steward_core::database::CHUNK) {
        let rows: Vec<Purpose> = budget_lines::table
            .filter(budget_lines::id.eq_any(chunk))
            .select((
                budget_lines::id,
                budget_lines::cost_category_id,
                budget_lines::cost_center_id,
                budget_lines::contract_id,
                budget_lines::vendor_id,
                budget_lines::project_id,
                budget_lines::initiative_id,
                (budget_lines::quantity_units, budget_lines::quantity_pico),
            ))
            .load(cx.unscoped("what lines in sight are for"))?;
        for mut row in rows {
            row.center = row.center.or_else(|| scopes.get(&row.id).copied().filter(|scope| centers.contains(scope)));
            purposes.insert(row.id, row);
        }
    }
    Ok(purposes)
}

fn owners_of(cx: &mut Context<'_, '_>, year: Id, planned: Id, lines: &[LineRun]) -> Result<Owners> {
    let plain: Vec<_> = lines.iter().map(|run| run.line).collect();
    let of = owners(cx.unscoped("the versions of lines in sight"), &plain)?;
    let of_year = budgets::table.filter(budgets::fiscal_year_id.eq(year).and(budgets::state.eq_any(["active", "closed"])));
    let all: Vec<Id> = budget_lines::table
        .filter(budget_lines::budget_id.eq_any(of_year.select(budgets::id)))
        .select(budget_lines::id)
        .load(cx.unscoped("only to leave out what lines out of sight pay for"))?;
    let out_of_sight = all.into_iter().filter(|line| !of.contains_key(line)).collect();
    let of_planned = budgets::table.filter(budgets::fiscal_year_id.eq(planned)).select(budgets::id);
    let lines = budget_lines::table.filter(budget_lines::budget_id.eq_any(of_planned)).select(budget_lines::id);
    let planned: Vec<Id> = lines.load(cx.unscoped("only to leave out what is planned already"))?;
    Ok(Owners { of, out_of_sight, planned: planned.into_iter().collect() })
}

/// The first line that names each contract and each vendor.
struct Paying {
    contracts: HashMap<Id, Id>,
    vendors: HashMap<Id, Id>,
}

impl Paying {
    fn of(lines: &[LineRun], purposes: &HashMap<Id, Purpose>) -> Paying {
        let mut paying = Paying { contracts: HashMap::new(), vendors: HashMap::new() };
        for purpose in lines.iter().filter_map(|run| purposes.get(&run.line.id)) {
            match (purpose.contract, purpose.vendor) {
                (Some(contract), _) => drop(paying.contracts.entry(contract).or_insert(purpose.id)),
                (None, Some(vendor)) => drop(paying.vendors.entry(vendor).or_insert(purpose.id)),
                (None, None) => {}
            }
        }
        paying
    }
}

/// Lines of contracts in sight, by the line that they name, else by the first that names their contract.
fn charged(cx: &mut Context<'_, '_>, all: Vec<ChargedLine>, owners: &Owners, paying: &Paying) -> Result<HashMap<Option<Id>, Vec<ChargedLine>>> {
    let ids: Vec<Id> = all.iter().map(|line| line.id).collect();
    let visible = cx.titles("vendors/contract-lines", &ids)?;
    let placed = all.into_iter().filter(|line| visible.contains_key(&line.id)).filter_map(|line| {
        let owner = owners.pays(line.budget_line)?.or_else(|| paying.contracts.get(&line.contract).copied());
        (owner.is_some() || !owners.is_planned(line.budget_line)).then_some((owner, line))
    });
    Ok(grouped(placed))
}

/// Positions in sight, by the line that pays for them.
fn positions(cx: &mut Context<'_, '_>, owners: &Owners) -> Result<HashMap<Option<Id>, Vec<FundedPosition>>> {
    let all = cx.ask(people::funded_positions)?;
    let ids: Vec<Id> = all.iter().map(|position| position.id).collect();
    let visible = cx.titles("teams/positions", &ids)?;
    let seen = all.into_iter().filter(|position| visible.contains_key(&position.id));
    let unplanned = seen.filter(|position| !owners.is_planned(Some(position.budget_line)));
    Ok(grouped(unplanned.filter_map(|position| Some((owners.pays(Some(position.budget_line))?, position)))))
}

/// Licences in sight, by the line that pays: the one that names their contract, that their order was committed on, or that names their vendor and
/// no contract.
fn licenses(
    cx: &mut Context<'_, '_>,
    planned: &Planned,
    owners: &Owners,
    paying: &Paying,
    running: &HashSet<Id>,
) -> Result<HashMap<Option<Id>, Vec<NeededLicense>>> {
    let today = cx.today();
    let all = cx.ask(|check| estate::licence_needs(check, today))?;
    let ids: Vec<Id> = all.iter().map(|need| need.id).collect();
    let visible = cx.titles("infrastructure/licenses", &ids)?;
    let orders: Vec<Id> = all.iter().filter_map(|need| need.order_line).collect();
    let mut ordered: HashMap<Id, Id> = HashMap::new();
    for chunk in orders.chunks(steward_core::database::CHUNK) {
        let query = commitments::table.filter(commitments::source_id.eq_any(chunk)).order(commitments::id);
        let rows: Vec<(Id, Id)> = query.select((commitments::source_id, commitments::budget_line_id)).load(cx.unscoped("which line of those in sight pays"))?;
        ordered.extend(rows);
    }
    let placed = all.into_iter().filter(|need| visible.contains_key(&need.id)).filter_map(|need| {
        let by_contract = need.contract.and_then(|contract| paying.contracts.get(&contract).copied());
        let by_order = owners.pays(need.order_line.and_then(|line| ordered.get(&line).copied()))?;
        let by_vendor = need.vendor.and_then(|vendor| paying.vendors.get(&vendor).copied());
        let is_charged = need.contract.is_some_and(|contract| running.contains(&contract));
        let renewals = if is_charged { 0 } else { renewals(need.starts_on, need.ends_on, planned.span.0, planned.span.1) };
        Some((by_contract.or(by_order).or(by_vendor), NeededLicense { need, renewals }))
    });
    Ok(grouped(placed))
}

/// The assets in sight that lose value in the year.
fn depreciation(cx: &mut Context<'_, '_>, planned: &Planned) -> Result<Vec<AssetDepreciation>> {
    let all = cx.ask(|check| estate::depreciation(check, &planned.spans))?;
    let ids: Vec<Id> = all.iter().map(|each| each.asset).collect();
    let visible = cx.titles("infrastructure/assets", &ids)?;
    Ok(all.into_iter().filter(|each| visible.contains_key(&each.asset)).collect())
}

/// The projects in sight, with their work in sight.
fn projects(cx: &mut Context<'_, '_>, planned: &Planned) -> Result<Vec<ProjectEstimate>> {
    let mut all = cx.ask(|check| work::estimates(check, &planned.spans))?;
    let ids: Vec<Id> = all.iter().map(|each| each.project).collect();
    let visible = cx.titles("projects/projects", &ids)?;
    all.retain(|each| visible.contains_key(&each.project));
    let items: Vec<Id> = all.iter().flat_map(|each| each.work.iter().map(|work| work.work_item)).collect();
    let visible = cx.titles("projects/work-items", &items)?;
    for project in &mut all {
        project.work.retain(|work| visible.contains_key(&work.work_item));
    }
    Ok(all)
}

/// The labour rates in sight of a day, by person and role.
fn rates(cx: &mut Context<'_, '_>, day: Date) -> Result<HashMap<Id, PreciseMoney>> {
    let seen = cx.sees::<LaborRate>()?;
    if seen.is_nothing() {
        return Ok(HashMap::new());
    }
    let rate = (labor_rates::hourly_rate_units, labor_rates::hourly_rate_pico, labor_rates::hourly_rate_currency);
    let rows: Vec<(Id, PreciseMoney)> = labor_rates::table
        .filter(labor_rates::starts_on.le(day).and(labor_rates::ends_on.is_null().or(labor_rates::ends_on.ge(day))))
        .filter(seen.clone())
        .order(labor_rates::starts_on)
        .select((labor_rates::subject_id, rate))
        .load(cx.within(&seen))?;
    Ok(rows.into_iter().collect())
}
