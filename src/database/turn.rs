//! One request's turn on a connection to a server: whether it still moves, and whether anyone still waits for it.
//!
//! libpq waits for a server as long as that likes. So who asked waits beside it, and gives up when no statement has begun or
//! ended for too long. A write that was given up is not committed any more, should the server come back; one that was being
//! committed has an outcome that nobody knows.

use super::health::ticks;
use super::refusal::{busy, outcome_unknown};
use crate::error::Problem;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

const RUNNING: u8 = 0;
const COMMITTING: u8 = 1;
const GIVEN_UP: u8 = 2;

/// A request's turn.
#[derive(Debug, Default)]
pub struct Turn {
    /// When it last moved; 0 before it has begun.
    moved_at: AtomicU64,
    phase: AtomicU8,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Turn>>> = const { RefCell::new(None) };
}

/// A statement begins or has ended on this thread.
pub fn beat() {
    CURRENT.with_borrow(|current| {
        if let Some(turn) = current {
            turn.moved_at.store(ticks(), Ordering::Relaxed);
        }
    });
}

impl Turn {
    /// Does something on this thread as this turn.
    pub fn take<T>(self: &Arc<Self>, work: impl FnOnce() -> T) -> T {
        CURRENT.set(Some(self.clone()));
        beat();
        let done = work();
        CURRENT.set(None);
        done
    }

    /// Whether nothing has moved for so long.
    pub fn is_silent(&self, than: Duration) -> bool {
        let moved = self.moved_at.load(Ordering::Relaxed);
        moved > 0 && u128::from(ticks().saturating_sub(moved)) > than.as_millis()
    }

    /// Nobody waits any more: the answer to who did.
    pub fn give_up(&self) -> Problem {
        match self.phase.compare_exchange(RUNNING, GIVEN_UP, Ordering::SeqCst, Ordering::SeqCst) {
            Ok(_) | Err(GIVEN_UP) => busy(),
            Err(_) => outcome_unknown(),
        }
    }

    /// Whether it may commit now: not if nobody waits any more.
    pub fn may_commit(&self) -> bool {
        self.phase.compare_exchange(RUNNING, COMMITTING, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// The transaction is run again.
    pub fn begin_again(&self) {
        let _ = self.phase.compare_exchange(COMMITTING, RUNNING, Ordering::SeqCst, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::OUTCOME;

    #[test]
    fn what_was_given_up_is_not_committed_and_what_was_being_committed_is_unknown() {
        let turn = Turn::default();
        assert!(!turn.give_up().extra.contains_key(OUTCOME));
        assert!(!turn.may_commit(), "the client was told that nothing was changed");
        let turn = Turn::default();
        assert!(turn.may_commit());
        assert_eq!(turn.give_up().extra[OUTCOME], "unknown");
        let turn = Turn::default();
        assert!(turn.may_commit());
        turn.begin_again();
        assert!(turn.may_commit(), "a transaction that met a deadlock is run again");
    }
}
