//! A budget line, as far as flows are counted on it.

use diesel::prelude::*;
use steward_core::database::Dialect;
use steward_core::resource::Id;
use steward_core::resource::value::Currency;
use steward_schema::finance::budget_lines;

/// A line: its id, its lineage, its amount in minor units, and its currency.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = budget_lines, check_for_backend(Dialect))]
pub struct Line {
    /// Its id.
    pub id: Id,
    /// What it is in every version of its budget.
    #[diesel(column_name = lineage_id)]
    pub lineage: Option<Id>,
    /// What is set aside, in minor units.
    #[diesel(column_name = amount_amount)]
    pub budget: i64,
    /// Its currency.
    #[diesel(column_name = amount_currency)]
    pub currency: Currency,
}
