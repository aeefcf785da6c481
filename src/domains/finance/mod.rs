//! Budgeting and resource allocation: money and people's hours.

mod absent_load;
mod accrual;
mod allocation;
mod allocation_load;
mod allocation_rule;
mod allocation_run;
mod allocation_share;
mod allocation_share_view;
mod appraisal;
mod booking;
mod budget;
mod budget_line;
mod budget_position;
mod budget_transfer;
mod carry_forward;
mod cloud_charge;
mod commitment;
mod cost_category;
mod cost_center;
mod cost_entry;
mod distribution;
mod exchange_rate;
mod fiscal_period;
mod fiscal_year;
mod forecast;
mod funds;
mod investment_case;
mod labor_rate;
mod ledger;
mod ledger_answers;
mod line_flow;
mod measure;
mod overdrawn;
mod overrun;
mod period_amount;
mod position;
mod prepayment;
mod rate_lookup;
mod resource_request;
mod reversal;
mod schedule;
mod spread;
mod tiling;

pub use ledger_answers::Ledger;

use crate::view::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("finance", "Budget for technology and allocate what there is well: money and people's hours.")
        .resource::<fiscal_year::FiscalYear>()
        .resource::<fiscal_period::FiscalPeriod>()
        .resource::<cost_center::CostCenter>()
        .resource::<cost_category::CostCategory>()
        .resource::<exchange_rate::ExchangeRate>()
        .resource::<budget::Budget>()
        .resource::<budget_line::BudgetLine>()
        .resource::<budget_transfer::BudgetTransfer>()
        .resource::<carry_forward::CarryForward>()
        .resource::<commitment::Commitment>()
        .resource::<cost_entry::CostEntry>()
        .resource::<accrual::Accrual>()
        .resource::<prepayment::Prepayment>()
        .resource::<forecast::Forecast>()
        .resource::<cloud_charge::CloudCharge>()
        .resource::<allocation_rule::AllocationRule>()
        .resource::<allocation_run::AllocationRun>()
        .resource::<labor_rate::LaborRate>()
        .resource::<resource_request::ResourceRequest>()
        .resource::<allocation::Allocation>()
        .resource::<investment_case::InvestmentCase>()
        .measure::<measure::Spending>()
        .view::<budget_position::BudgetPosition>()
        .view::<spread::Spread>()
        .view::<schedule::Schedule>()
        .view::<allocation_share_view::AllocationShares>()
        .view::<appraisal::Appraisal>()
        .view::<rate_lookup::RateLookup>()
}
