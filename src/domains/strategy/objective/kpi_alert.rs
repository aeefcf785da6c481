//! How the value of an indicator stands to its thresholds.

use super::direction::Direction;
use steward_core::ports::indicator::Alert;

/// The limits of an indicator, in the order of its direction.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// Target value.
    pub target: Option<f64>,
    /// Warning threshold.
    pub warning: Option<f64>,
    /// Critical threshold.
    pub critical: Option<f64>,
    /// The range to be held, and the distance outside it at which action is required.
    pub range: Option<(f64, f64, f64)>,
}

/// How a value stands: at a threshold it has reached it. Without a warning threshold what is worse than the target needs a look.
pub fn alert(direction: Direction, limits: Limits, value: f64) -> Alert {
    if direction == Direction::HoldRange {
        let Some((low, high, tolerance)) = limits.range else { return Alert::Within };
        let outside = (low - value).max(value - high);
        return match outside {
            outside if outside <= 0.0 => Alert::Within,
            outside if outside >= tolerance => Alert::Critical,
            _ => Alert::Warning,
        };
    }
    let is_worse = |limit: f64| worse_than(direction, limits, value, limit) == Some(true);
    if limits.critical.is_some_and(|critical| value == critical || is_worse(critical)) {
        Alert::Critical
    } else if limits.warning.is_some_and(|warning| value == warning || is_worse(warning)) || (limits.warning.is_none() && limits.target.is_some_and(is_worse)) {
        Alert::Warning
    } else {
        Alert::Within
    }
}

/// Whether a value is worse than another; none where the range does not tell.
pub fn worse_than(direction: Direction, limits: Limits, value: f64, other: f64) -> Option<bool> {
    match (direction, limits.range) {
        (Direction::Increase, _) => Some(value < other),
        (Direction::Decrease, _) => Some(value > other),
        (Direction::HoldRange, Some((low, high, _))) => {
            let outside = |value: f64| (low - value).max(value - high).max(0.0);
            Some(outside(value) > outside(other))
        }
        (Direction::HoldRange, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reaches_a_threshold_where_it_stands_on_it() {
        let up = Limits { target: Some(99.0), warning: Some(97.0), critical: Some(95.0), range: None };
        let of = |value| alert(Direction::Increase, up, value);
        assert_eq!([98.0, 97.0, 95.5, 95.0, 10.0].map(of), [Alert::Within, Alert::Warning, Alert::Warning, Alert::Critical, Alert::Critical]);
        let down = Limits { target: Some(5.0), warning: Some(8.0), critical: Some(15.0), range: None };
        let of = |value| alert(Direction::Decrease, down, value);
        assert_eq!([5.0, 7.9, 8.0, 14.9, 15.0].map(of), [Alert::Within, Alert::Within, Alert::Warning, Alert::Warning, Alert::Critical]);
    }

    #[test]
    fn without_a_warning_threshold_the_target_is_one_and_a_range_has_a_tolerance() {
        let bare = Limits { target: Some(5.0), ..Limits::default() };
        assert_eq!([5.0, 5.1].map(|value| alert(Direction::Decrease, bare, value)), [Alert::Within, Alert::Warning]);
        let held = Limits { range: Some((18.0, 27.0, 3.0)), ..Limits::default() };
        assert_eq!(
            [18.0, 27.0, 27.5, 30.0, 14.0].map(|value| alert(Direction::HoldRange, held, value)),
            [Alert::Within, Alert::Within, Alert::Warning, Alert::Critical, Alert::Critical]
        );
        assert_eq!([worse_than(Direction::HoldRange, held, 28.0, 20.0), worse_than(Direction::HoldRange, held, 20.0, 25.0)], [Some(true), Some(false)]);
    }
}
