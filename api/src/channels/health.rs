use countersign_model::{Name, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::rfc3339;
use crate::state::Api;

/// How a channel does, since the server was started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelHealth {
    /// When the last webhook was taken.
    pub last_webhook_at: Option<Timestamp>,
    /// When the last webhook was refused, and why.
    pub last_refused: Option<(Timestamp, &'static str)>,
    /// When the provider last took a delivery.
    pub last_delivery_at: Option<Timestamp>,
    /// How a delivery failed last.
    pub last_failure: Option<ChannelFailure>,
    /// Conversations with a delivery that waits to be tried again.
    pub waiting: usize,
}

/// How a delivery failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelFailure {
    /// When.
    pub at: Timestamp,
    /// The provider's code, to look up in its documentation.
    pub code: Option<String>,
    /// In words.
    pub message: String,
}

/// How a channel does, since the server was started.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelHealth)]
pub(crate) struct HealthDocument {
    #[serde(skip_serializing_if = "Option::is_none")]
    last_webhook_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_refused_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_delivery_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure: Option<FailureDocument>,
    /// Conversations with a delivery that waits to be tried again.
    waiting: usize,
    /// Deliveries that were given up.
    dead_letters: usize,
}

/// How a delivery failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelFailure)]
struct FailureDocument {
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    message: String,
}

/// Shows how a channel does; how many deliveries were given up the caller knows.
pub(crate) fn health_document(api: &Api, workspace: &Name, id: &Name, dead_letters: usize) -> HealthDocument {
    let health = api.host.health(workspace, id);
    let (refused_at, why) = health.last_refused.unzip();
    HealthDocument {
        last_webhook_at: health.last_webhook_at.map(rfc3339),
        last_refused_at: refused_at.map(rfc3339),
        refused_why: why.map(str::to_owned),
        last_delivery_at: health.last_delivery_at.map(rfc3339),
        last_failure: health.last_failure.map(|failure| FailureDocument {
            at: rfc3339(failure.at),
            code: failure.code,
            message: failure.message,
        }),
        waiting: health.waiting,
        dead_letters,
    }
}
