//! The elevation of a rack: what stands where.

use crate::compute::device::{Device, Face};
use crate::compute::device_type::DeviceType;
use crate::site::mounted::{Mounted, mounted, occupant, top_down};
use crate::site::rack::Rack;
use steward_core::resource::value::Whole;
use steward_core::view::picture::{Form, Picture, Slot, Slots};
use steward_core::view::prelude::*;

/// Device mounted in a rack.
#[derive(Debug, Serialize, ToSchema)]
pub struct MountedDevice {
    /// Mounted device.
    pub device: Ref<Device>,
    /// Lowest unit that it occupies; null if not recorded.
    pub position: Figure,
    /// Height in units.
    pub height_units: Figure,
    /// Side from which it is mounted; null if not recorded.
    pub face: Option<Face>,
    /// True if it occupies both sides.
    pub full_depth: bool,
}

/// Unit of a rack.
#[derive(Debug, Serialize, ToSchema)]
pub struct RackUnit {
    /// Number of the unit, from 1 at the bottom.
    pub unit: Whole<1, 100>,
    /// Device that occupies it, or half of it, at the front; null if it is free.
    pub front_device_id: Option<IdOf<Device>>,
    /// Device that occupies it, or half of it, at the rear; null if it is free.
    pub rear_device_id: Option<IdOf<Device>>,
}

/// Elevation of a rack: its devices by unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct RackElevation {
    /// Rack shown.
    pub rack: Ref<Rack>,
    /// Height of the rack in units.
    pub height_units: Whole<1, 100>,
    /// Number of units free on both sides.
    pub units_free: Count,
    /// Units from the top down.
    pub units: Vec<RackUnit>,
    /// Devices from the top down; those without a position last.
    pub devices: Vec<MountedDevice>,
}

impl View for RackElevation {
    const PATH: &'static str = "infrastructure/racks/{id}/elevation";
    const SUMMARY: &'static str = "Get the elevation of a rack";
    const DESCRIPTION: &'static str = "Elevation of a rack, unit by unit from the top down, over the devices that you may see and that are not retired.";
    const PICTURE: Option<fn(&Self) -> Picture> = Some(picture);
    type Reads = (Rack, Device, DeviceType);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, rack) = cx.get_typed::<Rack>(id)?;
        let mounted = mounted(cx, id)?;
        let at = |unit: i64, face: Face| occupant(&mounted, unit, face).map(|device| IdOf::from(device.id));
        let units: Vec<RackUnit> = (1..=rack.height_units.0)
            .rev()
            .map(|unit| RackUnit { unit: Whole(unit), front_device_id: at(unit, Face::Front), rear_device_id: at(unit, Face::Rear) })
            .collect();
        let free = units.iter().filter(|unit| unit.front_device_id.is_none() && unit.rear_device_id.is_none()).count();
        let device = |device: Mounted| MountedDevice {
            device: Ref::new(device.id, &device.name, Some(&device.state)),
            position: Figure(device.position),
            height_units: Figure(Some(device.height_units)),
            face: device.face,
            full_depth: device.full_depth,
        };
        Ok(RackElevation {
            rack: Ref::new(id, &rack.name.0, stored.meta.state.as_deref()),
            height_units: rack.height_units,
            units_free: Whole(i64::try_from(free).unwrap_or_default()),
            units,
            devices: top_down(mounted).into_iter().map(device).collect(),
        })
    }
}

/// Front and rear side by side, unit 1 at the bottom.
fn picture(elevation: &RackElevation) -> Picture {
    let slot = |device: &MountedDevice| {
        let seen = |face: Face| device.full_depth || device.face.is_none_or(|mounted| mounted == face);
        Some(Slot {
            name: device.device.title.0.clone(),
            from: device.position.0?,
            height: device.height_units.0.unwrap_or(1.0),
            seen: [seen(Face::Front), seen(Face::Rear)],
        })
    };
    let slots = Slots {
        count: u32::try_from(elevation.height_units.0).unwrap_or_default(),
        sides: ["Front".into(), "Rear".into()],
        slots: elevation.devices.iter().filter_map(slot).collect(),
    };
    Picture::new(format!("{}: {} of {} units free", elevation.rack.title.0, elevation.units_free.0, elevation.height_units.0), Form::Slots(slots))
}
