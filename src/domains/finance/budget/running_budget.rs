//! The active budgets of the fiscal years that run on a day, and the position of each.

use super::line::Line;
use super::line_flow::{Counted, positions};
use super::position::Position;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::Narrowed;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date};
use steward_core::store::Reader;
use steward_schema::finance::{budget_lines, budgets, fiscal_years};

/// An active budget of a year that runs.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct RunningBudget {
    /// The budget.
    pub id: Id,
    /// Its currency.
    pub currency: Currency,
    /// The first and the last day of its fiscal year.
    pub year: (Date, Date),
}

impl RunningBudget {
    /// The share of its year that has passed at the end of a day: of the first day on, never 0.
    pub fn elapsed_share(&self, today: Date) -> f64 {
        let (starts, ends) = self.year;
        let days = |from: Date, through: Date| ((through.0 - from.0).num_days() + 1).max(1) as f64;
        (days(starts, today) / days(starts, ends)).min(1.0)
    }
}

/// The active budgets in sight of the years that run on a day.
pub fn running_budgets(reader: &mut Reader<'_>, seen: &Narrowed<budgets::table>, today: Date) -> Result<Vec<RunningBudget>> {
    Ok(budgets::table
        .inner_join(fiscal_years::table)
        .filter(budgets::state.eq("active").and(fiscal_years::starts_on.le(today)).and(fiscal_years::ends_on.ge(today)))
        .filter(seen.clone())
        .order(budgets::id)
        .select((budgets::id, budgets::currency, (fiscal_years::starts_on, fiscal_years::ends_on)))
        .load(reader.within(seen))?)
}

/// The position of each of some budgets: the sum of its lines in sight.
pub fn positions_of(
    reader: &mut Reader<'_>,
    running: &[RunningBudget],
    seen: &Narrowed<budget_lines::table>,
    counted: &Counted,
    today: Date,
) -> Result<HashMap<Id, Position>> {
    let ids: Vec<Id> = running.iter().map(|budget| budget.id).collect();
    let in_sight = || budget_lines::table.filter(budget_lines::budget_id.eq_any(&ids)).filter(seen.clone());
    let rows: Vec<(Line, Id)> = in_sight().select((Line::as_select(), budget_lines::budget_id)).load(reader.within(seen))?;
    let (lines, of_budgets): (Vec<Line>, Vec<Id>) = rows.into_iter().unzip();
    let found = positions(reader.within(seen), &lines, counted, today)?;
    let mut totals: HashMap<Id, Position> = HashMap::new();
    for (line, budget) in lines.iter().zip(of_budgets) {
        let total = totals.entry(budget).or_insert(Position::EMPTY);
        *total = total.plus(found.get(&line.id).unwrap_or(&Position::EMPTY));
    }
    Ok(totals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_a_year_counts_its_days() {
        let day = |text: &str| Date::parse(text).unwrap();
        let budget = RunningBudget { id: Id::sample(), currency: Currency::sample("EUR"), year: (day("2026-01-01"), day("2026-12-31")) };
        let share = |on: &str| budget.elapsed_share(day(on));
        assert_eq!([share("2026-01-01"), share("2026-12-31"), share("2027-06-30")], [1.0 / 365.0, 1.0, 1.0]);
    }
}
