//! Using more of a licence than was bought: whoever discovers it is heard, and it raises a conflict.

use super::host;
use super::license_assignment::{Taken, most_taken};
use super::license_metric::{self, LicenseMetric};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Flag, Id, Watch};
use steward_schema::infrastructure::{installations, license_assignments, licenses};

const LICENSES: &str = "infrastructure/licenses";

/// More is assigned today, or found installed without being assigned, than the licence entitles to.
pub const OVER_USE: Flag = Flag {
    code: "quantity",
    about: LICENSES,
    watches: &[Watch::itself(LICENSES), Watch::by("infrastructure/license-assignments", "license_id"), Watch::by("infrastructure/installations", "license_id")],
    judge: over_used,
    hold: None,
};

fn over_used(check: &mut Check<'_>, license: Id) -> Result<Option<String>> {
    let query = licenses::table.find(license).select((licenses::metric, licenses::quantity, licenses::starts_on, licenses::ends_on, licenses::auto_renew));
    let found: Option<(LicenseMetric, i64, Option<Date>, Option<Date>, bool)> = query.first(check.connection).optional()?;
    let Some((metric, quantity, first, last, renews)) = found else { return Ok(None) };
    // A licence that is not in force entitles to nothing.
    let in_force = first.is_none_or(|first| first <= check.today) && last.is_none_or(|last| renews || last >= check.today);
    let entitled = if in_force { quantity } else { 0 };
    let today = Taken { starts_on: check.today, ends_on: Some(check.today), quantity: 0 };
    let assigned = most_taken(check, license, &today)?;
    let hosts = installed(check, license)?;
    let cores = if metric == LicenseMetric::Core { host::cores(check.connection, &hosts.iter().copied().collect::<Vec<_>>())? } else { HashMap::new() };
    let (found, _) = license_metric::found(metric, &hosts, &cores);
    Ok((assigned + found > entitled)
        .then(|| format!("{} are in use ({assigned} assigned, {found} found installed without an assignment), and {entitled} are licensed.", assigned + found)))
}

/// The devices and virtual machines in use on which it is installed today, and to which it is not assigned.
fn installed(check: &mut Check<'_>, license: Id) -> Result<HashSet<Id>> {
    let lasts = license_assignments::ends_on.is_null().or(license_assignments::ends_on.ge(check.today));
    let assigned = license_assignments::table
        .filter(license_assignments::license_id.eq(license))
        .filter(license_assignments::starts_on.le(check.today))
        .filter(lasts)
        .select(license_assignments::target_id);
    let unassigned = installations::table.filter(installations::license_id.eq(license)).filter(installations::host_id.ne_all(assigned.into_boxed::<Dialect>()));
    let columns = (installations::host_id, (installations::installed_on, installations::discovered_at));
    let rows: Vec<(Id, host::Since)> = unassigned.select(columns).load(check.connection)?;
    let is_counted = host::counting_on(check.connection, check.today)?;
    Ok(rows.into_iter().filter(|(host, since)| is_counted(*host, *since)).map(|(host, _)| host).collect())
}
