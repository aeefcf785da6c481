//! The position of a licence.

use crate::software::{
    installation::Installation, license::License, license_assignment::LicenseAssignment, license_metric::LicenseMetric, licensed_use::licensed_use,
};
use steward_core::resource::value::{Note, Whole};
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
    /// Quantity in use: assigned, or found installed without an assignment; null where that is not known.
    pub consumed: Option<Count>,
    /// Quantity assigned.
    pub assigned: Count,
    /// Number of hosts in use on which it was found without an assignment, or of their cores or sites where it counts those; null where these
    /// are not known, or it counts users and is installed on such a host.
    pub found: Option<Count>,
    /// Number of its installations in versions that it does not cover; they use nothing of it.
    pub out_of_scope: Count,
    /// Remaining quantity; negative when more is in use than it entitles to, null where the use is not known.
    pub available: Option<Whole<{ i64::MIN }, { i64::MAX }>>,
    /// Quantity in use beyond the entitlement; null where the use is not known.
    pub over_used: Option<Count>,
    /// Reason why a figure cannot be computed; null where all are.
    pub reason: Option<Note>,
}

impl View for LicensePosition {
    const PATH: &'static str = "infrastructure/licenses/{id}/position";
    const SUMMARY: &'static str = "Get the position of a licence";
    const DESCRIPTION: &'static str = "Position of a licence on a day: the quantity entitled to and the quantity in use, over the assignments and installations that you may see. An installation counts from its installation or discovery on; one on a retired host does not, nor does one in a version outside the `version_range` of the licence or published after its maintenance. A licence of cores counts the physical cores of a device and the virtual processors of a machine; one that is assigned to a cluster covers the machines on it. A licence of sites counts each site of its hosts once. Users of an installation are told by assignments only.";
    const FORMULA: &'static str = "consumed = assigned + found; available = entitled − consumed; over_used = max(0, consumed − entitled)";
    const SOURCE: &'static str = "ISO/IEC 19770-1, effective licence position";
    type Reads = (License, LicenseAssignment, Installation);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let (id, as_of) = (cx.id()?, query.or_today(cx));
        let (stored, license) = cx.get_typed::<License>(id)?;
        let used = licensed_use(cx, Some(id), as_of)?.into_iter().next().ok_or_else(Problem::not_found)?;
        let reason = used.reason();
        let consumed = Some(used.consumed()).filter(|_| reason.is_none());
        Ok(LicensePosition {
            license: Ref::new(id, &license.name.0, stored.meta.state.as_deref()),
            as_of,
            metric: used.metric,
            entitled: Whole(used.entitled),
            consumed: consumed.map(Whole),
            assigned: Whole(used.assigned),
            found: Some(Whole(used.found)).filter(|_| reason.is_none()),
            out_of_scope: Whole(used.out_of_scope),
            available: consumed.map(|consumed| Whole(used.entitled - consumed)),
            over_used: consumed.map(|consumed| Whole((consumed - used.entitled).max(0))),
            reason: reason.map(Note::cut),
        })
    }
}
