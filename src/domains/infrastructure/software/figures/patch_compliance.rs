//! How much of the installed software is approved and supported.

use crate::software::{
    installation::Installation,
    installed_release,
    software_product::SoftwareProduct,
    software_release::{Approval, SoftwareRelease},
};
use std::collections::BTreeMap;
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;

/// Patch compliance of a product.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductCompliance {
    /// Software product.
    pub software_product_id: IdOf<SoftwareProduct>,
    /// Title of the product; null if you may not see it.
    pub software_product: Option<Title>,
    /// Number of its installations.
    pub installations: Count,
    /// Number of installations whose release is approved and still supported.
    pub compliant: Count,
    /// Share of compliant installations, in percent.
    pub compliance_percent: Figure,
}

/// Patch compliance of the installed software.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatchCompliance {
    /// Date of the evaluation.
    pub as_of: Date,
    /// Number of installations.
    pub installations: Count,
    /// Number of installations whose release is approved and still supported.
    pub compliant: Count,
    /// Number of installations whose release is forbidden.
    pub forbidden: Count,
    /// Number of installations whose release is no longer supported, or gets no security updates any more.
    pub unsupported: Count,
    /// Share of the installations that are compliant, in percent; null without an installation.
    pub compliance_percent: Figure,
    /// Products with installations that are not compliant, the most first.
    pub data: Vec<ProductCompliance>,
}

impl View for PatchCompliance {
    const PATH: &'static str = "infrastructure/patch-compliance";
    const SUMMARY: &'static str = "Get patch compliance";
    const DESCRIPTION: &'static str = "Share of the installed software that you may see in a release that is approved and still supported by its publisher on a day: neither its support nor its security updates have ended. Installations count from their installation or discovery on, and not on retired hosts.";
    const FORMULA: &'static str = "compliance_percent = compliant ÷ installations · 100";
    type Reads = (Installation, SoftwareRelease);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let as_of = query.or_today(cx);
        let mut by_product: BTreeMap<Id, [i64; 2]> = BTreeMap::new();
        let (mut forbidden, mut unsupported) = (0, 0);
        for release in installed_release::counting_on(cx, as_of)? {
            let counts = by_product.entry(release.product).or_default();
            let parts = [1, i64::from(release.is_compliant())];
            counts.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
            forbidden += i64::from(release.approval == Approval::Forbidden);
            unsupported += i64::from(release.is_ended);
        }
        let [all, compliant] = by_product.values().fold([0, 0], |[all, good], [count, part]| [all + count, good + part]);
        let share = |part: i64, whole: i64| Figure((whole > 0).then(|| part as f64 / whole as f64 * 100.0));
        let lacking = by_product.into_iter().filter(|(_, [all, good])| all > good).collect();
        let mut data: Vec<ProductCompliance> = titled(cx, SoftwareProduct::PATH, lacking)?
            .into_iter()
            .map(|(product, software_product, [all, good])| ProductCompliance {
                software_product_id: product.into(),
                software_product,
                installations: Whole(all),
                compliant: Whole(good),
                compliance_percent: share(good, all),
            })
            .collect();
        data.sort_by_key(|row| (row.compliant.0 - row.installations.0, row.software_product.as_ref().map(|title| title.0.clone())));
        Ok(PatchCompliance {
            as_of,
            installations: Whole(all),
            compliant: Whole(compliant),
            forbidden: Whole(forbidden),
            unsupported: Whole(unsupported),
            compliance_percent: share(compliant, all),
            data,
        })
    }
}
