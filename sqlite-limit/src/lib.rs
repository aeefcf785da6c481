//! What a read of the embedded database may cost before SQLite stops it.
//!
//! SQLite asks a progress handler while it works; Diesel has no way to set one. Here is all that needs unsafe code: [`install`] has SQLite
//! set the handler on every connection that is opened from then on, and [`limited`] says what it answers in the calling thread.

#![deny(missing_docs)]

use libsqlite3_sys::{SQLITE_OK, sqlite3, sqlite3_api_routines, sqlite3_auto_extension, sqlite3_progress_handler};
use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// How many steps of SQLite's machine lie between two questions.
const STRIDE: u32 = 1_000;

/// What a read may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// How many steps of SQLite's machine: some ten for a row that is looked at.
    pub steps: u64,
    /// Until when.
    pub until: Instant,
}

thread_local! {
    static LEFT: Cell<Option<Limit>> = const { Cell::new(None) };
    static GONE: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// Has SQLite ask about every connection that this process opens from now on.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: `watch` has the signature of an extension's entry point, lives as long as the process, and calls nothing but
        // sqlite3_progress_handler with the open connection that it is given.
        unsafe { sqlite3_auto_extension(Some(watch)) };
    });
}

/// Runs some work, whose statements end with SQLITE_INTERRUPT once they have cost more. Within it, a smaller limit may hold for a while.
pub fn limited<T>(limit: Limit, work: impl FnOnce() -> T) -> T {
    let before = LEFT.replace(Some(limit));
    let _restore = Restore(|| LEFT.set(before));
    work()
}

/// Runs some work, whose statements end with SQLITE_INTERRUPT once the flag is set: who wanted it is gone.
pub fn while_wanted<T>(gone: Arc<AtomicBool>, work: impl FnOnce() -> T) -> T {
    let before = GONE.replace(Some(gone));
    let _restore = Restore(|| {
        GONE.replace(before.clone());
    });
    work()
}

/// Puts back what was, however the work ends.
struct Restore<F: FnMut()>(F);

impl<F: FnMut()> Drop for Restore<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Whether the statement that runs in this thread must end.
fn must_end() -> bool {
    if GONE.with_borrow(|gone| gone.as_ref().is_some_and(|gone| gone.load(Ordering::Relaxed))) {
        return true;
    }
    let Some(limit) = LEFT.get() else { return false };
    LEFT.set(Some(Limit { steps: limit.steps.saturating_sub(u64::from(STRIDE)), ..limit }));
    limit.steps < u64::from(STRIDE) || Instant::now() >= limit.until
}

unsafe extern "C" fn watch(connection: *mut sqlite3, _: *mut *mut c_char, _: *const sqlite3_api_routines) -> c_int {
    // SAFETY: SQLite hands an open connection, and the handler needs no context.
    unsafe { sqlite3_progress_handler(connection, STRIDE as c_int, Some(ask), null_mut()) };
    SQLITE_OK
}

unsafe extern "C" fn ask(_: *mut c_void) -> c_int {
    c_int::from(must_end())
}
