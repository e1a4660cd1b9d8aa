//! Puts stubs in the place of the network, or counts what goes over it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_egress::{
    EgressError, IncomingResponse, MaybeSent, NotSent, OutgoingRequest, Sending, Transport,
};

use super::stub_format::{Answer, Unreachable};
use super::stubs::{Request, Stubs};

/// What carries the requests of one test.
pub(crate) struct TestTransport {
    stubs: Mutex<Stubs>,
    real: Option<Arc<dyn Transport>>,
}

impl TestTransport {
    /// Stubs answer; what they do not answer goes to `real`, and nowhere when there is none.
    pub(crate) fn new(stubs: Stubs, real: Option<Arc<dyn Transport>>) -> Self {
        Self { stubs: Mutex::new(stubs), real }
    }

    /// The stubs with their counts.
    pub(crate) fn stubs(&self) -> MutexGuard<'_, Stubs> {
        // Nothing panics while it is locked, and counts would still be good.
        self.stubs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stubbed(&self, request: &OutgoingRequest) -> Result<IncomingResponse, EgressError> {
        let headers: Vec<_> =
            request.headers().iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        let request_seen = Request {
            method: request.method().name(),
            url: request.url().expose(),
            headers: &headers,
            body: request.body().map_or(&[], |body| body.expose().as_bytes()),
        };
        let refused =
            || EgressError::NotSent { origin: request.origin().clone(), cause: NotSent::ConnectionRefused };
        let stub = self.stubs().answer(&request_seen).ok_or_else(refused)?;
        match stub.unreachable {
            Some(Unreachable::Timeout) => Err(EgressError::MaybeSent {
                origin: request.origin().clone(),
                cause: MaybeSent::Deadline(request.timeout()),
            }),
            Some(Unreachable::NoConnection) => Err(refused()),
            None => answered(&stub.answer.unwrap_or_default())
                .map_err(|cause| EgressError::MaybeSent { origin: request.origin().clone(), cause }),
        }
    }
}

impl Transport for TestTransport {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        match &self.real {
            Some(real) => {
                self.stubs().note(request.method().name(), request.url().expose());
                real.send(request)
            }
            None => Box::pin(async move { self.stubbed(request) }),
        }
    }
}

fn answered(answer: &Answer) -> Result<IncomingResponse, MaybeSent> {
    let status = answer.status.unwrap_or(200);
    if (300..400).contains(&status) {
        return Err(MaybeSent::Redirected { status });
    }
    let mut headers: Vec<_> =
        answer.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    let (body, kind) = match (&answer.json, &answer.text) {
        (Some(json), _) => (json.to_string(), Some("application/json")),
        (None, Some(text)) => (text.clone(), Some("text/plain; charset=utf-8")),
        (None, None) => (String::new(), None),
    };
    if let Some(kind) = kind.filter(|_| !headers.iter().any(|(name, _)| name == "content-type")) {
        headers.push(("content-type".to_owned(), kind.to_owned()));
    }
    Ok(IncomingResponse::new(status, headers, body.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(yaml: &str) -> Result<IncomingResponse, MaybeSent> {
        answered(&serde_saphyr::from_str(yaml).unwrap())
    }

    #[test]
    fn an_answer_has_a_type() {
        let json = answer("{ json: { a: [1, b] } }").unwrap();
        assert_eq!((json.status, json.content_type()), (200, Some("application/json")));
        assert_eq!(json.body.as_slice(), br#"{"a":[1,"b"]}"#);
        let text = answer("{ status: 401, text: no, headers: { Content-Type: text/html } }").unwrap();
        assert_eq!((text.status, text.content_type()), (401, Some("text/html")));
        let empty = answer("{ status: 204 }").unwrap();
        assert!(empty.body.is_empty() && empty.headers.is_empty());
    }

    #[test]
    fn a_redirect_is_not_followed() {
        assert_eq!(answer("{ status: 302 }"), Err(MaybeSent::Redirected { status: 302 }));
        let unusable: Result<Answer, _> = serde_saphyr::from_str("{ status: 100 }");
        assert!(unusable.unwrap_err().to_string().contains("100 is no status of an answer"));
    }
}
