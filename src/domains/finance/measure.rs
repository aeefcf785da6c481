//! The measure of finance: what the year's active budgets allow, what is spent, and what the year will cost in the end.

use super::budget::Budget;
use super::budget_line::BudgetLine;
use super::budget_transfer::BudgetTransfer;
use super::carry_forward::CarryForward;
use super::commitment::Commitment;
use super::cost_entry::CostEntry;
use super::line_flow::{Counted, Line, positions};
use super::position::Position;
use crate::database::{Cell, Kind, Row, Statement};
use crate::error::Result;
use crate::http::measure::{Basis, Measure, Measured, Sense, so_many};
use crate::resource::Id;
use crate::resource::value::{Currency, Date};
use crate::store::Reader;
use std::collections::{BTreeSet, HashMap};

/// The measure.
pub static SPENDING: Measure = Measure {
    name: "spending",
    description: "Over the active budgets of the fiscal years that run today, in the base currency; budgets in others are left out, and named. \
        The plan is what they set aside with posted transfers and carry-forwards, for the whole year; actual is what the ledger has booked to date. \
        The forecast is the greater of what is spent and promised (actual + open commitments) and the run rate (actual ÷ the share of the year that has passed). \
        The status compares the forecast with the plan: less is better.",
    compute,
};

/// A budget that counts.
struct Counting {
    id: Id,
    currency: Currency,
    year: (Date, Date),
}

fn compute(reader: &mut Reader<'_>, basis: &Basis) -> Result<Measured> {
    let unit = basis.currency.code();
    let counted = Counted {
        transfers: reader.narrowed::<BudgetTransfer>()?,
        carried: reader.narrowed::<CarryForward>()?,
        entries: reader.narrowed::<CostEntry>()?,
        commitments: reader.narrowed::<Commitment>()?,
        as_of: Some(basis.today),
        periods: None,
    };
    let (Some(budgets), Some(lines)) = (reader.narrowed::<Budget>()?, reader.narrowed::<BudgetLine>()?) else {
        return Ok(Measured::unknown(unit, "You may not see budgets and their lines."));
    };
    let all = active(reader, budgets, basis.today)?;
    let (own, others): (Vec<Counting>, Vec<Counting>) = all.into_iter().partition(|budget| budget.currency == basis.currency);
    let left_out = left_out(&others);
    if own.is_empty() {
        return Ok(Measured::unknown(unit, format!("No active budget of a running year that you may see is in {unit}.{left_out}")));
    }
    let totals = totals(reader, &own, lines, &counted, basis)?;
    let total = totals.values().fold(Position::EMPTY, |total, each| total.plus(each));
    let scale = 10f64.powi(i32::try_from(basis.currency.scale()).unwrap_or(0));
    let major = |minor: f64| minor / scale;
    let plan = major(total.current_budget() as f64);
    if counted.entries.is_none() {
        let mut told = Measured::unknown(unit, format!("You may not see the ledger.{left_out}"));
        told.plan = Some(plan);
        return Ok(told);
    }
    let actual = major(total.actual as f64);
    let promised = if counted.commitments.is_some() { total.open_commitments.map(|open| major(open as f64)) } else { None };
    let pace = |budget: &Counting| totals.get(&budget.id).map_or(0.0, |total| total.actual as f64) / elapsed(budget.year, basis.today);
    let pace = major(own.iter().map(pace).sum());
    let bound = promised.map(|promised| actual + promised);
    let outlook = bound.map_or(pace, |bound| bound.max(pace));
    let because = match bound {
        Some(bound) if bound >= pace => "by what is spent and promised",
        _ => "at the pace of the spending so far",
    };
    let unknown = if promised.is_none() { " What is promised cannot be told: you may not see it, or an exchange rate is missing." } else { "" };
    let reason = format!("The year will cost {outlook:.2} {unit} of {plan:.2} {unit}, {because}.{unknown}{left_out}");
    let status = Some(Sense::Less.status(plan, outlook));
    let told = Measured { unit: unit.into(), plan: Some(plan), actual: Some(actual), forecast: Some(outlook), status, reason, also: Vec::new() };
    Ok(told.and("open_commitments", unit, promised).and("run_rate", unit, Some(pace)).and("budgets_left_out", "budgets", Some(others.len() as f64)))
}

