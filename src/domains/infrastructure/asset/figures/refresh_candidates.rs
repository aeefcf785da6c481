//! What is to be replaced before a day.

use crate::asset::refresh_facts::{AgingDevice, RefreshFacts, aging_devices};
use crate::asset::refresh_reason::{DatedReason, RefreshReason};
use crate::asset::{asset::Asset, device_failures::failures};
use crate::compute::{device::Device, device_type::DeviceType};
use crate::operation::component_outage::ComponentOutage;
use crate::operation::figures::node::{Partial, counted};
use crate::operation::incident::Incident;
use crate::software::installation::Installation;
use steward_core::resource::value::{Text, Whole};
use steward_core::view::prelude::*;

/// From how many failures in a year on a device is a candidate for that alone.
const MANY: i64 = 3;

/// Limit of the period.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Query {
    /// Day before which a replacement is due, as YYYY-MM-DD; in a year if left out.
    #[param(inline)]
    pub before: Option<Date>,
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
    /// Number of its failures in the last 365 days: incidents, and unplanned outages of it that no incident tells of.
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

impl View for RefreshCandidates {
    const PATH: &'static str = "infrastructure/refresh-candidates";
    const SUMMARY: &'static str = "Get the devices due for replacement";
    const DESCRIPTION: &'static str = "Devices that you may see, are neither planned nor leaving, and have one of these dates before a day: end of support or of security updates of their type, end of warranty, planned retirement, end of the contract of their asset, date on which their cost is fully written off, due date of a serious vulnerability; and devices that failed three times or more in the last 365 days.";
    type Reads = (Device, DeviceType, IfPermitted<Asset>, IfPermitted<Incident>, IfPermitted<ComponentOutage>, IfPermitted<Installation>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let before = query.before.unwrap_or_else(|| cx.today().plus_days(365));
        let rows = aging_devices(cx)?;
        let mut partial = Partial::default();
        let RefreshFacts { owned, ends, weak } = RefreshFacts::load(cx, &mut partial)?;
        let failures = failures(cx, &mut partial)?;
        let candidate = |(id, name, state, retires, support, security): AgingDevice| {
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
