//! Keeps what went out and what came back, for an author who tries a component.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_egress::{EgressError, IncomingResponse, Method, OutgoingRequest, Sending, Transport};
use countersign_model::SecretText;
use countersign_runner::Clock;

/// A request and what became of it. It holds secrets in the clear, for as long as it takes to take them out: nothing
/// of it may be shown before that.
pub struct Exchange {
    /// The method.
    pub method: Method,
    /// The URL with its values filled in.
    pub url: SecretText,
    /// The headers.
    pub headers: Vec<(String, SecretText)>,
    /// The body.
    pub body: Option<SecretText>,
    /// The answer.
    pub answer: Result<IncomingResponse, EgressError>,
    /// How long it took.
    pub took: Duration,
}

/// Carries requests by another transport, and keeps them.
pub struct Capture {
    below: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    kept: Mutex<Vec<Exchange>>,
}

impl Capture {
    /// Carries requests by this transport.
    pub fn new(below: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { below, clock, kept: Mutex::default() }
    }

    /// What was carried so far, in order. It is not kept any more.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Transport for Capture {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        Box::pin(async move {
            let began = self.clock.now();
            let answer = self.below.send(request).await;
            let exchange = Exchange {
                method: request.method(),
                url: request.url().duplicate(),
                headers: request
                    .headers()
                    .iter()
                    .map(|(name, value)| (name.clone(), value.duplicate()))
                    .collect(),
                body: request.body().map(SecretText::duplicate),
                answer: copy(&answer),
                took: self.clock.now().since(began),
            };
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
            answer
        })
    }
}

fn copy(answer: &Result<IncomingResponse, EgressError>) -> Result<IncomingResponse, EgressError> {
    match answer {
        Ok(answer) => Ok(IncomingResponse::new(answer.status, answer.headers.clone(), answer.body.to_vec())),
        Err(error) => Err(error.clone()),
    }
}