/// How many budgets have other currencies, in words.
fn left_out(others: &[Counting]) -> String {
    let codes: BTreeSet<&str> = others.iter().map(|budget| budget.currency.code()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    match others.len() {
        0 => String::new(),
        count => format!(" {} in {} left out.", so_many(count, "budget", "budgets"), codes.join(", ") + if count == 1 { " is" } else { " are" }),
    }
}

/// Where each budget stands: the sum of its lines.
fn totals(reader: &mut Reader<'_>, budgets: &[Counting], narrowed: Statement, counted: &Counted, basis: &Basis) -> Result<HashMap<Id, Position>> {
    let ids = || budgets.iter().map(|budget| Cell::Id(budget.id));
    let mut within = Statement::new("SELECT id FROM budget_lines WHERE budget_id IN (");
    within.bind_all(ids()).push(")").append(narrowed.clone());
    let mut query = Statement::new("SELECT id, amount_amount, budget_id FROM budget_lines WHERE budget_id IN (");
    query.bind_all(ids()).push(")").append(narrowed);
    let rows = query.once().rows(reader.connection, &[Kind::Id, Kind::Integer, Kind::Id])?;
    let read = |row: &Row| Some((Line { id: row.first()?.as_id()?, budget: row.get(1)?.as_integer()?, currency: basis.currency }, row.get(2)?.as_id()?));
    let (lines, of_budgets): (Vec<Line>, Vec<Id>) = rows.iter().filter_map(read).unzip();
    let found = positions(reader.connection, &lines, &within, counted, basis.today)?;
    let mut totals: HashMap<Id, Position> = HashMap::new();
    for (line, budget) in lines.iter().zip(of_budgets) {
        let total = totals.entry(budget).or_insert(Position::EMPTY);
        *total = total.plus(found.get(&line.id).unwrap_or(&Position::EMPTY));
    }
    Ok(totals)
}

/// The share of a year that has passed at the end of a day: of the first day on, never 0.
fn elapsed((starts, ends): (Date, Date), today: Date) -> f64 {
    let days = |from: Date, through: Date| ((through.0 - from.0).num_days() + 1).max(1) as f64;
    (days(starts, today) / days(starts, ends)).min(1.0)
}

fn active(reader: &mut Reader<'_>, narrowed: Statement, today: Date) -> Result<Vec<Counting>> {
    let mut query =
        Statement::new("SELECT b.id, b.currency, y.starts_on, y.ends_on FROM (SELECT id, currency, fiscal_year_id FROM budgets WHERE state = 'active'");
    query.append(narrowed).push(") b JOIN fiscal_years y ON y.id = b.fiscal_year_id WHERE y.starts_on <= ").bind(today);
    query.push(" AND y.ends_on >= ").bind(today).push(" ORDER BY b.id");
    let rows = query.rows(reader.connection, &[Kind::Id, Kind::Text, Kind::Date, Kind::Date])?;
    let read = |row: &Row| {
        Some(Counting { id: row.first()?.as_id()?, currency: Currency::parse(row.get(1)?.as_text()?)?, year: (row.get(2)?.as_date()?, row.get(3)?.as_date()?) })
    };
    Ok(rows.iter().filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_a_year_counts_its_days() {
        let day = |text: &str| Date::parse(text).unwrap();
        let year = (day("2026-01-01"), day("2026-12-31"));
        assert_eq!([elapsed(year, day("2026-01-01")), elapsed(year, day("2026-12-31")), elapsed(year, day("2027-06-30"))], [1.0 / 365.0, 1.0, 1.0]);
    }
}
