//! How this process knows that what anyone may do has changed: what was read before is then read again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the changes that this process made to users, roles, grants and whatever else decides who may do what. Other
/// processes do not count here: what was read is old after a moment in any case.
#[derive(Debug, Clone, Default)]
pub struct Changes(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicU64,
    settled: AtomicU64,
}

impl Changes {
    /// A transaction changes something; it is not committed yet.
    pub fn begin(&self) {
        self.0.begun.fetch_add(1, Ordering::SeqCst);
    }

    /// How many changes have begun, to ask later whether there was one more.
    pub fn begun(&self) -> u64 {
        self.0.begun.load(Ordering::SeqCst)
    }

    /// A transaction that may have changed something has ended.
    pub fn settle(&self) {
        self.0.settled.fetch_add(1, Ordering::SeqCst);
    }

    /// The version of what is known: what was read under an older one is out of date.
    pub fn version(&self) -> u64 {
        self.0.settled.load(Ordering::SeqCst)
    }
}
