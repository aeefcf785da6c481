//! Impairment: what losses beside the depreciation leave to be written off (IAS 36.59–63).

use chrono::NaiveDate;

/// Digits of 32 bits, of which amounts have three at most.
const DIGITS: u32 = 3;

/// Recognised impairment loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Impairment {
    /// The day at whose end it counts.
    pub on: NaiveDate,
    /// Amount that it takes off the book value, in minor units; more than 0.
    pub loss: i64,
}

/// The amount that losses leave to be written off, as a share of what would be left without them: the rest of the life is spread by the same method.
/// Amounts are in parts of a minor unit, and less than 2^96.
#[derive(Debug, Clone, Copy)]
pub struct Remaining {
    left: i128,
    unimpaired: i128,
    below_salvage: i128,
}

impl Remaining {
    /// All that is to be written off over a life.
    pub fn all(depreciable: i128) -> Self {
        Remaining { left: depreciable, unimpaired: depreciable, below_salvage: 0 }
    }

    /// A loss at a time when so much would be left without any.
    pub fn lose(&mut self, unimpaired: i128, loss: i128) {
        let left = self.of(unimpaired);
        self.below_salvage += (loss - left).max(0);
        (self.left, self.unimpaired) = ((left - loss).max(0), unimpaired);
    }

    /// The rest of what would be left without losses.
    pub fn of(&self, unimpaired: i128) -> i128 {
        share_of(unimpaired, self.left, self.unimpaired)
    }

    /// The amount that losses took below the salvage.
    pub fn below_salvage(&self) -> i128 {
        self.below_salvage
    }
}

/// amount · part ÷ whole, rounded down, for an amount and a part of 0 to the whole: by long division, as the product has up to 192 bits.
fn share_of(amount: i128, part: i128, whole: i128) -> i128 {
    let parts = (u128::try_from(amount.min(whole)), u128::try_from(part.min(whole)), u128::try_from(whole));
    let (Ok(amount), Ok(part), Ok(whole @ 1..)) = parts else { return 0 };
    let (mut quotient, mut rest) = (0, 0);
    for digit in (0..DIGITS).rev().map(|at| (amount >> (32 * at)) & u128::from(u32::MAX)) {
        let next = (rest << 32) + digit * part;
        (quotient, rest) = ((quotient << 32) + next / whole, next % whole);
    }
    i128::try_from(quotient).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_amounts_whose_product_is_too_large_is_exact() {
        assert_eq!((share_of(10, 3, 4), share_of(4, 3, 4), share_of(2, 3, 4), share_of(1, 3, 4)), (3, 3, 1, 0));
        assert_eq!((share_of(5, 1, 0), share_of(-1, 1, 2)), (0, 0));
        let huge = i128::from(i64::MAX) * 1_000_000_000;
        assert_eq!((share_of(huge, huge, huge), share_of(huge / 2, huge - 1, huge)), (huge, huge / 2 - 1));
        assert_eq!(share_of(huge / 3, huge / 7, huge), huge / 3 / 7);
    }

    #[test]
    fn losses_follow_each_other_and_what_they_take_below_the_salvage_is_told_apart() {
        let mut remaining = Remaining::all(1_000);
        assert_eq!(remaining.of(700), 700);
        // At 600 left 150 are lost: of the rest three quarters stay.
        remaining.lose(600, 150);
        assert_eq!((remaining.of(600), remaining.of(300), remaining.of(0), remaining.below_salvage()), (450, 225, 0, 0));
        // At 300 left, which are 225, 300 are lost: 75 below the salvage.
        remaining.lose(300, 300);
        assert_eq!((remaining.of(300), remaining.of(100), remaining.below_salvage()), (0, 0, 75));
        remaining.lose(0, 5);
        assert_eq!((remaining.of(0), remaining.below_salvage()), (0, 80));
    }
}
