//! Which of the texts that requests ask for come often enough to be kept prepared.
//!
//! A connection keeps what it has prepared for good, so of texts that depend on requests only so many may be kept.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex};

/// Number of texts that are kept prepared.
const KEPT: usize = 64;
/// Number of uses before a text is kept.
const OFTEN: u32 = 8;
/// Number of texts that are counted before the count begins anew.
const COUNTED: usize = 4_096;

#[derive(Default)]
struct Frequent {
    counts: HashMap<u64, u32>,
    kept: HashSet<u64>,
}

static FREQUENT: LazyLock<Mutex<Frequent>> = LazyLock::new(Mutex::default);

/// Counts a text, by its hash, and says whether it is to be kept prepared.
pub fn comes_often(hash: u64) -> bool {
    let mut frequent = FREQUENT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if frequent.kept.contains(&hash) {
        return true;
    }
    if frequent.kept.len() >= KEPT {
        return false;
    }
    if frequent.counts.len() >= COUNTED {
        frequent.counts.clear();
    }
    let count = frequent.counts.entry(hash).or_default();
    *count += 1;
    let often = *count >= OFTEN;
    if often {
        frequent.counts.remove(&hash);
        frequent.kept.insert(hash);
    }
    often
}
