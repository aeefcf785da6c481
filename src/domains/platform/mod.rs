//! What all domains share.

mod bulk;
mod import;
mod record;
mod setting;

pub use setting::Setting;

use crate::http::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("platform", "What all domains share: settings, and work on many records at once.")
        .resource::<setting::Setting>()
        .view(&bulk::BULK)
        .view(&import::IMPORT)
        .view(&record::RECORD)
        .view(&record::HISTORY)
        .view(&record::DIFF)
        .view(&record::RESTORE)
}
