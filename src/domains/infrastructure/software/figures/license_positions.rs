//! The positions of all licences, by product and metric: what is to be bought.

use crate::software::{
    host,
    installation::Installation,
    license::License,
    license_assignment::LicenseAssignment,
    license_count::unknown_use,
    license_metric::LicenseMetric,
    licensed_use::licensed_use,
    software_product::{SoftwareKind, SoftwareProduct},
    software_release::SoftwareRelease,
};
use std::collections::{BTreeMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::resource::value::{Note, Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{installations, license_assignments, licenses, software_products, software_releases};

/// Position of the licences of a product by metric.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductLicensePosition {
    /// Software product.
    pub software_product_id: IdOf<SoftwareProduct>,
    /// Title of the product; null if you may not see it.
    pub software_product: Option<Title>,
    /// Licence metric.
    pub metric: LicenseMetric,
    /// Number of licences that you may see.
    pub licenses: Count,
    /// Quantity that they entitle to on the day.
    pub entitled: Count,
    /// Quantity in use: assigned, or found installed without an assignment; null where that is not known.
    pub consumed: Option<Count>,
    /// Remaining quantity; negative when more is in use, null where that is not known.
    pub available: Option<Whole<{ i64::MIN }, { i64::MAX }>>,
    /// Quantity to buy; null where the use is not known.
    pub over_used: Option<Count>,
    /// Reason why a figure cannot be computed; null where all are.
    pub reason: Option<Note>,
}

/// Software found without a licence.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnlicensedSoftware {
    /// Software product.
    pub software_product_id: IdOf<SoftwareProduct>,
    /// Title of the product; null if you may not see it.
    pub software_product: Option<Title>,
    /// Number of installations that name no licence, on hosts to which no licence of the product is assigned.
    pub installations: Count,
}

/// Positions of licences by product.
#[derive(Debug, Serialize, ToSchema)]
pub struct LicensePositions {
    /// Date of the positions.
    pub as_of: Date,
    /// Products and metrics, the greatest quantity to buy first.
    pub data: Vec<ProductLicensePosition>,
    /// Installations without a licence, of products that have licences or may need one, the most first.
    pub unlicensed: Vec<UnlicensedSoftware>,
    /// True if you may not read all licences, assignments, installations, releases and products: the positions are then over a part of them.
    pub partial: bool,
}

impl View for LicensePositions {
    const PATH: &'static str = "infrastructure/license-positions";
    const SUMMARY: &'static str = "Get licence positions by product";
    const DESCRIPTION: &'static str = "Positions on a day of the licences that you may see, by product and metric: the quantity entitled to, in use, and to buy. Installations count from their installation or discovery on, and not on retired hosts. An installation that names no licence is unlicensed unless a licence of the product is assigned to its host or to the cluster of that. Products without any licence are among these unless they have a `license_expression` or are libraries, frameworks or firmware. A surplus of one licence offsets a shortage of another of the same product and metric.";
    const FORMULA: &'static str = "consumed = Σ (assigned + found); available = Σ entitled − consumed; over_used = max(0, −available)";
    const SOURCE: &'static str = "ISO/IEC 19770-1, effective licence position";
    type Reads = (License, LicenseAssignment, Installation, SoftwareRelease, IfPermitted<SoftwareProduct>);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let as_of = query.or_today(cx);
        let mut sums: BTreeMap<(Id, &'static str), (LicenseMetric, [i64; 4])> = BTreeMap::new();
        for used in licensed_use(cx, None, as_of)? {
            let (_, sum) = sums.entry((used.product, used.metric.word())).or_insert((used.metric, [0; 4]));
            let parts = [1, used.entitled, used.consumed(), used.unknown];
            sum.iter_mut().zip(parts).for_each(|(sum, part)| *sum = sum.saturating_add(part));
        }
        let without = unlicensed(cx, as_of)?;
        let licensed: Vec<Id> = sums.keys().map(|(product, _)| *product).collect();
        let rows = titled(cx, SoftwareProduct::PATH, sums.into_iter().map(|((product, _), sum)| (product, sum)).collect())?;
        let mut data: Vec<ProductLicensePosition> = rows
            .into_iter()
            .map(|(product, software_product, (metric, [licenses, entitled, consumed, unknown]))| {
                let consumed = Some(consumed).filter(|_| unknown == 0);
                ProductLicensePosition {
                    software_product_id: product.into(),
                    software_product,
                    metric,
                    licenses: Whole(licenses),
                    entitled: Whole(entitled),
                    consumed: consumed.map(Whole),
                    available: consumed.map(|consumed| Whole(entitled - consumed)),
                    over_used: consumed.map(|consumed| Whole((consumed - entitled).max(0))),
                    reason: consumed.is_none().then(|| Note::cut(unknown_use(metric))),
                }
            })
            .collect();
        data.sort_by_key(|row| (std::cmp::Reverse(row.over_used.map(|over| over.0)), row.software_product.as_ref().map(|title| title.0.clone())));
        let others: Vec<Id> = without.iter().map(|(product, _)| *product).filter(|product| !licensed.contains(product)).collect();
        let charged = charged(cx, &others)?;
        let without = without.into_iter().filter(|(product, _)| licensed.contains(product) || charged.contains(product)).collect();
        let unlicensed = titled(cx, SoftwareProduct::PATH, without)?
            .into_iter()
            .map(|(product, software_product, count)| UnlicensedSoftware { software_product_id: product.into(), software_product, installations: Whole(count) })
            .collect();
        Ok(LicensePositions { as_of, data, unlicensed, partial: partial::<Self::Reads>(cx)? })
    }
}

