//! Software products and releases, installations, licences and certificates.

pub mod certificate;
pub mod figures;
pub mod host;
pub mod installation;
pub mod installed;
pub mod installed_release;
pub mod license;
pub mod license_assignment;
pub mod license_count;
pub mod license_metric;
pub mod license_need;
pub mod license_use;
pub mod licensed_use;
pub mod renewal_date;
pub mod sbom_import;
pub mod software_product;
pub mod software_release;
pub mod unlicensed_use;
pub mod version_range;
pub mod version_scope;
