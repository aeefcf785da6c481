//! What still hangs on a node that is to go: dependents, addresses, assignments.

use super::dependency::{ON_THE_LEFT, ON_THE_RIGHT};
use super::leaving::LEAVING;
use super::recorded::{self, End};
use diesel::prelude::*;
use steward_core::database::Dialect;
use steward_core::database::expression::Condition;
use steward_core::error::Result;
use steward_core::resource::{Check, Id, Move, UnmetGuard};
use steward_schema::infrastructure::{asset_assignments, assets, cables, certificates, dependencies, interfaces, ip_addresses, license_assignments};
use steward_schema::service::{edges, registry};

/// How many records an answer names.
const NAMED: i64 = 20;

diesel::alias!(registry as roots: Roots);

/// What is missing before a node may go: nothing that is still in use may depend on it, run on it or lie in it.
pub fn require_no_dependents(step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    if !LEAVING.contains(&step.to) {
        return Ok(Vec::new());
    }
    let node = check.id;
    let dependents = dependencies::table
        .filter(dependencies::to_id.eq(node))
        .filter(dependencies::kind.eq_any(ON_THE_RIGHT))
        .select(dependencies::from_id)
        .into_boxed::<Dialect>();
    let supported = dependencies::table
        .filter(dependencies::from_id.eq(node))
        .filter(dependencies::kind.eq_any(ON_THE_LEFT))
        .select(dependencies::to_id)
        .into_boxed::<Dialect>();
    let held = edges::table.inner_join(registry::table.on(registry::id.eq(edges::from_id)));
    let is_of = |dependent: End| registry::collection.concat(".").concat(edges::field).eq_any(recorded::names(dependent));
    let standing = held.filter(edges::to_id.eq(node)).filter(is_of(End::Holder)).select(edges::from_id).into_boxed::<Dialect>();
    let attached = held.filter(edges::from_id.eq(node)).filter(is_of(End::Named)).select(edges::to_id).into_boxed::<Dialect>();
    let stays = registry::state.is_null().or(registry::state.assume_not_null().ne_all(LEAVING));
    let query = stays.and(registry::id.eq_any(dependents.union(supported).union(standing).union(attached)));
    let instead = format!("depends on it. See /api/v1/infrastructure/impact/{node}, and end that dependency or retire the dependent first.");
    named(check, query, "dependents", &instead)
}

/// The same of what has interfaces: nothing may depend on it, and no address or assignment may be left to it.
pub fn require_nothing_left(step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let mut unmet = require_no_dependents(step, check)?;
    if !LEAVING.contains(&step.to) {
        return Ok(unmet);
    }
    let node = check.id;
    let addresses = ip_addresses::table.inner_join(interfaces::table).filter(interfaces::node_id.eq(node)).select(ip_addresses::id).into_boxed::<Dialect>();
    unmet.extend(named(check, registry::id.eq_any(addresses), "addresses", "is still assigned to one of its interfaces. Take it away first.")?);
    let lasts = license_assignments::ends_on.is_null().or(license_assignments::ends_on.ge(check.today));
    let licensed =
        license_assignments::table.filter(license_assignments::target_id.eq(node)).filter(lasts).select(license_assignments::id).into_boxed::<Dialect>();
    let handed_out = asset_assignments::table
        .inner_join(assets::table)
        .filter(assets::item_id.eq(node))
        .filter(asset_assignments::state.eq_any(["checked_out", "accepted"]))
        .select(asset_assignments::id)
        .into_boxed::<Dialect>();
    unmet.extend(named(check, registry::id.eq_any(licensed.union(handed_out)), "assignments", "is still there. End it first.")?);
    unmet.extend(require_nothing_open(check)?);
    Ok(unmet)
}

/// What else is left to a node that is to go: cables, backup policies, certificates in use, incidents.
fn require_nothing_open(check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let (node, today) = (check.id, check.today);
    let own: Vec<Id> = interfaces::table.filter(interfaces::node_id.eq(node)).select(interfaces::id).load(check.connection)?;
    let plugged = cables::table.filter(cables::from_id.eq_any(own.clone()).or(cables::to_id.eq_any(own))).select(cables::id).into_boxed::<Dialect>();
    let mut unmet = named(check, registry::id.eq_any(plugged), "cables", "is still plugged into one of its interfaces. Remove it first.")?;
    let backed_up = edges::table.filter(edges::to_id.eq(node).and(edges::field.eq("target_ids"))).select(edges::from_id).into_boxed::<Dialect>();
    let kept = registry::collection.eq("infrastructure/backup-policies").and(registry::state.assume_not_null().ne("retired"));
    unmet.extend(named(check, kept.and(registry::id.eq_any(backed_up)), "backup_policies", "still copies it. Take it out of its targets first.")?);
    let valid = certificates::expires_on.ge(today);
    let presented = certificates::table.filter(certificates::target_id.eq(node)).filter(valid).select(certificates::id).into_boxed::<Dialect>();
    unmet.extend(named(check, registry::id.eq_any(presented), "certificates", "is still presented by it. Move it to another target, or delete it first.")?);
    let of_incident = edges::field.eq_any(["target_id", "target_ids"]);
    let broken = edges::table.filter(edges::to_id.eq(node).and(of_incident)).select(edges::from_id).into_boxed::<Dialect>();
    let open = registry::collection.eq("infrastructure/incidents").and(registry::state.assume_not_null().ne_all(["resolved", "closed"]));
    unmet.extend(named(check, open.and(registry::id.eq_any(broken)), "incidents", "is still open. Resolve it first.")?);
    Ok(unmet)
}

/// Each record that satisfies a condition as something missing; those that the caller may not see only by their collection.
fn named<'c>(check: &mut Check<'_>, condition: impl Condition<'c, registry::table>, code: &str, what: &str) -> Result<Vec<UnmetGuard>> {
    // The unit that decides who may see it.
    let unit = roots.filter(roots.field(registry::id).eq(registry::root_id)).select(roots.field(registry::unit_id)).single_value();
    let rows: Vec<(Id, String, String, Option<Id>)> = registry::table
        .filter(registry::deleted_at.is_null())
        .filter(condition)
        .order(registry::id)
        .limit(NAMED)
        .select((registry::id, registry::collection, registry::title, unit))
        .load(check.connection)?;
    let mut unmet = Vec::new();
    for (id, collection, title, unit) in rows {
        let visible = match check.definitions.get(&collection) {
            Some(definition) => (check.holds)(check.connection, &definition.permission("read"), unit)?,
            None => false,
        };
        let subject = if visible { format!("{title} ({collection}/{id})") } else { format!("A record of {collection}") };
        unmet.push(UnmetGuard::new("", code, format!("{subject} {what}")));
    }
    Ok(unmet)
}
