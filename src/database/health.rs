//! How the database does, as far as this process knows without asking it, and the checks that readiness is made of.

use super::refusal::no_room;
use crate::error::Problem;
use diesel::result::Error as Diesel;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// Duration of a group of writes, after which the queue behind it counts as stuck.
const STUCK: Duration = Duration::from_secs(10);
/// Time for which a full disk is assumed, if no write has succeeded since.
const FULL: Duration = Duration::from_secs(30);
/// Least free space beside the database, in bytes.
pub const ROOM: u64 = 32 << 20;

/// One thing that must hold for the service to be ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// Whether it holds.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

impl Check {
    /// A check that holds, or does not for a reason.
    pub fn new(name: &'static str, outcome: Result<String, String>) -> Self {
        let ok = outcome.is_ok();
        Check { name, ok, detail: outcome.unwrap_or_else(|reason| reason) }
    }
}

/// Milliseconds since the process began, and one: 0 is never.
pub fn ticks() -> u64 {
    static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(BEGINNING.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
}

/// True if a tick was, and is longer ago than this.
fn is_older(tick: u64, than: Duration) -> bool {
    tick > 0 && u128::from(ticks().saturating_sub(tick)) > than.as_millis()
}

/// What waits for the database in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Number of writes that wait for their turn.
    pub writes_waiting: i64,
    /// Number of longer reads that wait for a thread or a connection.
    pub reads_waiting: i64,
    /// Connections that are open, and those of them that nobody uses; none where there is no server.
    pub connections: Option<(i64, i64)>,
}

/// One that waits for its turn; counted as long as this is kept.
pub struct Queued(Arc<AtomicI64>);

impl Drop for Queued {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What threads leave here as they work.
#[derive(Debug, Default)]
pub struct Health {
    writes_waiting: Arc<AtomicI64>,
    reads_waiting: Arc<AtomicI64>,
    /// When the writer began what it is doing; 0 if it waits for work.
    busy_since: AtomicU64,
    /// When the writer broke; 0 while there is one.
    broken_since: AtomicU64,
    /// When a write last found no room.
    full_at: AtomicU64,
}

impl Health {
    /// A write waits for its turn.
    pub fn write_waits(&self) -> Queued {
        self.writes_waiting.fetch_add(1, Ordering::Relaxed);
        Queued(self.writes_waiting.clone())
    }

    /// A longer read waits for its turn.
    pub fn read_waits(&self) -> Queued {
        self.reads_waiting.fetch_add(1, Ordering::Relaxed);
        Queued(self.reads_waiting.clone())
    }

    /// What waits now.
    pub fn load(&self, connections: Option<(i64, i64)>) -> Load {
        Load { writes_waiting: self.writes_waiting.load(Ordering::Relaxed), reads_waiting: self.reads_waiting.load(Ordering::Relaxed), connections }
    }

    /// The writer takes up work.
    pub fn begin(&self) {
        self.busy_since.store(ticks(), Ordering::Relaxed);
    }

    /// The writer waits for work.
    pub fn rest(&self) {
        self.busy_since.store(0, Ordering::Relaxed);
    }

    /// There is no writer.
    pub fn lose_writer(&self) {
        self.broken_since.store(ticks(), Ordering::Relaxed);
        self.rest();
    }

    /// There is a writer again.
    pub fn replace_writer(&self) {
        self.broken_since.store(0, Ordering::Relaxed);
    }

    /// Something was written.
    pub fn wrote(&self) {
        if self.full_at.load(Ordering::Relaxed) > 0 {
            self.full_at.store(0, Ordering::Relaxed);
        }
    }

    /// What an error says to the client, if it says that the disk is full.
    pub fn full_disk(&self, error: &Diesel) -> Option<Problem> {
        let Diesel::DatabaseError(_, information) = error else { return None };
        let text = information.message();
        let signs = ["database or disk is full", "No space left on device", "disk quota exceeded", "Disk quota exceeded"];
        if !signs.iter().any(|sign| text.contains(sign)) {
            return None;
        }
        self.full_at.store(ticks(), Ordering::Relaxed);
        tracing::error!(error = text, "the disk of the database is full");
        Some(no_room())
    }

    /// Whether the writer lives, whether its queue moves on, and whether there is room.
    pub fn checks(&self, folder: Option<&Path>) -> [Check; 3] {
        let lost = self.broken_since.load(Ordering::Relaxed) > 0;
        let stuck = is_older(self.busy_since.load(Ordering::Relaxed), STUCK);
        let full_at = self.full_at.load(Ordering::Relaxed);
        let room = match (full_at > 0 && !is_older(full_at, FULL), folder.map(free)) {
            (true, _) => Err("A write has just found no room on the disk.".to_owned()),
            (false, Some(Some(free))) if free < ROOM => Err(format!("{} MiB are free beside the database; {} are needed.", free >> 20, ROOM >> 20)),
            (false, Some(Some(free))) => Ok(format!("{} MiB are free beside the database.", free >> 20)),
            (false, _) => Ok("No write has found the disk full.".to_owned()),
        };
        [
            Check::new("writer", if lost { Err("The thread that writes has ended and is being replaced.".into()) } else { Ok("It is alive.".into()) }),
            Check::new("queue", if stuck { Err(format!("The write at hand takes longer than {} s.", STUCK.as_secs())) } else { Ok("It moves on.".into()) }),
            Check::new("disk", room),
        ]
    }
}

/// The bytes that are free where a folder is.
pub fn free(folder: &Path) -> Option<u64> {
    let known = rustix::fs::statvfs(folder).ok()?;
    Some(known.f_bavail.saturating_mul(known.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn failing(health: &Health) -> Vec<&'static str> {
        health.checks(None).into_iter().filter(|check| !check.ok).map(|check| check.name).collect()
    }

    #[test]
    fn each_check_fails_by_itself_and_holds_again() {
        let health = Health::default();
        assert_eq!(failing(&health), [""; 0]);
        health.lose_writer();
        assert_eq!(failing(&health), ["writer"]);
        health.replace_writer();
        let information = Box::new("could not extend file \"base/5/16390\": No space left on device".to_owned());
        let full = Diesel::DatabaseError(diesel::result::DatabaseErrorKind::Unknown, information);
        assert_eq!(health.full_disk(&full).map(|problem| problem.kind), Some(Kind::Unavailable));
        assert_eq!(failing(&health), ["disk"]);
        health.wrote();
        assert_eq!(failing(&health), [""; 0]);
        assert!(health.full_disk(&Diesel::NotFound).is_none());
    }
}
