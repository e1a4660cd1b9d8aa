//! Metrics for Prometheus. Every handle is made once, at the start, so that to count costs one atomic addition and no
//! name is looked up. No label has more values than the configuration has lines: no address, no id of a user, no URL.

use std::collections::HashMap;
use std::time::Duration;

use countersign_channels::ReceiptState;
use countersign_model::Name;
use countersign_store::Backlog;
use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::listener::Counted;

/// How a webhook ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WebhookResult {
    /// It was kept, or there was nothing in it to keep.
    Accepted,
    /// A handshake.
    Greeted,
    /// The signature did not fit.
    Unsigned,
    /// It could not be read.
    Malformed,
    /// The store failed, or too much waits.
    Unavailable,
    /// No bot answers on the channel yet.
    Waiting,
}

impl WebhookResult {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Accepted, "accepted"),
        (Self::Greeted, "greeted"),
        (Self::Unsigned, "unsigned"),
        (Self::Malformed, "malformed"),
        (Self::Unavailable, "unavailable"),
        (Self::Waiting, "waiting"),
    ];
}

/// How a login ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginOutcome {
    /// A token is kept.
    Acquired,
    /// The auth service said no.
    Rejected,
    /// It did not answer, or not with anything of use.
    Unavailable,
    /// It was not asked, because too many logins had failed.
    Paused,
}

impl LoginOutcome {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Acquired, "acquired"),
        (Self::Rejected, "rejected"),
        (Self::Unavailable, "unavailable"),
        (Self::Paused, "paused"),
    ];
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeliveryResult {
    /// The provider took it.
    Delivered,
    /// It is tried again.
    Later,
    /// It was put aside for the operator.
    Dead,
}

impl DeliveryResult {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Delivered, "delivered"), (Self::Later, "later"), (Self::Dead, "dead")];
}

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallFor {
    /// A login.
    Login,
    /// The renewal of a token.
    Refresh,
    /// A Web Service.
    Service,
}

impl CallFor {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Login, "login"), (Self::Refresh, "refresh"), (Self::Service, "service")];
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallEnd {
    /// With a status of these hundreds.
    Status(u16),
    /// Without an answer.
    Failed,
    /// It was not sent.
    NotSent,
    /// The program was stopped while it was on its way.
    Lost,
}

