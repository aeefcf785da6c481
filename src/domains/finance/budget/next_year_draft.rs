//! `POST finance/next-year-budget/draft`: the proposal for a year as a draft budget.

use super::budget::Budget;
use super::budget_line::BudgetLine;
use super::figures::next_year_budget::{NextYearBudget, Query};
use super::next_year_line::{ProposedLine, ProvenanceKind};
use diesel::dsl::max;
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Money, Number, Title};
use steward_core::resource::{Id, Stored};
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, NoQuery, members_of, run_view};
use steward_schema::finance::budgets;

/// `POST finance/next-year-budget/draft`.
#[derive(Debug)]
pub struct DraftNextYear;

steward_core::value! {
    /// A budget to draft from the proposal for a fiscal year.
    pub struct NextYearPlan {
        /// Fiscal year to plan.
        #[field(refers_to(&["finance/fiscal-years"]))]
        pub fiscal_year_id: Id,
        /// Scope of the budget: that of budgets of the previous year.
        #[field(refers_to(&["finance/cost-centers", "infrastructure/services", "teams/units", "projects/projects", "strategy/initiatives"]))]
        pub scope_id: Id,
        /// Name of the draft; made from the year if left out.
        pub name: Option<Title>,
        /// Expected change of price indexes in percent; 0 if left out.
        pub index_percent: Option<Number<-100, 1000>>,
        /// Cost category of new lines for which none is known, such as those of projects.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub cost_category_id: Option<Id>,
    }
}

impl Action for DraftNextYear {
    const PATH: &'static str = "finance/next-year-budget/draft";
    const OPERATION_ID: &'static str = "draft_next_year_budget";
    const SUMMARY: &'static str = "Draft the budget of the next year";
    const DESCRIPTION: &'static str = "Draft budget of a scope for a fiscal year, with the lines proposed by `next-year-budget`. Each line has the purpose of the line that it continues, its provenance in the description, and the proposed amounts of the periods. A new line has the cost category of its origin, else `cost_category_id`. A line without a determined amount is drafted at 0, with the reason. Returns the draft.";
    const PERMISSIONS: &'static [&'static str] =
        &["finance.budgets:create", "finance.budgets:read", "finance.budget_lines:create", "finance.budget_lines:read", "finance.fiscal_years:read"];
    type Query = NoQuery;
    type Body = NextYearPlan;
    type Prepared = NextYearPlan;
    type Answer = Budget;

    fn example(_: &str) -> Value {
        json!({"fiscal_year_id": Id::sample().to_string(), "scope_id": Id::sample().to_string(), "index_percent": 2.5})
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, plan: &NextYearPlan) -> Result<Outcome> {
        let index_percent = plan.index_percent.map(|percent| percent.0);
        let query = Query { fiscal_year_id: plan.fiscal_year_id.into(), scope_id: Some(plan.scope_id), index_percent };
        let proposal = run_view::<NextYearBudget>(&mut writer.reader(), query)?;
        let Some(currency) = proposal.data.iter().find_map(|line| line.amount).map(|amount| amount.currency) else {
            let detail = "Nothing is proposed: no active or closed budget of the scope in the year before has lines in sight. Draft the budget by hand.";
            return Err(Problem::conflict("/scope_id", "empty", detail).into());
        };
        let draft = budget(writer, plan, currency)?;
        for line in &proposal.data {
            write_line(writer, plan, &draft, line, currency)?;
        }
        let definition = writer.definition::<Budget>()?;
        Ok(writer.created(definition, &draft))
    }
}

fn budget(writer: &mut Writer<'_>, plan: &NextYearPlan, currency: Currency) -> Result<Stored> {
    let of_scope = budgets::table.filter(budgets::scope_id.eq(plan.scope_id).and(budgets::fiscal_year_id.eq(plan.fiscal_year_id)));
    let last: Option<i64> = of_scope.select(max(budgets::version)).first(writer.connection)?;
    let (_, year) = writer.reader().get_typed::<super::fiscal_year::FiscalYear>(plan.fiscal_year_id)?;
    let name = plan.name.as_ref().map_or_else(|| format!("Budget {}", year.name.0), |name| name.0.clone());
    let members = json!({
        "name": name, "scope_id": plan.scope_id.to_string(), "fiscal_year_id": plan.fiscal_year_id.to_string(), "currency": currency.code(),
        "version": last.unwrap_or(0) + 1, "description": "Drafted from contracts, positions and what the year before costs; each line says where its amount comes from."
    });
    let definition = writer.definition::<Budget>()?;
    writer.create(definition, members_of(members))
}

/// Makes a line as the one that it continues, or a new one, at the proposed amount.
fn write_line(writer: &mut Writer<'_>, plan: &NextYearPlan, draft: &Stored, line: &ProposedLine, currency: Currency) -> Result<()> {
    let definition = writer.definition::<BudgetLine>()?;
    let mut members = match &line.continues_line_id {
        Some(continued) => {
            let stored = writer.reader().get(definition, continued.id)?;
            let mut members = writer.copied(definition, &stored);
            for name in ["amounts", "weights", "copied_from_id", "lineage_id", "quantity", "unit", "unit_price", "distribution"] {
                members.shift_remove(name);
            }
            members
        }
        None => new_line(plan, line)?,
    };
    let amount = line.amount.filter(|amount| amount.currency == currency).unwrap_or(Money::new(0, currency));
    let reason = line.reason.as_ref().map(|reason| format!(" {}", reason.0)).unwrap_or_default();
    let told = format!("{} {}: {}.{reason}", line.provenance.collection.0, line.provenance.record_id.0, line.provenance.formula.0);
    if line.amount == Some(amount) && !line.amounts.is_empty() {
        members.insert("distribution".into(), "manual".into());
        members.insert("amounts".into(), line.amounts.iter().map(steward_core::resource::Model::to_json).collect());
    }
    members.insert("budget_id".into(), draft.meta.id.to_string().into());
    members.insert("name".into(), line.name.0.clone().into());
    members.insert("amount".into(), json!({"amount": amount.amount(), "currency": currency.code()}));
    members.insert("description".into(), told.into());
    writer.create(definition, members).map(drop)
}

/// What a line that continues none says of its purpose.
fn new_line(plan: &NextYearPlan, line: &ProposedLine) -> Result<Map<String, Value>> {
    let Some(category) = line.cost_category_id.or(plan.cost_category_id) else {
        let detail = format!("The proposal has the new line \"{}\", and no cost category is known for it. Name one in cost_category_id.", line.name.0);
        return Err(Problem::conflict("/cost_category_id", "required", detail).into());
    };
    let mut members = members_of(json!({"cost_category_id": category.to_string()}));
    if let Some(center) = line.cost_center_id {
        members.insert("cost_center_id".into(), center.to_string().into());
    }
    if line.provenance.kind == ProvenanceKind::Project {
        members.insert("project_id".into(), line.provenance.record_id.0.clone().into());
    }
    Ok(members)
}
