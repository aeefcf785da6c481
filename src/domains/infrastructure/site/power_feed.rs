//! Power feeds: the power that comes into racks.

use super::feed_power::{FeedKind, FeedPhase, available_power};
use super::rack_place;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Name, Note, Percent, Title, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Lock, Move, Resource, Scope, Unique, UnmetGuard};

/// The state of a feed in which it gives power.
const ACTIVE: &[&str] = &["active"];
/// The states of a feed in which it is installed.
const INSTALLED: &[&str] = &["active", "offline", "failed"];
/// The states of a feed in which it gives power, or is to.
const RECORDED: &[&str] = &["planned", "active", "offline", "failed"];

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
        let Some(before) = check.before::<PowerFeed>()? else { return Ok(()) };
        // One that is away for now comes back as what it is.
        let states = match check.state {
            Some("active") => ACTIVE,
            Some("offline" | "failed") => INSTALLED,
            _ => return Ok(()),
        };
        let pointer = match self {
            _ if before.kind != self.kind => "/kind",
            _ if before.voltage != self.voltage => "/voltage",
            _ if before.phase != self.phase => "/phase",
            _ if before.amperage != self.amperage => "/amperage",
            _ => "/max_utilization_percent",
        };
        // What gives as much as before is no less for what is fed.
        if self.carries() >= before.carries() {
            return Ok(());
        }
        match rack_place::underfed(check, self.rack_id, states, self.carries())? {
            Some(detail) => Err(Problem::conflict(pointer, "power", detail).into()),
            None => Ok(()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let carries = self.carries();
        // That it fails or is taken offline is a fact; it comes back beside those that are away as well.
        let (states, more) = match (step.from, step.to) {
            ("active", "retired") => (ACTIVE, 0.0),
            ("offline" | "failed", "retired") => (INSTALLED, 0.0),
            (_, "active") => (RECORDED, carries),
            _ => return Ok(Vec::new()),
        };
        if carries <= 0.0 {
            return Ok(Vec::new());
        }
        let said = rack_place::underfed(check, self.rack_id, states, more)?;
        Ok(said.map(|detail| UnmetGuard::new("", "power", detail)).into_iter().collect())
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