impl CallEnd {
    const NAMES: [&'static str; 7] = ["2xx", "3xx", "4xx", "5xx", "failed", "not_sent", "lost"];

    fn index(self) -> usize {
        match self {
            Self::Status(status) => usize::from((status / 100).clamp(2, 5) - 2),
            Self::Failed => 4,
            Self::NotSent => 5,
            Self::Lost => 6,
        }
    }
}

const RECEIPTS: [(ReceiptState, &str); 5] = [
    (ReceiptState::Queued, "queued"),
    (ReceiptState::Sent, "sent"),
    (ReceiptState::Delivered, "delivered"),
    (ReceiptState::Read, "read"),
    (ReceiptState::Failed, "failed"),
];

/// From a turn in memory to a slow auth service, in seconds.
const BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Everything that is counted.
pub(crate) struct Metrics {
    handle: PrometheusHandle,
    channels: HashMap<Name, ChannelMetrics>,
    turn: Histogram,
    call: [Histogram; 3],
    calls: [[Counter; 7]; 3],
    logins: [Counter; 4],
    receipts: [Counter; 5],
    delivery: Histogram,
    outbox_wait: Histogram,
    dropped: Counter,
    warnings: Counter,
    servers_rest: Counter,
    many_logins_fail: Counter,
    paid_sends_used_up: Counter,
    connections: Gauge,
    connections_refused: Counter,
    bots_refused: Gauge,
    inbox: Gauge,
    inbox_oldest: Gauge,
    calls_open: Gauge,
    outbox: Gauge,
    outbox_held: Gauge,
    dead_letters: Gauge,
    traces_dropped: Counter,
}

struct ChannelMetrics {
    webhooks: [Counter; 6],
    webhook: Histogram,
    events: Counter,
    repeats: Counter,
    skipped: Counter,
    floods: Counter,
    ping_pongs: Counter,
    newcomers: Counter,
    deliveries: [Counter; 3],
}

impl Metrics {
    /// Metrics of these channels, all at 0.
    pub(crate) fn new<'a>(channels: impl IntoIterator<Item = &'a Name>) -> Self {
        let seconds = Matcher::Suffix("_seconds".to_owned());
        // Fails only for an empty list.
        let builder = PrometheusBuilder::new();
        let builder =
            builder.set_buckets_for_metric(seconds, &BUCKETS).unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = Registered(builder.build_recorder());
        let channel = |channel: &Name| (channel.clone(), recorder.channel(channel));
        Self {
            channels: channels.into_iter().map(channel).collect(),
            turn: recorder.histogram("countersign_turn_seconds", "From claim to commit of a turn", &[]),
            call: CallFor::ALL.map(|(_, kind)| {
                let text = "How long auth services and APIs took to answer";
                recorder.histogram("countersign_call_seconds", text, &[("for", kind)])
            }),
            calls: CallFor::ALL.map(|(_, kind)| {
                CallEnd::NAMES.map(|result| {
                    let text = "Calls of auth services and APIs";
                    recorder.counter("countersign_calls_total", text, &[("for", kind), ("result", result)])
                })
            }),
            logins: LoginOutcome::ALL.map(|(_, outcome)| {
                recorder.counter(
                    "countersign_logins_total",
                    "Logins by how they ended",
                    &[("outcome", outcome)],
                )
            }),
            receipts: RECEIPTS.map(|(_, state)| {
                let text = "What providers told of messages that were sent";
                recorder.counter("countersign_receipts_total", text, &[("state", state)])
            }),
            delivery: recorder.histogram(
                "countersign_delivery_seconds",
                "How long providers took to take a message",
                &[],
            ),
            outbox_wait: recorder.histogram(
                "countersign_outbox_wait_seconds",
                "From the turn that made a message until it was sent",
                &[],
            ),
            dropped: recorder.counter(
                "countersign_dropped_total",
                "What was put aside because it could not be processed; the log says why",
                &[],
            ),
            warnings: recorder.counter(
                "countersign_bot_warnings_total",
                "Warnings for the authors of bots",
                &[],
            ),
            servers_rest: recorder.counter(
                "countersign_servers_left_alone_total",
                "How often an auth service or API was left alone for a while, because its last calls failed",
                &[],
            ),
            many_logins_fail: recorder.counter(
                "countersign_login_alarms_total",
                "How often more than half of the logins at an Authorization Token failed within ten minutes",
                &[],
            ),
            paid_sends_used_up: recorder.counter(
                "countersign_paid_sends_used_up_total",
                "On how many days as much was sent by SMS and WhatsApp as is allowed",
                &[],
            ),
            connections: recorder.gauge("countersign_connections", "Open connections"),
            connections_refused: recorder.counter(
                "countersign_connections_refused_total",
                "Connections that were closed because there were too many",
                &[],
            ),
            bots_refused: recorder
                .gauge("countersign_bots_refused", "Bot files with errors; the version before is in service"),
            inbox: recorder.gauge("countersign_inbox_waiting", "Messages that wait for their turn"),
            inbox_oldest: recorder
                .gauge("countersign_inbox_oldest_seconds", "How long the oldest of them has waited"),
            calls_open: recorder.gauge("countersign_calls_waiting", "Calls that have not ended"),
            outbox: recorder.gauge("countersign_outbox_waiting", "Messages that have not been sent"),
            outbox_held: recorder
                .gauge("countersign_outbox_held", "1 while nothing is sent, after a restore"),
            dead_letters: recorder.gauge("countersign_dead_letters", "Messages that could not be delivered"),
            traces_dropped: recorder.counter(
                "countersign_traces_dropped_total",
                "Spans that were not sent, because the collector was slow or not there",
                &[],
            ),
            handle: recorder.0.handle(),
        }
    }

    /// All of it, in the text form of Prometheus.
    pub(crate) fn render(&self) -> String {
        self.handle.render()
    }

    /// Puts what was measured into the buckets; to be called every few seconds.
    pub(crate) fn settle(&self) {
        self.handle.run_upkeep();
    }

    pub(crate) fn webhook(&self, channel: &Name, result: WebhookResult, took: Duration) {
        let Some(channel) = self.channels.get(channel) else { return };
        count(&WebhookResult::ALL, &channel.webhooks, result);
        channel.webhook.record(took.as_secs_f64());
    }

    /// Of the events of a webhook so many were new, so many had come before, and so many were not understood.
    pub(crate) fn events(&self, channel: &Name, new: usize, repeats: usize, skipped: usize) {
        let Some(channel) = self.channels.get(channel) else { return };
        channel.events.increment(new as u64);
        channel.repeats.increment(repeats as u64);
        channel.skipped.increment(skipped as u64);
    }

    pub(crate) fn receipt(&self, state: ReceiptState) {
        count(&RECEIPTS, &self.receipts, state);
    }

    pub(crate) fn turn(&self, took: Duration) {
        self.turn.record(took.as_secs_f64());
    }

