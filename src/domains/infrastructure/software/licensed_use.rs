//! How much of licences is in use on a day: what figures of licence positions count.

use super::host;
use super::installation::Installation;
use super::license::License;
use super::license_assignment::LicenseAssignment;
use super::license_metric::{LicenseMetric, found};
use std::collections::{HashMap, HashSet};
use steward_core::database::{Connection, Narrowed};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{installations, license_assignments, licenses};

/// Why the use of a licence that counts cores is not known.
pub const UNKNOWN_CORES: &str = "The processor cores of a host are not known. Record physical_cores of its device type, or vcpus of the virtual machine.";

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
    /// How much is installed without being assigned: hosts where it counts devices or subscriptions, their cores where it counts cores.
    pub found: i64,
    /// Number of hosts on which it is installed without being assigned, and whose cores are not known, where it counts cores.
    pub unknown: i64,
}

impl LicensedUse {
    /// How many are in use, as far as that is known.
    pub fn consumed(&self) -> i64 {
        self.assigned.saturating_add(self.found)
    }

    /// Why the use is not known as a whole, where it is not.
    pub fn reason(&self) -> Option<&'static str> {
        (self.unknown > 0).then_some(UNKNOWN_CORES)
    }
}

/// The rows that count.
struct Counted {
    licenses: Narrowed<licenses::table>,
    assignments: Narrowed<license_assignments::table>,
    installations: Narrowed<installations::table>,
}

/// The licences in sight, or one of them, each with its use on a day.
pub fn licensed_use(cx: &mut Context<'_, '_>, license: Option<Id>, day: Date) -> Result<Vec<LicensedUse>> {
    let counted = Counted { licenses: cx.sees::<License>()?, assignments: cx.sees::<LicenseAssignment>()?, installations: cx.sees::<Installation>()? };
    uses(cx.within(&counted.licenses), &counted, license, day)
}

/// All licences, each with its use on a day.
pub fn all_uses(connection: &mut Connection, day: Date) -> Result<Vec<LicensedUse>> {
    let all = Counted { licenses: Narrowed::everything(), assignments: Narrowed::everything(), installations: Narrowed::everything() };
    uses(connection, &all, None, day)
}

fn uses(connection: &mut Connection, counted: &Counted, license: Option<Id>, day: Date) -> Result<Vec<LicensedUse>> {
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
    let installed = installed(connection, counted, license, day)?;
    let of_cores: HashSet<Id> = rows.iter().filter(|(_, _, metric, ..)| *metric == LicenseMetric::Core).map(|(license, ..)| *license).collect();
    let hosts: Vec<Id> = installed.iter().filter(|(license, _)| of_cores.contains(license)).flat_map(|(_, hosts)| hosts).copied().collect();
    let cores = host::cores(connection, &hosts)?;
    let used = rows.into_iter().map(|(license, product, metric, quantity, first, last, renews)| {
        let in_force = first.is_none_or(|first| first <= day) && last.is_none_or(|last| renews || last >= day);
        let held = assigned.get(&license).map(Vec::as_slice).unwrap_or_default();
        let has = |host: &Id| held.iter().any(|(target, _)| target == host);
        let hosts: HashSet<Id> = installed.get(&license).into_iter().flatten().filter(|host| !has(host)).copied().collect();
        let (found, unknown) = found(metric, &hosts, &cores);
        LicensedUse {
            license,
            product,
            metric,
            entitled: if in_force { quantity } else { 0 },
            assigned: held.iter().map(|(_, quantity)| quantity).sum(),
            found,
            unknown,
        }
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

/// On which hosts each licence is installed on a day; a retired host uses none.
fn installed(connection: &mut Connection, counted: &Counted, license: Option<Id>, day: Date) -> Result<HashMap<Id, Vec<Id>>> {
    let since = (installations::installed_on, installations::discovered_at);
    let mut query = installations::table
        .filter(installations::license_id.is_not_null())
        .filter(counted.installations.clone())
        .select((installations::license_id.assume_not_null(), installations::host_id, since))
        .into_boxed();
    if let Some(license) = license {
        query = query.filter(installations::license_id.eq(license));
    }
    let rows: Vec<(Id, Id, host::Since)> = query.load(connection)?;
    let is_counted = host::counting_on(connection, day)?;
    Ok(grouped(rows.into_iter().filter(|(_, host, since)| is_counted(*host, *since)).map(|(license, host, _)| (license, host))))
}
