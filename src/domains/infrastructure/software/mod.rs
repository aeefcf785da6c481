//! Software products and releases, installations, licences and certificates.

pub mod certificate;
pub mod installation;
pub mod license;
pub mod license_assignment;
pub mod license_metric;
pub mod license_use;
pub mod renewal_date;
pub mod software_product;
pub mod software_release;