    /// `took` is `None` when nothing was sent, or it is not known.
    pub(crate) fn call(&self, of: CallFor, end: CallEnd, took: Option<Duration>) {
        let at = CallFor::ALL.iter().position(|(known, _)| *known == of).unwrap_or(0);
        self.calls[at][end.index()].increment(1);
        if let Some(took) = took {
            self.call[at].record(took.as_secs_f64());
        }
    }

    pub(crate) fn login(&self, outcome: LoginOutcome) {
        count(&LoginOutcome::ALL, &self.logins, outcome);
    }

    pub(crate) fn delivery(&self, channel: &Name, result: DeliveryResult) {
        let Some(channel) = self.channels.get(channel) else { return };
        count(&DeliveryResult::ALL, &channel.deliveries, result);
    }

    /// How long the provider took, and how long the message had waited before.
    pub(crate) fn delivered(&self, took: Duration, waited: Duration) {
        self.delivery.record(took.as_secs_f64());
        self.outbox_wait.record(waited.as_secs_f64());
    }

    pub(crate) fn dropped(&self) {
        self.dropped.increment(1);
    }

    pub(crate) fn server_rests(&self) {
        self.servers_rest.increment(1);
    }

    pub(crate) fn many_logins_fail(&self) {
        self.many_logins_fail.increment(1);
    }

    pub(crate) fn paid_sends_used_up(&self) {
        self.paid_sends_used_up.increment(1);
    }

    pub(crate) fn flood(&self, channel: &Name) {
        if let Some(channel) = self.channels.get(channel) {
            channel.floods.increment(1);
        }
    }

    pub(crate) fn ping_pong(&self, channel: &Name) {
        if let Some(channel) = self.channels.get(channel) {
            channel.ping_pongs.increment(1);
        }
    }

    pub(crate) fn newcomer_left_out(&self, channel: &Name) {
        if let Some(channel) = self.channels.get(channel) {
            channel.newcomers.increment(1);
        }
    }

    pub(crate) fn warned(&self) {
        self.warnings.increment(1);
    }

    pub(crate) fn trace_dropped(&self, spans: usize) {
        self.traces_dropped.increment(spans as u64);
    }

    pub(crate) fn bots_refused(&self, count: usize) {
        self.bots_refused.set(count as f64);
    }

    pub(crate) fn backlog(&self, backlog: &Backlog, oldest: Duration) {
        self.inbox.set(backlog.inbox as f64);
        self.inbox_oldest.set(oldest.as_secs_f64());
        self.calls_open.set(backlog.calls as f64);
        self.outbox.set(backlog.outbox as f64);
        self.outbox_held.set(if backlog.held { 1.0 } else { 0.0 });
        self.dead_letters.set(backlog.dead as f64);
    }
}

impl Counted for Metrics {
    fn opened(&self) {
        self.connections.increment(1.0);
    }

    fn closed(&self) {
        self.connections.decrement(1.0);
    }

    fn refused(&self) {
        self.connections_refused.increment(1);
    }
}

fn count<T: PartialEq>(all: &[(T, &str)], counters: &[Counter], which: T) {
    if let Some(at) = all.iter().position(|(known, _)| *known == which) {
        counters[at].increment(1);
    }
}

/// Makes handles.
struct Registered(PrometheusRecorder);

const METADATA: Metadata<'static> = Metadata::new("countersign", Level::INFO, None);

impl Registered {
    fn channel(&self, channel: &Name) -> ChannelMetrics {
        let channel = channel.as_str();
        let counter = |name, text| self.counter(name, text, &[("channel", channel)]);
        ChannelMetrics {
            webhooks: WebhookResult::ALL.map(|(_, result)| {
                let labels = [("channel", channel), ("result", result)];
                self.counter("countersign_webhooks_total", "Webhooks by how they ended", &labels)
            }),
            webhook: self.histogram(
                "countersign_webhook_seconds",
                "From the header of a webhook to its answer",
                &[("channel", channel)],
            ),
            events: counter("countersign_events_total", "What came in for the first time"),
            repeats: counter("countersign_repeats_total", "What came in again and was left out"),
            skipped: counter("countersign_skipped_total", "What came in and was not understood"),
            floods: counter("countersign_floods_total", "How often a contact sent more than is read"),
            ping_pongs: counter(
                "countersign_pingpongs_total",
                "How often a contact was taken for a bot and left out",
            ),
            newcomers: counter(
                "countersign_newcomers_left_out_total",
                "Messages of new contacts that were left out, because there were too many in a minute",
            ),
            deliveries: DeliveryResult::ALL.map(|(_, result)| {
                let labels = [("channel", channel), ("result", result)];
                self.counter(
                    "countersign_deliveries_total",
                    "Messages to users by what became of them",
                    &labels,
                )
            }),
        }
    }

