//! Work that no request waits for: done once however many processes there are, and begun again when one of them dies.
//!
//! It uses the store, as the service. Who has work to do says what it is (`Work`) and is called when it is time; this folder knows
//! no domain.
//!
//! A job is a row. A worker takes it by a lease, does it in one transaction in which the row goes too, and so its effect
//! happens once: if the lease was lost meanwhile, the row is another's and the transaction is taken back. What comes
//! round regularly keeps its row and gets a new time.

pub mod schedule;

use crate::access::security_event::{SecurityEvent, SecurityEventKind};
use crate::access::{Session, api_token, authorization, key, lockout, login, security_event};
use crate::database::Connection;
use crate::database::expression::locked_skipping;
use crate::error::{Error, Kind, Problem, Result};
use crate::resource::Id;
use crate::resource::value::Instant;
use crate::store::{Origin, Refusal, Store, Writer};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::upsert::excluded;
use futures_util::future::{BoxFuture, join, join_all};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use steward_schema::service::{file_links, idempotency_keys, jobs};
use tokio::sync::Notify;

/// How long a worker may be silent before its job is given to another.
const LEASE_SECONDS: i64 = 30;
/// How often a job is tried that breaks without saying why.
const ATTEMPTS: i64 = 5;
/// How often a worker looks for jobs that nobody has told it of.
const IDLE: Duration = Duration::from_secs(1);

/// The member of an answer by which regular work says that it did not get through, and comes round again at once.
const AGAIN: &str = "again";

/// A job that a worker has taken.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(crate::database::Dialect))]
pub struct Task {
    /// The job.
    pub id: Id,
    /// What kind of work it is.
    pub kind: String,
    /// The operation that a client follows it by, if one does.
    pub operation_id: Option<Id>,
    /// Who asked for it.
    pub principal_id: Id,
    /// The API token by which they asked, if it was one: the work may do no more than that.
    pub api_token: Option<Id>,
    /// What it is to do.
    pub arguments: Value,
    /// The body that it works on.
    pub payload: Vec<u8>,
    /// How often it was taken, this time included: the token of the lease.
    pub attempts: i64,
    /// After how many seconds it comes round again, if it does.
    pub period_seconds: Option<i64>,
}

