//! Progress of key results and objectives, health, and where it will end: the calculation alone.

use super::commitment::{Commitment, Health};
use super::direction::Direction;
use std::collections::{HashMap, HashSet};
use steward_core::resource::Id;
use steward_core::resource::value::Date;

/// Room for the rounding of binary fractions where a figure is compared with a limit.
const ROUNDING: f64 = 1e-9;

/// The parameters by which a key result is measured.
#[derive(Debug, Clone, Copy)]
pub struct Gauge {
    /// Intended direction of the value.
    pub direction: Direction,
    /// Value at the start.
    pub baseline: Option<f64>,
    /// Target value.
    pub target: Option<f64>,
    /// The range to be held: its bounds.
    pub range: Option<(f64, f64)>,
    /// Distance outside the range at which progress is 0.
    pub tolerance: f64,
}

/// The progress of a key result at a value: clamp((v − b)/(t − b), 0, 1), where the sign of t − b is the direction; in a range
/// that is to be held 1, and outside it max(0, 1 − distance/tolerance). Unknown without a value, and where there is nothing to
/// measure it by.
pub fn of_key_result(gauge: &Gauge, value: Option<f64>) -> Option<f64> {
    let value = value?;
    if gauge.direction == Direction::HoldRange {
        let (low, high) = gauge.range?;
        let distance = (low - value).max(value - high).max(0.0);
        return Some(if distance == 0.0 { 1.0 } else { (1.0 - distance / gauge.tolerance).max(0.0) });
    }
    let (baseline, target) = (gauge.baseline?, gauge.target?);
    if target == baseline {
        return None;
    }
    Some(((value - baseline) / (target - baseline)).clamp(0.0, 1.0))
}

/// Σ w·p / Σ w over what is known; unknown when nothing that weighs is.
pub fn weighted(parts: impl IntoIterator<Item = (f64, Option<f64>)>) -> Option<f64> {
    let known = parts.into_iter().filter_map(|(weight, progress)| Some((weight, progress?)));
    let (weights, sum) = known.fold((0.0, 0.0), |(weights, sum), (weight, progress)| (weights + weight, sum + weight * progress));
    (weights > 0.0).then(|| sum / weights)
}

/// The progress of each objective of a tree: over its key results and the objectives under it. `children` gives the objectives
/// under each, `weights` what they weigh, `key_results` weight and progress of the key results of each.
pub fn of_tree(
    root: Id,
    children: &HashMap<Id, Vec<Id>>,
    weights: &HashMap<Id, f64>,
    key_results: &HashMap<Id, Vec<(f64, Option<f64>)>>,
) -> HashMap<Id, Option<f64>> {
    let (mut order, mut seen) = (vec![root], HashSet::from([root]));
    let mut at = 0;
    while let Some(objective) = order.get(at).copied() {
        let below = children.get(&objective).into_iter().flatten().copied();
        order.extend(below.filter(|child| seen.insert(*child)));
        at += 1;
    }
    let mut progress: HashMap<Id, Option<f64>> = HashMap::new();
    for objective in order.into_iter().rev() {
        let own = key_results.get(&objective).into_iter().flatten().copied();
        let below = children.get(&objective).into_iter().flatten();
        let below = below.map(|child| (weights.get(child).copied().unwrap_or_default(), progress.get(child).copied().flatten()));
        let parts: Vec<(f64, Option<f64>)> = own.chain(below).collect();
        progress.insert(objective, weighted(parts));
    }
    progress
}

/// The share of a cycle that has passed at the end of a day, from 0 to 1.
pub fn elapsed_share(starts_on: Date, ends_on: Date, day: Date) -> f64 {
    let days = |from: Date, through: Date| ((through.0 - from.0).num_days() + 1) as f64;
    (days(starts_on, day) / days(starts_on, ends_on).max(1.0)).clamp(0.0, 1.0)
}

