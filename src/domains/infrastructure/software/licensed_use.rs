//! How much of licences is in use on a day, over what the session may see: what figures of licence positions count.

use super::installation::Installation;
use super::license::License;
use super::license_assignment::LicenseAssignment;
use super::license_count::{Counted, LicensedUse, uses};
use steward_core::view::prelude::*;

/// The licences in sight, or one of them, each with its use on a day.
pub fn licensed_use(cx: &mut Context<'_, '_>, license: Option<Id>, day: Date) -> Result<Vec<LicensedUse>> {
    let counted = Counted { licenses: cx.sees::<License>()?, assignments: cx.sees::<LicenseAssignment>()?, installations: cx.sees::<Installation>()? };
    uses(cx.within(&counted.licenses), &counted, license, day)
}
