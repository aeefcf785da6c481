//! What is replaced first, and what fits into a budget: the calculation alone.

use super::refresh_reason::RefreshReason;

/// Something to replace, with its price in minor units; none if nobody knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priced {
    /// Its priority; the greatest comes first.
    pub priority: i64,
    /// What a replacement costs.
    pub price: Option<i64>,
}

/// Why something is not replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// Nobody knows what it costs.
    NoPrice,
    /// What is left of the budget is less than its price.
    OverBudget,
}

/// How urgent it is for a reason.
pub fn weight(reason: RefreshReason) -> i64 {
    match reason {
        RefreshReason::EndOfSecurity => 5,
        RefreshReason::EndOfSupport | RefreshReason::Failures | RefreshReason::OpenVulnerabilities => 4,
        RefreshReason::PlannedRetirement | RefreshReason::ContractEnd => 3,
        RefreshReason::WarrantyEnd => 2,
        RefreshReason::WrittenOff => 1,
    }
}

/// Σ weights of the reasons · (5 − tier of the most critical service that stands on it); 1 where none does.
pub fn priority(reasons: impl IntoIterator<Item = RefreshReason>, tier: Option<i64>) -> i64 {
    let urgency: i64 = reasons.into_iter().map(weight).sum();
    urgency * (5 - tier.unwrap_or(4)).clamp(1, 4)
}

/// Takes the first of some things, in their order, as long as the budget pays for them, and passes over what it does not. Of each: none if it is
/// taken, else why not; and what is left.
pub fn choose(things: &[Priced], budget: i64) -> (Vec<Option<Rejection>>, i64) {
    let mut left = budget;
    let decide = |thing: &Priced| match thing.price {
        None => Some(Rejection::NoPrice),
        Some(price) if price > left => Some(Rejection::OverBudget),
        Some(price) => {
            left -= price;
            None
        }
    };
    let decided = things.iter().map(decide).collect();
    (decided, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_stand_on_and_nobody_mends_comes_first() {
        use RefreshReason::{ContractEnd, EndOfSecurity, EndOfSupport, Failures, OpenVulnerabilities, WarrantyEnd, WrittenOff};
        assert_eq!(priority([EndOfSupport, EndOfSecurity, WarrantyEnd, WrittenOff], Some(1)), 48);
        assert_eq!(priority([EndOfSecurity], Some(3)), 10);
        assert_eq!(priority([Failures, WrittenOff], None), 5);
        assert_eq!(priority([OpenVulnerabilities, ContractEnd], Some(2)), 21);
    }

    #[test]
    fn a_budget_is_spent_in_the_order_of_priority_and_what_is_too_dear_is_passed_over() {
        let priced = |priority, price| Priced { priority, price };
        let things = [priced(9, Some(60)), priced(8, Some(50)), priced(7, None), priced(6, Some(40)), priced(1, Some(1))];
        let (decided, left) = choose(&things, 100);
        assert_eq!(decided, [None, Some(Rejection::OverBudget), Some(Rejection::NoPrice), None, Some(Rejection::OverBudget)]);
        assert_eq!(left, 0);
    }
}
