//! Power feeds: the power that comes into racks.

use super::rack_place;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Name, Note, Percent, Title, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Lock, Resource, Scope, Unique};

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

steward_core::resource! {
    /// Power feed of a rack. The rack is down when all of its feeds are, and degraded when one of several is.
    pub struct PowerFeed {
        /// Rack that it feeds.
        #[field(refers_to(&["infrastructure/racks"]), fixed)]
        pub rack_id: Id,
        /// Name as people know it, unique in the rack.
        #[field(unique, search)]
        pub name: Name,
        /// Panel or distribution board that feeds it, and its breaker.
        #[field(search)]
        pub source: Title,
        /// Use of the feed.
        #[field(default(|| json!("primary")))]
        pub kind: FeedKind,
        /// Phases of the feed.
        #[field(default(|| json!("single")))]
        pub phase: FeedPhase,
        /// Voltage, in volts.
        #[field(default(|| json!(230)))]
        pub voltage: Whole<1, 100_000>,
        /// Rated current of its breaker in amperes.
        #[field(default(|| json!(16)))]
        pub amperage: Whole<1, 100_000>,
        /// Share of the rated power that may be drawn, in percent.
        #[field(default(|| json!(80)))]
        pub max_utilization_percent: Percent,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for PowerFeed {
    const PATH: &'static str = "infrastructure/power-feeds";
    type Table = steward_schema::infrastructure::power_feeds::table;
    const SCOPE: Scope = Scope::Within("rack_id");
    const UNIQUE: &'static [Unique] = &[Unique { index: "power_feeds_name_key", fields: &["rack_id", "name"] }];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "planned→active:activate↔offline:take_offline; active→failed:fail→active; →retired:retire";
        Some(Lifecycle::new(notation).named("offline", "active", "restore").named("failed", "active", "repair"))
    }

    fn sample() -> Self {
        PowerFeed {
            rack_id: Id::sample(),
            name: "A".into(),
            source: "Panel RTM-1-A, breaker 14".into(),
            kind: FeedKind::Primary,
            phase: FeedPhase::Single,
            voltage: Whole(230),
            amperage: Whole(32),
            max_utilization_percent: steward_core::resource::value::Number(80.0),
            description: Some("On the battery of the first hall.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.rack_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(before) = check.before::<PowerFeed>()?.filter(|_| check.state == Some("active")) else { return Ok(()) };
        let pointer = match self {
            _ if before.kind != self.kind => "/kind",
            _ if before.voltage != self.voltage => "/voltage",
            _ if before.phase != self.phase => "/phase",
            _ if before.amperage != self.amperage => "/amperage",
            _ => "/max_utilization_percent",
        };
        rack_place::require_fed(check, self.rack_id, (pointer, before.carries(), self.carries()))
    }
}

impl PowerFeed {
    /// The power that it carries, in watts: none where it only stands by.
    fn carries(&self) -> f64 {
        match self.kind {
            FeedKind::Primary => available_power(self.voltage.0, self.amperage.0, self.phase, self.max_utilization_percent.0),
            FeedKind::Redundant => 0.0,
        }
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
