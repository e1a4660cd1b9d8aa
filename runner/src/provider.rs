//! Delivers through a provider: an adapter writes the requests, egress sends them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_channels::{Adapter, HttpRequest, HttpResponse, Progress, SendError as Refused, Sending};
use countersign_egress::{EgressError, OutgoingRequest, Policy, Transport};
use countersign_store::{ConversationKey, Delivery};

use crate::channel::{Channel, SendError};

/// How long a provider may take for one request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// So many requests are made before progress is written down. Together they end before the delivery is handed to
/// another worker.
const AT_A_TIME: u32 = 4;

/// The largest answer of a provider that is read, in bytes.
const ANSWER: usize = 256 * 1024;

/// A channel at a provider.
pub struct ProviderChannel {
    adapter: Arc<dyn Adapter>,
    transport: Arc<dyn Transport>,
    policy: Arc<Policy>,
}

impl ProviderChannel {
    /// A channel that speaks through this adapter. The policy says which hosts may be called: a provider's `api_url` is
    /// a setting, and no setting leads past it.
    pub fn new(adapter: Arc<dyn Adapter>, transport: Arc<dyn Transport>, policy: Arc<Policy>) -> Self {
        Self { adapter, transport, policy }
    }

    /// How the provider is spoken to.
    pub fn adapter(&self) -> &Arc<dyn Adapter> {
        &self.adapter
    }

    /// Sends what is not worth keeping: "read", "typing". Gives whether the provider took it; nothing depends on it.
    pub async fn courtesy(&self, request: HttpRequest) -> bool {
        let Ok(request) = self.outgoing(request) else { return false };
        let answer = self.transport.send(&request).await;
        answer.is_ok_and(|answer| (200..300).contains(&answer.status))
    }

    async fn carry(&self, mut sending: Box<dyn Sending>, mut done: u32) -> Result<(), SendError> {
        let mut last: Option<HttpResponse> = None;
        let before = done;
        loop {
            let progress = sending.advance(last.as_ref()).map_err(|why| refused(why, done))?;
            done += u32::from(last.is_some());
            let request = match progress {
                Progress::Done(_) => return Ok(()),
                Progress::Send(request) => request,
            };
            if done - before >= AT_A_TIME {
                return Err(SendError::Later { after: Some(Duration::ZERO), done, code: None });
            }
            let request = self.outgoing(request).map_err(|_| SendError::Account { done, code: None })?;
            let mut answer = self.transport.send(&request).await.map_err(|error| match error {
                EgressError::Refused(_) => SendError::Account { done, code: None },
                // The provider may have taken it. To say it twice is better than not at all.
                EgressError::NotSent { .. } | EgressError::MaybeSent { .. } => {
                    SendError::Later { after: None, done, code: None }
                }
            })?;
            last = Some(HttpResponse {
                status: answer.status,
                retry_after: answer.header("retry-after").map(str::to_owned),
                body: std::mem::take(&mut *answer.body),
            });
        }
    }

    fn outgoing(&self, request: HttpRequest) -> Result<OutgoingRequest, countersign_egress::Refusal> {
        let mut builder = OutgoingRequest::to(request.method, request.url);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        if let Some(body) = request.body {
            builder = builder.body(body.content_type, body.text);
        }
        builder.timeout(TIMEOUT).body_limit(ANSWER).build(&self.policy)
    }
}

#[async_trait]
impl Channel for ProviderChannel {
    async fn deliver(&self, to: &ConversationKey, delivery: &Delivery, done: u32) -> Result<(), SendError> {
        match delivery {
            Delivery::Say(message) => {
                let sending =
                    self.adapter.say(&to.address, message, done).map_err(|why| refused(why, done))?;
                self.carry(sending, done).await
            }
            Delivery::Erase(message) => {
                let Some(sending) = self.adapter.erase(&to.address, message) else { return Ok(()) };
                match self.carry(sending, done).await {
                    // It is too old, or the user has deleted it.
                    Err(SendError::Never { .. }) => Ok(()),
                    other => other,
                }
            }
            // On a channel with a provider a person takes over in the console, where nothing has to be sent.
            Delivery::Handover { .. } => Ok(()),
            // Nobody serves login pages here.
            Delivery::Page { .. } => Err(SendError::Never { code: None }),
        }
    }
}

fn refused(why: Refused, done: u32) -> SendError {
    match why {
        Refused::Throttled { after, code } => SendError::Later { after, done, code },
        Refused::Unavailable { code } => SendError::Later { after: None, done, code },
        Refused::Account { code } => SendError::Account { done, code },
        Refused::Gone { code } | Refused::Refused { code } => SendError::Never { code },
        Refused::Unsupported => SendError::Never { code: None },
    }
}