/// What a job does in its transaction; may run more than once.
pub type Apply = Box<dyn Fn(&mut Writer<'_>) -> Result<Value> + Send + Sync>;

/// A kind of work.
pub struct Work {
    /// Its name, as it stands in the row.
    pub kind: &'static str,
    /// After how many seconds it comes round again; none for work that is asked for.
    pub period_seconds: Option<i64>,
    /// Gets it ready outside the transaction.
    pub prepare: Arc<dyn Fn(&Store, &Session, &Task) -> Result<Apply> + Send + Sync>,
    /// Tells a client who follows it what has become of it, in the transaction that made it so; false if the client does
    /// not want it any more.
    pub report: Option<fn(&mut Writer<'_>, Id, Report<'_>) -> Result<bool>>,
}

/// What has become of a job.
#[derive(Debug, Clone, Copy)]
pub enum Report<'a> {
    /// It is being done.
    Running,
    /// It was done, and this is the answer.
    Succeeded(&'a Value),
    /// It could not be done, and this is why.
    Failed(&'a Value),
}

/// Work that goes on beside the jobs, at a pace of its own and without a row: it takes from the data what is due.
pub trait Ongoing: Send + Sync {
    /// What it is, for the log.
    fn name(&self) -> &'static str;

    /// Does what is due; true if there may be more at once.
    fn pass(&self) -> BoxFuture<'_, Result<bool>>;

    /// Ends what was begun, before the process does.
    fn end(&self) -> BoxFuture<'_, ()>;
}

/// Does the jobs of a service.
pub struct Worker {
    store: Store,
    works: Vec<Work>,
    ongoing: Vec<Box<dyn Ongoing>>,
    /// Rung when there is something new to do.
    pub bell: Arc<Notify>,
    closing: AtomicBool,
}

/// Asks for work, in the transaction of the call that asks.
pub fn ask(writer: &mut Writer<'_>, kind: &str, operation_id: Id, arguments: Value, payload: &[u8]) -> Result<()> {
    let job = (
        jobs::id.eq(Id::new()),
        jobs::kind.eq(kind),
        jobs::operation_id.eq(operation_id),
        jobs::principal_id.eq(writer.session.principal),
        jobs::api_token.eq(writer.session.token()),
        jobs::arguments.eq(arguments),
        jobs::payload.eq(payload),
        jobs::run_at.eq(writer.now),
        jobs::attempts.eq(0),
    );
    diesel::insert_into(jobs::table).values(job).execute(writer.connection)?;
    Ok(())
}

impl Worker {
    /// A worker for some kinds of jobs and for what goes on beside them.
    pub fn new(store: Store, works: Vec<Work>, ongoing: Vec<Box<dyn Ongoing>>) -> Self {
        Worker { store, works, ongoing, bell: Arc::new(Notify::new()), closing: AtomicBool::new(false) }
    }

    /// Works until [`Worker::close`].
    pub async fn run(&self) {
        let prepared = async {
            self.release().await?;
            self.enrol().await
        };
        if let Err(error) = prepared.await {
            tracing::error!(problem = %error.into_problem().detail, "the regular jobs could not be enrolled");
        }
        join(self.work(), join_all(self.ongoing.iter().map(|each| self.go_on(&**each)))).await;
    }

    /// Does the jobs that come, one after the other.
    async fn work(&self) {
        while !self.closing.load(Ordering::Relaxed) {
            match self.work_once().await {
                Ok(true) => {}
                Ok(false) => drop(tokio::time::timeout(IDLE, self.bell.notified()).await),
                Err(error) => {
                    tracing::warn!(problem = %error.into_problem().detail, "a job could not be taken; trying again");
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
    }

    /// Goes on with what is done beside the jobs.
    async fn go_on(&self, ongoing: &dyn Ongoing) {
        while !self.closing.load(Ordering::Relaxed) {
            match ongoing.pass().await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(IDLE).await,
                Err(error) => {
                    tracing::warn!(work = ongoing.name(), problem = %error.into_problem().detail, "it could not go on; trying again");
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
        ongoing.end().await;
    }

    /// Stops after the job at hand.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.bell.notify_waiters();
    }

    /// Does all that is due now; for tests and for commands.
    pub async fn work_off(&self) -> Result<usize> {
        self.enrol().await?;
        let mut done = 0;
        while self.work_once().await? {
            done += 1;
        }
        for ongoing in &self.ongoing {
            while ongoing.pass().await? {}
        }
        Ok(done)
    }

    /// Frees what a process before this one held when it was killed. Where several processes may work at once, as on
    /// PostgreSQL, only time tells who is gone; an SQLite file belongs to one.
    async fn release(&self) -> Result<()> {
        if !self.store.database.has_one_writer() {
            return Ok(());
        }
        self.store.by_itself(|connection| Ok(diesel::update(jobs::table).set(jobs::leased_until.eq(None::<Instant>)).execute(connection).map(drop)?)).await
    }

    /// Gives each regular job its row. Whoever starts does them at once: nobody knows for how long nobody did.
    async fn enrol(&self) -> Result<()> {
        let regular: Vec<(&'static str, i64)> = self.works.iter().filter_map(|work| Some((work.kind, work.period_seconds?))).collect();
        let now = self.store.now();
        let insert = move |connection: &mut Connection| {
            for (kind, period) in &regular {
                let job = (
                    jobs::id.eq(Id::new()),
                    jobs::kind.eq(*kind),
                    jobs::name.eq(*kind),
                    jobs::principal_id.eq(Id::system()),
                    jobs::arguments.eq(Value::Object(Default::default())),
                    jobs::payload.eq(Vec::<u8>::new()),
                    jobs::run_at.eq(now),
                    jobs::attempts.eq(0),
                    jobs::period_seconds.eq(*period),
                );
                // The row of a regular job that is there already is due at once.
                let due = (jobs::period_seconds.eq(excluded(jobs::period_seconds)), jobs::run_at.eq(excluded(jobs::run_at)));
                diesel::insert_into(jobs::table).values(job).on_conflict(jobs::name).do_update().set(due).execute(connection)?;
            }
            Ok(())
        };
        self.store.by_itself(insert).await
    }

    /// Takes one job that is due and does it; false if there is none.
    async fn work_once(&self) -> Result<bool> {
        let now = self.store.now();
        if !self.store.unauthenticated(move |connection| is_due(connection, now)).await? {
            return Ok(false);
        }
        let Some(task) = self.store.by_itself(move |connection| take(connection, now)).await? else { return Ok(false) };
        let Some(work) = self.works.iter().find(|work| work.kind == task.kind) else {
            tracing::error!(kind = task.kind, "there is no such work in this version; the job waits");
            return Ok(true);
        };
        if !self.report(work, &task, Report::Running).await? {
            self.store.by_itself(move |connection| finish(connection, &task, now)).await?;
            return Ok(true);
        }
        if let Err(error) = self.attempt(work, &task).await {
            match error {
                Error::Problem(problem) if problem.kind != Kind::Unavailable || task.attempts >= ATTEMPTS => self.give_up(work, &task, &problem).await?,
                other if task.attempts >= ATTEMPTS => self.give_up(work, &task, &other.into_problem()).await?,
                other => {
                    tracing::warn!(kind = task.kind, attempt = task.attempts, problem = %other.into_problem().detail, "a job broke; it is tried again");
                    self.store.by_itself(move |connection| retry_later(connection, &task, now)).await?;
                }
            }
        }
        Ok(true)
    }

    async fn session(&self, task: &Task) -> Result<Arc<Session>> {
        if task.principal_id == Id::system() {
            return Ok(Arc::new(Session::system()));
        }
        let (principal, token, now) = (task.principal_id, task.api_token, self.store.now());
        let load = move |connection: &mut Connection| match token {
            Some(token) => api_token::session(connection, token, now),
            None => Session::load(connection, principal),
        };
        let session = self.store.unauthenticated(load).await?;
        session.map(Arc::new).ok_or_else(|| Problem::new(Kind::Forbidden, "Who asked for this may not do anything any more.").into())
    }

    async fn attempt(&self, work: &Work, task: &Task) -> Result<()> {
        let session = self.session(task).await?;
        let held = task.clone();
        // What takes long is kept off the thread that serves, and the lease lasts over it.
        let (prepare, store, of, by) = (work.prepare.clone(), self.store.clone(), task.clone(), session.clone());
        let ready = tokio::task::spawn_blocking(move || prepare(&store, &by, &of));
        let apply = self.while_held(&held, ready).await?.map_err(|_| Problem::new(Kind::Internal, "The work could not be prepared."))??;
        let (task, report, now) = (task.clone(), work.report, self.store.now());
        let state = Session::system();
        let refused = Arc::new(Mutex::new(Vec::new()));
        let noted = refused.clone();
        let whole = move |writer: &mut Writer<'_>| {
            let answer = apply(writer);
            *noted.lock().unwrap_or_else(PoisonError::into_inner) = writer.take_refusals();
            let answer = answer?;
            let again = answer.get(AGAIN).and_then(Value::as_bool) == Some(true);
            finish(writer.connection, &task, if again { now.plus_seconds(-task.period_seconds.unwrap_or_default()) } else { now })?;
            if let (Some(report), Some(operation)) = (report, task.operation_id) {
                let (store, origin) = (writer.store, writer.origin);
                report(&mut Writer::new(store, &state, origin, writer.connection), operation, Report::Succeeded(&answer))?;
            }
            Ok(())
        };
        let origin = Origin::system();
        let outcome = self.while_held(&held, self.store.write_alone(&session, &origin, whole)).await?;
        let refused = std::mem::take(&mut *refused.lock().unwrap_or_else(PoisonError::into_inner));
        self.keep_refusals(session.principal, &origin, refused).await?;
        outcome
    }

    /// Keeps what was refused in a job, whether or not the rest of it went on.
    async fn keep_refusals(&self, principal: Id, origin: &Origin, refused: Vec<Refusal>) -> Result<()> {
        let event = |refusal: Refusal| SecurityEvent {
            kind: SecurityEventKind::PermissionRefused,
            principal: Some(principal),
            address: None,
            subject: Some(refusal.subject),
            request_id: Some(origin.request_id.clone()),
        };
        let (events, now) = (refused.into_iter().map(event).collect::<Vec<_>>(), self.store.now());
        if events.is_empty() {
            return Ok(());
        }
        self.store.by_itself(move |connection| events.iter().try_for_each(|event| event.record(connection, now))).await
    }

    /// Waits for something while the lease of a job is made to last.
    async fn while_held<T>(&self, task: &Task, work: impl Future<Output = T>) -> Result<T> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                () = tokio::time::sleep(Duration::from_secs(LEASE_SECONDS as u64 / 5)) => self.hold(task).await?,
            }
        }
    }

    /// Makes the lease of a job that takes long last longer.
    async fn hold(&self, task: &Task) -> Result<()> {
        let (id, attempts, until) = (task.id, task.attempts, self.store.now().plus_seconds(LEASE_SECONDS));
        let hold = move |connection: &mut Connection| {
            let job = jobs::table.filter(jobs::id.eq(id).and(jobs::attempts.eq(attempts)));
            diesel::update(job).set(jobs::leased_until.eq(until)).execute(connection)?;
            Ok(())
        };
        // One writer at a time: on SQLite this would wait for the very work that it is to protect, and nobody else can take it.
        if self.store.database.has_one_writer() { Ok(()) } else { self.store.by_itself(hold).await }
    }

    async fn give_up(&self, work: &Work, task: &Task, problem: &Problem) -> Result<()> {
        tracing::info!(kind = task.kind, problem = %problem.detail, "a job could not be done");
        let document = problem.to_json(&Id::new().to_string());
        let (task, report, now) = (task.clone(), work.report, self.store.now());
        let end = move |writer: &mut Writer<'_>| {
            finish(writer.connection, &task, now)?;
            if let (Some(report), Some(operation)) = (report, task.operation_id) {
                report(writer, operation, Report::Failed(&document))?;
            }
            Ok(())
        };
        self.store.write(&Arc::new(Session::system()), &Origin::system(), end).await
    }

    async fn report(&self, work: &Work, task: &Task, now: Report<'static>) -> Result<bool> {
        let (Some(report), Some(operation)) = (work.report, task.operation_id) else { return Ok(true) };
        self.store.write(&Arc::new(Session::system()), &Origin::system(), move |writer| report(writer, operation, now)).await
    }
}

/// Whether there is a job to take: asked first, because it costs no write.
fn is_due(connection: &mut Connection, now: Instant) -> Result<bool> {
    let due = jobs::table.filter(jobs::run_at.le(now)).filter(jobs::leased_until.is_null().or(jobs::leased_until.lt(now)));
    Ok(select(exists(due)).get_result(connection)?)
}

/// Takes the job that is due longest and that nobody holds.
fn take(connection: &mut Connection, now: Instant) -> Result<Option<Task>> {
    let due = jobs::table.filter(jobs::run_at.le(now)).filter(jobs::leased_until.is_null().or(jobs::leased_until.lt(now)));
    let first = locked_skipping(due.order((jobs::run_at, jobs::id)).limit(1).select(jobs::id));
    let task = diesel::update(jobs::table.filter(jobs::id.nullable().eq(first)))
        .set((jobs::attempts.eq(jobs::attempts + 1), jobs::leased_until.eq(now.plus_seconds(LEASE_SECONDS))))
        .returning(Task::as_returning())
        .get_result(connection);
    Ok(task.optional()?)
}

/// Ends a job: its row goes, or gets its next time. If another has taken it meanwhile, nothing of this may stand.
fn finish(connection: &mut Connection, task: &Task, now: Instant) -> Result<()> {
    let job = jobs::table.filter(jobs::id.eq(task.id).and(jobs::attempts.eq(task.attempts)));
    let ended = match task.period_seconds {
        None => diesel::delete(job).execute(connection)?,
        Some(period) => {
            let next = (jobs::leased_until.eq(None::<Instant>), jobs::attempts.eq(0), jobs::run_at.eq(now.plus_seconds(period)));
            diesel::update(job).set(next).execute(connection)?
        }
    };
    if ended == 1 {
        return Ok(());
    }
    Err(Problem::new(Kind::Unavailable, "Another process does this job by now.").into())
}

fn retry_later(connection: &mut Connection, task: &Task, now: Instant) -> Result<()> {
    let job = jobs::table.filter(jobs::id.eq(task.id).and(jobs::attempts.eq(task.attempts)));
    let later = (jobs::leased_until.eq(None::<Instant>), jobs::run_at.eq(now.plus_seconds(task.attempts * 10)));
    diesel::update(job).set(later).execute(connection)?;
    Ok(())
}

/// What is kept for a while only: answers to idempotency keys, refresh tokens, keys that sign no more, failed logins, security events.
pub fn retention() -> Work {
    Work {
        kind: "retention",
        period_seconds: Some(3600),
        prepare: Arc::new(|_, _, _| Ok(Box::new(|writer| forget_expired(writer.connection, writer.now)))),
        report: None,
    }
}

fn forget_expired(connection: &mut Connection, now: Instant) -> Result<Value> {
    let old = idempotency_keys::created_at.lt(now.plus_seconds(-crate::store::KEPT_SECONDS));
    let keys = diesel::delete(idempotency_keys::table.filter(old)).execute(connection)?;
    let tokens = login::forget_expired(connection, now)?;
    let links = diesel::delete(file_links::table.filter(file_links::expires_at.lt(now))).execute(connection)?;
    let codes = authorization::forget_expired(connection, now)?;
    let signing = key::forget_retired(connection, now)?;
    let failures = lockout::forget(connection, now)?;
    let events = security_event::forget(connection, now)?;
    Ok(
        serde_json::json!({"idempotency_keys": keys, "refresh_tokens": tokens, "authorization_codes": codes, "file_links": links, "signing_keys": signing, "login_failures": failures, "security_events": events}),
    )
}
