//! The rules of the ledger: the cost of an entry, and the periods and budget lines that take it.

use diesel::dsl::not;
use diesel::prelude::*;
use rust_decimal::Decimal;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Date, Money, round_half_away};
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::finance::{budget_lines, budgets, fiscal_periods};

choice! {
    /// Source type of a cost.
    pub enum CostSource {
        /// A vendor's invoice.
        Invoice = "invoice",
        /// Hours worked by people.
        Time = "time",
        /// Depreciation of an asset.
        Depreciation = "depreciation",
        /// The bill of a cloud provider.
        Cloud = "cloud",
        /// Share of common costs.
        Allocation = "allocation",
        /// Accrued cost: received and not yet invoiced.
        Accrual = "accrual",
        /// Share of a prepayment.
        Prepayment = "prepayment",
        /// Manual entry by a person.
        Manual = "manual",
    }
}

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
    let dates = (fiscal_periods::state, fiscal_periods::starts_on, fiscal_periods::ends_on);
    let found: Option<(String, Date, Date)> = fiscal_periods::table.find(period).select(dates).first(check.connection).optional()?;
    let Some((state, starts_on, ends_on)) = found else { return Ok(()) };
    if state == "closed" {
        return Err(Problem::conflict(
            "/fiscal_period_id",
            "closed",
            "The period is closed and takes no postings. Post into an open one, or have it reopened.",
        )
        .into());
    }
    if posted_on < starts_on || posted_on > ends_on {
        return Err(Problem::conflict("/posted_on", "outside", "That day is not in the period. Choose a day of the period, or another period.").into());
    }
    Ok(())
}

/// Refuses a budget line of another year, or one whose budget has another currency (409).
pub fn require_line(check: &mut Check<'_>, line: Id, period: Id, currency: Currency) -> Result<()> {
    let found: Option<(Currency, Id, Id)> = budget_lines::table
        .inner_join(budgets::table)
        .inner_join(fiscal_periods::table.on(fiscal_periods::id.eq(period)))
        .filter(budget_lines::id.eq(line))
        .select((budgets::currency, budgets::fiscal_year_id, fiscal_periods::fiscal_year_id))
        .first(check.connection)
        .optional()?;
    let Some((budgeted, year, year_of_period)) = found else { return Ok(()) };
    if budgeted != currency {
        return Err(Problem::conflict("/base_amount/currency", "currency", "The budget has another currency. Give the base amount in that one.").into());
    }
    if year != year_of_period {
        return Err(
            Problem::conflict("/budget_line_id", "other_year", "The line is of another fiscal year than the period. Choose one of the same year.").into()
        );
    }
    Ok(())
}

diesel::alias!(fiscal_periods as siblings: Siblings);

/// The period that has a day, of the year of another period if there is one; none if no period has it.
pub fn period_of(check: &mut Check<'_>, day: Date, sibling: Id) -> Result<Option<Id>> {
    let year = siblings.filter(siblings.field(fiscal_periods::id).eq(sibling)).select(siblings.field(fiscal_periods::fiscal_year_id));
    let of_that_year = fiscal_periods::fiscal_year_id.nullable().eq(year.single_value());
    Ok(fiscal_periods::table
        .filter(not(fiscal_periods::adjustment).and(fiscal_periods::starts_on.le(day)).and(fiscal_periods::ends_on.ge(day)))
        .order((of_that_year.desc(), fiscal_periods::id))
        .select(fiscal_periods::id)
        .first(check.connection)
        .optional()?)
}

/// Whether two periods are of one fiscal year.
pub fn is_of_one_year(check: &mut Check<'_>, one: Id, other: Id) -> Result<bool> {
    if one == other {
        return Ok(true);
    }
    let years: Vec<Id> =
        fiscal_periods::table.filter(fiscal_periods::id.eq_any([one, other])).select(fiscal_periods::fiscal_year_id).distinct().load(check.connection)?;
    Ok(years.len() == 1)
}

/// What is missing if no period has a day.
pub fn no_period(pointer: &str) -> UnmetGuard {
    UnmetGuard::new(pointer, "period", "No fiscal period has that day. Make the period first.")
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
