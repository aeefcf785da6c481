//! The position of a licence.

use crate::software::{
    installation::Installation, license::License, license_assignment::LicenseAssignment, license_metric::LicenseMetric, licensed_use::licensed_use,
};
use steward_core::resource::value::Whole;
use steward_core::view::prelude::*;

/// Position of a licence on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct LicensePosition {
    /// Evaluated licence.
    pub license: Ref<License>,
    /// Date of the position.
    pub as_of: Date,
    /// Licence metric.
    pub metric: LicenseMetric,
    /// Quantity entitled to: 0 when the licence is not in force.
    pub entitled: Count,
    /// Quantity in use: assigned, or found installed without an assignment.
    pub consumed: Count,
    /// Quantity assigned.
    pub assigned: Count,
    /// Number of hosts on which it was found without an assignment; 0 where it counts neither devices nor subscriptions.
    pub found: Count,
    /// Remaining quantity; negative when more is in use than it entitles to.
    pub available: Whole<{ i64::MIN }, { i64::MAX }>,
    /// Quantity in use beyond the entitlement.
    pub over_used: Count,
}

impl View for LicensePosition {
    const PATH: &'static str = "infrastructure/licenses/{id}/position";
    const SUMMARY: &'static str = "Get the position of a licence";
    const DESCRIPTION: &'static str =
        "Position of a licence on a day: the quantity entitled to and the quantity in use, over the assignments and installations that you may see.";
    const FORMULA: &'static str = "consumed = assigned + found; available = entitled − consumed; over_used = max(0, consumed − entitled)";
    const SOURCE: &'static str = "ISO/IEC 19770-1, effective licence position";
    type Reads = (License, LicenseAssignment, Installation);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let (id, as_of) = (cx.id()?, query.or_today(cx));
        let (stored, license) = cx.get_typed::<License>(id)?;
        let used = licensed_use(cx, Some(id), as_of)?.into_iter().next().ok_or_else(Problem::not_found)?;
        let consumed = used.consumed();
        Ok(LicensePosition {
            license: Ref::new(id, &license.name.0, stored.meta.state.as_deref()),
            as_of,
            metric: used.metric,
            entitled: Whole(used.entitled),
            consumed: Whole(consumed),
            assigned: Whole(used.assigned),
            found: Whole(used.found),
            available: Whole(used.entitled - consumed),
            over_used: Whole((consumed - used.entitled).max(0)),
        })
    }
}
