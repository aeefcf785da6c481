//! `GET /metrics`: how the service does, in the text format of Prometheus. No figure names a record or a person.

use super::readiness::Readiness;
use crate::database::Load;
use crate::error::{Kind, Problem, Result};
use crate::http::openapi::Fixed;
use crate::store::Store;
use actix_web::{HttpMessage, HttpRequest};
use prometheus::{Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};
use serde_json::json;
use std::time::{Duration, Instant};

/// Who may read them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Access {
    /// Everybody who reaches the address.
    #[default]
    Public,
    /// Who has the permission platform.operations:read.
    Permission,
    /// Nobody.
    Off,
}

impl Access {
    /// By its name in the settings: `public`, `permission` or `off`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "public" => Some(Access::Public),
            "permission" => Some(Access::Permission),
            "off" => Some(Access::Off),
            _ => None,
        }
    }
}

/// Upper bounds of the times of requests, in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0];
/// For how long what the database says is told again: however many ask, it is asked once a second.
const KEPT: Duration = Duration::from_secs(1);
/// The route of a request whose path names nothing.
const NOWHERE: &str = "none";

/// The pattern of the path that a request named, such as `/api/v1/teams/people/{id}`; left in the request by who finds out.
pub struct Pattern(pub String);

/// The pattern of the path that a request named, once that is known.
pub fn route(request: &HttpRequest) -> String {
    let known = request.extensions().get::<Pattern>().map(|pattern| pattern.0.clone());
    known.or_else(|| request.match_pattern()).unwrap_or_else(|| NOWHERE.to_owned())
}

/// The figures of a process.
pub struct Metrics {
    /// Who may read them.
    pub access: Access,
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    running: IntGauge,
    ready: IntGaugeVec,
    waiting: IntGaugeVec,
    connections: IntGaugeVec,
    jobs: IntGaugeVec,
    oldest_job: IntGauge,
    last_event: IntGauge,
    unnumbered: IntGauge,
    streams: IntGauge,
    asked: tokio::sync::Mutex<Option<Instant>>,
}

