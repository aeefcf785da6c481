//! What amounts are worth in the currency of a limit.

use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::ports::authority::Value;
use steward_core::ports::ledger;
use steward_core::resource::Check;
use steward_core::resource::value::{Currency, Date, Money, round_half_away};

/// Exchange rates of a day, each asked for once.
pub struct Rates {
    on: Date,
    known: HashMap<(&'static str, &'static str), Option<Decimal>>,
}

/// What a record is worth in a currency, in minor units; or why that cannot be told, and what to do.
pub type ConvertedAmount = std::result::Result<i64, String>;

impl Rates {
    /// The rates of a day.
    pub fn on(day: Date) -> Rates {
        Rates { on: day, known: HashMap::new() }
    }

    /// The rate between two currencies, as finance tells it.
    fn rate(&mut self, check: &mut Check<'_>, from: Currency, to: Currency) -> Result<Option<Decimal>> {
        if from == to {
            return Ok(Some(Decimal::ONE));
        }
        if let Some(known) = self.known.get(&(from.code(), to.code())) {
            return Ok(*known);
        }
        let rate = ledger::exchange_rate(check, from, to, self.on)?;
        self.known.insert((from.code(), to.code()), rate);
        Ok(rate)
    }

    /// What a value is worth in a currency: the greatest of its sums, at least 0.
    pub fn worth(&mut self, check: &mut Check<'_>, value: &Value, to: Currency) -> Result<ConvertedAmount> {
        if let Some(lacking) = &value.lacking {
            return Ok(Err(format!("What it is worth cannot be told. Fill {lacking} first.")));
        }
        let mut greatest = 0;
        for sum in &value.sums {
            let mut total = Decimal::ZERO;
            for amount in sum {
                let Some(rate) = self.rate(check, amount.currency, to)? else {
                    let (from, to) = (amount.currency.code(), to.code());
                    return Ok(Err(format!("What it is worth in {to} cannot be told. Record an exchange rate from {from} to {to} (finance/exchange-rates).")));
                };
                let worth = Decimal::new(amount.minor, amount.currency.scale()).checked_mul(rate).and_then(|worth| total.checked_add(worth));
                let Some(worth) = worth else { return Ok(Err("What it is worth is too large to be told. Correct its amounts.".into())) };
                total = worth;
            }
            greatest = greatest.max(minor_of(total, to));
        }
        Ok(Ok(greatest))
    }
}

/// A sum in minor units, rounded once, half away from zero.
fn minor_of(sum: Decimal, currency: Currency) -> i64 {
    let mut rounded = round_half_away(sum, currency.scale());
    rounded.rescale(currency.scale());
    i64::try_from(rounded.mantissa()).unwrap_or(i64::MAX)
}

/// An amount as people write it.
pub fn told(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).to_string()
}
