//! What is measured, what is told to those who watch over the server, and whether it is well.

mod health;
mod metrics;
mod observer;
mod otlp;

pub(crate) use health::{Pulse, pulse};
pub(crate) use metrics::{Metrics, WebhookResult};
pub(crate) use observer::Watcher;
pub(crate) use otlp::{Collector, Span, SpanKind, Tracer};
