//! The releases that are installed, with their approval and the end of their support.

use super::host;
use super::installation::Installation;
use super::software_release::{Approval, SoftwareRelease};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{installations, software_releases};

/// Release of an installation.
#[derive(Debug, Clone, Copy)]
pub struct InstalledRelease {
    /// Product of the release.
    pub product: Id,
    /// Approval of the release.
    pub approval: Approval,
    /// True if its support or its security updates have ended.
    pub is_ended: bool,
}

impl InstalledRelease {
    /// True if it is approved and still supported.
    pub fn is_compliant(&self) -> bool {
        self.approval == Approval::Approved && !self.is_ended
    }
}

/// Releases of the installations in sight that count on a day, as they are supported then.
pub fn counting_on(reader: &mut Reader<'_>, day: Date) -> Result<Vec<InstalledRelease>> {
    let seen = reader.sees::<Installation>()?;
    type Row = ((Id, Approval, (Option<Date>, Option<Date>)), (Id, host::Since));
    let rows: Vec<Row> = installations::table
        .inner_join(software_releases::table)
        .filter(seen.clone())
        .filter(reader.sees::<SoftwareRelease>()?)
        .select((
            (
                software_releases::software_product_id,
                software_releases::approval,
                (software_releases::end_of_support_on, software_releases::end_of_security_on),
            ),
            (installations::host_id, (installations::installed_on, installations::discovered_at)),
        ))
        .load(reader.within(&seen))?;
    let is_counted = host::counting_on(reader.unscoped("which hosts are retired, of installations that were read"), day)?;
    let counted = rows.into_iter().filter(|(_, (host, since))| is_counted(*host, *since)).map(|(of, _)| of);
    let release = |(product, approval, (support, security)): (Id, Approval, (Option<Date>, Option<Date>))| {
        let is_ended = support.into_iter().chain(security).any(|ends_on| ends_on < day);
        InstalledRelease { product, approval, is_ended }
    };
    Ok(counted.map(release).collect())
}
