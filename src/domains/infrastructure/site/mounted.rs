//! What is mounted in a rack, and which of its units that takes.

use crate::compute::device::{Device, Face};
use crate::compute::device_type::DeviceType;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{device_types, devices};

/// A device in a rack.
#[derive(Debug, Clone, Queryable)]
pub struct Mounted {
    /// The device.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: String,
    /// The lowest unit that it takes; none while that is not recorded.
    pub position: Option<f64>,
    /// The side from which it is mounted.
    pub face: Option<Face>,
    /// Its height in units.
    pub height_units: f64,
    /// Whether it takes both sides.
    pub full_depth: bool,
    /// Its weight in kilograms.
    pub weight_kg: Option<f64>,
    /// What it draws, in watts.
    pub power_draw_w: Option<f64>,
}

/// The devices of a rack in sight that are not retired, from the top down.
pub fn mounted(cx: &mut Context<'_, '_>, rack: Id) -> Result<Vec<Mounted>> {
    let seen = cx.sees::<Device>()?;
    let device = (devices::id, devices::name, devices::state, devices::position, devices::face);
    let kind = (device_types::height_units, device_types::full_depth, device_types::weight_kg, device_types::power_draw_w);
    type Row = ((Id, String, String, Option<f64>, Option<Face>), (f64, bool, Option<f64>, Option<f64>));
    let rows: Vec<Row> = devices::table
        .inner_join(device_types::table)
        .filter(devices::rack_id.eq(rack).and(devices::state.ne("retired")))
        .filter(seen.clone())
        .filter(cx.sees::<DeviceType>()?)
        .order((devices::position.desc(), devices::id))
        .select((device, kind))
        .load(cx.within(&seen))?;
    let whole = |((id, name, state, position, face), (height_units, full_depth, weight_kg, power_draw_w)): Row| Mounted {
        id,
        name,
        state,
        position,
        face,
        height_units,
        full_depth,
        weight_kg,
        power_draw_w,
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// Device that takes a unit, or half of it, on a side.
pub fn occupant(mounted: &[Mounted], unit: i64, face: Face) -> Option<&Mounted> {
    mounted.iter().find(|device| [2 * unit - 2, 2 * unit - 1].iter().any(|half| device.takes(*half, Some(face))))
}

/// Devices from the top down, those without a position last: the databases differ in the order of these.
pub fn top_down(mut mounted: Vec<Mounted>) -> Vec<Mounted> {
    mounted.sort_by(|one, other| other.position.unwrap_or(0.0).total_cmp(&one.position.unwrap_or(0.0)).then(one.id.cmp(&other.id)));
    mounted
}

impl Mounted {
    /// Whether it takes some of a half unit, counted from 0 at the bottom, on a side, or on either.
    pub fn takes(&self, half: i64, face: Option<Face>) -> bool {
        let Some(position) = self.position else { return false };
        let (bottom, at) = (position - 1.0, half as f64 / 2.0);
        let beside = self.full_depth || face.is_none() || self.face.is_none() || self.face == face;
        beside && bottom < at + 0.5 && at < bottom + self.height_units
    }
}
