//! Vendor management: who the organisation buys from, and whom it talks to there.

mod lei;
mod vendor;
mod vendor_contact;

use crate::http::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("vendors", "Procure hardware, software and services, and get them in the quality that is needed: the vendors, and the people there.")
        .resource::<vendor::Vendor>()
        .resource::<vendor_contact::VendorContact>()
}