impl Metrics {
    /// No requests yet.
    ///
    /// # Errors
    /// If two figures have one name, or one has none that Prometheus takes.
    pub fn new(access: Access) -> prometheus::Result<Self> {
        let registry = Registry::new();
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let gauge = |name: &str, help: &str| {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone())).map(|()| gauge)
        };
        let gauges = |name: &str, help: &str, label: &str| {
            let gauges = IntGaugeVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(gauges.clone())).map(|()| gauges)
        };
        let requests = IntCounterVec::new(Opts::new("steward_http_requests_total", "Requests that were answered."), &["method", "route", "status"])?;
        registry.register(Box::new(requests.clone()))?;
        let times = HistogramOpts::new("steward_http_request_duration_seconds", "Time until an answer began.").buckets(BOUNDS.to_vec());
        let seconds = HistogramVec::new(times, &["method", "route"])?;
        registry.register(Box::new(seconds.clone()))?;
        gauges("steward_build_info", "The version that runs: always 1.", "version")?.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Ok(Metrics {
            access,
            requests,
            seconds,
            running: gauge("steward_http_requests_running", "Requests that are being answered.")?,
            ready: gauges("steward_ready", "1 if the check of readiness holds, else 0.", "check")?,
            waiting: gauges("steward_database_waiting", "Writes and longer reads that wait for their turn in the database.", "kind")?,
            connections: gauges("steward_database_connections", "Connections to PostgreSQL.", "state")?,
            jobs: gauges("steward_jobs", "Jobs that are due and wait for a worker, and jobs that are being done.", "state")?,
            oldest_job: gauge("steward_jobs_oldest_waiting_seconds", "Seconds for which the oldest job that is due has waited; 0 if none waits.")?,
            last_event: gauge("steward_events_last_position", "Position of the last event of the feed.")?,
            unnumbered: gauge("steward_events_unnumbered", "Committed changes that have no position in the feed of events yet; 10,000 at most are counted.")?,
            streams: gauge("steward_event_streams", "Feeds of events that are open.")?,
            registry,
            asked: tokio::sync::Mutex::default(),
        })
    }

    /// A request begins; it is counted when the answer is there.
    pub fn begin(&self) -> Begun<'_> {
        self.running.inc();
        Begun { metrics: self, since: Instant::now() }
    }

    /// An open feed of events; counted as long as this is kept.
    pub fn stream(&self) -> Stream {
        self.streams.inc();
        Stream(self.streams.clone())
    }

    /// The text, with what is asked of the database.
    pub async fn text(&self, store: &Store, readiness: &Readiness, serves: bool) -> Result<Vec<u8>> {
        let mut asked = self.asked.lock().await;
        if asked.is_none_or(|at| at.elapsed() >= KEPT) {
            for check in readiness.checks(&store.database).await {
                self.ready.with_label_values(&[check.name]).set(check.ok.into());
            }
            self.ready.with_label_values(&["serving"]).set(serves.into());
            self.load(&store.database.load());
            // A database that does not answer says so in `steward_ready`; the other figures stay as they were.
            if let Err(error) = self.ask(store).await {
                tracing::warn!(problem = %error.into_problem().detail, "the database was not asked for metrics");
            }
            *asked = Some(Instant::now());
        }
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text).map_err(|error| {
            tracing::error!(%error, "the metrics could not be written");
            Problem::new(Kind::Internal, "The metrics could not be written. Report the request id.")
        })?;
        Ok(text)
    }

    fn load(&self, load: &Load) {
        self.waiting.with_label_values(&["write"]).set(load.writes_waiting);
        self.waiting.with_label_values(&["read"]).set(load.reads_waiting);
        if let Some((open, idle)) = load.connections {
            self.connections.with_label_values(&["busy"]).set(open - idle);
            self.connections.with_label_values(&["idle"]).set(idle);
        }
    }

    async fn ask(&self, store: &Store) -> Result<()> {
        let jobs = store.job_backlog().await?;
        let events = store.event_progress().await?;
        self.jobs.with_label_values(&["waiting"]).set(jobs.waiting);
        self.jobs.with_label_values(&["running"]).set(jobs.running);
        self.oldest_job.set(jobs.oldest_seconds);
        self.last_event.set(events.last_position);
        self.unnumbered.set(events.unnumbered);
        Ok(())
    }
}

/// A request that is being answered.
pub struct Begun<'a> {
    metrics: &'a Metrics,
    since: Instant,
}

impl Begun<'_> {
    /// The answer is there.
    pub fn answered(self, request: &HttpRequest, status: u16) {
        let route = route(request);
        let method = match request.method().as_str() {
            known @ ("GET" | "HEAD" | "POST" | "PATCH" | "DELETE" | "OPTIONS" | "PUT") => known,
            // Anybody can make up a method.
            _ => "other",
        };
        self.metrics.requests.with_label_values(&[method, &route, &status.to_string()]).inc();
        self.metrics.seconds.with_label_values(&[method, &route]).observe(self.since.elapsed().as_secs_f64());
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.metrics.running.dec();
    }
}

/// A feed of events that is open.
pub struct Stream(IntGauge);

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What the document says of it.
pub fn operation() -> Fixed {
    Fixed {
        path: "/metrics",
        method: "get",
        operation_id: "get_metrics",
        summary: "Get the metrics",
        description: "Figures of this process in the text format of Prometheus: requests by route pattern and status, their times, what waits for the database, jobs, the feed of events, memory. They name no record and no person. STEWARD_METRICS=permission asks for the permission platform.operations:read, and STEWARD_METRICS=off answers 404.",
        public: true,
        permissions: &[],
        path_parameter: None,
        query: &[],
        request: None,
        answers: vec![(200, "The figures.", "text/plain", json!({"type": "string", "description": "Figures in the text format of Prometheus."}))],
        problems: &[Kind::Unauthorized, Kind::Forbidden, Kind::NotFound, Kind::MethodNotAllowed],
        schemas: vec![],
    }
}
