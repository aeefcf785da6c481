//! What is to be replaced before a day.

use crate::asset::{asset::Asset, book_value::Valued};
use crate::compute::{device::Device, device_type::DeviceType};
use crate::operation::dependency::CONTRACTS;
use crate::operation::figures::node::{Partial, counted};
use crate::operation::incident::Incident;
use crate::software::installation::Installation;
use std::collections::{HashMap, HashSet};
use steward_core::choice;
use steward_core::ports::{contracts, dependency, weakness};
use steward_core::resource::value::{Text, Whole};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{assets, device_types, devices, incidents};

/// Vulnerabilities.
const VULNERABILITIES: &str = "security/vulnerabilities";
/// How long before today failures count, in seconds.
const A_YEAR: i64 = 365 * 86_400;
/// From how many failures in a year on a device is a candidate for that alone.
const MANY: i64 = 3;

choice! {
    /// Reason for a replacement.
    pub enum RefreshReason {
        /// End of support by the manufacturer.
        EndOfSupport = "end_of_support",
        /// End of security updates by the manufacturer.
        EndOfSecurity = "end_of_security",
        /// End of warranty.
        WarrantyEnd = "warranty_end",
        /// Planned retirement.
        PlannedRetirement = "planned_retirement",
        /// Cost fully written off.
        WrittenOff = "written_off",
        /// The term of the contract ends under which it is leased, rented or maintained.
        ContractEnd = "contract_end",
        /// It, or software on it, has an open vulnerability that is of high or critical severity or known to be exploited; its day is the one
        /// by which the first of these is to be fixed.
        OpenVulnerabilities = "open_vulnerabilities",
        /// Three failures or more within a year.
        Failures = "failures",
    }
}

/// Limit of the period.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Query {
    /// Day before which a replacement is due, as YYYY-MM-DD; in a year if left out.
    #[param(inline)]
    pub before: Option<Date>,
}

/// Reason with its date.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DatedReason {
    /// Reason for replacement.
    pub reason: RefreshReason,
    /// Date of the reason; null where it has none.
    pub on: Option<Date>,
}

/// Device due for replacement.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefreshCandidate {
    /// Device to replace.
    pub device: Ref<Device>,
    /// Asset that represents the device; null if none is recorded, or visible to you.
    pub asset_id: Option<Id>,
    /// Reasons, the earliest first.
    pub reasons: Vec<DatedReason>,
    /// Date of the earliest reason; null where none has a date.
    pub due_on: Option<Date>,
    /// Number of its incidents in the last 365 days.
    pub failures: Count,
    /// Open vulnerabilities of it and of the software on it that are of high or critical severity or known to be exploited; those that an
    /// exception covers are left out.
    pub open_vulnerabilities: Count,
    /// Book value on the day requested; null where it cannot be computed.
    pub book_value: Option<Money>,
}

/// Devices due for replacement.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefreshCandidates {
    /// Day before which a replacement is due.
    pub before: Date,
    /// Devices, the earliest due first.
    pub data: Vec<RefreshCandidate>,
    /// Collections that you may not read, so that their reasons are left out; empty where nothing is.
    pub partial: Vec<Text<1, 100>>,
}

/// A device, and the days of its type.
type Row = (Id, String, String, Option<Date>, Option<Date>, Option<Date>);