/// How an objective stands: at most 0.10 behind the elapsed share is on track, at most 0.25 behind at risk.
pub fn health(progress: f64, elapsed: f64) -> Health {
    match elapsed - progress {
        behind if behind <= 0.10 + ROUNDING => Health::OnTrack,
        behind if behind <= 0.25 + ROUNDING => Health::AtRisk,
        _ => Health::OffTrack,
    }
}

/// The progress at which an objective is reached: 1 if it was promised, 0.7 if it is a stretch.
pub fn needed(commitment: Commitment) -> f64 {
    if commitment == Commitment::Committed { 1.0 } else { 0.7 }
}

/// Whether an objective is reached.
pub fn achieved(progress: f64, commitment: Commitment) -> bool {
    progress >= needed(commitment) - ROUNDING
}

/// A forecast within what can be measured: a share of a hundred is at least none and at most all.
pub fn within_measure(unit: &str, forecast: f64) -> f64 {
    let is_share = ["%", "percent", "per cent"].contains(&unit.trim().to_lowercase().as_str());
    if is_share { forecast.clamp(0.0, 100.0) } else { forecast }
}

/// Where the straight line nearest to some points (ordinary least squares) is at a place; unknown with fewer than two places.
pub fn forecast(points: &[(f64, f64)], at: f64) -> Option<f64> {
    let count = points.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let together: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    (spread > 0.0).then(|| mean_y + together / spread * (at - mean_x))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-9)
    }

    fn toward(baseline: f64, target: f64) -> Gauge {
        let direction = if target < baseline { Direction::Decrease } else { Direction::Increase };
        Gauge { direction, baseline: Some(baseline), target: Some(target), range: None, tolerance: 0.0 }
    }

    fn held(low: f64, high: f64, tolerance: f64) -> Gauge {
        Gauge { direction: Direction::HoldRange, baseline: None, target: None, range: Some((low, high)), tolerance }
    }

    #[test]
    fn a_key_result_moves_from_its_baseline_to_its_target_either_way() {
        // By hand: (52 − 35)/(80 − 35) = 17/45; (9 − 12)/(4 − 12) = 3/8.
        assert!(near(of_key_result(&toward(35.0, 80.0), Some(52.0)), 17.0 / 45.0));
        assert!(near(of_key_result(&toward(12.0, 4.0), Some(9.0)), 0.375));
        assert_eq!(of_key_result(&toward(35.0, 80.0), Some(20.0)), Some(0.0), "behind the baseline");
        assert_eq!(of_key_result(&toward(12.0, 4.0), Some(1.0)), Some(1.0), "beyond the target");
    }

    #[test]
    fn a_key_result_without_a_value_or_without_a_way_to_go_is_unknown() {
        assert_eq!(of_key_result(&toward(35.0, 80.0), None), None);
        assert_eq!(of_key_result(&held(1.0, 2.0, 1.0), None), None);
        assert_eq!(of_key_result(&toward(5.0, 5.0), Some(5.0)), None);
        assert_eq!(of_key_result(&Gauge { target: None, ..toward(1.0, 2.0) }, Some(1.0)), None);
    }

    #[test]
    fn a_range_is_held_inside_and_lost_a_tolerance_outside() {
        let gauge = held(20.0, 24.0, 4.0);
        let found = [20.0, 22.0, 24.0, 25.0, 17.0, 28.0, 40.0].map(|value| of_key_result(&gauge, Some(value)));
        assert_eq!(found, [1.0, 1.0, 1.0, 0.75, 0.25, 0.0, 0.0].map(Some));
        assert_eq!(of_key_result(&held(20.0, 24.0, 0.0), Some(24.5)), Some(0.0), "without a tolerance");
        assert_eq!(of_key_result(&held(20.0, 24.0, 0.0), Some(24.0)), Some(1.0));
    }

    #[test]
    fn what_is_unknown_leaves_both_sums() {
        // By hand: (2·0.5 + 1·1)/(2 + 1) = 2/3; the unknown one with weight 7 is left out.
        assert!(near(weighted([(2.0, Some(0.5)), (7.0, None), (1.0, Some(1.0))]), 2.0 / 3.0));
        assert_eq!(weighted([(7.0, None)]), None);
        assert_eq!(weighted([]), None);
    }

    #[test]
    fn an_objective_takes_its_key_results_and_the_objectives_under_it_together() {
        let [root, left, right, leaf, bare]: [Id; 5] = std::array::from_fn(|_| Id::new());
        let children = HashMap::from([(root, vec![left, right]), (left, vec![leaf, bare])]);
        let weights = HashMap::from([(left, 2.0), (right, 1.0), (leaf, 1.0), (bare, 9.0)]);
        let key_results = HashMap::from([
            (root, vec![(1.0, Some(0.5))]),
            (left, vec![(3.0, Some(0.2))]),
            (leaf, vec![(1.0, Some(1.0))]),
            (right, vec![(1.0, Some(0.0)), (1.0, Some(0.6))]),
        ]);
        let found = of_tree(root, &children, &weights, &key_results);
        // By hand: leaf 1; bare unknown; left (3·0.2 + 1·1)/4 = 0.4; right 0.3; root (1·0.5 + 2·0.4 + 1·0.3)/4 = 0.4.
        assert!(near(found[&left], 0.4) && near(found[&right], 0.3) && near(found[&root], 0.4));
        assert_eq!(found[&bare], None);
    }

    #[test]
    fn a_cycle_has_passed_by_its_days() {
        // April to June has 91 days; April has 30 of them.
        let share = |on: &str| elapsed_share(day("2026-04-01"), day("2026-06-30"), day(on));
        assert_eq!([share("2026-03-31"), share("2026-04-30"), share("2026-06-30"), share("2026-09-01")], [0.0, 30.0 / 91.0, 1.0, 1.0]);
    }

    #[test]
    fn health_is_how_far_progress_is_behind_the_time() {
        let found = [0.4, 0.39, 0.25, 0.24].map(|progress| health(progress, 0.5));
        assert_eq!(found, [Health::OnTrack, Health::AtRisk, Health::AtRisk, Health::OffTrack]);
        assert_eq!([health(0.9, 1.0), health(0.75, 1.0), health(1.0, 0.1)], [Health::OnTrack, Health::AtRisk, Health::OnTrack]);
    }

    #[test]
    fn what_was_promised_is_reached_wholly_and_a_stretch_at_seven_tenths() {
        assert!(achieved(1.0, Commitment::Committed) && !achieved(0.99, Commitment::Committed));
        assert!(achieved(0.7, Commitment::Aspirational) && !achieved(0.69, Commitment::Aspirational));
    }

    #[test]
    fn a_share_of_a_hundred_is_forecast_within_it() {
        assert_eq!([within_measure("percent", 120.0), within_measure(" % ", -3.0), within_measure("Percent", 74.4)], [100.0, 0.0, 74.4]);
        assert_eq!(within_measure("orders", 120.0), 120.0);
    }

    #[test]
    fn a_forecast_is_the_line_of_least_squares() {
        // By hand: x̄ = 2, ȳ = 4; Σ(x−x̄)(y−ȳ) = 4, Σ(x−x̄)² = 2; slope 2; at 5: 4 + 2·3 = 10.
        assert!(near(forecast(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)], 5.0), 10.0));
        // By hand: x̄ = 1.5, ȳ = 2.25; Σ(x−x̄)(y−ȳ) = 3.5, Σ(x−x̄)² = 5; slope 0.7; at 4: 2.25 + 0.7·2.5 = 4.
        assert!(near(forecast(&[(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 3.0)], 4.0), 4.0));
        assert_eq!(forecast(&[(1.0, 2.0)], 5.0), None);
        assert_eq!(forecast(&[(1.0, 2.0), (1.0, 3.0)], 5.0), None, "both at once");
        assert_eq!(forecast(&[], 5.0), None);
    }
}
