//! Software in use that no licence covers: of its product, for its version, on its host.

use super::host;
use super::installation::Installation;
use super::license::License;
use super::license_assignment::LicenseAssignment;
use super::software_product::{SoftwareKind, SoftwareProduct};
use super::software_release::SoftwareRelease;
use super::version_scope::{Published, VersionScopes};
use std::collections::{BTreeMap, HashMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{installations, license_assignments, licenses, software_products, software_releases};

/// An installation: product, host, named licence, since when it is there, and its release.
type Row = ((Id, Id, Option<Id>), host::Since, Published);

/// The number of installations in sight without a licence, by product, the most first: each that names none which covers its version, on a
/// host to which none is assigned that does, nor to the cluster of that. Only products that are licensed, or that may have to be, count.
pub fn unlicensed(reader: &mut Reader<'_>, day: Date, licensed: &HashSet<Id>) -> Result<Vec<(Id, i64)>> {
    let seen = reader.sees::<License>()?;
    let scopes = VersionScopes::of(reader.within(&seen), &seen, None)?;
    let assigned = assigned(reader, day)?;
    let rows = installed(reader)?;
    let connection = reader.unscoped("which hosts are retired or on a cluster, of installations that were read");
    let clusters = host::clusters(connection, &rows.iter().map(|((_, host, _), ..)| *host).collect::<Vec<Id>>())?;
    let is_counted = host::counting_on(connection, day)?;
    let is_covered = |product: Id, host: Id, named: Option<Id>, release: &Published| {
        let held_by = |target: &Id| assigned.get(&(product, *target)).into_iter().flatten();
        let held = held_by(&host).chain(clusters.get(&host).into_iter().flat_map(held_by));
        named.iter().chain(held).any(|license| scopes.covers(*license, release))
    };
    let mut counts: BTreeMap<Id, i64> = BTreeMap::new();
    for ((product, host, named), since, release) in rows {
        if is_counted(host, since) && !is_covered(product, host, named, &release) {
            *counts.entry(product).or_default() += 1;
        }
    }
    let others: Vec<Id> = counts.keys().copied().filter(|product| !licensed.contains(product)).collect();
    let charged = charged(reader, &others)?;
    let mut counts: Vec<(Id, i64)> = counts.into_iter().filter(|(product, _)| licensed.contains(product) || charged.contains(product)).collect();
    counts.sort_by_key(|(product, count)| (std::cmp::Reverse(*count), *product));
    Ok(counts)
}

/// The installations in sight.
fn installed(reader: &mut Reader<'_>) -> Result<Vec<Row>> {
    let seen = reader.sees::<Installation>()?;
    let rows = installations::table
        .inner_join(software_releases::table)
        .filter(seen.clone())
        .filter(reader.sees::<SoftwareRelease>()?)
        .select((
            (software_releases::software_product_id, installations::host_id, installations::license_id),
            (installations::installed_on, installations::discovered_at),
            (software_releases::version, software_releases::released_on),
        ))
        .load(reader.within(&seen))?;
    Ok(rows)
}

/// The licences in sight that are assigned on a day, by their product and the host, cluster or person.
fn assigned(reader: &mut Reader<'_>, day: Date) -> Result<HashMap<(Id, Id), Vec<Id>>> {
    let seen = reader.sees::<LicenseAssignment>()?;
    let lasts = license_assignments::ends_on.is_null().or(license_assignments::ends_on.ge(day));
    let rows: Vec<((Id, Id), Id)> = license_assignments::table
        .inner_join(licenses::table)
        .filter(license_assignments::starts_on.le(day).and(lasts))
        .filter(seen.clone())
        .filter(reader.sees::<License>()?)
        .select(((licenses::software_product_id, license_assignments::target_id), licenses::id))
        .load(reader.within(&seen))?;
    Ok(grouped(rows))
}

/// Those of some products in sight that nobody publishes under open terms: without an SPDX expression, and no part of other software.
fn charged(reader: &mut Reader<'_>, products: &[Id]) -> Result<HashSet<Id>> {
    let (seen, mut charged) = (reader.sees::<SoftwareProduct>()?, HashSet::new());
    for chunk in products.chunks(CHUNK) {
        let query = software_products::table
            .filter(software_products::id.eq_any(chunk).and(software_products::license_expression.is_null()))
            .filter(software_products::kind.ne_all([SoftwareKind::Library, SoftwareKind::Framework, SoftwareKind::Firmware]))
            .filter(seen.clone())
            .select(software_products::id);
        charged.extend(query.load::<Id>(reader.within(&seen))?);
    }
    Ok(charged)
}
