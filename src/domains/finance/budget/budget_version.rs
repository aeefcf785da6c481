//! The next version of a budget: a draft with a copy of its lines.

use super::budget::Budget;
use super::budget_line::BudgetLine;
use diesel::dsl::max;
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use steward_core::error::Result;
use steward_core::resource::value::Title;
use steward_core::store::{Outcome, Parts, Writer};
use steward_core::view::{Action, Call, NoQuery};
use steward_schema::finance::budgets;

/// `POST finance/budgets/{id}/new-version`.
#[derive(Debug)]
pub struct DraftBudgetVersion;

steward_core::value! {
    /// Parameters of the next version of a budget.
    pub struct NextBudgetVersion {
        /// Name of the draft; that of the budget if left out.
        pub name: Option<Title>,
    }
}

impl Action for DraftBudgetVersion {
    const PATH: &'static str = "finance/budgets/{id}/new-version";
    const OPERATION_ID: &'static str = "draft_budget_version";
    const SUMMARY: &'static str = "Draft the next version of a budget";
    const DESCRIPTION: &'static str = "Draft of the next version, with the fields of the budget, the next free version number and a copy of every line visible to you, each with the lineage of \
        its line, so that commitments and costs still count. The draft names the budget as `supersedes_id`: activating it replaces the budget. Returns the draft.";
    const PERMISSIONS: &'static [&'static str] =
        &["finance.budgets:create", "finance.budgets:read", "finance.budget_lines:create", "finance.budget_lines:read"];
    type Query = NoQuery;
    type Body = NextBudgetVersion;
    type Prepared = NextBudgetVersion;
    type Answer = Budget;

    fn example(_: &str) -> Value {
        json!({"name": "As revised in June"})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, wanted: &NextBudgetVersion) -> Result<Outcome> {
        let id = call.id()?;
        let (stored, budget) = writer.reader().get_typed::<Budget>(id)?;
        let of_scope = budgets::table.filter(budgets::scope_id.eq(budget.scope_id).and(budgets::fiscal_year_id.eq(budget.fiscal_year_id)));
        let last: Option<i64> = of_scope.select(max(budgets::version)).first(writer.connection)?;
        let mut anew = Map::from_iter([("version".into(), (last.unwrap_or(budget.version.0) + 1).into())]);
        anew.extend(wanted.name.iter().map(|name| ("name".into(), name.0.clone().into())));
        writer.draft_version::<Budget, BudgetLine>(&stored, anew, Parts { of: "budget_id", tree: None, continues: None })
    }
}
