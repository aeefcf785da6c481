//! A proposed budget for the next year, line by line, each with its provenance.

use super::budget_figures::sighted;
use crate::choice;
use crate::domains::finance::allocation::{
    capacity::{days, share_of_day},
    labor_rate::LaborRate,
};
use crate::domains::finance::budget::{
    budget::Budget,
    budget_line::BudgetLine,
    budget_transfer::BudgetTransfer,
    carry_forward::CarryForward,
    fiscal_year::FiscalYear,
    line_lineage::owners,
    next_year::contract_cost,
    outlook::outlook,
    year_run::{LineRun, lines_of, runs},
};
use crate::domains::finance::investment::forecast::Forecast;
use crate::domains::finance::ledger::{commitment::Commitment, cost_entry::CostEntry};
use crate::domains::finance::rate::exchange_rate::{Year, rates_to};
use crate::ports::books::{self, WorkingWeek};
use crate::ports::contracts::{self, ChargedLine};
use crate::ports::people::{self, FundedPosition};
use crate::resource::value::{PreciseMoney, Text, Title, round_half_away};
use crate::view::IdOf;
use crate::view::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_schema::finance::{budgets, fiscal_years, labor_rates};

/// Parameters of the proposal.
#[derive(Debug, Clone, Deserialize, IntoParams)]
pub struct Query {
    /// Fiscal year to plan.
    #[param(inline)]
    pub fiscal_year_id: Id,
    /// Only budgets of this scope; all if left out.
    #[param(inline)]
    pub scope_id: Option<Id>,
    /// Expected change of price indexes in percent; 0 if left out.
    pub index_percent: Option<f64>,
}

choice! {
    /// Origin of a proposed line.
    pub enum ProvenanceKind {
        /// A line of a contract.
        Contract = "contract",
        /// A position, by its hours and rate.
        Position = "position",
        /// Expected cost of the previous year.
        Outlook = "outlook",
        /// Budget of the previous year.
        Budget = "budget",
    }
}

/// Provenance of a proposed amount.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Provenance {
    /// Kind of provenance.
    pub kind: ProvenanceKind,
    /// Collection of the record.
    pub collection: Text<1, 100>,
    /// Id of the record.
    pub record_id: Text<1, 36>,
    /// Formula of the amount with its numbers.
    pub formula: Text<1, 500>,
}

/// Proposed budget line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProposedLine {
    /// Name of the line.
    pub name: Title,
    /// Line of the previous year that it continues.
    pub continues_line_id: IdOf<BudgetLine>,
    /// Scope of the line's budget.
    pub scope_id: Text<1, 36>,
    /// Proposed amount in the currency of that budget; null if it cannot be determined.
    pub amount: Option<Money>,
    /// Provenance of the amount.
    pub provenance: Provenance,
    /// Missing input; null if there is none.
    pub reason: Option<Text<1, 200>>,
}

/// Proposed budget for a fiscal year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NextYearBudget {
    /// Fiscal year to plan.
    pub fiscal_year_id: IdOf<FiscalYear>,
    /// Previous fiscal year; null if there is none.
    pub previous_year_id: Option<IdOf<FiscalYear>>,
    /// Expected change of price indexes in percent.
    pub index_percent: Figure,
    /// Sums by currency; lines without a determined amount are left out.
    pub total: Vec<Money>,
    /// Lines, in the order of those of the previous year.
    pub data: Vec<ProposedLine>,
}

impl View for NextYearBudget {
    const PATH: &'static str = "finance/next-year-budget";
    const OPERATION_ID: &'static str = "get_next_year_budget";
    const SUMMARY: &'static str = "Propose the budget of the next year";
    const DESCRIPTION: &'static str = "Proposed budget lines for a fiscal year, each with its provenance, from the lines visible to you in the active and closed budgets of the previous year. A line named by contract lines becomes one line for each of these: its charges in the year at the price, adjusted by the index within cap and floor for the indexed share; contracts that renew tacitly continue. \
        A line named by positions becomes one for each: the working hours of the year × FTE × the labour rate of the holder, else of the role, on the first day. Any other line continues at its full-year outlook, or at its budget where it has no cost. Other currencies are converted at the budget rate of the year.";
    const FORMULA: &'static str = "contract: charges · quantity · unit_price · (1 + clamp(index, floor, cap) · (1 − fixed share)); position: working hours · fte · hourly rate; else full_year_outlook, or budget";
    type Reads = (
        FiscalYear,
        Budget,
        BudgetLine,
        IfPermitted<BudgetTransfer>,
        IfPermitted<Commitment>,
        IfPermitted<CostEntry>,
        IfPermitted<CarryForward>,
        IfPermitted<Forecast>,
        IfPermitted<LaborRate>,
    );
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let (_, year) = cx.get_typed::<FiscalYear>(query.fiscal_year_id)?;
        let index = query.index_percent.unwrap_or(0.0);
        let percent = Decimal::try_from(index).map_err(|_| Problem::bad_request("index_percent is a number."))?;
        let before = fiscal_years::table.filter(fiscal_years::ends_on.lt(year.starts_on)).order(fiscal_years::ends_on.desc());
        let previous: Option<Id> = before.select(fiscal_years::id).first(cx.unscoped("fiscal years are shared")).optional()?;
        let planned = Planned { span: (year.starts_on, year.ends_on), percent };
        let data = match previous {
            Some(previous) => planned.lines(cx, previous, query.scope_id)?,
            None => Vec::new(),
        };
        let mut total: Vec<Money> = Vec::new();
        for amount in data.iter().filter_map(|line| line.amount) {
            match total.iter_mut().find(|sum| sum.currency == amount.currency) {
                Some(sum) => sum.minor = sum.minor.saturating_add(amount.minor),
                None => total.push(amount),
            }
        }
        let previous_year_id = previous.map(IdOf::from);
        Ok(NextYearBudget { fiscal_year_id: query.fiscal_year_id.into(), previous_year_id, index_percent: Figure(Some(index)), total, data })
    }
}

