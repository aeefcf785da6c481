//! Three-point estimates and the Monte Carlo simulation of a schedule.

use super::critical_path::Pass;
use super::network::{Network, Plan};

/// A three-point estimate, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub struct Estimate {
    pub optimistic: f64,
    pub most_likely: f64,
    pub pessimistic: f64,
}

impl Estimate {
    /// The expected duration: (O + 4 M + P) ÷ 6.
    pub fn expected(&self) -> f64 {
        (self.optimistic + 4.0 * self.most_likely + self.pessimistic) / 6.0
    }

    /// The standard deviation: (P − O) ÷ 6.
    pub fn deviation(&self) -> f64 {
        (self.pessimistic - self.optimistic) / 6.0
    }

    /// The duration at a point from 0 to 1 of the triangular distribution.
    fn at(&self, point: f64) -> f64 {
        let (low, mode, high) = (self.optimistic, self.most_likely, self.pessimistic);
        let span = high - low;
        if span <= 0.0 {
            return mode;
        }
        let turn = (mode - low) / span;
        if point < turn { low + (point * span * (mode - low)).sqrt() } else { high - ((1.0 - point) * span * (high - mode)).sqrt() }
    }
}

/// Numbers from 0 to 1 that follow from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// What came of some trials.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The last day of each trial, the earliest first.
    pub finishes: Vec<i64>,
    /// In how many trials each work was critical.
    pub critical: Vec<u32>,
}

impl Outcome {
    /// The day by which so many percent of the trials are finished (nearest rank).
    pub fn percentile(&self, percent: usize) -> Option<i64> {
        let rank = (self.finishes.len() * percent).div_ceil(100);
        self.finishes.get(rank.checked_sub(1)?).copied()
    }
}

/// The most trials of one simulation.
const MOST_TRIALS: u64 = 10_000;
/// The most work items and dependencies over all trials: some seconds.
const MOST_STEPS: u64 = 20_000_000;

/// The most trials with which a plan is simulated: the fewer, the more work items and dependencies it has.
pub fn most_trials(plan: &Plan) -> u64 {
    let size = u64::try_from(plan.tasks.len() + plan.links.len()).unwrap_or(u64::MAX);
    (MOST_STEPS / size.max(1)).min(MOST_TRIALS)
}

