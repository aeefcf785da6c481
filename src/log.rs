//! The log: lines that cannot stop the service. One thread writes them; what it cannot write, or cannot keep up with, is lost
//! and counted.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use tracing_subscriber::fmt::MakeWriter;

/// How many lines may wait to be written.
const WAITING: usize = 2_048;
/// Longer lines are cut, in bytes.
const LONGEST: usize = 16 << 10;

enum Entry {
    Line(Vec<u8>),
    /// Answered once everything before it is written.
    Mark(SyncSender<()>),
}

/// Where tracing writes its lines.
#[derive(Clone)]
pub struct Log {
    entries: SyncSender<Entry>,
    lost: Arc<AtomicU64>,
}

impl Log {
    /// A log that a thread of its own writes somewhere.
    pub fn into(to: impl Write + Send + 'static) -> Log {
        let (entries, waiting) = sync_channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let count = lost.clone();
        // Without a thread every line is lost, and counted as such.
        drop(std::thread::Builder::new().name("log".into()).spawn(move || write_all(to, &waiting, &count)));
        Log { entries, lost }
    }

    /// The number of lines that were lost.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Waits until what was logged so far is written, or for so long.
    pub fn flush(&self, patience: Duration) {
        let (written, wait) = sync_channel(1);
        if self.entries.try_send(Entry::Mark(written)).is_ok() {
            let _ = wait.recv_timeout(patience);
        }
    }
}

fn write_all(mut to: impl Write, waiting: &Receiver<Entry>, lost: &AtomicU64) {
    let mut told = 0;
    while let Ok(entry) = waiting.recv() {
        match entry {
            Entry::Mark(written) => drop(written.try_send(())),
            Entry::Line(line) if to.write_all(&line).and_then(|()| to.flush()).is_err() => drop(lost.fetch_add(1, Ordering::Relaxed)),
            Entry::Line(_) => {
                let now = lost.load(Ordering::Relaxed);
                if now > told {
                    tracing::warn!(lines = now - told, "lines of the log were lost");
                    told = now;
                }
            }
        }
    }
}

/// The end of one line.
pub struct Line<'a>(&'a Log);

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut line = bytes.get(..LONGEST).unwrap_or(bytes).to_vec();
        if line.len() < bytes.len() {
            line.push(b'\n');
        }
        if self.0.entries.try_send(Entry::Line(line)).is_err() {
            self.0.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    const SOON: Duration = Duration::from_secs(10);

    /// Fails as often as it is told to, then keeps what it gets.
    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<(usize, Vec<u8>)>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut state = self.0.lock().unwrap();
            if state.0 > 0 {
                state.0 -= 1;
                return Err(io::ErrorKind::StorageFull.into());
            }
            state.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_that_cannot_be_written_is_lost_and_the_next_one_is_not() {
        let sink = Sink::default();
        sink.0.lock().unwrap().0 = 2;
        let log = Log::into(sink.clone());
        for line in ["one\n", "two\n", "three\n"] {
            log.make_writer().write_all(line.as_bytes()).unwrap();
        }
        log.flush(SOON);
        assert_eq!((log.lost(), sink.0.lock().unwrap().1.clone()), (2, b"three\n".to_vec()));
    }

    #[test]
    fn who_logs_never_waits_for_a_reader_that_has_stopped_reading() {
        let sink = Sink::default();
        let log = Log::into(sink.clone());
        let stuck = sink.0.lock().unwrap();
        for _ in 0..WAITING + 100 {
            log.make_writer().write_all(&vec![b'x'; LONGEST + 1]).unwrap();
        }
        assert!(log.lost() >= 98, "{}", log.lost());
        drop(stuck);
        log.flush(SOON);
        assert!(sink.0.lock().unwrap().1.len() <= (WAITING + 2) * (LONGEST + 1), "what waits is bounded");
    }
}
