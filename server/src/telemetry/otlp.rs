//! Traces for a collector that takes OTLP over HTTP with JSON (OpenTelemetry protocol 1.x, `/v1/traces`).
//!
//! It is written here, because the crates of OpenTelemetry are about a hundred, and what is sent is one small document.
//! A span is a webhook, a call or a delivery with its channel and its result. It holds nothing of a user.

use std::sync::Arc;
use std::time::Duration;

use countersign_egress::{Method, Origin, OutgoingRequest, Policy, Transport};
use countersign_model::{SecretText, Timestamp};
use countersign_runner::Random;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Metrics;

/// Something that took time.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    /// What it was.
    pub(crate) name: &'static str,
    /// What it was for others.
    pub(crate) kind: SpanKind,
    /// When it began.
    pub(crate) start: Timestamp,
    /// When it ended.
    pub(crate) end: Timestamp,
    /// What else is said of it. No user, no URL, no body.
    pub(crate) attributes: Vec<(&'static str, String)>,
    /// Whether it failed.
    pub(crate) failed: bool,
}

/// Kinds of spans, with their numbers in the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpanKind {
    /// Within the server.
    Internal = 1,
    /// Somebody called us.
    Server = 2,
    /// We called somebody.
    Client = 3,
}

/// Takes spans and loses them when nobody fetches them.
#[derive(Clone)]
pub(crate) struct Tracer(Option<Arc<Sink>>);

struct Sink {
    spans: mpsc::Sender<Span>,
    one_in: u64,
    random: Arc<dyn Random>,
    metrics: Arc<Metrics>,
}

/// So many spans wait at most, and so many are sent at once.
const WAITING: usize = 4096;
const BATCH: usize = 512;
/// How long spans wait for others to be sent with.
const EVERY: Duration = Duration::from_secs(5);

impl Tracer {
    /// Takes nothing.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// A tracer, and what it fills.
    pub(crate) fn new(
        one_in: usize,
        random: Arc<dyn Random>,
        metrics: Arc<Metrics>,
    ) -> (Self, mpsc::Receiver<Span>) {
        let (spans, receiver) = mpsc::channel(WAITING);
        (Self(Some(Arc::new(Sink { spans, one_in: one_in.max(1) as u64, random, metrics }))), receiver)
    }

    /// Takes a span; it is made only when somebody wants it.
    pub(crate) fn span(&self, make: impl FnOnce() -> Span) {
        let Some(sink) = &self.0 else { return };
        if sink.one_in > 1 && !sink.random.next().is_multiple_of(sink.one_in) {
            return;
        }
        if sink.spans.try_send(make()).is_err() {
            sink.metrics.trace_dropped(1);
        }
    }
}

/// Where spans go.
pub(crate) struct Collector {
    origin: Origin,
    url: SecretText,
    authorization: Option<SecretText>,
    transport: Arc<dyn Transport>,
    policy: Arc<Policy>,
    random: Arc<dyn Random>,
    metrics: Arc<Metrics>,
}

impl Collector {
    /// `None` when the endpoint is no address that is ever called.
    pub(crate) fn new(
        endpoint: &Url,
        authorization: Option<SecretText>,
        transport: Arc<dyn Transport>,
        policy: Arc<Policy>,
        random: Arc<dyn Random>,
        metrics: Arc<Metrics>,
    ) -> Option<Self> {
        let origin = Origin::of(endpoint).ok()?;
        let url = format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/')).into();
        Some(Self { origin, url, authorization, transport, policy, random, metrics })
    }

    /// Sends what comes until `stop`, and what is left then.
    pub(crate) async fn run(self, mut spans: mpsc::Receiver<Span>, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(EVERY);
        let mut batch = Vec::with_capacity(BATCH);
        let mut is_told = false;
        loop {
            let stopping = tokio::select! {
                () = stop.cancelled() => true,
                _ = ticks.tick() => false,
            };
            while let Ok(span) = spans.try_recv() {
                batch.push(span);
                if batch.len() == BATCH {
                    self.send_told(&mut batch, &mut is_told).await;
                }
            }
            self.send_told(&mut batch, &mut is_told).await;
            if stopping {
                return;
            }
        }
    }

    /// Says once that the collector does not take them.
    async fn send_told(&self, batch: &mut Vec<Span>, is_told: &mut bool) {
        if batch.is_empty() {
            return;
        }
        let taken = self.send(batch).await;
        if !taken {
            self.metrics.trace_dropped(batch.len());
            if !std::mem::replace(is_told, true) {
                tracing::warn!(
                    "the collector of traces does not take them (otlp.endpoint); the server goes on"
                );
            }
        }
        batch.clear();
    }

    async fn send(&self, batch: &[Span]) -> bool {
        let body = document(batch, self.random.as_ref()).to_string();
        let request = OutgoingRequest::builder(Method::Post, self.origin.clone(), self.url.duplicate())
            .body("application/json", body.into());
        let request = match &self.authorization {
            Some(value) => request.header("authorization", value.duplicate()),
            None => request,
        };
        let Ok(request) = request.timeout(EVERY).build(&self.policy) else { return false };
        self.transport.send(&request).await.is_ok_and(|answer| (200..300).contains(&answer.status))
    }
}

