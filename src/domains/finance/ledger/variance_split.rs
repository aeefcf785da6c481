//! The split of a variance into price, volume and currency, exact: a pure function.

use rust_decimal::Decimal;
use steward_core::resource::value::{Currency, round_half_away};

/// What was planned of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Quantity (Qb).
    pub quantity: Decimal,
    /// Price of one, in its own currency (Pb).
    pub price: Decimal,
    /// Budget rate of that currency (rb).
    pub rate: Decimal,
}

/// What was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booked {
    /// Quantity (Qa).
    pub quantity: Decimal,
    /// Cost at the budget rates: Σ Pa·Qa·rb.
    pub at_budget_rates: Decimal,
    /// Cost at its own rates: Σ Pa·Qa·ra.
    pub cost: Decimal,
}

/// A split in minor units; more than 0 is adverse. The parts add up to the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Split {
    /// (Pa − Pb)·Qa·rb.
    pub price: i64,
    /// (Qa − Qb)·Pb·rb.
    pub volume: i64,
    /// Pa·Qa·(ra − rb).
    pub currency: i64,
    /// Pa·Qa·ra − Pb·Qb·rb.
    pub total: i64,
}

impl Split {
    /// The two together.
    pub fn plus(self, other: Split) -> Split {
        Split {
            price: self.price.saturating_add(other.price),
            volume: self.volume.saturating_add(other.volume),
            currency: self.currency.saturating_add(other.currency),
            total: self.total.saturating_add(other.total),
        }
    }
}

/// Splits a variance; none if it is too large to tell. Each part is rounded on the running sum, so that the parts leave no residual.
pub fn split(planned: Planned, booked: Booked, currency: Currency) -> Option<Split> {
    let at_plan = planned.price.checked_mul(planned.rate)?;
    let price = booked.at_budget_rates.checked_sub(at_plan.checked_mul(booked.quantity)?)?;
    let volume = at_plan.checked_mul(booked.quantity.checked_sub(planned.quantity)?)?;
    let total = booked.cost.checked_sub(at_plan.checked_mul(planned.quantity)?)?;
    let minor = |amount: Decimal| {
        let mut rounded = round_half_away(amount, currency.scale());
        rounded.rescale(currency.scale());
        i64::try_from(rounded.mantissa()).ok()
    };
    let (first, second, all) = (minor(price)?, minor(price.checked_add(volume)?)?, minor(total)?);
    Some(Split { price: first, volume: second - first, currency: all - second, total: all })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn material_variances_of_the_textbook() {
        // Direct materials of Horngren, Datar and Rajan, Cost Accounting, chapter 7 (Webb Company): 20,000 square yards at $30 are planned for
        // 10,000 jackets as budgeted input 20,000; 22,200 at $28 are bought: price 44,400 F, efficiency 66,000 U.
        let planned = Planned { quantity: number("20000"), price: number("30"), rate: Decimal::ONE };
        let cost = number("621600");
        let told = split(planned, Booked { quantity: number("22200"), at_budget_rates: cost, cost }, Currency::sample("USD")).unwrap();
        assert_eq!(told, Split { price: -4_440_000, volume: 6_600_000, currency: 0, total: 2_160_000 });
    }

    #[test]
    fn a_case_in_another_currency_worked_by_hand() {
        // 10 at $100 at 0.90 are planned: 900. 12 at $110 at 0.95: 1,254. Price 10 · 12 · 0.90 = 108, volume 2 · 100 · 0.90 = 180, currency
        // 1,320 · 0.05 = 66: 354 in all.
        let planned = Planned { quantity: number("10"), price: number("100"), rate: number("0.90") };
        let booked = Booked { quantity: number("12"), at_budget_rates: number("1188"), cost: number("1254") };
        assert_eq!(split(planned, booked, Currency::sample("EUR")), Some(Split { price: 10_800, volume: 18_000, currency: 6_600, total: 35_400 }));
    }

    #[test]
    fn no_residual_is_left_whatever_is_rounded() {
        for (price, quantity, rate) in [("0.333333333333", "7", "0.333333"), ("19.999", "0.001", "1.0001"), ("-5.555", "3.3", "0.7")] {
            let planned = Planned { quantity: number("3"), price: number(price), rate: number(rate) };
            let booked = Booked { quantity: number(quantity), at_budget_rates: number("10.005"), cost: number("10.0149") };
            let told = split(planned, booked, Currency::sample("EUR")).unwrap();
            assert_eq!(told.price + told.volume + told.currency, told.total);
        }
    }
}
