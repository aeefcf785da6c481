//! Using more of a licence than was bought: whoever discovers it is heard, and it raises a conflict.

use super::license_assignment::{Taken, most_taken};
use crate::database::{Cell, Kind, Statement};
use crate::error::Result;
use crate::resource::{Check, Flag, Id, Watch};

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
    let query = Statement::new("SELECT metric, quantity FROM licenses WHERE id = ").with(license, "");
    let Some(row) = query.first(check.connection, &[Kind::Text, Kind::Integer])? else { return Ok(None) };
    let metric = row.first().and_then(Cell::as_text).unwrap_or_default();
    let entitled = row.get(1).and_then(Cell::as_integer).unwrap_or_default();
    let today = Taken { starts_on: check.today, ends_on: Some(check.today), quantity: 0 };
    let assigned = most_taken(check, license, &today)?;
    let found = if matches!(metric, "device" | "subscription") { installed(check, license)? } else { 0 };
    Ok((assigned + found > entitled)
        .then(|| format!("{} are in use ({assigned} assigned, {found} found installed without an assignment), and {entitled} are licensed.", assigned + found)))
}

/// On how many devices and virtual machines it is installed that it is not assigned to.
fn installed(check: &mut Check<'_>, license: Id) -> Result<i64> {
    let query = Statement::new("SELECT COUNT(DISTINCT i.host_id) FROM installations i WHERE i.license_id = ")
        .with(license, " AND NOT EXISTS (SELECT 1 FROM license_assignments a WHERE a.license_id = i.license_id AND a.target_id = i.host_id AND a.starts_on <= ")
        .with(check.today, " AND (a.ends_on IS NULL OR a.ends_on >= ")
        .with(check.today, "))");
    Ok(check.value(query, Kind::Integer)?.and_then(|cell| cell.as_integer()).unwrap_or_default())
}
