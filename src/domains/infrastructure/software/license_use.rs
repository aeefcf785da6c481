//! Using more of a licence than was bought: whoever discovers it is heard, and it raises a conflict.

use super::license_count::use_of;
use steward_core::error::Result;
use steward_core::resource::{Check, Flag, Id, Watch};

const LICENSES: &str = "infrastructure/licenses";
const INSTALLATIONS: &str = "infrastructure/installations";

/// More is assigned today, or found installed without being assigned, than the licence entitles to.
pub const OVER_USE: Flag = Flag {
    code: "quantity",
    about: LICENSES,
    watches: &[
        Watch::known(LICENSES),
        Watch::by("infrastructure/license-assignments", "license_id"),
        Watch::by(INSTALLATIONS, "license_id"),
        Watch::beside("infrastructure/software-releases", "id", (INSTALLATIONS, "software_release_id", "license_id")),
    ],
    judge: over_used,
    hold: None,
};

fn over_used(check: &mut Check<'_>, license: Id) -> Result<Option<String>> {
    let Some(used) = use_of(check.connection, license, check.today)?.filter(|used| used.consumed() > used.entitled) else { return Ok(None) };
    let (all, assigned, found, entitled) = (used.consumed(), used.assigned, used.found, used.entitled);
    Ok(Some(format!("{all} are in use ({assigned} assigned, {found} found installed without an assignment), and {entitled} are licensed.")))
}