/// Those of some products in sight that nobody publishes under open terms: without an SPDX expression, and no part of other software.
fn charged(cx: &mut Context<'_, '_>, products: &[Id]) -> Result<HashSet<Id>> {
    let (seen, mut charged) = (cx.sees::<SoftwareProduct>()?, HashSet::new());
    for chunk in products.chunks(CHUNK) {
        let query = software_products::table
            .filter(software_products::id.eq_any(chunk).and(software_products::license_expression.is_null()))
            .filter(software_products::kind.ne_all([SoftwareKind::Library, SoftwareKind::Framework, SoftwareKind::Firmware]))
            .filter(seen.clone())
            .select(software_products::id);
        charged.extend(query.load::<Id>(cx.within(&seen))?);
    }
    Ok(charged)
}

/// The products of which a licence is assigned on a day, each with the host or person.
fn covered(cx: &mut Context<'_, '_>, day: Date) -> Result<HashSet<(Id, Id)>> {
    let seen = cx.sees::<LicenseAssignment>()?;
    let lasts = license_assignments::ends_on.is_null().or(license_assignments::ends_on.ge(day));
    let rows: Vec<(Id, Id)> = license_assignments::table
        .inner_join(licenses::table)
        .filter(license_assignments::starts_on.le(day).and(lasts))
        .filter(seen.clone())
        .filter(cx.sees::<License>()?)
        .select((licenses::software_product_id, license_assignments::target_id))
        .load(cx.within(&seen))?;
    Ok(rows.into_iter().collect())
}

/// The number of installations without a licence, by product, the most first. What is assigned to their host covers them.
fn unlicensed(cx: &mut Context<'_, '_>, day: Date) -> Result<Vec<(Id, i64)>> {
    let covered = covered(cx, day)?;
    let seen = cx.sees::<Installation>()?;
    let since = (installations::installed_on, installations::discovered_at);
    let rows: Vec<((Id, Id), host::Since)> = installations::table
        .inner_join(software_releases::table)
        .filter(installations::license_id.is_null())
        .filter(seen.clone())
        .filter(cx.sees::<SoftwareRelease>()?)
        .select(((software_releases::software_product_id, installations::host_id), since))
        .load(cx.within(&seen))?;
    let connection = cx.unscoped("which hosts are retired or on a cluster, of installations that were read");
    let clusters = host::clusters(connection, &rows.iter().map(|((_, host), _)| *host).collect::<Vec<Id>>())?;
    let is_counted = host::counting_on(connection, day)?;
    let found = rows.into_iter().filter(|((_, host), since)| is_counted(*host, *since)).map(|(found, _)| found);
    let mut counts: BTreeMap<Id, i64> = BTreeMap::new();
    let is_covered = |product: Id, host: Id| covered.contains(&(product, host)) || clusters.get(&host).is_some_and(|on| covered.contains(&(product, *on)));
    found.filter(|(product, host)| !is_covered(*product, *host)).for_each(|(product, _)| *counts.entry(product).or_default() += 1);
    let mut counts: Vec<(Id, i64)> = counts.into_iter().collect();
    counts.sort_by_key(|(product, count)| (std::cmp::Reverse(*count), *product));
    Ok(counts)
}
