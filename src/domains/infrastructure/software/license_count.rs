//! How much of licences is in use on a day: the count over the rows that count.

use super::host::{self, HostFacts};
use super::license_metric::{LicenseMetric, found};
use super::version_scope::{Published, VersionScopes};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::database::{Connection, Narrowed};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Date;
use steward_core::view::grouped;
use steward_schema::infrastructure::{installations, license_assignments, licenses, software_releases};

/// Why the use of a licence is not known, by what it counts.
pub fn unknown_use(metric: LicenseMetric) -> &'static str {
    match metric {
        LicenseMetric::User => {
            "It is installed on hosts to which it is not assigned, and who uses it there is not known. Assign it to its users, and take its licence off these installations."
        }
        LicenseMetric::Site => "The site of a host is not known. Record it of the device, or of the cluster of the virtual machine.",
        _ => "The processor cores of a host are not known. Record physical_cores of its device type, or vcpus of the virtual machine.",
    }
}

/// A licence and how much of it is in use.
#[derive(Debug, Clone)]
pub struct LicensedUse {
    /// The licence.
    pub license: Id,
    /// The software that it entitles to.
    pub product: Id,
    /// What it counts.
    pub metric: LicenseMetric,
    /// How many it entitles to on the day: 0 when it is not in force.
    pub entitled: i64,
    /// How many are assigned on the day.
    pub assigned: i64,
    /// How much is installed without being assigned: hosts where it counts devices or subscriptions, their cores or sites where it counts those.
    pub found: i64,
    /// Number of hosts on which it is installed without being assigned, and of which what it counts is not known.
    pub unknown: i64,
    /// Number of installations under it in versions that it does not cover: they do not use it.
    pub out_of_scope: i64,
}

impl LicensedUse {
    /// How many are in use, as far as that is known.
    pub fn consumed(&self) -> i64 {
        self.assigned.saturating_add(self.found)
    }

    /// Why the use is not known as a whole, where it is not.
    pub fn reason(&self) -> Option<&'static str> {
        (self.unknown > 0).then(|| unknown_use(self.metric))
    }
}

/// The rows that count.
pub struct Counted {
    /// Licences.
    pub licenses: Narrowed<licenses::table>,
    /// Their assignments.
    pub assignments: Narrowed<license_assignments::table>,
    /// Installations.
    pub installations: Narrowed<installations::table>,
}

impl Counted {
    /// All of them, whoever may see them.
    fn all() -> Self {
        Counted { licenses: Narrowed::everything(), assignments: Narrowed::everything(), installations: Narrowed::everything() }
    }
}

/// All licences, each with its use on a day.
pub fn all_uses(connection: &mut Connection, day: Date) -> Result<Vec<LicensedUse>> {
    uses(connection, &Counted::all(), None, day)
}

/// A licence with its use on a day, whoever may see it.
pub fn use_of(connection: &mut Connection, license: Id, day: Date) -> Result<Option<LicensedUse>> {
    Ok(uses(connection, &Counted::all(), Some(license), day)?.into_iter().next())
}

