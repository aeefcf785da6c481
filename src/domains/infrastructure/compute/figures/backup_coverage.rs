//! What is backed up, lately and with a restore that was tried.

use crate::compute::backup_policy::{BackupFrequency, BackupPolicy};
use crate::compute::backup_run::{BackupResult, BackupRun, BackupRunKind};
use crate::compute::device::{Device, DeviceRole};
use crate::compute::virtual_machine::VirtualMachine;
use crate::compute::volume::Volume;
use diesel::dsl::max;
use std::collections::{BTreeMap, HashMap};
use steward_core::choice;
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{backup_policies, backup_runs, devices, virtual_machines, volumes};

choice! {
    /// Gap in the backup of a target.
    pub enum BackupGap {
        /// No active policy.
        NoPolicy = "no_policy",
        /// No successful copy within two periods of the policy, or within its recovery point objective.
        NoRecentRun = "no_recent_run",
        /// No successful restore test within the days of the policy, or ever where it sets none.
        NoTestedRestore = "no_tested_restore",
    }
}

/// Target with a gap in its backup.
#[derive(Debug, Serialize, ToSchema)]
pub struct UncoveredTarget {
    /// Server, virtual machine or volume.
    pub id: Id,
    /// Collection of the target, as domain/collection.
    pub collection: &'static str,
    /// Title of the target.
    pub title: Option<Title>,
    /// Gaps in its backup.
    pub gaps: Vec<BackupGap>,
    /// Time of the last successful copy.
    pub last_backup_at: Option<Instant>,
    /// Time of the last successful restore test.
    pub last_restore_test_at: Option<Instant>,
}

/// Backup coverage.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackupCoverage {
    /// Number of servers, virtual machines and volumes.
    pub targets: Count,
    /// Number of targets under an active policy.
    pub with_policy: Count,
    /// Number of targets with a recent copy.
    pub with_recent_run: Count,
    /// Number of targets with a tested restore.
    pub with_tested_restore: Count,
    /// Share of the targets that have all three, in percent; null without a target.
    pub coverage_percent: Figure,
    /// Targets with a gap, by collection and title.
    pub data: Vec<UncoveredTarget>,
}

/// When a copy was made last, and a restore tried.
type Lately = (Option<Instant>, Option<Instant>);

impl View for BackupCoverage {
    const PATH: &'static str = "infrastructure/backup-coverage";
    const SUMMARY: &'static str = "Get backup coverage";
    const DESCRIPTION: &'static str = "Coverage of the servers, virtual machines and volumes that you may see by an active backup policy, a recent copy and a tested restore. Retired targets are left out. A volume is also covered by the policies of the machine that it is attached to; under several policies the strictest counts.";
    const FORMULA: &'static str = "coverage_percent = targets with a policy, a copy within two of its periods and its recovery point objective, and a restore tested within restore_test_days ÷ targets · 100";
    const SOURCE: &'static str = "ISO/IEC 27001:2022 A.8.13; NIST SP 800-34";
    type Reads = (BackupPolicy, BackupRun, Device, VirtualMachine, Volume);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let targets = targets(cx)?;
        let policies = policies(cx)?;
        let lately = lately(cx)?;
        let now = cx.store.now();
        let (mut counts, mut all, mut lacking) = ([0_i64; 3], 0_i64, BTreeMap::new());
        for (id, (collection, machine)) in &targets {
            let own = [Some(*id), *machine];
            let under: Vec<&Policy> = own.iter().flatten().filter_map(|id| policies.get(id)).flatten().collect();
            let found =
                own.iter().flatten().filter_map(|id| lately.get(id)).fold((None, None), |(copy, test): Lately, each| (copy.max(each.0), test.max(each.1)));
            let gaps = gaps(&under, found, now);
            for (count, gap) in counts.iter_mut().zip([BackupGap::NoPolicy, BackupGap::NoRecentRun, BackupGap::NoTestedRestore]) {
                *count += i64::from(!gaps.contains(&gap));
            }
            all += i64::from(gaps.is_empty());
            if !gaps.is_empty() {
                lacking.entry(*collection).or_insert_with(Vec::new).push((*id, (gaps, found)));
            }
        }
        let mut data = Vec::new();
        for (collection, rows) in lacking {
            let rows = titled(cx, collection, rows)?.into_iter();
            let mut told: Vec<UncoveredTarget> = rows
                .map(|(id, title, (gaps, (last_backup_at, last_restore_test_at)))| UncoveredTarget {
                    id,
                    collection,
                    title,
                    gaps,
                    last_backup_at,
                    last_restore_test_at,
                })
                .collect();
            told.sort_by_key(|target| (target.title.as_ref().map(|title| title.0.clone()), target.id));
            data.extend(told);
        }
        let count = i64::try_from(targets.len()).unwrap_or_default();
        let [with_policy, with_recent_run, with_tested_restore] = counts.map(Whole);
        let coverage_percent = Figure((count > 0).then(|| all as f64 / count as f64 * 100.0));
        Ok(BackupCoverage { targets: Whole(count), with_policy, with_recent_run, with_tested_restore, coverage_percent, data })
    }
}

