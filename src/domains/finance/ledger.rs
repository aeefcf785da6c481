//! The rules of the ledger: what an entry costs, which periods take it, and how it is reversed.

use crate::database::{Cell, Kind, Statement};
use crate::error::{Problem, Result};
use crate::resource::value::{Currency, Date, Money, round_half_away};
use crate::resource::{Check, Id, Unmet};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// What an entry costs in the base currency, in minor units: (net + tax · (100 − recoverable) ÷ 100) · rate, rounded once, half
/// away from zero. None if it is too large to tell.
pub fn base_cost(net: Money, tax: i64, recoverable_percent: f64, rate: Decimal, base: Currency) -> Option<i64> {
    // As it is written: 33.3 is 33.3 and not the nearest binary fraction.
    let recoverable: Decimal = recoverable_percent.to_string().parse().ok()?;
    let scale = net.currency.scale();
    let kept = Decimal::new(tax, scale).checked_mul(Decimal::ONE_HUNDRED.checked_sub(recoverable)?)?.checked_div(Decimal::ONE_HUNDRED)?;
    let cost = Decimal::new(net.minor, scale).checked_add(kept)?.checked_mul(rate)?;
    let mut rounded = round_half_away(cost, base.scale());
    rounded.rescale(base.scale());
    i64::try_from(rounded.mantissa()).ok()
}

/// Refuses a posting into a period that is closed, or on a day outside it (409). The caller has locked the period.
pub fn require_open(check: &mut Check<'_>, period: Id, posted_on: Date) -> Result<()> {
    let query = Statement::new("SELECT state, starts_on, ends_on FROM fiscal_periods WHERE id = ").with(period, "");
    let Some(row) = query.first(check.connection, &[Kind::Text, Kind::Date, Kind::Date])? else { return Ok(()) };
    if row.first().and_then(Cell::as_text) == Some("closed") {
        return Err(Problem::conflict(
            "/fiscal_period_id",
            "closed",
            "The period is closed and takes no postings. Post into an open one, or have it reopened.",
        )
        .into());
    }
    let [starts_on, ends_on] = [1, 2].map(|at| row.get(at).and_then(Cell::as_date));
    if starts_on.is_some_and(|first| posted_on < first) || ends_on.is_some_and(|last| posted_on > last) {
        return Err(Problem::conflict("/posted_on", "outside", "That day is not in the period. Choose a day of the period, or another period.").into());
    }
    Ok(())
}

/// Refuses a budget line of another year, or one whose budget has another currency (409).
pub fn require_line(check: &mut Check<'_>, line: Id, period: Id, currency: Currency) -> Result<()> {
    let query = Statement::new(
        "SELECT b.currency, b.fiscal_year_id, p.fiscal_year_id FROM budget_lines l JOIN budgets b ON b.id = l.budget_id JOIN fiscal_periods p ON p.id = ",
    )
    .with(period, " WHERE l.id = ")
    .with(line, "");
    let Some(row) = query.first(check.connection, &[Kind::Text, Kind::Id, Kind::Id])? else { return Ok(()) };
    if row.first().and_then(Cell::as_text) != Some(currency.code()) {
        return Err(Problem::conflict("/base_amount/currency", "currency", "The budget has another currency. Give the base amount in that one.").into());
    }
    if row.get(1) != row.get(2) {
        return Err(
            Problem::conflict("/budget_line_id", "other_year", "The line is of another fiscal year than the period. Choose one of the same year.").into()
        );
    }
    Ok(())
}

/// The members of an entry without tax, in the currency of the budget: what the house books by itself.
pub fn plain_entry(unit: Option<Id>, period: Id, posted_on: Date, amount: Money, source: &str, source_id: Id, line: i64) -> Map<String, Value> {
    let money = json!({"amount": amount.amount(), "currency": amount.currency.code()});
    let mut members = Map::new();
    if let Some(unit) = unit {
        members.insert("unit_id".into(), unit.to_string().into());
    }
    members.insert("fiscal_period_id".into(), period.to_string().into());
    members.insert("posted_on".into(), posted_on.to_string().into());
    for name in ["net", "gross", "base_amount"] {
        members.insert(name.into(), money.clone());
    }
    members.insert("source".into(), source.into());
    members.insert("source_id".into(), source_id.to_string().into());
    members.insert("document".into(), source_id.to_string().into());
    members.insert("document_line".into(), line.into());
    members
}

