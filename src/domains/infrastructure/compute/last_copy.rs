//! The last copy of each target of backups.

use super::backup_run::{BackupResult, BackupRunKind};
use diesel::dsl::max;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::Connection;
use steward_core::database::expression::Condition;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Instant;
use steward_schema::infrastructure::backup_runs;

/// The point in time of the data in the last successful copy of each target, over the runs that satisfy a condition: its recovery point, or its
/// start where none is recorded.
pub fn last_copies<'c>(connection: &mut Connection, of: impl Condition<'c, backup_runs::table> + Clone) -> Result<HashMap<Id, Instant>> {
    let is_made = || backup_runs::result.eq(BackupResult::Succeeded).and(backup_runs::kind.eq(BackupRunKind::Backup));
    let made = || backup_runs::table.filter(is_made()).filter(of.clone());
    let started = made().filter(backup_runs::recovery_point_at.is_null()).group_by(backup_runs::target_id);
    let mut points: Vec<(Id, Option<Instant>)> = started.select((backup_runs::target_id, max(backup_runs::started_at))).load(connection)?;
    let pointed = made().filter(backup_runs::recovery_point_at.is_not_null()).group_by(backup_runs::target_id);
    points.extend(pointed.select((backup_runs::target_id, max(backup_runs::recovery_point_at))).load::<(Id, Option<Instant>)>(connection)?);
    let mut last: HashMap<Id, Instant> = HashMap::new();
    for (target, point) in points.into_iter().filter_map(|(target, point)| Some((target, point?))) {
        last.entry(target).and_modify(|known| *known = point.max(*known)).or_insert(point);
    }
    Ok(last)
}
