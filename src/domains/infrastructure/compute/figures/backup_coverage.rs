//! What is backed up, lately and with a restore that was tried.

use crate::compute::backup_policy::{BackupFrequency, BackupPolicy};
use crate::compute::backup_run::{BackupResult, BackupRun, BackupRunKind};
use crate::compute::cloud_resource::{CloudKind, CloudResource};
use crate::compute::device::{Device, DeviceRole};
use crate::compute::last_copy::last_copies;
use crate::compute::virtual_machine::VirtualMachine;
use crate::compute::volume::Volume;
use crate::operation::figures::node::Partial;
use std::collections::{BTreeMap, HashMap};
use steward_core::choice;
use steward_core::ports::dependency;
use steward_core::resource::value::{Text, Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{backup_policies, backup_runs, cloud_resources, devices, virtual_machines, volumes};

choice! {
    /// Gap in the backup of a target.
    pub enum BackupGap {
        /// No active policy.
        NoPolicy = "no_policy",
        /// No successful copy within two periods of the policy, or within its recovery point objective.
        NoRecentRun = "no_recent_run",
        /// No successful restore test within the days of the policy, or ever where it sets none.
        NoTestedRestore = "no_tested_restore",
        /// Last successful restore test longer than the recovery time objective of the policy.
        SlowRestore = "slow_restore",
        /// Copies kept for less than a period of each policy, so that at times there is none.
        ShortRetention = "short_retention",
        /// No copy off site under its policies, although a service of tier 1 depends on it.
        NoOffsiteCopy = "no_offsite_copy",
        /// No immutable copy under its policies, although a service of tier 1 depends on it.
        NoImmutableCopy = "no_immutable_copy",
    }
}

/// Target with a gap in its backup.
#[derive(Debug, Serialize, ToSchema)]
pub struct UncoveredTarget {
    /// Server, virtual machine, volume or cloud resource with data.
    pub id: Id,
    /// Collection of the target, as domain/collection.
    pub collection: &'static str,
    /// Title of the target.
    pub title: Option<Title>,
    /// Gaps in its backup.
    pub gaps: Vec<BackupGap>,
    /// Point in time of the data in the last successful copy: its recovery point, or its start where none is recorded.
    pub last_backup_at: Option<Instant>,
    /// Time of the last successful restore test.
    pub last_restore_test_at: Option<Instant>,
}

/// Backup coverage.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackupCoverage {
    /// Number of servers, virtual machines, volumes and cloud resources with data.
    pub targets: Count,
    /// Number of targets under an active policy.
    pub with_policy: Count,
    /// Number of targets with a recent copy.
    pub with_recent_run: Count,
    /// Number of targets with a tested restore.
    pub with_tested_restore: Count,
    /// Share of the targets without a gap, in percent; null without a target.
    pub coverage_percent: Figure,
    /// Targets with a gap, by collection and title.
    pub data: Vec<UncoveredTarget>,
    /// Collections that you may not read and that are therefore left out; empty where there are none.
    pub partial: Vec<Text<1, 100>>,
}

/// Kinds of cloud resources that hold data.
const WITH_DATA: [CloudKind; 3] = [CloudKind::Databases, CloudKind::Storage, CloudKind::Analytics];

/// From when the last copy is, and when a restore was tried last, with the seconds that took.
#[derive(Debug, Clone, Copy, Default)]
struct Lately {
    copied: Option<Instant>,
    tested: Option<(Instant, Option<i64>)>,
}

