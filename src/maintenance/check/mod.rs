//! `steward check`: what is set up, what of it is wrong, and how to mend it.
//!
//! It reads and changes nothing, whether or not the service runs. No finding says a secret.

mod content;
mod file;
mod finding;
mod provider;
mod reach;
mod setting;
mod storage;

pub use finding::{Finding, Severity};

use crate::clock::Clock;
use crate::config::Serve;

/// Looks at everything. The key that seals the signing keys has been read before, or could not be, for this reason.
pub async fn check(settings: &Serve, key: Result<bool, String>) -> Vec<Finding> {
    let mut findings = setting::check(settings);
    findings.extend(reach::check(settings).await);
    findings.extend(file::check(settings, &key));
    let (of_storage, connection) = storage::check(&settings.database.database_url);
    findings.extend(of_storage);
    if let Some(mut connection) = connection {
        let clock = Clock::system();
        findings.extend(content::check(&mut connection, &key, clock.now()));
        findings.extend(provider::check(&mut connection, settings, clock).await);
    }
    findings
}
