//! What still hangs on a node that is to go: dependents, addresses, assignments.

use crate::database::{Kind, Statement};
use crate::error::Result;
use crate::resource::{Check, Id, Move, Unmet};

/// The states in which a node is on its way out.
const LEAVING: [&str; 2] = ["decommissioning", "retired"];
/// How many records an answer names.
const NAMED: usize = 20;
/// The records that some ids are of, with the unit that decides who may see them.
const RECORDS: &str = "SELECT r.id, r.collection, r.title, o.unit_id FROM registry r JOIN registry o ON o.id = r.root_id WHERE r.deleted_at IS NULL AND ";

/// What is missing before a node may go: nothing that is still in use may depend on it, run on it or lie in it.
pub(super) fn require_no_dependents(step: &Move, check: &mut Check<'_>) -> Result<Vec<Unmet>> {
    if !LEAVING.contains(&step.to) {
        return Ok(Vec::new());
    }
    let node = check.id;
    let query = after_records("(r.state IS NULL OR r.state NOT IN ('decommissioning', 'retired')) AND r.id IN (SELECT from_id FROM dependencies WHERE kind IN ('requires', 'uses') AND to_id = ")
        .with(node, " UNION SELECT to_id FROM dependencies WHERE kind IN ('hosts', 'replicates') AND from_id = ")
        .with(node, " UNION SELECT id FROM virtual_machines WHERE device_id = ")
        .with(node, " UNION SELECT id FROM virtual_machines WHERE cluster_id = ")
        .with(node, " UNION SELECT id FROM volumes WHERE storage_pool_id = ")
        .with(node, ")");
    named(check, query, "dependents", "depends on it. See /api/v1/infrastructure/impact/{id}, and end that dependency or retire the dependent first.")
}

/// The same of what has interfaces: nothing may depend on it, and no address or assignment may be left to it.
pub(super) fn require_nothing_left(step: &Move, check: &mut Check<'_>) -> Result<Vec<Unmet>> {
    let mut unmet = require_no_dependents(step, check)?;
    if !LEAVING.contains(&step.to) {
        return Ok(unmet);
    }
    let node = check.id;
    let addresses = after_records("r.id IN (SELECT a.id FROM ip_addresses a JOIN interfaces i ON i.id = a.assigned_to_id WHERE i.node_id = ").with(node, ")");
    unmet.extend(named(check, addresses, "addresses", "is still assigned to one of its interfaces. Take it away first.")?);
    let assignments = after_records("r.id IN (SELECT id FROM license_assignments WHERE target_id = ")
        .with(node, " AND (ends_on IS NULL OR ends_on >= ")
        .with(
            check.today,
            ") UNION SELECT u.id FROM asset_assignments u JOIN assets a ON a.id = u.asset_id WHERE u.state IN ('checked_out', 'accepted') AND a.item_id = ",
        )
        .with(node, ")");
    unmet.extend(named(check, assignments, "assignments", "is still there. End it first.")?);
    Ok(unmet)
}

fn after_records(condition: &'static str) -> Statement {
    let mut query = Statement::new(RECORDS);
    query.push(condition);
    query
}

/// Each record that a query finds as something missing; those that the caller may not see only by their collection.
fn named(check: &mut Check<'_>, mut query: Statement, code: &str, what: &str) -> Result<Vec<Unmet>> {
    query.push(" ORDER BY r.id LIMIT ").bind(NAMED as i64);
    let mut unmet = Vec::new();
    for row in query.rows(check.connection, &[Kind::Id, Kind::Text, Kind::Text, Kind::Id])? {
        let (Some(id), Some(collection), Some(title)) = (row[0].as_id(), row[1].as_text(), row[2].as_text()) else { continue };
        let unit: Option<Id> = row[3].as_id();
        let visible = match check.definitions.get(collection) {
            Some(definition) => (check.holds)(check.connection, &definition.permission("read"), unit)?,
            None => false,
        };
        let subject = if visible { format!("{title} ({collection}/{id})") } else { format!("A record of {collection}") };
        unmet.push(Unmet::new("", code, format!("{subject} {what}")));
    }
    Ok(unmet)
}