fn document(spans: &[Span], random: &dyn Random) -> Value {
    let spans: Vec<_> = spans.iter().map(|span| one(span, random)).collect();
    let version = env!("CARGO_PKG_VERSION");
    json!({ "resourceSpans": [{
        "resource": { "attributes": [attribute("service.name", "countersign"), attribute("service.version", version)] },
        "scopeSpans": [{ "scope": { "name": "countersign", "version": version }, "spans": spans }],
    }] })
}

fn one(span: &Span, random: &dyn Random) -> Value {
    let nanos = |at: Timestamp| (i128::from(at.as_micros()) * 1000).to_string();
    let attributes: Vec<_> = span.attributes.iter().map(|(name, value)| attribute(name, value)).collect();
    // Both are not 0 (W3C Trace Context §3.2.2.3); the protocol writes them in hexadecimal.
    json!({
        "traceId": format!("{:016x}{:016x}", random.next() | 1, random.next()),
        "spanId": format!("{:016x}", random.next() | 1),
        "name": span.name,
        "kind": span.kind as u8,
        "startTimeUnixNano": nanos(span.start),
        "endTimeUnixNano": nanos(span.end),
        "attributes": attributes,
        "status": if span.failed { json!({ "code": 2 }) } else { json!({}) },
    })
}

fn attribute(name: &str, value: &str) -> Value {
    json!({ "key": name, "value": { "stringValue": value } })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use countersign_egress::{IncomingResponse, Sending};

    use super::*;

    struct Heard {
        bodies: Mutex<Vec<Value>>,
        status: u16,
    }

    impl Transport for Heard {
        fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
            assert_eq!(request.url().expose(), "http://127.0.0.1:4318/v1/traces");
            let body = serde_json::from_str(request.body().unwrap().expose()).unwrap();
            self.bodies.lock().unwrap().push(body);
            let status = self.status;
            Box::pin(async move { Ok(IncomingResponse::new(status, Vec::new(), Vec::new())) })
        }
    }

    fn span(failed: bool) -> Span {
        let start = Timestamp::from_secs(1_795_348_800);
        let end = start.plus(Duration::from_millis(5));
        let attributes = vec![("channel", "wa".to_owned())];
        Span { name: "webhook", kind: SpanKind::Server, start, end, attributes, failed }
    }

    async fn send(status: u16, spans: usize) -> (Vec<Value>, Arc<Metrics>) {
        let heard = Arc::new(Heard { bodies: Mutex::default(), status });
        let metrics = Arc::new(Metrics::new([]));
        let random: Arc<dyn Random> = Arc::new(|| 7);
        let policy = Arc::new(Policy { allow: vec!["127.0.0.1:4318".parse().unwrap()], ..Policy::default() });
        let endpoint = Url::parse("http://127.0.0.1:4318").unwrap();
        let (tracer, receiver) = Tracer::new(1, random.clone(), metrics.clone());
        let collector = Collector::new(&endpoint, None, heard.clone(), policy, random, metrics.clone());
        (0..spans).for_each(|at| tracer.span(|| span(at == 1)));
        let stop = CancellationToken::new();
        stop.cancel();
        collector.unwrap().run(receiver, stop).await;
        (std::mem::take(&mut *heard.bodies.lock().unwrap()), metrics)
    }

    #[tokio::test]
    async fn spans_are_sent_together_in_the_form_of_the_protocol() {
        let (bodies, _) = send(200, 2).await;
        let [body] = &bodies[..] else { panic!("{} documents", bodies.len()) };
        let spans = &body["resourceSpans"][0]["scopeSpans"][0]["spans"];
        assert_eq!(
            spans[0],
            json!({
                "traceId": "00000000000000070000000000000007", "spanId": "0000000000000007", "name": "webhook",
                "kind": 2, "startTimeUnixNano": "1795348800000000000", "endTimeUnixNano": "1795348800005000000",
                "attributes": [{ "key": "channel", "value": { "stringValue": "wa" } }], "status": {},
            })
        );
        assert_eq!(spans[1]["status"]["code"], 2);
    }

    #[tokio::test]
    async fn many_spans_make_several_documents_and_the_rest_is_counted() {
        let (bodies, _) = send(200, BATCH + 1).await;
        assert_eq!(bodies.len(), 2);
        let (_, metrics) = send(503, WAITING + 3).await;
        let expected = format!("countersign_traces_dropped_total {}", WAITING + 3);
        assert!(metrics.render().contains(&expected));
    }

    #[test]
    fn one_of_so_many_is_taken() {
        let metrics = Arc::new(Metrics::new([]));
        let next = std::sync::atomic::AtomicU64::new(0);
        let random = Arc::new(move || next.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let (tracer, mut receiver) = Tracer::new(4, random, metrics);
        (0..8).for_each(|_| tracer.span(|| span(false)));
        assert_eq!(std::iter::from_fn(|| receiver.try_recv().ok()).count(), 2);
        Tracer::none().span(|| panic!("nobody wants it"));
    }
}