/// What a policy asks.
#[derive(Debug, Clone, Copy)]
struct Policy {
    frequency: BackupFrequency,
    restore_test_days: Option<i64>,
    recovery_point_seconds: Option<i64>,
}

/// What is missing of something, by the policies that cover it and when it was copied and restored last.
fn gaps(under: &[&Policy], (copied, tested): Lately, now: Instant) -> Vec<BackupGap> {
    if under.is_empty() {
        return vec![BackupGap::NoPolicy, BackupGap::NoRecentRun, BackupGap::NoTestedRestore];
    }
    let within_point = |policy: &Policy| policy.recovery_point_seconds.is_none_or(|seconds| is_since(seconds, copied, now));
    let recent = under.iter().all(|policy| is_recent(policy.frequency, copied, now) && within_point(policy));
    let restorable = under.iter().all(|policy| policy.restore_test_days.map_or(tested.is_some(), |days| is_since(days * 86_400, tested, now)));
    [(recent, BackupGap::NoRecentRun), (restorable, BackupGap::NoTestedRestore)].into_iter().filter(|(holds, _)| !holds).map(|(_, gap)| gap).collect()
}

/// True if the last copy is within two periods of a policy.
pub fn is_recent(frequency: BackupFrequency, copied: Option<Instant>, now: Instant) -> bool {
    is_since(2 * period_seconds(frequency), copied, now)
}

/// True if the last time is at most so many seconds ago.
fn is_since(seconds: i64, last: Option<Instant>, now: Instant) -> bool {
    last.is_some_and(|at| at >= now.plus_seconds(-seconds))
}

/// Longest length of a period.
fn period_seconds(frequency: BackupFrequency) -> i64 {
    match frequency {
        BackupFrequency::Continuous | BackupFrequency::Hourly => 3_600,
        BackupFrequency::Daily => 86_400,
        BackupFrequency::Weekly => 7 * 86_400,
        BackupFrequency::Monthly => 31 * 86_400,
    }
}

/// What there is to back up: its collection, and the machine that a volume is attached to.
fn targets(cx: &mut Context<'_, '_>) -> Result<BTreeMap<Id, (&'static str, Option<Id>)>> {
    let seen = cx.sees::<Device>()?;
    let kept = devices::role.eq_any([DeviceRole::Server, DeviceRole::Storage]).and(devices::state.ne("retired"));
    let servers: Vec<Id> = devices::table.filter(kept).filter(seen.clone()).select(devices::id).load(cx.within(&seen))?;
    let seen = cx.sees::<VirtualMachine>()?;
    let machines: Vec<Id> =
        virtual_machines::table.filter(virtual_machines::state.ne("retired")).filter(seen.clone()).select(virtual_machines::id).load(cx.within(&seen))?;
    let seen = cx.sees::<Volume>()?;
    let volumes: Vec<(Id, Option<Id>)> =
        volumes::table.filter(volumes::state.ne("retired")).filter(seen.clone()).select((volumes::id, volumes::attached_to_id)).load(cx.within(&seen))?;
    let bare = |collection: &'static str| move |id: Id| (id, (collection, None));
    let volumes = volumes.into_iter().map(|(id, machine)| (id, (Volume::PATH, machine)));
    Ok(servers.into_iter().map(bare(Device::PATH)).chain(machines.into_iter().map(bare(VirtualMachine::PATH))).chain(volumes).collect())
}

/// The active policies in sight, by what they cover.
fn policies(cx: &mut Context<'_, '_>) -> Result<HashMap<Id, Vec<Policy>>> {
    let seen = cx.sees::<BackupPolicy>()?;
    let rows: Vec<(Vec<Id>, BackupFrequency, Option<i64>, Option<i64>)> = backup_policies::table
        .filter(backup_policies::state.eq("active"))
        .filter(seen.clone())
        .select((backup_policies::target_ids, backup_policies::frequency, backup_policies::restore_test_days, backup_policies::recovery_point_seconds))
        .load(cx.within(&seen))?;
    let each = rows.into_iter().flat_map(|(targets, frequency, restore_test_days, recovery_point_seconds)| {
        let policy = Policy { frequency, restore_test_days, recovery_point_seconds };
        targets.into_iter().map(move |target| (target, policy))
    });
    Ok(grouped(each))
}

/// When each target was copied and restored last, with success.
fn lately(cx: &mut Context<'_, '_>) -> Result<HashMap<Id, Lately>> {
    let seen = cx.sees::<BackupRun>()?;
    let rows: Vec<(Id, BackupRunKind, Option<Instant>)> = backup_runs::table
        .filter(backup_runs::result.eq(BackupResult::Succeeded))
        .filter(seen.clone())
        .group_by((backup_runs::target_id, backup_runs::kind))
        .select((backup_runs::target_id, backup_runs::kind, max(backup_runs::started_at)))
        .load(cx.within(&seen))?;
    let mut lately: HashMap<Id, Lately> = HashMap::new();
    for (target, kind, at) in rows {
        let of = lately.entry(target).or_default();
        match kind {
            BackupRunKind::Backup => of.0 = at,
            BackupRunKind::RestoreTest => of.1 = at,
        }
    }
    Ok(lately)
}
