//! What time it is: the system's clock, or one that a test holds still.

use crate::resource::value::{Date, Instant};
use chrono::{NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

/// Time for which the organisation's time zone is believed before it is read again, in microseconds: other processes may change it.
const ZONE_MICROS: i64 = 5_000_000;

/// A source of the current time, and of what day that is for the organisation.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    frozen: Option<Arc<Mutex<Instant>>>,
    zone: Arc<Mutex<Option<(Tz, i64)>>>,
    touched: Arc<AtomicBool>,
}

/// An instant, and the day that it is for the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: Instant,
    /// The day in the time zone of the organisation (`settings.time_zone`).
    pub today: Date,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Clock::default()
    }

    /// A clock that stands at one instant until it is set.
    pub fn frozen(at: Instant) -> Self {
        Clock { frozen: Some(Arc::new(Mutex::new(at))), ..Clock::default() }
    }

    /// Sets a frozen clock; the system's clock cannot be set and stays as it is.
    pub fn set(&self, at: Instant) {
        if let Some(frozen) = &self.frozen {
            *frozen.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = at;
        }
    }

    /// The current instant, in whole microseconds.
    pub fn now(&self) -> Instant {
        match &self.frozen {
            Some(frozen) => *frozen.lock().unwrap_or_else(|poisoned| poisoned.into_inner()),
            None => Instant::system_now(),
        }
    }

    /// Microseconds since some moment, to measure spans within this process: setting the system's clock does not move them.
    pub fn ticks(&self) -> i64 {
        static BEGINNING: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
        match &self.frozen {
            Some(_) => self.now().0.timestamp_micros(),
            None => i64::try_from(BEGINNING.elapsed().as_micros()).unwrap_or(i64::MAX),
        }
    }

    /// The time zone of the organisation; none if it was not read lately.
    pub fn zone(&self) -> Option<Tz> {
        let known = *self.zone.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        known.filter(|(_, read_at)| (0..ZONE_MICROS).contains(&(self.ticks() - read_at))).map(|(zone, _)| zone)
    }

    /// Remembers the time zone as it was read.
    pub fn set_zone(&self, zone: Tz) {
        *self.zone.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some((zone, self.ticks()));
    }

    /// Says that a transaction writes the settings.
    pub fn touch(&self) {
        self.touched.store(true, Ordering::SeqCst);
    }

    /// Whether one has since this was asked last.
    pub fn was_touched(&self) -> bool {
        self.touched.swap(false, Ordering::SeqCst)
    }

    /// Forgets the time zone: it has changed.
    pub fn forget_zone(&self) {
        *self.zone.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = None;
    }
}

/// The last microsecond of a day in a time zone. Where a clock is set forward at midnight, the next day begins an hour later.
pub fn end_of(day: Date, zone: Tz) -> Instant {
    let midnight = day.0.succ_opt().unwrap_or(day.0).and_time(NaiveTime::MIN);
    let begins = |hours: i64| zone.from_local_datetime(&(midnight + TimeDelta::hours(hours))).earliest();
    let next = begins(0).or_else(|| begins(1)).map_or(midnight.and_utc(), |begin| begin.with_timezone(&Utc));
    Instant(next - TimeDelta::microseconds(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_of_its_time_zone() {
        let end = |day: &str, zone: Tz| Date::parse(day).map(|day| end_of(day, zone));
        let at = |text: &str| Instant::parse(text);
        assert_eq!(end("2026-03-28", Tz::UTC), at("2026-03-28T23:59:59.999999Z"));
        assert_eq!(end("2026-03-28", Tz::Europe__Amsterdam), at("2026-03-28T22:59:59.999999Z"));
        assert_eq!(end("2026-03-29", Tz::Europe__Amsterdam), at("2026-03-29T21:59:59.999999Z"), "the clock was set forward");
        assert_eq!(end("2026-04-23", Tz::Africa__Cairo), at("2026-04-23T21:59:59.999999Z"), "midnight is left out there");
    }
}
