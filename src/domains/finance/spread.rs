//! The spread of a budget line: how much of it falls on each period of its year.

use super::budget_line::{BudgetLine, Distribution, PeriodWeight};
use super::distribution::split;
use super::period_amount::PeriodAmount;
use crate::database::{Cell, Connection, Kind, Statement};
use crate::error::Result;
use crate::http::view::{Call, Run, View};
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{FieldType, Many, Money, Whole};
use crate::store::Reader;
use serde_json::Value;

/// How many lines are followed that copy one another.
const COPIES: usize = 8;

crate::answer! {
    /// How a budget line falls on the periods of its year.
    pub struct Spread {
        /// The line.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Id,
        /// The amount of the line.
        pub amount: Money,
        /// What falls on each period. Empty if the year has no periods yet and the amounts are not given.
        pub periods: Many<PeriodAmount>,
    }
}

/// `GET finance/budget-lines/{id}/spread`.
pub static SPREAD: View = View {
    path: "finance/budget-lines/{id}/spread",
    operation_id: "get_budget_line_spread",
    summary: "Get the spread of a budget line",
    description: "How much of a budget line falls on each period of its fiscal year. Amounts that the line gives are told as they are; otherwise its amount is split over the periods that are not for adjustments: into equal parts, by their days, by its weights, or like the line that it copies.\n\n\
        The parts add up to the amount exactly: each is rounded down, and what is left goes, a minor unit each, to the parts with the largest remainders, the earlier period first where they are equal.",
    permissions: &["finance.budget_lines:read"],
    parameters: &[],
    answer: answer_schema::<Spread>,
    run: Run::Read(run),
};

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let id = call.id()?;
    let (_, line) = reader.get_typed::<BudgetLine>(id)?;
    let periods = of_line(reader.connection, &line)?;
    Ok(Model::to_json(&Spread { budget_line_id: id, amount: line.amount, periods: Many(periods) }).into())
}

/// A period of a year: its number and how many days it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its number.
    pub number: i64,
    /// Its days, both ends included.
    pub days: i64,
}

/// What falls on each period of a line's year.
pub fn of_line(connection: &mut Connection, line: &BudgetLine) -> Result<Vec<PeriodAmount>> {
    if let Some(amounts) = &line.amounts {
        return Ok(amounts.clone());
    }
    let periods = periods_of(connection, line.budget_id)?;
    let copied = match (line.distribution, line.copied_from_id) {
        (Distribution::Copy, Some(other)) => copied_amounts(connection, other, COPIES)?,
        _ => Vec::new(),
    };
    Ok(spread(line.amount, line.distribution, line.weights.as_deref().unwrap_or_default(), &copied, &periods))
}

/// Splits an amount over periods. A copied line of which nothing falls on a period is followed as if it were equal.
pub fn spread(amount: Money, distribution: Distribution, weights: &[PeriodWeight], copied: &[PeriodAmount], periods: &[Period]) -> Vec<PeriodAmount> {
    let weight_of = |period: &Period| match distribution {
        Distribution::ByDays => period.days,
        Distribution::Weights => weights.iter().find(|each| each.period.0 == period.number).map_or(0, |each| each.weight.0),
        Distribution::Copy if !copied.is_empty() => copied.iter().find(|each| each.period.0 == period.number).map_or(0, |each| each.amount.minor.max(0)),
        Distribution::Equal | Distribution::Copy | Distribution::Manual => 1,
    };
    let weighed: Vec<i64> = periods.iter().map(weight_of).collect();
    let parts = split(amount.minor, &weighed);
    periods.iter().zip(parts).map(|(period, minor)| PeriodAmount { period: Whole(period.number), amount: Money::new(minor, amount.currency) }).collect()
}