/// The entries that a record has booked and that are not reversed: their ids, lines, amounts and where they count.
pub struct Booked {
    /// The entry.
    pub id: Id,
    /// Which line of its document it is.
    pub line: i64,
    /// What it costs.
    pub amount: Money,
    /// Its budget line.
    pub budget_line: Option<Id>,
    /// Its cost center.
    pub cost_center: Option<Id>,
    /// Its unit.
    pub unit: Option<Id>,
}

/// What a source has booked and not reversed, by its own id.
pub fn booked(check: &mut Check<'_>, source: &'static str, source_id: Id) -> Result<Vec<Booked>> {
    let query = Statement::new("SELECT e.id, e.document_line, e.base_amount_amount, e.base_amount_currency, e.budget_line_id, e.cost_center_id, e.unit_id FROM cost_entries e WHERE e.source = ")
        .with(source, " AND e.reversal_of IS NULL AND NOT EXISTS (SELECT 1 FROM cost_entries r WHERE r.reversal_of = e.id) AND e.source_id = ")
        .with(source_id, " ORDER BY e.document_line");
    let rows = query.rows(check.connection, &[Kind::Id, Kind::Integer, Kind::Integer, Kind::Text, Kind::Id, Kind::Id, Kind::Id])?;
    let entry = |row: &crate::database::Row| {
        let amount = Money::new(row.get(2)?.as_integer()?, Currency::parse(row.get(3)?.as_text()?)?);
        let id = |at: usize| row.get(at).and_then(Cell::as_id);
        Some(Booked { id: id(0)?, line: row.get(1)?.as_integer()?, amount, budget_line: id(4), cost_center: id(5), unit: id(6) })
    };
    Ok(rows.iter().filter_map(entry).collect())
}

impl Booked {
    /// The members of the entry that reverses it, as another line of the same document.
    pub fn reversal(&self, period: Id, posted_on: Date, source: &str, source_id: Id, line: i64) -> Map<String, Value> {
        let mut members = plain_entry(self.unit, period, posted_on, Money::new(-self.amount.minor, self.amount.currency), source, source_id, line);
        members.insert("reversal_of".into(), self.id.to_string().into());
        for (name, id) in [("budget_line_id", self.budget_line), ("cost_center_id", self.cost_center)] {
            if let Some(id) = id {
                members.insert(name.into(), id.to_string().into());
            }
        }
        members
    }
}

/// The period that has a day, of the year of another period if there is one; none if no period has it.
pub fn period_of(check: &mut Check<'_>, day: Date, near: Id) -> Result<Option<Id>> {
    let query = Statement::new("SELECT p.id FROM fiscal_periods p WHERE NOT p.adjustment AND p.starts_on <= ")
        .with(day, " AND p.ends_on >= ")
        .with(day, " ORDER BY CASE WHEN p.fiscal_year_id = (SELECT n.fiscal_year_id FROM fiscal_periods n WHERE n.id = ")
        .with(near, ") THEN 0 ELSE 1 END, p.id LIMIT 1");
    Ok(check.value(query, Kind::Id)?.and_then(|cell| cell.as_id()))
}

/// What is missing if no period has a day.
pub fn no_period(pointer: &str) -> Unmet {
    Unmet::new(pointer, "period", "No fiscal period has that day. Make the period first.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(minor: i64) -> Money {
        Money::new(minor, Currency::sample("EUR"))
    }

    #[test]
    fn tax_that_comes_back_is_no_cost() {
        let eur = Currency::sample("EUR");
        let cost = |recoverable: f64| base_cost(euros(10_000), 2_100, recoverable, Decimal::ONE, eur);
        assert_eq!((cost(100.0), cost(0.0), cost(50.0)), (Some(10_000), Some(12_100), Some(11_050)));
        // 21.00 · 66.7 % = 14.007.
        assert_eq!(cost(33.3), Some(11_401));
    }

    #[test]
    fn a_foreign_cost_is_converted_and_rounded_once() {
        let dollars = Money::new(3_333, Currency::sample("USD"));
        let rate = Decimal::new(9217, 4);
        // (33.33 + 0.33 · 0.5) · 0.9217 = 33.495 · 0.9217 = 30.8723415.
        assert_eq!(base_cost(dollars, 33, 50.0, rate, Currency::sample("EUR")), Some(3_087));
        assert_eq!(base_cost(dollars, 0, 100.0, Decimal::new(150, 0), Currency::sample("JPY")), Some(5_000), "4999.5 is 5000");
        assert_eq!(base_cost(Money::new(-3_333, Currency::sample("USD")), 0, 100.0, Decimal::new(150, 0), Currency::sample("JPY")), Some(-5_000));
    }
}
