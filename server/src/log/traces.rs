//! Traces: spans of requests and of the server's own work, sent to a collector by OTLP over HTTP.
//!
//! ```text
//! ends ──sampled──▶ waits ──the batch is full, or 5 s later──▶ is being sent ──▶ sent
//!   │                 └──MAX_SPANS wait──▶ dropped                   └──refused, or EXPORT_TIMEOUT──▶ failed
//!   └──not sampled──▶ nothing
//! ```
//!
//! A thread of its own sends them, so that no request ever waits for the collector. At the end of the server, it has
//! [`FLUSH_TIMEOUT`] for those that wait. Spans contain ids, names of operations, classes and statuses: never a path, a query, a header or
//! SQL. Events of the log are not in them.

use super::failures::Failures;
use crate::actor::SPANS;
use crate::failure::Failure;
use crate::metrics::{Class, SpanFigures};
use crate::network;
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue};
use http::{Method, Request, Response};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider};
use opentelemetry::{Context, Key, KeyValue};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, Span as Started, SpanData, SpanExporter, SpanProcessor,
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Metadata, Span, Subscriber, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::registry::LookupSpan;
use url::Url;

/// The name of the service, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES says otherwise.
const SERVICE: &str = "wix-media-server";

/// How many spans wait to be sent. Others are dropped.
const MAX_SPANS: usize = 2048;

/// How long the collector may take for a batch, and for those that wait when the server ends.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);
const FLUSH_TIMEOUT: Duration = Duration::from_secs(3);

/// What became of spans.
static WAITING: AtomicU64 = AtomicU64::new(0);
static SENT: AtomicU64 = AtomicU64::new(0);
static FAILED: AtomicU64 = AtomicU64::new(0);
static DROPPED: AtomicU64 = AtomicU64::new(0);

/// What became of spans so far.
pub(crate) fn figures() -> SpanFigures {
    SpanFigures {
        sent: SENT.load(Ordering::Relaxed),
        failed: FAILED.load(Ordering::Relaxed),
        dropped: DROPPED.load(Ordering::Relaxed),
    }
}

/// The sender of traces.
#[derive(Debug)]
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    pub(super) fn start(collector: Url) -> Result<Traces, Failure> {
        let failure = |reason: String| Failure(format!("cannot start traces: {reason}"));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("traces")
            .enable_all()
            .build()
            .map_err(|error| failure(error.to_string()))?;
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_endpoint(collector.as_str())
            .with_protocol(Protocol::HttpBinary)
            .with_http_client(Collector {
                url: collector,
                runtime,
                failures: Failures::default(),
            })
            .build()
            .map_err(|error| failure(error.to_string()))?;
        let config = BatchConfigBuilder::default().with_max_queue_size(MAX_SPANS).build();
        let batches = BatchSpanProcessor::builder(Counted(exporter))
            .with_batch_config(config)
            .build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(Bounded(batches))
            .with_resource(resource())
            .build();
        Ok(Traces(provider))
    }

    /// Makes spans of traces of those that are meant to be.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let filter = DynFilterFn::new(|metadata, context| {
            // What the stores do counts where something is done that has a span. They are asked all the time whether there is work.
            metadata.is_span()
                && (metadata.target() == SPANS || (is_of_store(metadata) && context.lookup_current().is_some()))
        });
        let filter = filter
            .with_callsite_filter(|metadata| {
                if metadata.is_span() && (metadata.target() == SPANS || is_of_store(metadata)) {
                    Interest::sometimes()
                } else {
                    Interest::never()
                }
            })
            .with_max_level_hint(LevelFilter::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filter)
    }

    /// Sends what waits, and ends.
    pub(crate) fn end(self, limit: Duration) {
        if self.0.shutdown_with_timeout(limit.min(FLUSH_TIMEOUT)).is_err() {
            tracing::warn!("the last traces were not sent");
        }
    }
}

/// Whether a span is one of the catalog in a database, or of the bucket.
fn is_of_store(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    target.starts_with("wix_media_postgres") || target.starts_with("wix_media_s3")
}

/// What the spans are of.
fn resource() -> Resource {
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let found = Resource::builder().with_attribute(version.clone()).build();
    let name = found.get(&Key::new("service.name"));
    // The name that the SDK makes up.
    if name.is_some_and(|name| !name.as_str().starts_with("unknown_service")) {
        return found;
    }
    Resource::builder()
        .with_attribute(version)
        .with_service_name(SERVICE)
        .build()
}