/// The year that is planned.
struct Planned {
    span: Year,
    percent: Decimal,
}

/// What the lines of the year before are asked about.
struct Sources {
    charged: HashMap<Id, Vec<ChargedLine>>,
    positions: HashMap<Id, Vec<FundedPosition>>,
    rates: HashMap<Id, PreciseMoney>,
    week: WorkingWeek,
    scopes: HashMap<Id, Id>,
    exchange: HashMap<&'static str, HashMap<&'static str, Decimal>>,
}

impl Planned {
    fn lines(&self, cx: &mut Context<'_, '_>, previous: Id, scope: Option<Id>) -> Result<Vec<ProposedLine>> {
        let (seen_budgets, seen) = (cx.sees::<Budget>()?, cx.sees::<BudgetLine>()?);
        let of_year = budgets::table.filter(budgets::fiscal_year_id.eq(previous).and(budgets::state.eq_any(["active", "closed"])));
        let found: Vec<(Id, Id)> =
            of_year.filter(seen_budgets.clone()).order(budgets::id).select((budgets::id, budgets::scope_id)).load(cx.within(&seen_budgets))?;
        let scopes: HashMap<Id, Id> = found.into_iter().filter(|(_, of)| scope.is_none_or(|scope| scope == *of)).collect();
        let mut ids: Vec<Id> = scopes.keys().copied().collect();
        ids.sort_unstable();
        let own = sighted(cx, None)?;
        let rows = lines_of(cx.within(&seen), &ids, &seen)?;
        let (found, _) = runs(cx.within(&seen), rows, &own.sight())?;
        let sources = self.sources(cx, &found, scopes)?;
        Ok(found.iter().flat_map(|run| self.proposed(run, &sources)).collect())
    }

    fn sources(&self, cx: &mut Context<'_, '_>, found: &[LineRun], scopes: HashMap<Id, Id>) -> Result<Sources> {
        let lines: Vec<_> = found.iter().map(|run| run.line).collect();
        let versions = owners(cx.unscoped("the versions of lines in sight"), &lines)?;
        let (first, last) = self.span;
        let charged = cx.ask(|check| contracts::charged(check, last))?;
        let ids: Vec<Id> = charged.iter().map(|line| line.id).collect();
        let visible = cx.titles("vendors/contract-lines", &ids)?;
        let of_line = |line: &ChargedLine| versions.get(&line.budget_line?).copied().filter(|_| visible.contains_key(&line.id));
        let charged = grouped(charged.into_iter().filter_map(|line| Some((of_line(&line)?, line))));
        let positions = cx.ask(people::funded_positions)?;
        let ids: Vec<Id> = positions.iter().map(|position| position.id).collect();
        let visible = cx.titles("teams/positions", &ids)?;
        let of_line = |position: &FundedPosition| versions.get(&position.budget_line).copied().filter(|_| visible.contains_key(&position.id));
        let positions = grouped(positions.into_iter().filter_map(|position| Some((of_line(&position)?, position))));
        let mut exchange = HashMap::new();
        for run in found {
            let to = run.line.currency;
            if !exchange.contains_key(to.code()) {
                exchange.insert(to.code(), rates_to(cx.unscoped("exchange rates are shared"), to, Some(self.span), first)?);
            }
        }
        let rates = rates(cx, first)?;
        Ok(Sources { charged, positions, rates, week: cx.ask(books::working_week)?, scopes, exchange })
    }

