//! The allocator of the service, and how soon it gives memory back.
//!
//! The allocator of the system keeps what many threads have let go of. This one keeps it for a second and gives it back when something is
//! allocated next, which may be never: after a hundred large lists at once, 230 MB stayed. Here is all that needs unsafe code, since its
//! options have no safe function.

#![deny(missing_docs)]

use libmimalloc_sys::{mi_option_get, mi_option_set, mi_option_t};
pub use mimalloc::MiMalloc as Allocator;
use std::ffi::c_long;

/// The option `mi_option_purge_delay`: time for which free memory is kept, in milliseconds. The library leaves its number to the
/// documentation of mimalloc.
const PURGE_DELAY: mi_option_t = 15;
/// The value of the option in mimalloc 3, where nobody sets it. Another one means that the number stands for another option.
const USUAL: c_long = 1_000;

/// Has the allocator give memory back as soon as it is free. It is called before any other thread runs. A process whose environment sets the
/// option (`MIMALLOC_PURGE_DELAY`) keeps that.
pub fn give_back_at_once() {
    // SAFETY: the process has one thread yet, and both functions take any number for an option.
    unsafe {
        if mi_option_get(PURGE_DELAY) == USUAL {
            mi_option_set(PURGE_DELAY, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_given_back_at_once() {
        give_back_at_once();
        // SAFETY: the function takes any number for an option.
        assert_eq!(unsafe { mi_option_get(PURGE_DELAY) }, 0, "the number stands for another option now, or the environment sets it");
    }
}