/// Begins the span of a request. Probes have none.
pub(crate) fn request(class: Class, method: &Method, id: &str, headers: &HeaderMap) -> Span {
    if class == Class::Probe {
        return Span::none();
    }
    let class = class.name();
    // Callers can make methods up.
    let method = match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "_OTHER",
    };
    let span = tracing::info_span!(
        target: SPANS,
        "request",
        otel.name = format!("{method} {class}"),
        otel.kind = "server",
        otel.status_code = field::Empty,
        http.request.method = method,
        http.response.status_code = field::Empty,
        wix_media.class = class,
        wix_media.call = field::Empty,
        wix_media.cut_off = field::Empty,
        wix_media.request_id = id,
        wix_media.site = field::Empty,
    );
    if !span.is_disabled()
        && let Some(parent) = parent(headers)
        && let Err(error) = span.set_parent(Context::new().with_remote_span_context(parent))
    {
        tracing::debug!(%error, "the parent of a request is left out");
    }
    span
}

/// The span of the caller, if the request has one `traceparent` that is well-formed.
fn parent(headers: &HeaderMap) -> Option<SpanContext> {
    let mut given = headers.get_all("traceparent").iter();
    match (given.next().map(HeaderValue::to_str), given.next()) {
        (Some(Ok(text)), None) => parsed(text),
        _ => None,
    }
}

/// Reads `VERSION-TRACE-SPAN-FLAGS`. Later versions may have more behind that.
fn parsed(text: &str) -> Option<SpanContext> {
    let is_hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let mut parts = text.splitn(5, '-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_whole = parts.next().is_none() || version != "00";
    if !is_whole
        || version == "ff"
        || !is_hex(version, 2)
        || !is_hex(trace, 32)
        || !is_hex(span, 16)
        || !is_hex(flags, 2)
    {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    // No part of it is 0.
    context.is_valid().then_some(context)
}

/// Hands over spans that have ended, while not too many wait.
#[derive(Debug)]
struct Bounded(BatchSpanProcessor);

impl SpanProcessor for Bounded {
    fn on_start(&self, span: &mut Started, context: &Context) {
        self.0.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        if WAITING.fetch_add(1, Ordering::Relaxed) >= MAX_SPANS as u64 {
            WAITING.fetch_sub(1, Ordering::Relaxed);
            DROPPED.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.0.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, limit: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(limit)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

/// Counts what an exporter sends.
#[derive(Debug)]
struct Counted<E>(E);

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len() as u64;
        WAITING.fetch_sub(count, Ordering::Relaxed);
        let outcome = self.0.export(batch).await;
        let counter = if outcome.is_ok() { &SENT } else { &FAILED };
        counter.fetch_add(count, Ordering::Relaxed);
        outcome
    }

    fn shutdown_with_timeout(&self, limit: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(limit)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

/// The collector. Its thread waits for each answer.
#[derive(Debug)]
struct Collector {
    url: Url,
    runtime: Runtime,
    failures: Failures,
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let sending = network::deliver(&self.url, &head.headers, body);
        let sent = self.runtime.block_on(async { timeout(EXPORT_TIMEOUT, sending).await });
        let sent = sent.unwrap_or_else(|_| Err(format!("it did not answer within {} s", EXPORT_TIMEOUT.as_secs())));
        let reason = match &sent {
            Ok(status) if status.is_success() => None,
            Ok(status) => Some(format!("it answered {}", status.as_u16())),
            Err(reason) => Some(reason.clone()),
        };
        match reason {
            None => self.failures.ended(SERVICE),
            Some(reason) if self.failures.began(SERVICE, &reason) => {
                tracing::warn!(reason, "the collector does not take traces");
            }
            Some(_) => {}
        }
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = sent?;
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    fn given(values: &[&str]) -> Option<SpanContext> {
        let value = |text: &&str| ("traceparent".parse().expect("a name"), text.parse().expect("a value"));
        parent(&values.iter().map(value).collect::<HeaderMap>())
    }

    #[test]
    fn parent_is_read_from_a_well_formed_header() {
        for (text, is_sampled) in [
            (format!("00-{TRACE}-{SPAN}-01"), true),
            (format!("00-{TRACE}-{SPAN}-00"), false),
            (format!("01-{TRACE}-{SPAN}-03-more"), true),
        ] {
            let found = given(&[&text]).expect("a parent");
            assert_eq!(found.trace_id().to_string(), TRACE);
            assert_eq!(found.span_id().to_string(), SPAN);
            assert_eq!(found.is_sampled(), is_sampled, "{text}");
            assert!(found.is_remote());
        }
    }

    #[test]
    fn malformed_parent_is_left_out() {
        let good = format!("00-{TRACE}-{SPAN}-01");
        for values in [
            vec![],
            vec![String::new()],
            vec!["00".to_owned()],
            vec![good.to_uppercase()],
            vec![format!("{good}-more")],
            vec![format!("ff-{TRACE}-{SPAN}-01")],
            vec![format!("00-{TRACE}-{SPAN}-1")],
            vec![format!("00-{TRACE}0-{SPAN}-01")],
            vec![format!("00-{}-{SPAN}-01", "0".repeat(32))],
            vec![format!("00-{TRACE}-{}-01", "0".repeat(16))],
            vec![good.clone(), good.clone()],
        ] {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            assert_eq!(given(&values), None, "{values:?}");
        }
    }
}
