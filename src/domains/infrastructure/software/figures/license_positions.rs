//! The positions of all licences, by product and metric: what is to be bought.

use crate::software::{
    installation::Installation, license::License, license_assignment::LicenseAssignment, license_count::unknown_use, license_metric::LicenseMetric,
    licensed_use::licensed_use, software_product::SoftwareProduct, software_release::SoftwareRelease, unlicensed_use::unlicensed,
};
use std::collections::{BTreeMap, HashSet};
use steward_core::resource::value::{Note, Title, Whole};
use steward_core::view::prelude::*;

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
    /// Number of installations that no licence covers: they name none for their version, and none is assigned to their host.
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
    const DESCRIPTION: &'static str = "Positions on a day of the licences that you may see, by product and metric: the quantity entitled to, in use, and to buy. Installations count from their installation or discovery on, and not on retired hosts. An installation that names no licence for its version is unlicensed unless one of the product is assigned to its host or to the cluster of that. Products without any licence are among these unless they have a `license_expression` or are libraries, frameworks or firmware. A surplus of one licence offsets a shortage of another of the same product and metric.";
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
        let licensed: HashSet<Id> = sums.keys().map(|(product, _)| *product).collect();
        let without = unlicensed(cx, as_of, &licensed)?;
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
        let unlicensed = titled(cx, SoftwareProduct::PATH, without)?
            .into_iter()
            .map(|(product, software_product, count)| UnlicensedSoftware { software_product_id: product.into(), software_product, installations: Whole(count) })
            .collect();
        Ok(LicensePositions { as_of, data, unlicensed, partial: partial::<Self::Reads>(cx)? })
    }
}
