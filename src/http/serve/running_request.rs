//! The requests with an `Idempotency-Key` that are running in this process: a second with the same key is told so (409).

use crate::error::Result;
use crate::store::still_running;
use std::collections::HashSet;
use std::sync::Mutex;

/// The keys whose requests are running in this process.
#[derive(Default)]
pub struct Running(Mutex<HashSet<String>>);

/// A key is free again when this goes.
pub struct Turn<'a>(&'a Running, String);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).remove(&self.1);
    }
}

impl Running {
    /// Begins a request, unless one with its key is running.
    pub fn take(&self, name: String) -> Result<Turn<'_>> {
        let free = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(name.clone());
        if free { Ok(Turn(self, name)) } else { Err(still_running().into()) }
    }
}