/// The periods of a budget's year that are not for adjustments, in order.
fn periods_of(connection: &mut Connection, budget: Id) -> Result<Vec<Period>> {
    let query = Statement::new(
        "SELECT p.number, p.starts_on, p.ends_on FROM fiscal_periods p JOIN budgets b ON b.fiscal_year_id = p.fiscal_year_id WHERE NOT p.adjustment AND b.id = ",
    )
    .with(budget, " ORDER BY p.number");
    let rows = query.rows(connection, &[Kind::Integer, Kind::Date, Kind::Date])?;
    let period = |row: &Vec<crate::database::Cell>| {
        let (starts_on, ends_on) = (row.get(1)?.as_date()?, row.get(2)?.as_date()?);
        Some(Period { number: row.first()?.as_integer()?, days: (ends_on.0 - starts_on.0).num_days() + 1 })
    };
    Ok(rows.iter().filter_map(period).collect())
}

/// What falls on each period of a line that is copied, which may copy another one in turn, so many times at most.
fn copied_amounts(connection: &mut Connection, line: Id, depth: usize) -> Result<Vec<PeriodAmount>> {
    let query =
        Statement::new("SELECT amount_amount, amount_currency, amounts, weights, distribution, copied_from_id, budget_id FROM budget_lines WHERE id = ")
            .with(line, "");
    let kinds = [Kind::Integer, Kind::Text, Kind::Doc, Kind::Doc, Kind::Text, Kind::Id, Kind::Id];
    let Some(row) = query.first(connection, &kinds)? else { return Ok(Vec::new()) };
    if let Some(given) = row.get(2..3).and_then(Option::<Vec<PeriodAmount>>::load).flatten() {
        return Ok(given);
    }
    let weights = row.get(3..4).and_then(Option::<Vec<PeriodWeight>>::load).flatten().unwrap_or_default();
    let distribution = row.get(4).and_then(Cell::as_text).and_then(Distribution::from_word);
    let (Some(amount), Some(distribution), Some(budget)) = (row.get(..2).and_then(Money::load), distribution, row.get(6).and_then(Cell::as_id)) else {
        return Ok(Vec::new());
    };
    let copied = match row.get(5).and_then(Cell::as_id).filter(|_| distribution == Distribution::Copy && depth > 0) {
        Some(other) => copied_amounts(connection, other, depth - 1)?,
        None => Vec::new(),
    };
    let periods = periods_of(connection, budget)?;
    Ok(spread(amount, distribution, &weights, &copied, &periods))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::value::Currency;

    fn euros(minor: i64) -> Money {
        Money::new(minor, Currency::sample("EUR"))
    }

    fn minors(spread: &[PeriodAmount]) -> Vec<(i64, i64)> {
        spread.iter().map(|each| (each.period.0, each.amount.minor)).collect()
    }

    const QUARTER: [Period; 3] = [Period { number: 1, days: 31 }, Period { number: 2, days: 28 }, Period { number: 3, days: 31 }];

    #[test]
    fn an_amount_is_split_by_its_distribution_to_the_cent() {
        let split = |distribution, weights: &[PeriodWeight], copied: &[PeriodAmount]| minors(&spread(euros(10_000), distribution, weights, copied, &QUARTER));
        assert_eq!(split(Distribution::Equal, &[], &[]), [(1, 3334), (2, 3333), (3, 3333)]);
        // 100.00 · 31/90 = 34.44…, · 28/90 = 31.11…: 34.44 + 31.11 + 34.44 leaves a cent, for the first of the largest remainders.
        assert_eq!(split(Distribution::ByDays, &[], &[]), [(1, 3445), (2, 3111), (3, 3444)]);
        let weights = [PeriodWeight { period: Whole(3), weight: Whole(2) }, PeriodWeight { period: Whole(1), weight: Whole(1) }];
        assert_eq!(split(Distribution::Weights, &weights, &[]), [(1, 3333), (2, 0), (3, 6667)]);
        let copied = [PeriodAmount { period: Whole(2), amount: euros(500) }, PeriodAmount { period: Whole(3), amount: euros(1500) }];
        assert_eq!(split(Distribution::Copy, &[], &copied), [(1, 0), (2, 2500), (3, 7500)]);
    }
}
