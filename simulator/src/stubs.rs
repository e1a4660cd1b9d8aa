//! Answers instead of services, so that a bot can be tried before its auth service stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_egress::{EgressError, IncomingResponse, NotSent, OutgoingRequest, Sending, Transport};
use countersign_model::Name;

use crate::recorder::Recorder;

/// What a component's service answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub {
    /// The status.
    pub status: u16,
    /// The body; JSON where it is taken as such.
    pub body: String,
}

/// Answers each component's calls with its stub. A component without one is out of reach.
pub struct StubTransport {
    stubs: BTreeMap<Name, Stub>,
    recorder: Arc<Recorder>,
}

impl StubTransport {
    /// Answers with these. The recorder must be told of the calls: it says whose call is under way.
    pub fn new(stubs: BTreeMap<Name, Stub>, recorder: Arc<Recorder>) -> Self {
        Self { stubs, recorder }
    }
}

impl Transport for StubTransport {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        let stub = self.recorder.calling().and_then(|component| self.stubs.get(&component));
        let answer = match stub {
            Some(stub) => {
                let kind = if stub.body.trim_start().starts_with(['{', '[', '"']) {
                    "application/json"
                } else {
                    "text/plain; charset=utf-8"
                };
                let headers = vec![("content-type".to_owned(), kind.to_owned())];
                Ok(IncomingResponse::new(stub.status, headers, stub.body.clone().into_bytes()))
            }
            None => {
                if let Some(component) = self.recorder.calling() {
                    self.recorder.note(format!("{component}: there is no answer to simulate; give it one"));
                }
                Err(EgressError::NotSent {
                    origin: request.origin().clone(),
                    cause: NotSent::ConnectionRefused,
                })
            }
        };
        Box::pin(std::future::ready(answer))
    }
}
