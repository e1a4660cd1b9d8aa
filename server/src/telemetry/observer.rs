//! Turns what the runner tells into numbers and spans.

use std::sync::Arc;
use std::time::Duration;

use countersign_runner::{CallInfo, CallKind, CallResult, Clock, ConversationKey, Notice, Observer};

use super::metrics::{CallEnd, CallFor, DeliveryResult, LoginOutcome, Metrics};
use super::otlp::{Span, SpanKind, Tracer};

/// Watches over the runner.
pub(crate) struct Watcher {
    metrics: Arc<Metrics>,
    tracer: Tracer,
    clock: Arc<dyn Clock>,
}

impl Watcher {
    pub(crate) fn new(metrics: Arc<Metrics>, tracer: Tracer, clock: Arc<dyn Clock>) -> Self {
        Self { metrics, tracer, clock }
    }

    fn call_finished(
        &self,
        conversation: &ConversationKey,
        call: &CallInfo,
        result: CallResult<'_>,
        took: Duration,
    ) {
        let end = match result {
            CallResult::Status(status) => CallEnd::Status(status),
            CallResult::Failed(_) => CallEnd::Failed,
        };
        self.metrics.call(reason(call.kind), end, Some(took));
        if call.kind == CallKind::Login {
            // An answer with a 2xx status is judged by what is in it: see `Notice::Acquired`.
            match result {
                CallResult::Status(200..300) => {}
                CallResult::Status(400 | 401 | 403 | 404 | 422 | 423) => {
                    self.metrics.login(LoginOutcome::Rejected);
                }
                CallResult::Status(_) | CallResult::Failed(_) => {
                    self.metrics.login(LoginOutcome::Unavailable)
                }
            }
        }
        self.tracer.span(|| {
            let now = self.clock.now();
            let mut attributes = vec![
                ("countersign.channel", conversation.channel.to_string()),
                ("countersign.component", call.component.to_string()),
                ("http.request.method", call.method.name().to_owned()),
            ];
            if let CallResult::Status(status) = result {
                attributes.push(("http.response.status_code", status.to_string()));
            }
            let failed = !matches!(result, CallResult::Status(..400));
            Span {
                name: "call",
                kind: SpanKind::Client,
                start: now.minus(took),
                end: now,
                attributes,
                failed,
            }
        });
    }
}

impl Watcher {
    fn span(&self, of: &ConversationKey, name: &'static str, kind: SpanKind, took: Duration, failed: bool) {
        self.tracer.span(|| {
            let end = self.clock.now();
            let attributes = vec![("countersign.channel", of.channel.to_string())];
            Span { name, kind, start: end.minus(took), end, attributes, failed }
        });
    }
}

impl Observer for Watcher {
    fn notice(&self, conversation: &ConversationKey, notice: &Notice<'_>) {
        let metrics = &self.metrics;
        match notice {
            Notice::CallFinished { call, result, took } => {
                self.call_finished(conversation, call, *result, *took);
            }
            Notice::CallNotBuilt { call, .. } => metrics.call(reason(call.kind), CallEnd::NotSent, None),
            Notice::CallLost { call } => metrics.call(reason(call.kind), CallEnd::Lost, None),
            Notice::Acquired { .. } => metrics.login(LoginOutcome::Acquired),
            Notice::Warning(_) | Notice::Diagnosis { .. } => metrics.warned(),
            Notice::Dropped(_) => metrics.dropped(),
            Notice::TurnDone { took, .. } => {
                metrics.turn(*took);
                self.span(conversation, "turn", SpanKind::Internal, *took, false);
            }
            Notice::Delivered { took, waited } => {
                metrics.delivery(&conversation.channel, DeliveryResult::Delivered);
                metrics.delivered(*took, *waited);
                self.span(conversation, "delivery", SpanKind::Client, *took, false);
            }
            Notice::DeliveryLater { .. } => metrics.delivery(&conversation.channel, DeliveryResult::Later),
            Notice::DeliveryFailed(_) => metrics.delivery(&conversation.channel, DeliveryResult::Dead),
            Notice::CallShut { call, .. } => {
                metrics.call(reason(call.kind), CallEnd::NotSent, None);
                if call.kind == CallKind::Login {
                    metrics.login(LoginOutcome::Unavailable);
                }
            }
            Notice::LoginPaused { .. } => metrics.login(LoginOutcome::Paused),
            Notice::ServerRests { .. } => metrics.server_rests(),
            Notice::ManyLoginsFail { .. } => metrics.many_logins_fail(),
            Notice::Flood => metrics.flood(&conversation.channel),
            Notice::ManyNewContacts { .. } => metrics.newcomer_left_out(&conversation.channel),
            Notice::PaidSendsUsedUp { .. } => metrics.paid_sends_used_up(),
            Notice::PingPong { .. } => metrics.ping_pong(&conversation.channel),
            // What is only for the log, and what later versions may tell.
            _ => {}
        }
    }
}

fn reason(kind: CallKind) -> CallFor {
    match kind {
        CallKind::Login => CallFor::Login,
        CallKind::Refresh => CallFor::Refresh,
        CallKind::Service => CallFor::Service,
    }
}
