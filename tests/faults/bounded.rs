//! Bounds of a case, in memory and in time: what a thread holds at most while it works, and how long one case may take.
//!
//! The time measures a hang and not speed: it is many times what a case takes on a busy machine.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// After this time a case that goes on ends the process, since nothing else would.
const HANG: Duration = Duration::from_secs(60);

thread_local! {
    /// What this thread has taken and not given back, in bytes; less than nothing where it gives back what another took.
    static HELD: Cell<isize> = const { Cell::new(0) };
    /// The most of it since it was last looked at.
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, and what each thread takes of it.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: isize) {
    let held = HELD.get() + bytes;
    HELD.set(held);
    PEAK.set(PEAK.get().max(held));
}

// SAFETY: each call is handed to the system's allocator as it is; the counters are plain cells that take no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller keeps what `GlobalAlloc` asks.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both places exist while it moves.
        count(size.cast_signed());
        count(-layout.size().cast_signed());
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// What one case may cost, and what the dearest of them did cost.
pub struct Bounds {
    name: &'static str,
    bytes: isize,
    time: Duration,
    running: Arc<Mutex<Option<(Instant, String)>>>,
    cases: usize,
    most: isize,
    longest: Duration,
}

/// A case that has begun.
pub struct Case {
    held: isize,
    began: Instant,
}

impl Bounds {
    /// Bounds of one thread's cases: mebibytes above what it holds before, and seconds.
    pub fn new(name: &'static str, mebibytes: isize, seconds: u64) -> Bounds {
        let running = Arc::default();
        watch(name, Arc::downgrade(&running));
        Bounds { name, bytes: mebibytes << 20, time: Duration::from_secs(seconds), running, cases: 0, most: 0, longest: Duration::ZERO }
    }

    /// Begins a case; its input is told if it never ends.
    pub fn begin(&mut self, input: &str) -> Case {
        let told = input.chars().take(2_000).collect();
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), told));
        let held = HELD.get();
        PEAK.set(held);
        Case { held, began: Instant::now() }
    }

    /// Ends it: more memory or time than is allowed breaks the test.
    pub fn end(&mut self, case: &Case, input: &str) {
        let (took, bytes) = (case.began.elapsed(), PEAK.get() - case.held);
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = None;
        assert!(bytes <= self.bytes, "{}: {bytes} bytes for {input:?}", self.name);
        assert!(took <= self.time, "{}: {took:?} for {input:?}", self.name);
        (self.cases, self.most, self.longest) = (self.cases + 1, self.most.max(bytes), self.longest.max(took));
    }

    /// The same for what is done in one piece.
    pub fn within<T>(&mut self, input: &str, work: impl FnOnce() -> T) -> T {
        let case = self.begin(input);
        let outcome = work();
        self.end(&case, input);
        outcome
    }
}

impl Drop for Bounds {
    fn drop(&mut self) {
        println!("{}: {} cases, {} KiB and {} ms at most", self.name, self.cases, self.most >> 10, self.longest.as_millis());
    }
}

/// Ends the process where a case does not end. It ends itself with the bounds.
fn watch(name: &'static str, running: Weak<Mutex<Option<(Instant, String)>>>) {
    std::thread::spawn(move || {
        while let Some(running) = running.upgrade() {
            if let Some((began, input)) = &*running.lock().unwrap_or_else(PoisonError::into_inner)
                && began.elapsed() > HANG
            {
                eprintln!("{name}: a case does not end: {input:?}");
                std::process::abort();
            }
            drop(running);
            std::thread::sleep(Duration::from_millis(500));
        }
    });
}

#[test]
fn what_a_thread_holds_at_most_is_counted_and_bounded() {
    let mut bounds = Bounds::new("bounds", 1, 30);
    assert_eq!(bounds.within("small", || vec![1_u8; 1 << 10].len()), 1 << 10);
    let grown = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| bounds.within("large", || vec![1_u8; 2 << 20].len())));
    assert!(grown.is_err(), "it was given back, and yet it was held");
}
