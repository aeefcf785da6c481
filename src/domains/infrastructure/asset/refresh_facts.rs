//! The facts that speak for the replacement of devices: their types, their assets with the contracts of these, and the vulnerabilities on them.

use super::asset::Asset;
use super::book_value::{ValuationRecord, Valued};
use super::impairment_losses::ImpairmentLosses;
use crate::compute::{device::Device, device_type::DeviceType};
use crate::operation::dependency::CONTRACTS;
use crate::operation::figures::node::Partial;
use crate::software::installation::Installation;
use std::collections::HashMap;
use steward_core::ports::{contracts, dependency, weakness};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{assets, device_types, devices};

/// Vulnerabilities.
const VULNERABILITIES: &str = "security/vulnerabilities";

/// A device in use: id, name, state, day of planned retirement, and days on which support and security updates of its type end.
pub type AgingDevice = (Id, String, String, Option<Date>, Option<Date>, Option<Date>);

/// The devices in sight that are neither planned nor leaving, in order of their ids.
pub fn aging_devices(reader: &mut Reader<'_>) -> Result<Vec<AgingDevice>> {
    let seen = reader.sees::<Device>()?;
    let rows = devices::table
        .inner_join(device_types::table)
        .filter(devices::state.ne_all(["planned", "decommissioning", "retired"]))
        .filter(seen.clone())
        .filter(reader.sees::<DeviceType>()?)
        .order(devices::id)
        .select((devices::id, devices::name, devices::state, devices::planned_retirement_on, device_types::end_of_support_on, device_types::end_of_security_on))
        .load(reader.within(&seen))?;
    Ok(rows)
}

/// The facts that speak for the replacement of devices, beside their type and their failures.
pub struct RefreshFacts {
    /// The asset that each device is.
    pub owned: HashMap<Id, OwnedDevice>,
    /// The last day of the term of each contract of these.
    pub ends: HashMap<Id, Date>,
    /// The days by which the serious vulnerabilities of each record are to be fixed.
    pub weak: HashMap<Id, Vec<Date>>,
}

impl RefreshFacts {
    /// Those in sight.
    pub fn load(reader: &mut Reader<'_>, partial: &mut Partial) -> Result<Self> {
        let owned = owned(reader, partial)?;
        let ends = contract_ends(reader, owned.values().filter_map(|asset| asset.contract), partial)?;
        let weak = weaknesses(reader, partial)?;
        Ok(RefreshFacts { owned, ends, weak })
    }
}

/// The asset that a device is.
#[derive(Debug)]
pub struct OwnedDevice {
    /// The asset.
    pub id: Id,
    /// Last day of its warranty.
    pub warranty: Option<Date>,
    /// Contract under which it is leased, rented or maintained.
    pub contract: Option<Id>,
    /// The basis of its worth.
    pub valued: Valued,
}

/// The asset that each device is.
fn owned(reader: &mut Reader<'_>, partial: &mut Partial) -> Result<HashMap<Id, OwnedDevice>> {
    if !partial.readable(reader, Asset::PATH) {
        return Ok(HashMap::new());
    }
    let seen = reader.sees::<Asset>()?;
    let rows: Vec<(Id, (Id, Option<Date>, Option<Id>), ValuationRecord)> = assets::table
        .filter(assets::item_id.is_not_null().and(assets::state.ne("disposed")))
        .filter(seen.clone())
        .order(assets::id)
        .select((assets::item_id.assume_not_null(), (assets::id, assets::warranty_ends_on, assets::contract_id), ValuationRecord::as_select()))
        .load(reader.within(&seen))?;
    let losses = ImpairmentLosses::all(reader.unscoped("the impairment losses of assets that were read"))?;
    let owned = |(device, (id, warranty, contract), record)| (device, OwnedDevice { id, warranty, contract, valued: losses.valued(id, record) });
    Ok(rows.into_iter().map(owned).collect())
}

/// The last day of the term of each of some contracts in sight.
fn contract_ends(reader: &mut Reader<'_>, contracts: impl Iterator<Item = Id>, partial: &mut Partial) -> Result<HashMap<Id, Date>> {
    if !partial.readable(reader, CONTRACTS) {
        return Ok(HashMap::new());
    }
    let seen = reader.titles(CONTRACTS, &contracts.collect::<Vec<Id>>())?;
    let ids: Vec<Id> = seen.into_keys().collect();
    reader.ask(|check| contracts::ends(check, &ids))
}

/// The days by which the serious vulnerabilities in sight are to be fixed that each record has, itself or by the software on it.
fn weaknesses(reader: &mut Reader<'_>, partial: &mut Partial) -> Result<HashMap<Id, Vec<Date>>> {
    if !partial.readable(reader, VULNERABILITIES) {
        return Ok(HashMap::new());
    }
    let open = reader.ask(weakness::serious)?;
    let seen = reader.titles(VULNERABILITIES, &open.iter().map(|each| each.vulnerability).collect::<Vec<Id>>())?;
    let subjects: Vec<Id> = open.iter().map(|each| each.subject).collect();
    let hosts = if partial.readable(reader, Installation::PATH) { reader.ask(|check| dependency::hosts(check, &subjects))? } else { HashMap::new() };
    let shown = open.into_iter().filter(|each| seen.contains_key(&each.vulnerability));
    Ok(grouped(shown.map(|each| (hosts.get(&each.subject).copied().unwrap_or(each.subject), each.due_on))))
}
