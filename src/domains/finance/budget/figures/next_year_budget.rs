//! A proposed budget for the next year, line by line, each with its provenance.

use crate::allocation::labor_rate::LaborRate;
use crate::budget::{
    budget::Budget,
    budget_line::BudgetLine,
    budget_transfer::BudgetTransfer,
    carry_forward::CarryForward,
    fiscal_year::FiscalYear,
    next_year_line::ProposedLine,
    next_year_proposal::propose,
    next_year_source::{Planned, Sources},
};
use crate::investment::forecast::Forecast;
use crate::ledger::{commitment::Commitment, cost_entry::CostEntry};
use rust_decimal::Decimal;
use steward_core::view::prelude::*;
use steward_schema::finance::fiscal_years;

/// Parameters of the proposal.
#[derive(Debug, Clone, Deserialize, IntoParams)]
pub struct Query {
    /// Fiscal year to plan.
    #[param(inline)]
    pub fiscal_year_id: IdOf<FiscalYear>,
    /// Only budgets of this scope; all if left out.
    #[param(inline)]
    pub scope_id: Option<Id>,
    /// Expected change of price indexes in percent; 0 if left out.
    pub index_percent: Option<f64>,
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
    /// Lines, in the order of those of the previous year, then new ones.
    pub data: Vec<ProposedLine>,
}

impl View for NextYearBudget {
    const PATH: &'static str = "finance/next-year-budget";
    const OPERATION_ID: &'static str = "get_next_year_budget";
    const SUMMARY: &'static str = "Propose the budget of the next year";
    const DESCRIPTION: &'static str = "Proposed budget lines for a fiscal year, each with its provenance, from the lines visible to you in the active and closed budgets of the previous year; costs that none of these pays are new lines. Each cost counts once. \
        A contract line becomes a line on the budget line that it names, else on one that names its contract: its charges in the year at the price, adjusted by the index within cap and floor for the indexed share; contracts that renew tacitly continue. \
        A position becomes a line on its budget line: the working hours of the year × FTE × the labour rate of the holder, else of the role, on the first day. \
        A project becomes a line on the budget lines that its work names, which go on with the rest of their outlook where they are not its own, else on its own ones in proportion to their budgets: the budget at completion less what is earned, by the working days that fall into the year, less what contracts and positions on those lines cost; a project that ends before the year costs nothing. \
        Depreciation becomes a line for each cost category and cost center: it continues a line of both on which nothing was booked and that names nothing to be bought. \
        A licence whose term begins anew in the year becomes a line at its unit cost, unless its contract is charged in the year: all of it if it renews by itself, else what is in use. What is in use beyond the licences of a product and metric is bought in addition. \
        Any other line continues at its full-year outlook, or at its budget where it has no cost, less the licences that are renewed on it and the work of projects that names it. Other currencies are converted at the budget rate of the year.";
    const FORMULA: &'static str = "contract: charges · quantity · unit_price · (1 + clamp(index, floor, cap) · (1 − fixed share)); position: working hours · fte · hourly rate; project: Σ (BAC − EV) · working days in the year ÷ working days left; depreciation: Σ written off in the year; license_renewal: renewals · quantity (or in use) · unit_cost; license_purchase: max(renewals, 1) · over_used · unit_cost; else full_year_outlook, or budget";
    const SOURCE: &'static str = "PMBOK Guide, 6th edition, 7.4.2.3 (estimate to complete); ISO/IEC 19770-1 (licence position)";
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
        let (_, year) = cx.get_typed::<FiscalYear>(query.fiscal_year_id.id)?;
        let index = query.index_percent.unwrap_or(0.0);
        let percent = Decimal::try_from(index).map_err(|_| Problem::bad_request("index_percent is a number."))?;
        let before = fiscal_years::table.filter(fiscal_years::ends_on.lt(year.starts_on)).order(fiscal_years::ends_on.desc());
        let previous: Option<Id> = before.select(fiscal_years::id).first(cx.unscoped("fiscal years are shared")).optional()?;
        let mut data = Vec::new();
        if let Some(previous) = previous {
            let planned = Planned::of(cx, query.fiscal_year_id.id, &year, percent)?;
            data = propose(&planned, &Sources::of(cx, previous, &planned)?);
        }
        if let Some(scope) = query.scope_id.map(|scope| scope.to_string()) {
            data.retain(|line| line.scope_id.as_ref().is_some_and(|of| of.0 == scope));
        }
        let mut total: Vec<Money> = Vec::new();
        for amount in data.iter().filter_map(|line| line.amount) {
            match total.iter_mut().find(|sum| sum.currency == amount.currency) {
                Some(sum) => sum.minor = sum.minor.saturating_add(amount.minor),
                None => total.push(amount),
            }
        }
        let previous_year_id = previous.map(IdOf::from);
        Ok(NextYearBudget { fiscal_year_id: query.fiscal_year_id, previous_year_id, index_percent: Figure(Some(index)), total, data })
    }
}
