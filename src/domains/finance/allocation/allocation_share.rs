//! The shares of an allocation: who bears how much, so that what goes out comes in exactly.

use crate::budget::distribution::split;
use rust_decimal::Decimal;
use std::collections::HashSet;
use steward_core::choice;
use steward_core::resource::Id;
use steward_core::resource::value::{Code, Number, Percent, folded};

choice! {
    /// Driver of an allocation, which determines the shares.
    pub enum AllocationDriver {
        /// Agreed fixed shares.
        Fixed = "fixed",
        /// Equal shares.
        Even = "even",
        /// Headcount of each target.
        Headcount = "headcount",
        /// Another measured quantity, such as terabytes.
        Metric = "metric",
    }
}

steward_core::value! {
    /// Target of an allocation, which pays a share: a cost center, a service or a unit.
    pub struct AllocationTarget {
        /// Cost center that pays the share.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// Code of the cost center, in place of its id: the service looks it up and writes `cost_center_id`. Null in answers.
        pub cost_center: Option<Code>,
        /// Service; its share stays in the cost center of the pool.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Unit; its share stays in the cost center of the pool.
        #[field(refers_to(&["teams/units"]))]
        pub unit_id: Option<Id>,
        /// Share in percent, for fixed shares.
        pub share_percent: Option<Percent>,
        /// Weight: the measured quantity for metrics, the number of people for headcounts. A headcount left out is counted when a run is
        /// computed, with the users of a service as its heads.
        pub weight: Option<Number<0, 1_000_000_000>>,
    }
}

impl AllocationTarget {
    /// What it is, so that no two are the same; none if it is nothing, or several things.
    pub fn key(&self) -> Option<String> {
        let code = self.cost_center.as_ref().map(|code| folded(code));
        let mut named = [self.cost_center_id, self.service_id, self.unit_id].into_iter().flatten().map(|id| id.to_string()).chain(code);
        named.next().filter(|_| named.next().is_none())
    }
}

/// What each target bears of an amount in minor units.
pub fn shares(amount: i64, driver: AllocationDriver, targets: &[AllocationTarget]) -> Vec<i64> {
    // Nine decimals of a percent, six of a weight: both fit, however many targets there are.
    let scaled = |value: Option<f64>, factor: f64| (value.unwrap_or(0.0) * factor).round() as i64;
    let weight = |target: &AllocationTarget| match driver {
        AllocationDriver::Fixed => scaled(target.share_percent.map(|share| share.0), 1e9),
        AllocationDriver::Even => 1,
        AllocationDriver::Headcount | AllocationDriver::Metric => scaled(target.weight.map(|weight| weight.0), 1e6),
    };
    split(amount, &targets.iter().map(weight).collect::<Vec<_>>())
}

/// What each target bears of each part of an amount: part by part, so that what goes out of a part comes in of it exactly.
pub fn shares_of_parts(parts: &[i64], driver: AllocationDriver, targets: &[AllocationTarget]) -> Vec<Vec<i64>> {
    parts.iter().map(|part| shares(*part, driver, targets)).collect()
}

/// Whether each target has a share and they make 100 % exactly, as they are written.
pub fn makes_a_hundred(targets: &[AllocationTarget]) -> bool {
    let written = |target: &AllocationTarget| target.share_percent.and_then(|share| share.0.to_string().parse::<Decimal>().ok());
    let shares: Option<Vec<Decimal>> = targets.iter().map(written).collect();
    shares.is_some_and(|shares| shares.into_iter().sum::<Decimal>() == Decimal::ONE_HUNDRED)
}

/// Whether cost that leaves a place can come back to it over these edges.
pub fn comes_back<T: Copy + Eq + std::hash::Hash>(from: T, edges: &[(T, T)]) -> bool {
    let (mut reached, mut frontier) = (HashSet::new(), vec![from]);
    while let Some(place) = frontier.pop() {
        for (_, to) in edges.iter().filter(|(start, _)| *start == place) {
            if *to == from {
                return true;
            }
            if reached.insert(*to) {
                frontier.push(*to);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(code: &str, share: f64, weight: f64) -> AllocationTarget {
        let cost_center = Some(code.into());
        AllocationTarget {
            cost_center_id: None,
            cost_center,
            service_id: None,
            unit_id: None,
            share_percent: Some(Number(share)),
            weight: Some(Number(weight)),
        }
    }

    #[test]
    fn what_goes_out_comes_in_exactly() {
        let thirds = [target("A", 33.33, 1.0), target("B", 33.33, 1.0), target("C", 33.34, 1.0)];
        assert_eq!(shares(100, AllocationDriver::Fixed, &thirds), [33, 33, 34]);
        assert_eq!(shares(100, AllocationDriver::Even, &thirds), [34, 33, 33]);
        let heads = [target("A", 0.0, 12.0), target("B", 0.0, 30.0), target("C", 0.0, 8.0)];
        assert_eq!(shares(100_000, AllocationDriver::Headcount, &heads), [24_000, 60_000, 16_000]);
        // By hand: 70.00 and 30.01 of two cost categories, a third each; the cent that is left of each goes to the first.
        assert_eq!(shares_of_parts(&[7_000, 3_001], AllocationDriver::Even, &thirds), [[2_334, 2_333, 2_333], [1_001, 1_000, 1_000]]);
    }

    #[test]
    fn support_departments_of_the_textbook_are_allocated_directly() {
        // Horngren, Datar, Foster, Cost Accounting, 12th edition, chapter 15, Castleford Engineering, direct method: 600,000 of maintenance by 2,400
        // and 4,000 hours, 116,000 of information systems by 1,600 and 200 hours.
        let hours = |machining: f64, assembly: f64| [target("MACH", 0.0, machining), target("ASSY", 0.0, assembly)];
        assert_eq!(shares(60_000_000, AllocationDriver::Metric, &hours(2_400.0, 4_000.0)), [22_500_000, 37_500_000]);
        assert_eq!(shares(11_600_000, AllocationDriver::Metric, &hours(1_600.0, 200.0)), [10_311_111, 1_288_889]);
    }

    #[test]
    fn a_target_is_one_thing() {
        let center = target("CC-1", 0.0, 0.0);
        assert_eq!(center.key(), Some("cc-1".into()));
        assert_eq!(AllocationTarget { unit_id: Some(Id::new()), ..center.clone() }.key(), None);
        assert_eq!(AllocationTarget { cost_center_id: Some(Id::new()), ..center.clone() }.key(), None);
        assert!(AllocationTarget { cost_center: None, service_id: Some(Id::new()), ..center }.key().is_some());
    }

    #[test]
    fn shares_make_a_hundred_as_they_are_written() {
        assert!(makes_a_hundred(&[target("A", 33.3, 0.0), target("B", 33.3, 0.0), target("C", 33.4, 0.0)]));
        assert!(makes_a_hundred(&[target("A", 0.1, 0.0), target("B", 0.2, 0.0), target("C", 99.7, 0.0)]));
        assert!(!makes_a_hundred(&[target("A", 50.0, 0.0), target("B", 49.999, 0.0)]));
    }

    #[test]
    fn cost_that_comes_back_is_a_circle() {
        assert!(comes_back("a", &[("a", "b"), ("b", "c"), ("c", "a")]));
        assert!(comes_back("a", &[("a", "a")]));
        assert!(!comes_back("a", &[("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")]));
        assert!(!comes_back("a", &[("b", "c"), ("c", "b"), ("a", "b")]), "a circle elsewhere is found where it is made");
    }
}
