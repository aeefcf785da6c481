//! Where a cost arises: the cost center and the category of an entry of the ledger, and the currency in which it counts.

use super::cost_entry::CostEntry;
use crate::budget::line_lineage;
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::ports::books;
use steward_core::resource::value::{Code, Currency, Date};
use steward_core::resource::{Check, Id};
use steward_schema::finance::{budget_lines, budgets, cost_centers};

impl CostEntry {
    /// Refuses an entry that contradicts its budget line, names a cost center that is not in force on its day, or counts in another currency
    /// than that of the books (409). What reverses another entry takes back what was booked.
    pub fn require_place(&self, check: &mut Check<'_>) -> Result<()> {
        if self.reversal_of.is_some() {
            return Ok(());
        }
        let line = match self.budget_line_id {
            Some(line) => LineOf::find(check, line)?,
            None => None,
        };
        let Some(line) = line else {
            require_base_currency(check, self.base_amount.currency)?;
            return require_in_force(check, self.cost_center_id, self.posted_on);
        };
        let center = line.center(check)?;
        for (pointer, own, of_line, what) in [
            ("/cost_center_id", self.cost_center_id, center, "cost center"),
            ("/cost_category_id", self.cost_category_id, Some(line.category), "cost category"),
            ("/service_id", self.service_id, line.service, "service"),
        ] {
            if let (Some(own), Some(of_line)) = (own, of_line)
                && own != of_line
            {
                let detail = format!("The budget line is for another {what}. Leave it out, or choose a budget line for this one.");
                return Err(Problem::conflict(pointer, "other_than_line", detail).into());
            }
        }
        require_in_force(check, self.cost_center_id.or(center), self.posted_on)
    }
}

/// Who bears a cost: a budget line of the year of the posting, else a cost center and a category.
#[derive(Debug, Clone, Copy, Default)]
pub struct CostBearer {
    /// The budget line.
    pub line: Option<Id>,
    /// The cost center.
    pub center: Option<Id>,
    /// The cost category.
    pub category: Option<Id>,
}

impl CostBearer {
    /// Who bears a cost of a budget line in a period: the line that continues it in the fiscal year of that, and where none does, its cost
    /// center and its category.
    pub fn of_line(check: &mut Check<'_>, line: Id, period: Id) -> Result<CostBearer> {
        let continued = line_lineage::in_period(check, line, period)?;
        if continued.is_some() {
            return Ok(CostBearer { line: continued, ..CostBearer::default() });
        }
        let Some(of_line) = LineOf::find(check, line)? else { return Ok(CostBearer::default()) };
        Ok(CostBearer { line: None, center: of_line.center(check)?, category: Some(of_line.category) })
    }
}

/// What a budget line says of the costs that it pays.
#[derive(Queryable)]
struct LineOf {
    center: Option<Id>,
    scope: Id,
    category: Id,
    service: Option<Id>,
}

impl LineOf {
    fn find(check: &mut Check<'_>, line: Id) -> Result<Option<LineOf>> {
        Ok(budget_lines::table
            .inner_join(budgets::table)
            .filter(budget_lines::id.eq(line))
            .select((budget_lines::cost_center_id, budgets::scope_id, budget_lines::cost_category_id, budget_lines::service_id))
            .first(check.connection)
            .optional()?)
    }

    /// Its cost center, or the scope of its budget if that is one.
    fn center(&self, check: &mut Check<'_>) -> Result<Option<Id>> {
        match self.center {
            Some(center) => Ok(Some(center)),
            None => Ok(cost_centers::table.find(self.scope).select(cost_centers::id).first(check.connection).optional()?),
        }
    }
}

fn require_in_force(check: &mut Check<'_>, center: Option<Id>, day: Date) -> Result<()> {
    let Some(center) = center else { return Ok(()) };
    let columns = (cost_centers::code, cost_centers::starts_on, cost_centers::ends_on);
    let found: Option<(Code, Option<Date>, Option<Date>)> = cost_centers::table.find(center).select(columns).first(check.connection).optional()?;
    let Some((code, starts_on, ends_on)) = found else { return Ok(()) };
    let span = match (starts_on, ends_on) {
        (Some(starts_on), _) if day < starts_on => format!("begins on {starts_on}"),
        (_, Some(ends_on)) if day > ends_on => format!("ended on {ends_on}"),
        _ => return Ok(()),
    };
    let detail = format!("Cost center {} {span}, and no cost arises in it on {day}. Choose another cost center or day.", code.0);
    Err(Problem::conflict("/cost_center_id", "not_in_force", detail).into())
}

/// What no budget pays counts in the base currency of the organisation.
fn require_base_currency(check: &mut Check<'_>, currency: Currency) -> Result<()> {
    match books::base_currency(check)? {
        Some(base) if base != currency => {
            let detail = format!("Without a budget line a cost counts in the base currency of the organisation, {}. Convert it.", base.code());
            Err(Problem::conflict("/base_amount/currency", "currency", detail).into())
        }
        _ => Ok(()),
    }
}
