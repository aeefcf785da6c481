//! What time it is: the system's clock, or one that a test holds still.

use crate::resource::value::{Date, Instant};
use std::sync::{Arc, LazyLock, Mutex};

/// A source of the current time.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<Mutex<Instant>>>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Clock(None)
    }

    /// A clock that stands at one instant until it is set.
    pub fn frozen(at: Instant) -> Self {
        Clock(Some(Arc::new(Mutex::new(at))))
    }

    /// Sets a frozen clock; the system's clock cannot be set and stays as it is.
    pub fn set(&self, at: Instant) {
        if let Some(frozen) = &self.0 {
            *frozen.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = at;
        }
    }

    /// The current instant, in whole microseconds.
    pub fn now(&self) -> Instant {
        match &self.0 {
            Some(frozen) => *frozen.lock().unwrap_or_else(|poisoned| poisoned.into_inner()),
            None => Instant::system_now(),
        }
    }

    /// Microseconds since some moment, to measure spans within this process: setting the system's clock does not move them.
    pub fn ticks(&self) -> i64 {
        static BEGINNING: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
        match &self.0 {
            Some(_) => self.now().0.timestamp_micros(),
            None => i64::try_from(BEGINNING.elapsed().as_micros()).unwrap_or(i64::MAX),
        }
    }

    /// The current day in UTC.
    pub fn today(&self) -> Date {
        self.now().date()
    }
}