    fn counter(&self, name: &'static str, text: &'static str, labels: &[(&'static str, &str)]) -> Counter {
        self.0.describe_counter(name.into(), Some(Unit::Count), text.into());
        self.0.register_counter(&key(name, labels), &METADATA)
    }

    fn histogram(
        &self,
        name: &'static str,
        text: &'static str,
        labels: &[(&'static str, &str)],
    ) -> Histogram {
        self.0.describe_histogram(name.into(), Some(Unit::Seconds), text.into());
        self.0.register_histogram(&key(name, labels), &METADATA)
    }

    fn gauge(&self, name: &'static str, text: &'static str) -> Gauge {
        self.0.describe_gauge(name.into(), None, text.into());
        self.0.register_gauge(&key(name, &[]), &METADATA)
    }
}

fn key(name: &'static str, labels: &[(&'static str, &str)]) -> Key {
    let labels = labels.iter().map(|(name, value)| Label::new(*name, (*value).to_owned()));
    Key::from_parts(name, labels.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics() -> (Metrics, Name) {
        let channel: Name = "wa".parse().unwrap();
        (Metrics::new([&channel]), channel)
    }

    fn line(metrics: &Metrics, name: &str) -> String {
        let text = metrics.render();
        let found = text.lines().find(|line| line.starts_with(&format!("{name} ")));
        found.unwrap_or_else(|| panic!("{name} is not in\n{text}")).to_owned()
    }

    #[test]
    fn everything_stands_there_from_the_start() {
        let (metrics, _) = metrics();
        for name in [
            "countersign_webhooks_total{channel=\"wa\",result=\"unsigned\"}",
            "countersign_logins_total{outcome=\"acquired\"}",
            "countersign_logins_total{outcome=\"paused\"}",
            "countersign_deliveries_total{channel=\"wa\",result=\"dead\"}",
            "countersign_inbox_waiting",
            "countersign_outbox_held",
            "countersign_connections",
        ] {
            assert_eq!(line(&metrics, name), format!("{name} 0"));
        }
    }

    #[test]
    fn what_happens_is_counted() {
        let (metrics, channel) = metrics();
        metrics.webhook(&channel, WebhookResult::Accepted, Duration::from_millis(2));
        metrics.webhook(&"unknown".parse().unwrap(), WebhookResult::Accepted, Duration::ZERO);
        metrics.events(&channel, 2, 1, 0);
        metrics.call(CallFor::Login, CallEnd::Status(204), Some(Duration::from_millis(30)));
        metrics.call(CallFor::Service, CallEnd::Status(101), None);
        metrics.call(CallFor::Service, CallEnd::Status(999), None);
        metrics.login(LoginOutcome::Rejected);
        metrics.receipt(ReceiptState::Read);
        metrics.delivery(&channel, DeliveryResult::Later);
        metrics.opened();
        metrics.opened();
        metrics.closed();
        for expected in [
            "countersign_webhooks_total{channel=\"wa\",result=\"accepted\"} 1",
            "countersign_webhook_seconds_bucket{channel=\"wa\",le=\"0.001\"} 0",
            "countersign_webhook_seconds_bucket{channel=\"wa\",le=\"0.0025\"} 1",
            "countersign_events_total{channel=\"wa\"} 2",
            "countersign_repeats_total{channel=\"wa\"} 1",
            "countersign_calls_total{for=\"login\",result=\"2xx\"} 1",
            "countersign_calls_total{for=\"service\",result=\"2xx\"} 1",
            "countersign_calls_total{for=\"service\",result=\"5xx\"} 1",
            "countersign_call_seconds_count{for=\"login\"} 1",
            "countersign_logins_total{outcome=\"rejected\"} 1",
            "countersign_receipts_total{state=\"read\"} 1",
            "countersign_deliveries_total{channel=\"wa\",result=\"later\"} 1",
            "countersign_connections 1",
        ] {
            let (name, _) = expected.rsplit_once(' ').unwrap();
            assert_eq!(line(&metrics, name), expected);
        }
    }

    #[test]
    fn what_waits_is_shown() {
        let (metrics, _) = metrics();
        let backlog = Backlog { inbox: 3, oldest: None, calls: 2, outbox: 5, dead: 1, held: true };
        metrics.backlog(&backlog, Duration::from_millis(1500));
        metrics.settle();
        assert_eq!(
            line(&metrics, "countersign_inbox_oldest_seconds"),
            "countersign_inbox_oldest_seconds 1.5"
        );
        assert_eq!(line(&metrics, "countersign_outbox_held"), "countersign_outbox_held 1");
        assert_eq!(line(&metrics, "countersign_dead_letters"), "countersign_dead_letters 1");
    }
}
