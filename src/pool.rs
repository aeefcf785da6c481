//! The few threads that compute what takes long, such as hashes and the reading of files: so many at once, so many waiting, and who
//! comes then is told to come again.

use crate::error::{Kind, Problem, Result};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// For how long a thread waits for a job before it rests.
const WHILE: Duration = if cfg!(test) { Duration::from_millis(50) } else { Duration::from_secs(5) };

/// By how much the system puts these threads behind those that serve, of 19 at most.
const BEHIND: i32 = 10;

/// Something to compute.
type Job = Box<dyn FnOnce() + Send>;

/// Threads that take one job after another.
pub struct Pool {
    line: Arc<Line>,
    size: Size,
}

/// What a pool is for, and how much of it there is.
#[derive(Clone, Copy)]
pub struct Size {
    /// What its threads are called.
    pub name: &'static str,
    /// How many jobs run at once.
    pub threads: usize,
    /// How many jobs may wait.
    pub most_waiting: usize,
    /// What is told to who comes then (503).
    pub busy: &'static str,
    /// What a thread does that has had no job for a while.
    pub rest: fn(),
}

#[derive(Default)]
struct Line {
    jobs: Mutex<VecDeque<Job>>,
    bell: Condvar,
}

impl Line {
    fn jobs(&self) -> MutexGuard<'_, VecDeque<Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job; whoever has waited for one for a while rests first.
    fn next(&self, rest: fn()) -> Job {
        let mut jobs = self.jobs();
        let mut rested = false;
        loop {
            if let Some(job) = jobs.pop_front() {
                return job;
            }
            if rested {
                jobs = self.bell.wait(jobs).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let waited = self.bell.wait_timeout(jobs, WHILE).unwrap_or_else(PoisonError::into_inner);
            (jobs, rested) = (waited.0, waited.1.timed_out());
            if rested {
                rest();
            }
        }
    }
}

impl Pool {
    /// Threads that live as long as the process.
    pub fn new(size: Size) -> Self {
        let line = Arc::new(Line::default());
        for _ in 0..size.threads.max(1) {
            let line = line.clone();
            let work = move || {
                // Where the system does not know priorities of threads, they share alike.
                let _ = rustix::process::nice(BEHIND);
                loop {
                    // A job that panics is one client's error and not the end of the pool.
                    drop(std::panic::catch_unwind(std::panic::AssertUnwindSafe(line.next(size.rest))));
                }
            };
            if let Err(error) = std::thread::Builder::new().name(size.name.into()).spawn(work) {
                tracing::error!(%error, thread = size.name, "a thread could not be started");
            }
        }
        Pool { line, size }
    }

    /// Computes something in its turn. Whoever gives up waiting leaves the line.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let (send, receive) = oneshot::channel();
        self.add(Box::new(move || {
            if !send.is_closed() {
                drop(send.send(work()));
            }
        }))?;
        receive.await.map_err(|_| broken().into())
    }

    /// The same for a thread that may wait.
    pub fn run_and_wait<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let (send, receive) = std::sync::mpsc::sync_channel(1);
        self.add(Box::new(move || drop(send.send(work()))))?;
        receive.recv().map_err(|_| broken().into())
    }

    fn add(&self, job: Job) -> Result<()> {
        let mut jobs = self.line.jobs();
        if jobs.len() >= self.size.most_waiting {
            return Err(Problem::new(Kind::Unavailable, self.size.busy).header("Retry-After", "1").into());
        }
        jobs.push_back(job);
        self.line.bell.notify_one();
        Ok(())
    }
}

fn broken() -> Problem {
    Problem::new(Kind::Internal, "The work broke off, and nothing was changed. Report the request id.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// One thread for which so many may wait.
    fn size(most_waiting: usize) -> Size {
        Size { name: "test", threads: 1, most_waiting, busy: "Try again in a moment.", rest: || () }
    }

    /// A job that says when it has begun and ends when it is told to.
    fn held(begun: &Sender<()>) -> (impl FnOnce() -> u8 + Send + 'static, Sender<()>) {
        let ((end, ended), begun): ((_, Receiver<()>), _) = (channel(), begun.clone());
        let job = move || {
            begun.send(()).unwrap();
            ended.recv().unwrap();
            7
        };
        (job, end)
    }

    #[tokio::test]
    async fn who_finds_too_many_waiting_is_told_to_come_again_and_the_others_are_served() {
        let (pool, (begin, begun)) = (Arc::new(Pool::new(size(2))), channel());
        let (job, end) = held(&begin);
        let first = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(job).await }
        });
        tokio::task::yield_now().await;
        begun.recv_timeout(Duration::from_secs(10)).unwrap();
        let waiting: Vec<_> = (0..2)
            .map(|number| {
                let pool = pool.clone();
                tokio::spawn(async move { pool.run(move || number).await })
            })
            .collect();
        tokio::task::yield_now().await;
        let problem = pool.run(|| 0).await.unwrap_err().into_problem();
        assert_eq!(problem.kind, Kind::Unavailable);
        assert!(problem.headers.contains(&("Retry-After", "1".into())));
        assert!(pool.run_and_wait(|| 0).is_err(), "who may wait is bounded alike");
        end.send(()).unwrap();
        assert_eq!(first.await.unwrap().unwrap(), 7);
        for (number, each) in waiting.into_iter().enumerate() {
            assert_eq!(each.await.unwrap().unwrap(), number);
        }
    }

    #[tokio::test]
    async fn a_job_that_panics_does_not_end_the_pool() {
        let pool = Pool::new(size(8));
        assert_eq!(pool.run(|| -> u8 { panic!("on purpose") }).await.unwrap_err().into_problem().kind, Kind::Internal);
        assert_eq!(pool.run(|| 1).await.unwrap(), 1);
    }

    #[test]
    fn a_thread_rests_once_when_it_has_had_nothing_to_do_for_a_while() {
        static RESTS: AtomicUsize = AtomicUsize::new(0);
        let line = Arc::new(Line::default());
        let (of, rest): (_, fn()) = (line.clone(), || {
            RESTS.fetch_add(1, Ordering::Relaxed);
        });
        let thread = std::thread::spawn(move || of.next(rest)());
        while RESTS.load(Ordering::Relaxed) == 0 {
            std::thread::yield_now();
        }
        line.jobs().push_back(Box::new(|| ()));
        line.bell.notify_one();
        thread.join().unwrap();
        assert_eq!(RESTS.load(Ordering::Relaxed), 1);
    }
}
