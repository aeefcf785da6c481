//! How often something is done in a second, and what it costs the service.

use std::time::{Duration, Instant};

/// How long one turn of a measurement takes.
const TURN: Duration = Duration::from_millis(700);

/// What was measured in one or several turns.
#[derive(Default)]
pub struct Rate {
    count: f64,
    seconds: f64,
    cpu: f64,
    times: Vec<f64>,
}

impl Rate {
    /// Calls per second, of all clients together.
    pub fn per_second(&self) -> f64 {
        self.count / self.seconds
    }

    /// Milliseconds of processor time for a call.
    pub fn cpu_milliseconds(&self) -> f64 {
        self.cpu * 1_000.0 / self.count
    }

    /// Milliseconds within which this share of the calls was answered.
    pub fn milliseconds_of(&mut self, share: f64) -> f64 {
        self.times.sort_by(f64::total_cmp);
        let at = (self.times.len() as f64 * share) as usize;
        self.times.get(at.min(self.times.len().saturating_sub(1))).map_or(0.0, |seconds| seconds * 1_000.0)
    }

    /// Another turn with so many clients, and what processor time it took by this clock.
    pub fn turn<T>(&mut self, clients: usize, cpu: impl Fn() -> f64, open: impl Fn() -> T + Sync, act: &(impl Fn(&mut T) + Sync)) {
        let (before, began) = (cpu(), Instant::now());
        let times: Vec<f64> = std::thread::scope(|scope| {
            let work = || {
                let (mut with, mut times) = (open(), Vec::new());
                while began.elapsed() < TURN {
                    let called = Instant::now();
                    act(&mut with);
                    times.push(called.elapsed().as_secs_f64());
                }
                times
            };
            let threads: Vec<_> = (0..clients).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("times")).collect()
        });
        self.seconds += began.elapsed().as_secs_f64();
        self.cpu += cpu() - before;
        self.count += times.len() as f64;
        self.times.extend(times);
    }
}
