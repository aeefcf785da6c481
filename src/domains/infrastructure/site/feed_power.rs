//! What a power feed is for, and the power that it gives.

use steward_core::choice;

choice! {
    /// Use of a power feed.
    pub enum FeedKind {
        /// Carries the load.
        Primary = "primary",
        /// Takes over when a primary feed is lost.
        Redundant = "redundant",
    }
}

choice! {
    /// Phases of a power feed.
    pub enum FeedPhase {
        /// One phase.
        Single = "single",
        /// Three phases.
        Three = "three",
    }
}

/// The power that a feed gives, in watts: V · A · (√3 for three phases) · maximum utilisation.
pub fn available_power(voltage: i64, amperage: i64, phase: FeedPhase, max_utilization_percent: f64) -> f64 {
    let phases = match phase {
        FeedPhase::Single => 1.0,
        FeedPhase::Three => 3.0_f64.sqrt(),
    };
    voltage as f64 * amperage as f64 * phases * max_utilization_percent / 100.0
}

/// The power that feeds give, in watts; none where there are none.
pub fn total_power(feeds: &[(i64, i64, FeedPhase, f64)]) -> Option<f64> {
    (!feeds.is_empty()).then(|| feeds.iter().map(|(voltage, amperage, phase, percent)| available_power(*voltage, *amperage, *phase, *percent)).sum())
}

/// The lesser of two limits, as far as they are known.
pub fn lesser(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.into_iter().chain(other).min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_gives_what_its_voltage_current_phases_and_utilisation_allow() {
        // NetBox: 120 V and 20 A at 80 % are 1,920 W; with three phases 1.732 times that.
        assert!((available_power(120, 20, FeedPhase::Single, 80.0) - 1920.0).abs() < 1e-9);
        assert!((available_power(120, 20, FeedPhase::Three, 80.0) - 1920.0 * 1.732).abs() < 0.1);
        assert_eq!(total_power(&[]), None);
        assert_eq!([lesser(None, None), lesser(Some(2.0), None), lesser(Some(2.0), Some(1.0))], [None, Some(2.0), Some(1.0)]);
    }
}