/// The licences that count, or one of them, each with its use on a day.
pub fn uses(connection: &mut Connection, counted: &Counted, license: Option<Id>, day: Date) -> Result<Vec<LicensedUse>> {
    let mut query = licenses::table
        .filter(counted.licenses.clone())
        .order(licenses::id)
        .select((
            licenses::id,
            licenses::software_product_id,
            licenses::metric,
            licenses::quantity,
            licenses::starts_on,
            licenses::ends_on,
            licenses::auto_renew,
        ))
        .into_boxed();
    if let Some(license) = license {
        query = query.filter(licenses::id.eq(license));
    }
    type Row = (Id, Id, LicenseMetric, i64, Option<Date>, Option<Date>, bool);
    let rows: Vec<Row> = query.load(connection)?;
    let assigned = assignments(connection, counted, license, day)?;
    let (installed, out_of_scope) = installed(connection, counted, license, day)?;
    let hosts_of = |metric: LicenseMetric| -> Vec<Id> {
        let of_metric = rows.iter().filter(|(_, _, of, ..)| *of == metric).filter_map(|(license, ..)| installed.get(license));
        of_metric.flatten().copied().collect()
    };
    let facts = HostFacts { cores: host::cores(connection, &hosts_of(LicenseMetric::Core))?, sites: host::sites(connection, &hosts_of(LicenseMetric::Site))? };
    let clusters = host::clusters(connection, &installed.values().flatten().copied().collect::<Vec<Id>>())?;
    let used = rows.into_iter().map(|(license, product, metric, quantity, first, last, renews)| {
        let in_force = first.is_none_or(|first| first <= day) && last.is_none_or(|last| renews || last >= day);
        let held = assigned.get(&license).map(Vec::as_slice).unwrap_or_default();
        let held: (HashSet<Id>, i64) = (held.iter().map(|(target, _)| *target).collect(), held.iter().map(|(_, quantity)| quantity).sum());
        // What is assigned to a cluster covers the machines on it.
        let is_covered = |host: &Id| held.0.contains(host) || clusters.get(host).is_some_and(|cluster| held.0.contains(cluster));
        let hosts: HashSet<Id> = installed.get(&license).into_iter().flatten().filter(|host| !is_covered(host)).copied().collect();
        let (found, unknown) = found(metric, &hosts, &facts, |site| held.0.contains(&site));
        let out_of_scope = out_of_scope.get(&license).copied().unwrap_or(0);
        LicensedUse { license, product, metric, entitled: if in_force { quantity } else { 0 }, assigned: held.1, found, unknown, out_of_scope }
    });
    Ok(used.collect())
}

/// To whom or what each licence is assigned on a day, and how much of it.
fn assignments(connection: &mut Connection, counted: &Counted, license: Option<Id>, day: Date) -> Result<HashMap<Id, Vec<(Id, i64)>>> {
    let mut query = license_assignments::table
        .filter(license_assignments::starts_on.le(day))
        .filter(license_assignments::ends_on.is_null().or(license_assignments::ends_on.ge(day)))
        .filter(counted.assignments.clone())
        .select((license_assignments::license_id, (license_assignments::target_id, license_assignments::quantity)))
        .into_boxed();
    if let Some(license) = license {
        query = query.filter(license_assignments::license_id.eq(license));
    }
    Ok(grouped(query.load::<(Id, (Id, i64))>(connection)?))
}

/// On which hosts each licence is installed on a day in a version that it covers, and the number of its installations in others; a retired
/// host uses none.
fn installed(connection: &mut Connection, counted: &Counted, license: Option<Id>, day: Date) -> Result<(HashMap<Id, Vec<Id>>, HashMap<Id, i64>)> {
    let since = (installations::installed_on, installations::discovered_at);
    let mut query = installations::table
        .inner_join(software_releases::table)
        .filter(installations::license_id.is_not_null())
        .filter(counted.installations.clone())
        .select((installations::license_id.assume_not_null(), installations::host_id, since, (software_releases::version, software_releases::released_on)))
        .into_boxed();
    if let Some(license) = license {
        query = query.filter(installations::license_id.eq(license));
    }
    let rows: Vec<(Id, Id, host::Since, Published)> = query.load(connection)?;
    let (is_counted, scopes) = (host::counting_on(connection, day)?, VersionScopes::of(connection, &counted.licenses, license)?);
    let (mut hosts, mut out_of_scope): (HashMap<Id, Vec<Id>>, HashMap<Id, i64>) = (HashMap::new(), HashMap::new());
    for (license, host, _, release) in rows.into_iter().filter(|(_, host, since, _)| is_counted(*host, *since)) {
        if scopes.covers(license, &release) {
            hosts.entry(license).or_default().push(host);
        } else {
            *out_of_scope.entry(license).or_default() += 1;
        }
    }
    Ok((hosts, out_of_scope))
}