    /// What a line becomes.
    fn proposed(&self, run: &LineRun, sources: &Sources) -> Vec<ProposedLine> {
        let scope = sources.scopes.get(&run.budget).map(ToString::to_string).unwrap_or_default();
        let line = |name: &str, amount: Option<Money>, provenance: Provenance, reason: &str| ProposedLine {
            name: Title::cut(name),
            continues_line_id: run.line.id.into(),
            scope_id: Text::cut(&scope),
            amount,
            reason: amount.is_none().then(|| Text::cut(reason)),
            provenance,
        };
        let mut lines: Vec<ProposedLine> = Vec::new();
        for charged in sources.charged.get(&run.line.id).into_iter().flatten() {
            let (amount, provenance) = self.of_contract(run, charged, sources);
            lines.push(line(&format!("{}: {}", run.name.0, charged.title.0), amount, provenance, "A budget rate of the price's currency is missing."));
        }
        for position in sources.positions.get(&run.line.id).into_iter().flatten() {
            let (amount, provenance) = self.of_position(run, position, sources);
            lines.push(line(
                &format!("{}: {}", run.name.0, position.title.0),
                amount,
                provenance,
                "The holder and the role have no labour rate, or its currency no budget rate.",
            ));
        }
        if lines.is_empty() {
            let (amount, provenance) = of_year_before(run);
            lines.push(line(&run.name.0, amount, provenance, "An exchange rate of what is promised is missing."));
        }
        lines
    }

    fn of_contract(&self, run: &LineRun, charged: &ChargedLine, sources: &Sources) -> (Option<Money>, Provenance) {
        let cost = contract_cost(charged, self.percent, self.span.0, self.span.1);
        let price = charged.unit_price;
        let amount = cost.and_then(|(_, _, amount)| sources.money(run, price.currency, amount));
        let (count, change) = cost.map_or((0, Decimal::ZERO), |(count, change, _)| (count, change.normalize()));
        let formula = format!("{count} charges · {} · {} {} · (1 + {change} %)", charged.quantity, price.amount, price.currency.code());
        (amount, provenance(ProvenanceKind::Contract, "vendors/contract-lines", charged.id, &formula))
    }

    fn of_position(&self, run: &LineRun, position: &FundedPosition, sources: &Sources) -> (Option<Money>, Provenance) {
        let first = position.starts_on.map_or(self.span.0, |day| day.max(self.span.0));
        let last = position.ends_on.map_or(self.span.1, |day| day.min(self.span.1));
        let whole: f64 = sources.week.hours.iter().sum();
        let hours: f64 = days(first, last.plus_days(1)).map(|day| share_of_day(&sources.week, day) * whole).sum();
        let worked = Decimal::try_from(hours * position.fte).unwrap_or_default().round_dp(6);
        let rate = position.holder.and_then(|holder| sources.rates.get(&holder)).or_else(|| sources.rates.get(&position.role_profile));
        let amount = rate.and_then(|rate| sources.money(run, rate.currency, rate.amount.0.checked_mul(worked)?));
        // The rate itself may be hidden from who reads the proposal.
        let formula = format!("{hours} working hours · {} FTE · hourly rate of {first}", position.fte);
        (amount, provenance(ProvenanceKind::Position, "teams/positions", position.id, &formula))
    }
}

impl Sources {
    /// An amount in the currency of a line, rounded once; none without a rate.
    fn money(&self, run: &LineRun, from: Currency, amount: Decimal) -> Option<Money> {
        let to = run.line.currency;
        let rate = if from == to { Decimal::ONE } else { *self.exchange.get(to.code())?.get(from.code())? };
        let mut rounded = round_half_away(amount.checked_mul(rate)?, to.scale());
        rounded.rescale(to.scale());
        i64::try_from(rounded.mantissa()).ok().map(|minor| Money::new(minor, to))
    }
}

fn provenance(kind: ProvenanceKind, collection: &str, record: Id, formula: &str) -> Provenance {
    Provenance { kind, collection: Text::cut(collection), record_id: Text::cut(&record.to_string()), formula: Text::cut(formula) }
}

/// What a line goes on at: what its year is going to cost, or its budget where it has cost nothing.
fn of_year_before(run: &LineRun) -> (Option<Money>, Provenance) {
    let told = outlook(&run.periods, run.unassigned, run.position.available());
    let money = |minor: i64| Money::new(minor, run.line.currency);
    let record = |kind, formula: &str| provenance(kind, "finance/budget-lines", run.line.id, formula);
    match told.full_year_outlook {
        None if !run.periods.is_empty() => (None, record(ProvenanceKind::Outlook, "full-year outlook")),
        Some(cost) if cost > 0 => (Some(money(cost)), record(ProvenanceKind::Outlook, "full-year outlook")),
        _ => (Some(money(run.line.budget)), record(ProvenanceKind::Budget, "budget of the year before")),
    }
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
