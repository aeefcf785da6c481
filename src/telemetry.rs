//! Traces for who collects them by OpenTelemetry: where a request spent its time, sent as OTLP over HTTP (JSON).
//!
//! Off unless an address is set. A thread of its own sends what has ended; a collector that is away loses spans and stops nothing.

use http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;
use ureq::tls::TlsConfig;
use url::Url;

/// How long the collector may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether anybody collects traces.
static COLLECTED: AtomicBool = AtomicBool::new(false);

/// What sends the traces; they end with it.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends a share of all traces (1 for all of them) to a collector, such as `http://127.0.0.1:4318`.
    pub fn to(collector: &str, share: f64) -> Result<Self, String> {
        let exporter = exporter(collector, share)?;
        let resource = Resource::builder().with_service_name("steward").with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))).build();
        // Whoever calls with a trace decides for it.
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share)));
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_sampler(sampler).with_resource(resource).build();
        COLLECTED.store(true, Ordering::Relaxed);
        Ok(Traces(provider))
    }

    /// What takes the spans of the process.
    pub fn layer<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> impl Layer<S> + use<S> {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("steward")).with_location(false).with_threads(false).with_target(false)
    }

    /// Sends what has ended, and no more.
    pub fn end(self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// Why no traces can be sent by these settings; none if they can be tried.
pub fn why_not_sent(collector: &str, share: f64) -> Option<String> {
    exporter(collector, share).err()
}

/// Why a collector does not take traces now, asked by sending it none; none if it does. It is said without its URL: that may hold a password.
pub fn why_not_taken(collector: &str) -> Option<String> {
    let endpoint = format!("{}/v1/traces", collector.trim_end_matches('/'));
    match agent().post(&endpoint).header("Content-Type", "application/json").send(r#"{"resourceSpans":[]}"#) {
        Ok(answer) if answer.status().is_success() => None,
        Ok(answer) => Some(format!("The collector answered {}.", answer.status().as_u16())),
        Err(ureq::Error::Timeout(_)) => Some("The collector did not answer in time.".into()),
        Err(ureq::Error::HostNotFound) => Some("The host of the collector is not known.".into()),
        Err(ureq::Error::Io(error)) => Some(format!("The collector could not be reached: {}.", error.kind())),
        Err(_) => Some("The collector could not be reached.".into()),
    }
}

/// What sends traces to a collector. What is wrong is said without its URL: that may hold a password.
fn exporter(collector: &str, share: f64) -> Result<SpanExporter, String> {
    let wrong = || "STEWARD_TRACES is no URL of a collector. Expected one such as http://127.0.0.1:4318.".to_owned();
    let known = Url::parse(collector).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    if !known {
        return Err(wrong());
    }
    if !(0.0..=1.0).contains(&share) {
        return Err(format!("STEWARD_TRACES_SHARE is {share}. Expected a share from 0 to 1."));
    }
    let builder = SpanExporter::builder().with_http().with_http_client(Agent(agent())).with_protocol(Protocol::HttpJson);
    let endpoint = format!("{}/v1/traces", collector.trim_end_matches('/'));
    builder.with_endpoint(endpoint).with_timeout(PATIENCE).build().map_err(|_| wrong())
}

/// Whether anybody collects traces.
pub fn is_collected() -> bool {
    COLLECTED.load(Ordering::Relaxed)
}

/// Puts the span of a request under the trace that its caller named in `traceparent` (W3C Trace Context).
pub fn continue_trace(span: &Span, traceparent: Option<&str>) {
    let Some(parent) = traceparent.filter(|_| is_collected()).and_then(context) else { return };
    // A span that is not collected has no parent.
    drop(span.set_parent(parent));
}

fn context(traceparent: &str) -> Option<Context> {
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", traceparent.parse().ok()?);
    Some(TraceContextPropagator::new().extract(&HeaderExtractor(&headers)))
}

/// Sends by the client that the service has anyway, on the thread of the exporter.
#[derive(Debug)]
struct Agent(ureq::Agent);

fn agent() -> ureq::Agent {
    // With the cryptography that everything else has here.
    let cryptography = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder().unversioned_rustls_crypto_provider(cryptography).build();
    let config = ureq::Agent::config_builder().tls_config(tls).http_status_as_error(false).timeout_global(Some(PATIENCE)).max_redirects(0).proxy(None);
    config.user_agent(concat!("steward/", env!("CARGO_PKG_VERSION"))).build().into()
}

type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Agent {
    fn send_bytes<'a, 'async_trait>(&'a self, request: Request<Bytes>) -> Sending<'async_trait>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let mut answer = self.0.run(Request::from_parts(head, body.to_vec()))?;
            let body = answer.body_mut().read_to_vec()?;
            Ok(Response::builder().status(answer.status()).body(body.into())?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_named_by_an_absolute_url_and_a_password_in_it_is_not_told() {
        for collector in ["http://127.0.0.1:4318", "https://collector.example.org/otlp/"] {
            assert_eq!(why_not_sent(collector, 1.0), None, "{collector}");
        }
        for collector in ["bogus", "127.0.0.1:4318", "ftp://collector", "http://", "ftp://me:sesame@collector", ""] {
            let complaint = why_not_sent(collector, 1.0);
            assert!(complaint.is_some_and(|complaint| !complaint.contains("sesame")), "{collector}");
        }
        for share in [-0.1, 1.1, f64::NAN] {
            assert!(why_not_sent("http://127.0.0.1:4318", share).is_some(), "{share}");
        }
    }
}