impl View for RefreshCandidates {
    const PATH: &'static str = "infrastructure/refresh-candidates";
    const SUMMARY: &'static str = "Get the devices due for replacement";
    const DESCRIPTION: &'static str = "Devices that you may see, are neither planned nor leaving, and have one of these dates before a day: end of support or of security updates of their type, end of warranty, planned retirement, end of the contract of their asset, date on which their cost is fully written off, due date of a serious vulnerability; and devices that failed three times or more in the last 365 days.";
    type Reads = (Device, DeviceType, IfPermitted<Asset>, IfPermitted<Incident>, IfPermitted<Installation>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let before = query.before.unwrap_or_else(|| cx.today().plus_days(365));
        let seen = cx.sees::<Device>()?;
        let rows: Vec<Row> = devices::table
            .inner_join(device_types::table)
            .filter(devices::state.ne_all(["planned", "decommissioning", "retired"]))
            .filter(seen.clone())
            .filter(cx.sees::<DeviceType>()?)
            .order(devices::id)
            .select((
                devices::id,
                devices::name,
                devices::state,
                devices::planned_retirement_on,
                device_types::end_of_support_on,
                device_types::end_of_security_on,
            ))
            .load(cx.within(&seen))?;
        let mut partial = Partial::default();
        let (owned, failures) = (owned(cx)?, failures(cx)?);
        let ends = contract_ends(cx, owned.values().filter_map(|asset| asset.contract), &mut partial)?;
        let weak = weaknesses(cx, &mut partial)?;
        let candidate = |(id, name, state, retires, support, security): Row| {
            let (asset, failed) = (owned.get(&id), failures.get(&id).copied().unwrap_or(0));
            let valued = asset.map(|asset| &asset.valued);
            let found = weak.get(&id).map_or(&[] as &[Date], Vec::as_slice);
            let written_off = valued.and_then(|valued| valued.terms().ok().flatten()?.ends_on()).map(Date);
            let days = [
                (RefreshReason::EndOfSupport, support),
                (RefreshReason::EndOfSecurity, security),
                (RefreshReason::WarrantyEnd, asset.and_then(|asset| asset.warranty)),
                (RefreshReason::PlannedRetirement, retires),
                (RefreshReason::WrittenOff, written_off),
                (RefreshReason::ContractEnd, asset.and_then(|asset| ends.get(&asset.contract?).copied())),
                (RefreshReason::OpenVulnerabilities, found.iter().min().copied()),
            ];
            let mut reasons: Vec<DatedReason> =
                days.into_iter().filter(|(_, on)| on.is_some_and(|on| on < before)).map(|(reason, on)| DatedReason { reason, on }).collect();
            reasons.sort_by_key(|reason| reason.on);
            let due_on = reasons.first().and_then(|reason| reason.on);
            reasons.extend((failed >= MANY).then_some(DatedReason { reason: RefreshReason::Failures, on: None }));
            (!reasons.is_empty()).then(|| RefreshCandidate {
                device: Ref::new(id, &name, Some(&state)),
                asset_id: asset.map(|asset| asset.id),
                reasons,
                due_on,
                failures: Whole(failed),
                open_vulnerabilities: counted(found.len()),
                book_value: valued.and_then(|valued| valued.worth(before).ok()).map(|worth| worth.book_value),
            })
        };
        let mut data: Vec<RefreshCandidate> = rows.into_iter().filter_map(candidate).collect();
        data.sort_by_key(|candidate| (candidate.due_on.is_none(), candidate.due_on, candidate.device.id));
        Ok(RefreshCandidates { before, data, partial: partial.told() })
    }
}

/// The asset that a device is.
#[derive(Queryable)]
struct Owned {
    id: Id,
    warranty: Option<Date>,
    contract: Option<Id>,
    valued: Valued,
}

/// The asset that each device is.
fn owned(cx: &mut Context<'_, '_>) -> Result<HashMap<Id, Owned>> {
    let seen = cx.sees::<Asset>()?;
    if seen.is_nothing() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Id, Owned)> = assets::table
        .filter(assets::item_id.is_not_null().and(assets::state.ne("disposed")))
        .filter(seen.clone())
        .order(assets::id)
        .select((assets::item_id.assume_not_null(), (assets::id, assets::warranty_ends_on, assets::contract_id, Valued::as_select())))
        .load(cx.within(&seen))?;
    Ok(rows.into_iter().collect())
}

/// The last day of the term of each of some contracts in sight.
fn contract_ends(cx: &mut Context<'_, '_>, contracts: impl Iterator<Item = Id>, partial: &mut Partial) -> Result<HashMap<Id, Date>> {
    if !partial.readable(cx, CONTRACTS) {
        return Ok(HashMap::new());
    }
    let seen = cx.titles(CONTRACTS, &contracts.collect::<Vec<Id>>())?;
    let ids: Vec<Id> = seen.into_keys().collect();
    cx.ask(|check| contracts::ends(check, &ids))
}

/// The days by which the serious vulnerabilities in sight are to be fixed that each record has, itself or by the software on it.
fn weaknesses(cx: &mut Context<'_, '_>, partial: &mut Partial) -> Result<HashMap<Id, Vec<Date>>> {
    if !partial.readable(cx, VULNERABILITIES) {
        return Ok(HashMap::new());
    }
    let open = cx.ask(weakness::serious)?;
    let seen = cx.titles(VULNERABILITIES, &open.iter().map(|each| each.vulnerability).collect::<Vec<Id>>())?;
    let subjects: Vec<Id> = open.iter().map(|each| each.subject).collect();
    let hosts = if partial.readable(cx, Installation::PATH) { cx.ask(|check| dependency::hosts(check, &subjects))? } else { HashMap::new() };
    let shown = open.into_iter().filter(|each| seen.contains_key(&each.vulnerability));
    Ok(grouped(shown.map(|each| (hosts.get(&each.subject).copied().unwrap_or(each.subject), each.due_on))))
}

/// How often each device failed in the last year.
fn failures(cx: &mut Context<'_, '_>) -> Result<HashMap<Id, i64>> {
    let seen = cx.sees::<Incident>()?;
    if seen.is_nothing() {
        return Ok(HashMap::new());
    }
    let since = cx.store.now().plus_seconds(-A_YEAR);
    let rows: Vec<(Option<Id>, Vec<Id>)> = incidents::table
        .filter(incidents::detected_at.ge(since))
        .filter(seen.clone())
        .select((incidents::target_id, incidents::target_ids))
        .load(cx.within(&seen))?;
    let mut failures: HashMap<Id, i64> = HashMap::new();
    for (target, further) in rows {
        let targets: HashSet<Id> = target.into_iter().chain(further).collect();
        targets.into_iter().for_each(|target| *failures.entry(target).or_default() += 1);
    }
    Ok(failures)
}
