//! Which way a measure is to move, and the numbers that must stand in that order.

use steward_core::choice;
use steward_core::resource::ValidationErrors;
use steward_core::resource::value::Number;

/// Measured value in any unit.
pub type Measure = Number<-1_000_000_000_000_000, 1_000_000_000_000_000>;

choice! {
    /// Intended direction of a measure.
    pub enum Direction {
        /// Upwards: more is better.
        Increase = "increase",
        /// Downwards: less is better.
        Decrease = "decrease",
        /// Within a range: to be reached and kept.
        HoldRange = "hold_range",
    }
}

/// Range in which a measure is to be held.
pub struct Range {
    pub low: Option<Measure>,
    pub high: Option<Measure>,
    pub tolerance: Option<Measure>,
}

impl Direction {
    /// Fails if one value does not lie before another in this direction: `strictly`, or at least not behind it.
    pub fn require_order(self, faults: &mut ValidationErrors, (first, second): (Option<Measure>, Option<Measure>), strictly: bool, field: &str) {
        let (Some(first), Some(second)) = (first, second) else { return };
        let ahead = match self {
            Direction::Increase => second.0 - first.0,
            Direction::Decrease => first.0 - second.0,
            Direction::HoldRange => return,
        };
        let in_order = if strictly { ahead > 0.0 } else { ahead >= 0.0 };
        faults.require(in_order, field, "order", "The values must follow each other in the direction: the worse before the better.");
    }

    /// Fails unless a range is whole where it is to be held, and absent where it is not.
    pub fn require_range(self, faults: &mut ValidationErrors, range: &Range) {
        let given = [("low", range.low), ("high", range.high), ("tolerance", range.tolerance)];
        for (field, value) in given {
            if self == Direction::HoldRange {
                faults.require(value.is_some(), field, "required", "A range that is to be held needs low, high and tolerance.");
            } else {
                faults.require(value.is_none(), field, "not_allowed", "Only a range that is to be held has this. Remove it, or set direction to hold_range.");
            }
        }
        if let (Some(low), Some(high)) = (range.low, range.high) {
            faults.require(high.0 > low.0, "high", "order", "Expected more than low.");
        }
        faults.require(range.tolerance.is_none_or(|tolerance| tolerance.0 >= 0.0), "tolerance", "range", "Expected 0 or more.");
    }
}
