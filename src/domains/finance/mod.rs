//! Budgeting and resource allocation: money and people's hours.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod allocation;
mod budget;
mod cloud;
mod investment;
mod ledger;
mod rate;

pub use budget::consequence::EFFECTS;
pub use budget::period_closing::Closing;
pub use ledger::ports::Ledger;
pub use ledger::purchase::Purchases;

use steward_core::view::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("finance", "Budgeting for technology, and allocation of the available resources: money and people's hours.")
        .resource::<budget::fiscal_year::FiscalYear>()
        .resource::<budget::fiscal_period::FiscalPeriod>()
        .resource::<ledger::cost_center::CostCenter>()
        .resource::<ledger::cost_category::CostCategory>()
        .resource::<rate::exchange_rate::ExchangeRate>()
        .resource::<budget::budget::Budget>()
        .resource::<budget::budget_line::BudgetLine>()
        .resource::<budget::budget_transfer::BudgetTransfer>()
        .resource::<budget::carry_forward::CarryForward>()
        .resource::<ledger::commitment::Commitment>()
        .resource::<ledger::cost_entry::CostEntry>()
        .resource::<ledger::accrual::Accrual>()
        .resource::<ledger::prepayment::Prepayment>()
        .resource::<ledger::prepayment_month::PrepaymentMonth>()
        .resource::<investment::forecast::Forecast>()
        .resource::<cloud::cloud_load::CloudLoad>()
        .resource::<cloud::cloud_charge::CloudCharge>()
        .resource::<cloud::cloud_assignment_rule::CloudAssignmentRule>()
        .resource::<allocation::allocation_rule::AllocationRule>()
        .resource::<allocation::allocation_run::AllocationRun>()
        .resource::<allocation::labor_rate::LaborRate>()
        .resource::<allocation::resource_request::ResourceRequest>()
        .resource::<allocation::allocation::Allocation>()
        .resource::<investment::investment_case::InvestmentCase>()
        .measure::<budget::figures::spending::Spending>()
        .view::<budget::figures::budget_position::BudgetPosition>()
        .view::<budget::figures::budget_figures::BudgetLinePosition>()
        .figures::<budget::figures::budget_figures::OfBudgets, _>()
        .figures::<budget::figures::budget_figures::OfLines, _>()
        .view::<budget::figures::spread::Spread>()
        .view::<ledger::figures::prepayment_schedule::Schedule>()
        .view::<allocation::figures::allocation_shares::AllocationShares>()
        .view::<allocation::figures::capacity::Capacity>()
        .view::<allocation::figures::project_feasibility::ProjectFeasibility>()
        .view::<allocation::figures::resource_utilization::ResourceUtilization>()
        .view::<investment::figures::appraisal::Appraisal>()
        .view::<investment::figures::accuracy::ForecastAccuracy>()
        .view::<ledger::figures::variance_analysis::VarianceAnalysis>()
        .view::<ledger::figures::spend_profile::SpendProfileFigures>()
        .view::<ledger::figures::spend_series::SpendSeries>()
        .view::<ledger::figures::service_costs::ServiceCosts>()
        .view::<rate::figures::rate_lookup::RateLookup>()
        .action::<budget::budget_version::DraftBudgetVersion>()
        .view::<budget::figures::closing::PeriodClosing>()
        .view::<budget::figures::next_year_budget::NextYearBudget>()
        .action::<budget::next_year_draft::DraftNextYear>()
        .view::<cloud::figures::cloud_costs::CloudCosts>()
        .view::<cloud::figures::cloud_savings::CloudSavings>()
        .action::<cloud::focus_import::ImportFocus>()
        .action::<budget::funds_check::CheckFunds>()
        .action::<budget::period_set::MakePeriods>()
}