/// Something to back up: its collection, and what it lies or runs on, whose policies and copies cover it as well.
type Target = (&'static str, Vec<Id>);

impl View for BackupCoverage {
    const PATH: &'static str = "infrastructure/backup-coverage";
    const SUMMARY: &'static str = "Get backup coverage";
    const DESCRIPTION: &'static str = "Coverage of the servers, virtual machines, volumes and cloud resources with data (databases, storage, analytics) that you may see by an active backup policy, a recent copy and a tested restore. Retired targets are left out. A volume is also covered by the policies of its pool and of the machine that it is attached to, a machine by those of its cluster; under several policies the strictest counts. Where a service of tier 1 depends on a target, one of its policies keeps a copy off site, and one an immutable copy.";
    const FORMULA: &'static str = "coverage_percent = targets with a policy, a copy within two of its periods and its recovery point objective, a restore tested within restore_test_days and within its recovery time objective, copies kept for a period, and, for tier 1, copies off site and immutable ÷ targets · 100";
    const SOURCE: &'static str = "ISO/IEC 27001:2022 A.8.13; NIST SP 800-34";
    type Reads = (BackupPolicy, BackupRun, Device, VirtualMachine, Volume, IfPermitted<CloudResource>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let mut partial = Partial::default();
        let targets = targets(cx, &mut partial)?;
        let policies = policies(cx)?;
        let lately = lately(cx)?;
        let tiers = cx.ask(dependency::criticality)?;
        let now = cx.store.now();
        let (mut counts, mut all, mut lacking) = ([0_i64; 3], 0_i64, BTreeMap::new());
        for (id, (collection, beneath)) in &targets {
            let own = || [id].into_iter().chain(beneath);
            let under: Vec<&Policy> = own().filter_map(|id| policies.get(id)).flatten().collect();
            let found = own()
                .filter_map(|id| lately.get(id))
                .fold(Lately::default(), |last, each| Lately { copied: last.copied.max(each.copied), tested: last.tested.max(each.tested) });
            let gaps = gaps(&under, found, tiers.get(id) == Some(&1), now);
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
                .map(|(id, title, (gaps, found))| UncoveredTarget {
                    id,
                    collection,
                    title,
                    gaps,
                    last_backup_at: found.copied,
                    last_restore_test_at: found.tested.map(|(at, _)| at),
                })
                .collect();
            told.sort_by_key(|target| (target.title.as_ref().map(|title| title.0.clone()), target.id));
            data.extend(told);
        }
        let count = i64::try_from(targets.len()).unwrap_or_default();
        let [with_policy, with_recent_run, with_tested_restore] = counts.map(Whole);
        let coverage_percent = Figure((count > 0).then(|| all as f64 / count as f64 * 100.0));
        Ok(BackupCoverage { targets: Whole(count), with_policy, with_recent_run, with_tested_restore, coverage_percent, data, partial: partial.told() })
    }
}

/// What a policy asks.
#[derive(Debug, Clone, Copy)]
struct Policy {
    frequency: BackupFrequency,
    restore_test_days: Option<i64>,
    recovery_point_seconds: Option<i64>,
    recovery_time_seconds: Option<i64>,
    retention_days: i64,
    offsite: bool,
    immutable: bool,
}

/// What is missing of something, by the policies that cover it, when it was copied and restored last, and whether it is of the first tier.
fn gaps(under: &[&Policy], last: Lately, is_tier_one: bool, now: Instant) -> Vec<BackupGap> {
    if under.is_empty() {
        return vec![BackupGap::NoPolicy, BackupGap::NoRecentRun, BackupGap::NoTestedRestore];
    }
    let (copied, tested) = (last.copied, last.tested.map(|(at, _)| at));
    let within_point = |policy: &Policy| policy.recovery_point_seconds.is_none_or(|seconds| is_since(seconds, copied, now));
    let took = last.tested.and_then(|(_, seconds)| seconds);
    let within_time = |policy: &Policy| took.zip(policy.recovery_time_seconds).is_none_or(|(took, most)| took <= most);
    let holds = [
        (BackupGap::NoRecentRun, under.iter().all(|policy| is_recent(policy.frequency, copied, now) && within_point(policy))),
        (BackupGap::NoTestedRestore, under.iter().all(|policy| policy.restore_test_days.map_or(tested.is_some(), |days| is_since(days * 86_400, tested, now)))),
        (BackupGap::SlowRestore, under.iter().all(|policy| within_time(policy))),
        (BackupGap::ShortRetention, under.iter().any(|policy| policy.retention_days * 86_400 >= period_seconds(policy.frequency))),
        (BackupGap::NoOffsiteCopy, !is_tier_one || under.iter().any(|policy| policy.offsite)),
        (BackupGap::NoImmutableCopy, !is_tier_one || under.iter().any(|policy| policy.immutable)),
    ];
    holds.into_iter().filter(|(_, holds)| !holds).map(|(gap, _)| gap).collect()
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

/// What there is to back up.
fn targets(cx: &mut Context<'_, '_>, partial: &mut Partial) -> Result<BTreeMap<Id, Target>> {
    let seen = cx.sees::<Device>()?;
    let kept = devices::role.eq_any([DeviceRole::Server, DeviceRole::Storage]).and(devices::state.ne("retired"));
    let servers: Vec<Id> = devices::table.filter(kept).filter(seen.clone()).select(devices::id).load(cx.within(&seen))?;
    let seen = cx.sees::<VirtualMachine>()?;
    let there = virtual_machines::table.filter(virtual_machines::state.ne("retired")).filter(seen.clone());
    let machines: Vec<(Id, Option<Id>)> = there.select((virtual_machines::id, virtual_machines::cluster_id)).load(cx.within(&seen))?;
    let seen = cx.sees::<Volume>()?;
    let there = volumes::table.filter(volumes::state.ne("retired")).filter(seen.clone());
    let volumes: Vec<(Id, Option<Id>, Option<Id>)> = there.select((volumes::id, volumes::attached_to_id, volumes::storage_pool_id)).load(cx.within(&seen))?;
    let clusters: HashMap<Id, Id> = machines.iter().filter_map(|(machine, cluster)| Some((*machine, (*cluster)?))).collect();
    let mut all: BTreeMap<Id, Target> = servers.into_iter().map(|server| (server, (Device::PATH, Vec::new()))).collect();
    all.extend(machines.into_iter().map(|(machine, cluster)| (machine, (VirtualMachine::PATH, cluster.into_iter().collect()))));
    all.extend(volumes.into_iter().map(|(volume, machine, pool)| {
        let cluster = machine.and_then(|machine| clusters.get(&machine).copied());
        (volume, (Volume::PATH, machine.into_iter().chain(pool).chain(cluster).collect()))
    }));
    if partial.readable(cx, CloudResource::PATH) {
        let seen = cx.sees::<CloudResource>()?;
        let there = cloud_resources::kind.eq_any(WITH_DATA).and(cloud_resources::state.ne("retired"));
        let resources: Vec<Id> = cloud_resources::table.filter(there).filter(seen.clone()).select(cloud_resources::id).load(cx.within(&seen))?;
        all.extend(resources.into_iter().map(|resource| (resource, (CloudResource::PATH, Vec::new()))));
    }
    Ok(all)
}

/// The active policies in sight, by what they cover.
fn policies(cx: &mut Context<'_, '_>) -> Result<HashMap<Id, Vec<Policy>>> {
    let seen = cx.sees::<BackupPolicy>()?;
    type Seconds = (Option<i64>, Option<i64>, Option<i64>);
    let rows: Vec<(Vec<Id>, BackupFrequency, Seconds, (i64, bool, bool))> = backup_policies::table
        .filter(backup_policies::state.eq("active"))
        .filter(seen.clone())
        .select((
            backup_policies::target_ids,
            backup_policies::frequency,
            (backup_policies::restore_test_days, backup_policies::recovery_point_seconds, backup_policies::recovery_time_seconds),
            (backup_policies::retention_days, backup_policies::offsite, backup_policies::immutable),
        ))
        .load(cx.within(&seen))?;
    let each = rows.into_iter().flat_map(
        |(targets, frequency, (restore_test_days, recovery_point_seconds, recovery_time_seconds), (retention_days, offsite, immutable))| {
            let policy = Policy { frequency, restore_test_days, recovery_point_seconds, recovery_time_seconds, retention_days, offsite, immutable };
            targets.into_iter().map(move |target| (target, policy))
        },
    );
    Ok(grouped(each))
}

/// From when the last copy of each target is, and when it was restored last, with success.
fn lately(cx: &mut Context<'_, '_>) -> Result<HashMap<Id, Lately>> {
    let seen = cx.sees::<BackupRun>()?;
    let copied = last_copies(cx.within(&seen), seen.clone())?;
    let mut lately: HashMap<Id, Lately> = copied.into_iter().map(|(target, point)| (target, Lately { copied: Some(point), tested: None })).collect();
    let tests: Vec<(Id, Instant, Option<Instant>)> = backup_runs::table
        .filter(backup_runs::result.eq(BackupResult::Succeeded).and(backup_runs::kind.eq(BackupRunKind::RestoreTest)))
        .filter(seen.clone())
        .select((backup_runs::target_id, backup_runs::started_at, backup_runs::ended_at))
        .load(cx.within(&seen))?;
    for (target, started_at, ended_at) in tests {
        let of = lately.entry(target).or_default();
        of.tested = of.tested.max(Some((started_at, ended_at.map(|ended_at| (ended_at.0 - started_at.0).num_seconds()))));
    }
    Ok(lately)
}
