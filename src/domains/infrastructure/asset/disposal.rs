//! How an asset leaves: what it was when it was retired stays so, and what held data is wiped after its last use.

use super::asset_value::UsageReading;
use diesel::dsl::{exists, max, select};
use diesel::prelude::*;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::infrastructure::{asset_assignments, devices};
use steward_schema::service::registry;

/// The states in which an asset is on its way out.
const RETIRED: [&str; 2] = ["retired", "disposed"];
/// The states in which a device is in use.
const IN_USE: [&str; 5] = ["staged", "active", "maintenance", "offline", "failed"];

/// What counts of an asset when it leaves.
pub struct Leaving {
    /// Device or licence that it represents.
    pub item: Option<Id>,
    /// Whether it holds or held data, where that is said.
    pub holds_data: Option<bool>,
    /// Date of entry into service.
    pub in_service_on: Option<Date>,
    /// Date on which its data was wiped.
    pub wiped_on: Option<Date>,
    /// Whether it is known how that was done: there is evidence of the wipe.
    pub has_wipe_evidence: bool,
    /// Date of disposal.
    pub disposed_on: Option<Date>,
}

/// Refuses readings of use that lie ahead and were not there before (422).
pub fn require_usage_read(usage: &[UsageReading], before: &[UsageReading], today: Date) -> Result<()> {
    let is_known = |reading: &UsageReading| before.iter().any(|known| known.read_on == reading.read_on);
    let ahead = usage.iter().enumerate().find(|(_, reading)| reading.read_on > today && !is_known(reading));
    match ahead {
        Some((at, reading)) => {
            let detail = format!("The reading of {} lies ahead: at the latest it is of today, {today}.", reading.read_on);
            Err(Problem::invalid(vec![FieldError::new(format!("/usage/{at}/read_on"), "future", detail)]).into())
        }
        None => Ok(()),
    }
}

/// Refuses to dispose of what is in use, and to alter what was retired (409).
pub fn require_as_retired(name: &str, asset: &Leaving, before: &Leaving, state: &str) -> Result<()> {
    let is_retired = RETIRED.contains(&state);
    if is_retired && (before.holds_data, before.item) != (asset.holds_data, asset.item) {
        let field = if before.holds_data == asset.holds_data { "/item_id" } else { "/holds_data" };
        let detail = format!("{name} is {state}: what it held and represents stays as it was then. Record its wipe instead.");
        return Err(Problem::conflict(field, "retired", detail).into());
    }
    if !is_retired && asset.disposed_on.is_some() && before.disposed_on != asset.disposed_on {
        let detail = format!("{name} is {state}, and is disposed of once it is retired. Retire it first, then say when it left.");
        return Err(Problem::conflict("/disposed_on", "state", detail).into());
    }
    Ok(())
}

/// What is missing before an asset is disposed of: its device is out of use, and what held data is wiped.
pub fn unmet(asset: &Leaving, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let mut unmet = Vec::new();
    unmet.extend(in_use(asset, check)?);
    if !held_data(asset, check)? {
        return Ok(unmet);
    }
    let Some(wiped_on) = asset.wiped_on else {
        unmet.push(UnmetGuard::new("/wiped_on", "wipe_evidence", "It held data. Say when it was wiped, and how that is known."));
        return Ok(unmet);
    };
    if !asset.has_wipe_evidence {
        unmet.push(UnmetGuard::new("/wipe_evidence", "wipe_evidence", "It held data. Say how it is known that it was wiped."));
    }
    let last_use = last_use(asset, check)?;
    unmet.extend(last_use.filter(|last_use| wiped_on < *last_use).map(|last_use| {
        let detail = format!("It was wiped on {wiped_on}, and in use again from {last_use} on. Wipe it once more, and say when.");
        UnmetGuard::new("/wiped_on", "before_use", detail)
    }));
    Ok(unmet)
}

/// The day on which it last came into use: that of its entry into service, or on which it was handed out last.
fn last_use(asset: &Leaving, check: &mut Check<'_>) -> Result<Option<Date>> {
    let handed_out = asset_assignments::table.filter(asset_assignments::asset_id.eq(check.id)).select(max(asset_assignments::starts_on));
    let handed_out: Option<Date> = handed_out.first(check.connection)?;
    Ok(handed_out.max(asset.in_service_on))
}

/// The device that it is, where that is still in use.
fn in_use(asset: &Leaving, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
    let Some(item) = asset.item else { return Ok(None) };
    let device = devices::table.find(item).filter(devices::state.eq_any(IN_USE)).select((devices::name, devices::state));
    let found: Option<(String, String)> = device.first(check.connection).optional()?;
    Ok(found.map(|(name, state)| {
        UnmetGuard::new("/item_id", "in_use", format!("The device \"{name}\" that it represents is {state}. Decommission the device first."))
    }))
}

/// Whether an asset held data: as it says, else unless it is a licence.
fn held_data(asset: &Leaving, check: &mut Check<'_>) -> Result<bool> {
    match (asset.holds_data, asset.item) {
        (Some(holds), _) => Ok(holds),
        (None, None) => Ok(true),
        (None, Some(item)) => {
            let licence = registry::table.find(item).filter(registry::collection.eq("infrastructure/licenses"));
            let is_licence: bool = select(exists(licence)).get_result(check.connection)?;
            Ok(!is_licence)
        }
    }
}