/// Computes the schedule so many times, each time with durations that are drawn from the estimates.
pub fn simulate(network: &Network<'_>, estimates: &[Option<Estimate>], trials: u32, seed: u64) -> Outcome {
    let mut dice = Dice(seed);
    let mut outcome = Outcome { finishes: Vec::new(), critical: vec![0; network.plan.tasks.len()] };
    for _ in 0..trials {
        let drawn = network.plan.tasks.iter().zip(estimates).map(|(task, estimate)| {
            let Some(estimate) = estimate else { return (task.duration, task.remaining) };
            let duration = estimate.at(dice.roll());
            // What is left of work that has started varies as the whole of it.
            let left = if task.duration > 0 { task.remaining as f64 / task.duration as f64 } else { 0.0 };
            (duration.round() as i64, (duration * left).round() as i64)
        });
        let schedule = Pass::with(network, drawn.collect()).run();
        outcome.finishes.extend(schedule.finish);
        for (count, dates) in outcome.critical.iter_mut().zip(&schedule.dates) {
            *count += u32::from(dates.critical);
        }
    }
    outcome.finishes.sort_unstable();
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::network::{Link, Predecessor, Task};
    use crate::schedule::work_dependency::WorkDependencyKind::Fs;
    use crate::schedule::work_item::Constraint;
    use crate::schedule::work_time::{HOUR, WorkTime};

    const DAY: f64 = 8.0 * HOUR as f64;
    const MONDAY: i64 = 20_605;

    fn estimate(optimistic: f64, most_likely: f64, pessimistic: f64) -> Estimate {
        Estimate { optimistic: optimistic * DAY, most_likely: most_likely * DAY, pessimistic: pessimistic * DAY }
    }

    /// Two chains to one end: estimates in days, what comes before what.
    fn plan(durations: &[f64], links: &[(usize, usize)]) -> Plan {
        let task = |days: &f64| Task {
            parent: None,
            calendar: 0,
            duration: (days * DAY) as i64,
            remaining: (days * DAY) as i64,
            constraint: Constraint::Asap,
            constraint_day: None,
            not_before: None,
            not_done_before: None,
            started: None,
            finished: None,
        };
        let link = |(from, to): &(usize, usize)| Link { predecessor: Predecessor::Task(*from), successor: *to, kind: Fs, lag: 0 };
        let (tasks, links) = (durations.iter().map(task).collect(), links.iter().map(link).collect());
        Plan { calendars: vec![WorkTime::standard()], tasks, links, first_day: MONDAY, data_day: MONDAY }
    }

    #[test]
    fn three_points_have_the_mean_and_deviation_of_pert() {
        // Wikipedia, Program evaluation and review technique: 2, 4, 6 → 4.00; 3, 5, 9 → 5.33; 4, 5, 7 → 5.17; 4, 6, 10 → 6.33;
        // 3, 4, 8 → 4.50; 3, 5, 8 → 5.17.
        let expected =
            [(2.0, 4.0, 6.0, 4.0), (3.0, 5.0, 9.0, 5.33), (4.0, 5.0, 7.0, 5.17), (4.0, 6.0, 10.0, 6.33), (3.0, 4.0, 8.0, 4.5), (3.0, 5.0, 8.0, 5.17)];
        for (optimistic, most_likely, pessimistic, days) in expected {
            assert!((estimate(optimistic, most_likely, pessimistic).expected() / DAY - days).abs() < 0.005);
        }
        assert_eq!(estimate(3.0, 5.0, 9.0).deviation() / DAY, 1.0);
    }

    #[test]
    fn the_triangle_is_drawn_from_its_distribution() {
        // Quantiles of the triangular distribution: its mode at (M − O) ÷ (P − O), its ends at 0 and 1.
        let days = estimate(2.0, 4.0, 10.0);
        assert_eq!([days.at(0.0) / DAY, days.at(0.25) / DAY, days.at(1.0) / DAY], [2.0, 4.0, 10.0]);
        assert_eq!(estimate(3.0, 3.0, 3.0).at(0.7) / DAY, 3.0);
    }

    #[test]
    fn the_same_seed_gives_the_same_outcome_and_another_one_another() {
        let plan = plan(&[4.0, 5.0, 5.0], &[(0, 1), (1, 2)]);
        let network = Network::new(&plan).unwrap();
        let estimates = [Some(estimate(2.0, 4.0, 9.0)), Some(estimate(3.0, 5.0, 12.0)), None];
        let once = simulate(&network, &estimates, 200, 7);
        assert_eq!(once, simulate(&network, &estimates, 200, 7));
        assert_ne!(once, simulate(&network, &estimates, 200, 8));
        assert_eq!(once.critical, [200, 200, 200]);
        assert!(once.percentile(50) < once.percentile(90));
    }

    #[test]
    fn percentiles_come_near_the_distribution_and_criticality_near_even_odds() {
        // One task of 0 to 100 days with its mode at 50 has its median at 50 and its 90th percentile at 100 − √(0.1 · 100 · 50) = 77.6.
        let alone = plan(&[50.0], &[]);
        let outcome = simulate(&Network::new(&alone).unwrap(), &[Some(estimate(0.0, 50.0, 100.0))], 4_000, 1);
        let days = |percent| WorkTime::standard().days_between(MONDAY - 1, outcome.percentile(percent).unwrap());
        assert!((49..=52).contains(&days(50)) && (76..=80).contains(&days(90)), "{} {}", days(50), days(90));
        // Two that are alike are each the longer one every other time.
        let twins = plan(&[10.0, 10.0], &[]);
        let outcome = simulate(&Network::new(&twins).unwrap(), &[Some(estimate(5.0, 10.0, 15.0)); 2], 4_000, 1);
        assert!(outcome.critical.iter().all(|count| (1_850..=2_150).contains(count)), "{:?}", outcome.critical);
        assert_eq!(Outcome { finishes: vec![1, 2, 3, 4], critical: Vec::new() }.percentile(50), Some(2));
        assert_eq!(Outcome { finishes: Vec::new(), critical: Vec::new() }.percentile(50), None);
    }
}
