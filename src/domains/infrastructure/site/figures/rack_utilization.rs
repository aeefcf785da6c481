//! How full a rack is.

use crate::compute::{device::Device, device_type::DeviceType};
use crate::site::feed_power::{FeedKind, FeedPhase, lesser, total_power};
use crate::site::mounted::{Mounted, mounted};
use crate::site::power_feed::PowerFeed;
use crate::site::rack::Rack;
use steward_core::resource::value::{Number, Whole};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::power_feeds;

/// Utilisation of a rack.
#[derive(Debug, Serialize, ToSchema)]
pub struct RackUtilization {
    /// Rack evaluated.
    pub rack: Ref<Rack>,
    /// Number of devices in it that are not retired.
    pub devices: Count,
    /// Number of units that they occupy, on either side.
    pub units_used: Figure,
    /// Height of the rack in units.
    pub height_units: Whole<1, 100>,
    /// Share of its units that are occupied, in percent.
    pub space_percent: Figure,
    /// Power draw of its devices in watts; a type of unknown draw counts as 0.
    pub power_w: Figure,
    /// Power of its active primary feeds in watts; null without any.
    pub feeds_w: Figure,
    /// Power available in watts: the lesser of its limit and the power of its feeds; null without either.
    pub power_available_w: Figure,
    /// Share of the available power that is drawn, in percent; null without a limit and without feeds.
    pub power_percent: Figure,
    /// Weight of its devices in kilograms; a type of unknown weight counts as 0.
    pub weight_kg: Figure,
    /// Share of the weight limit that is used, in percent; null without a limit.
    pub weight_percent: Figure,
    /// Number of devices whose type has no draw or no weight recorded.
    pub unknown: Count,
}

impl View for RackUtilization {
    const PATH: &'static str = "infrastructure/racks/{id}/utilization";
    const SUMMARY: &'static str = "Get the utilization of a rack";
    const DESCRIPTION: &'static str = "Utilisation of the space, power and weight of a rack, over the devices that you may see. A device without a position counts for power and weight, but occupies no units. Of its power feeds only the active primary ones count.";
    const FORMULA: &'static str = "space_percent = units_used ÷ height_units · 100; power_percent = power_w ÷ power_available_w · 100; power_available_w = min(power_limit_w, feeds_w); feeds_w = Σ V · A · (√3 for three phases) · max_utilization_percent ÷ 100; weight_percent = weight_kg ÷ weight_limit_kg · 100";
    const SOURCE: &'static str = "NetBox, power feeds and rack power utilization";
    type Reads = (Rack, Device, DeviceType, IfPermitted<PowerFeed>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, rack) = cx.get_typed::<Rack>(id)?;
        let mounted = mounted(cx, id)?;
        let units = units_used(rack.height_units.0, &mounted);
        let sum = |part: fn(&Mounted) -> Option<f64>| mounted.iter().filter_map(part).sum::<f64>();
        let (power, weight) = (sum(|device| device.power_draw_w), sum(|device| device.weight_kg));
        let share = |value: f64, limit: Option<f64>| Figure(limit.filter(|limit| *limit > 0.0).map(|limit| value / limit * 100.0));
        let (feeds, limit) = (fed(cx, id)?, rack.power_limit_w.map(|Number(limit)| limit));
        let available = lesser(limit, feeds);
        let count = |number: usize| Whole(i64::try_from(number).unwrap_or_default());
        Ok(RackUtilization {
            rack: Ref::new(id, &rack.name.0, stored.meta.state.as_deref()),
            devices: count(mounted.len()),
            units_used: Figure(Some(units)),
            height_units: rack.height_units,
            space_percent: share(units, Some(rack.height_units.0 as f64)),
            power_w: Figure(Some(power)),
            feeds_w: Figure(feeds),
            power_available_w: Figure(available),
            power_percent: share(power, available),
            weight_kg: Figure(Some(weight)),
            weight_percent: share(weight, rack.weight_limit_kg.map(|Number(limit)| limit)),
            unknown: count(mounted.iter().filter(|device| device.power_draw_w.is_none() || device.weight_kg.is_none()).count()),
        })
    }
}

/// What the active primary feeds in sight of a rack give, in watts.
fn fed(cx: &mut Context<'_, '_>, rack: Id) -> Result<Option<f64>> {
    let seen = cx.sees::<PowerFeed>()?;
    let columns = (power_feeds::voltage, power_feeds::amperage, power_feeds::phase, power_feeds::max_utilization_percent);
    let feeds: Vec<(i64, i64, FeedPhase, f64)> = power_feeds::table
        .filter(power_feeds::rack_id.eq(rack).and(power_feeds::kind.eq(FeedKind::Primary)).and(power_feeds::state.eq("active")))
        .filter(seen.clone())
        .select(columns)
        .load(cx.within(&seen))?;
    Ok(total_power(&feeds))
}

/// How many units devices take, on either side, in halves.
fn units_used(height_units: i64, mounted: &[Mounted]) -> f64 {
    (0..height_units * 2).filter(|half| mounted.iter().any(|device| device.takes(*half, None))).count() as f64 / 2.0
}
