use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countersign_model::Method;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use url::Url;
use zeroize::Zeroizing;

use crate::body::{Collector, Encoding};
use crate::error::{EgressError, MaybeSent, NotSent, Refusal};
use crate::origin::{Origin, OriginError};
use crate::policy::{Denied, Policy, is_standard};
use crate::request::OutgoingRequest;
use crate::resolver::{Guard, NameNotFound, Resolve, SystemResolver};
use crate::response::IncomingResponse;
use crate::transport::{Sending, Transport};
use crate::trust::Trust;

/// The HTTP client, one per policy. It follows no redirect, repeats nothing, keeps no cookie, sends no `Referer` and
/// sees no proxy of the environment; it dials only addresses that the policy allows.
pub struct Client {
    policy: Arc<Policy>,
    resolver: Arc<dyn Resolve>,
    trust: Trust,
    /// One for each port of which the policy says something of its own, because a resolver is not told the port.
    clients: Mutex<HashMap<u16, reqwest::Client>>,
}

/// Why the client cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// There are no root certificates.
    #[error("the certificates of this machine cannot be used; install its package of root certificates")]
    Machine,
    /// The certificates of the operator's own authorities are none.
    #[error("the certificates of your own authorities cannot be read; they are expected as PEM text")]
    Authorities,
}

const USER_AGENT: &str = concat!("countersign/", env!("CARGO_PKG_VERSION"));
/// Shorter than servers usually keep a connection, so that a request seldom meets one that is about to end.
const IDLE: Duration = Duration::from_secs(20);
/// So many connections to one server are kept for the next request. To open one costs more than a request on it, and those
/// that nobody needs end by themselves.
const KEPT: usize = 1_024;

impl Client {
    /// A client that asks the system for the addresses of names.
    ///
    /// # Errors
    /// [`ClientError`] when there are no root certificates.
    pub fn new(policy: Policy) -> Result<Self, ClientError> {
        Self::with_resolver(policy, SystemResolver)
    }

    /// A client that asks another resolver; what it answers is judged all the same.
    ///
    /// # Errors
    /// [`ClientError`] when there are no root certificates.
    pub fn with_resolver(policy: Policy, resolver: impl Resolve) -> Result<Self, ClientError> {
        Self::with_authorities(policy, resolver, b"")
    }

    /// A client that trusts the authorities of an operator as well as those of the machine. `authorities` is PEM
    /// text with any number of certificates. There is no way to trust a server without one.
    ///
    /// # Errors
    /// [`ClientError`] when there are no root certificates, or the text holds none.
    pub fn with_authorities(
        policy: Policy,
        resolver: impl Resolve,
        authorities: &[u8],
    ) -> Result<Self, ClientError> {
        Self::with_trust(policy, resolver, Trust::with_authorities(authorities)?)
    }

    /// A client that trusts whom others of the program trust.
    ///
    /// # Errors
    /// [`ClientError`] when the library cannot be used.
    pub fn with_trust(policy: Policy, resolver: impl Resolve, trust: Trust) -> Result<Self, ClientError> {
        let client =
            Self { policy: Arc::new(policy), resolver: Arc::new(resolver), trust, clients: Mutex::default() };
        // What is wrong with the machine shows at the start, not at the first request.
        client.for_port(443)?;
        Ok(client)
    }

    /// The policy, which the builder of requests needs as well.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    async fn exchange(&self, request: &OutgoingRequest) -> Result<IncomingResponse, EgressError> {
        let origin = request.origin();
        self.policy.admit(origin)?;
        let client = self
            .for_port(origin.port())
            .map_err(|_| EgressError::NotSent { origin: origin.clone(), cause: NotSent::Tls })?;
        let message = encode(request)?;
        let maybe_sent = |cause| EgressError::MaybeSent { origin: origin.clone(), cause };
        let exchange = async {
            let response = client.execute(message).await.map_err(|error| self.failure(&error, origin))?;
            let status = response.status().as_u16();
            if (300..400).contains(&status) {
                return Err(maybe_sent(MaybeSent::Redirected { status }));
            }
            // 101 changes to a protocol that nobody asked for.
            if status < 200 {
                return Err(maybe_sent(MaybeSent::Malformed));
            }
            self.read(response, request).await
        };
        match tokio::time::timeout(request.timeout(), exchange).await {
            Ok(result) => result,
            Err(_) => Err(maybe_sent(MaybeSent::Deadline(request.timeout()))),
        }
    }

    async fn read(
        &self,
        mut response: reqwest::Response,
        request: &OutgoingRequest,
    ) -> Result<IncomingResponse, EgressError> {
        let origin = request.origin();
        let maybe_sent = |cause| EgressError::MaybeSent { origin: origin.clone(), cause };
        let header = response.headers();
        let size: usize = header.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if size > self.policy.limits.header_bytes || header.len() > self.policy.limits.header_lines {
            return Err(maybe_sent(self.header_too_large()));
        }
        let values = header.get_all(CONTENT_ENCODING).iter().map(|value| value.to_str().unwrap_or("?"));
        let encoding = Encoding::of(values).map_err(maybe_sent)?;
        let limit = request.body_limit();
        if encoding == Encoding::Plain && response.content_length().is_some_and(|len| len > limit as u64) {
            return Err(maybe_sent(MaybeSent::BodyTooLarge { limit }));
        }
        let (status, headers) = (response.status().as_u16(), readable(header));
        let mut body = Collector::new(encoding, limit);
        while let Some(piece) = response.chunk().await.map_err(|error| self.failure(&error, origin))? {
            body.push(&piece).map_err(maybe_sent)?;
        }
        let body = body.finish().map_err(maybe_sent)?;
        Ok(IncomingResponse { status, headers, body })
    }

    fn for_port(&self, port: u16) -> Result<reqwest::Client, ClientError> {
        let own = self.policy.own.iter().map(std::net::SocketAddr::port);
        let mut said = self.policy.allow.iter().filter_map(|entry| entry.port()).chain(own);
        // Ports of which the policy says nothing share a client: one for the two that are open to all, one for the
        // others, which stand for port 0 because nobody can list that.
        let port = match port {
            port if said.any(|other| other == port) => port,
            port if is_standard(port) => 443,
            _ => 0,
        };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&port) {
            return Ok(client.clone());
        }
        let guard = Guard { resolver: self.resolver.clone(), policy: self.policy.clone(), port };
        let client = self.build(guard)?;
        clients.insert(port, client.clone());
        Ok(client)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the place to which the lint sends all others")]
    fn build(&self, guard: Guard) -> Result<reqwest::Client, ClientError> {
        let limits = &self.policy.limits;
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            // Inflated here, with a limit.
            .no_gzip()
            .user_agent(USER_AGENT)
            .dns_resolver(guard)
            .connect_timeout(limits.connect)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(KEPT)
            .http1_max_headers(limits.header_lines)
            .http2_max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX))
            .tls_backend_preconfigured(self.trust.for_client())
            .build()
            .map_err(|_| ClientError::Machine)
    }

    /// What an error of the library means. Its text is never used, since it can hold the URL.
    fn failure(&self, error: &reqwest::Error, origin: &Origin) -> EgressError {
        let chain = || chain(error);
        if let Some(denied) = chain().find_map(|error| error.downcast_ref::<Denied>()) {
            return denied.refusal(origin).into();
        }
        if error.is_builder() {
            return Refusal::Url(OriginError::NoUrl).into();
        }
        let io = chain().find_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind);
        if error.is_connect() {
            let cause = match chain().find_map(|error| error.downcast_ref::<rustls::Error>()) {
                Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
                    NotSent::Certificate
                }
                Some(_) => NotSent::Tls,
                None if chain().any(|error| error.is::<NameNotFound>()) => NotSent::Name,
                None if error.is_timeout() => NotSent::ConnectTimeout,
                None if io == Some(io::ErrorKind::ConnectionRefused) => NotSent::ConnectionRefused,
                None => NotSent::Network,
            };
            return EgressError::NotSent { origin: origin.clone(), cause };
        }
        let cause = match chain().find_map(|error| error.downcast_ref::<hyper::Error>()) {
            Some(hyper) if hyper.is_parse_too_large() => self.header_too_large(),
            Some(hyper) if hyper.is_parse() => MaybeSent::Malformed,
            _ if matches!(io, Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)) => {
                MaybeSent::Malformed
            }
            _ => MaybeSent::ConnectionLost,
        };
        EgressError::MaybeSent { origin: origin.clone(), cause }
    }

    fn header_too_large(&self) -> MaybeSent {
        let limits = &self.policy.limits;
        MaybeSent::HeaderTooLarge { limit: limits.header_bytes, lines: limits.header_lines }
    }
}

impl Transport for Client {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        Box::pin(self.exchange(request))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// The error and all that caused it. What an `io::Error` wraps is not among its sources, so it is asked for.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(Some(error as &(dyn StdError + 'static)), |error| {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| (*error).source())
    })
}

fn encode(request: &OutgoingRequest) -> Result<reqwest::Request, EgressError> {
    let no_url = || Refusal::Url(OriginError::NoUrl);
    let url = Url::parse(request.url().expose()).map_err(|_| no_url())?;
    let method = match request.method() {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    };
    let mut message = reqwest::Request::new(method, url);
    let headers = message.headers_mut();
    for (name, value) in request.headers() {
        let wrong = || Refusal::HeaderValue { name: name.clone() };
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let mut value = HeaderValue::from_maybe_shared(secret_bytes(value.expose())).map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.append(key, value);
    }
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    if let Some(body) = request.body() {
        *message.body_mut() = Some(reqwest::Body::from(secret_bytes(body.expose())));
    }
    Ok(message)
}

/// A copy that is overwritten when the last holder lets go of it.
fn secret_bytes(text: &str) -> Bytes {
    Bytes::from_owner(Zeroizing::new(text.as_bytes().to_vec()))
}

fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debug_view_of_the_header_shows_no_value() {
        let request = OutgoingRequest::builder(
            Method::Get,
            "https://bank.example/".parse().unwrap(),
            "https://bank.example/".into(),
        );
        let request = request.header("X-Api-Key", "CANARY".into()).build(&Policy::default()).unwrap();
        let message = encode(&request).unwrap();
        assert_eq!(message.headers()["x-api-key"], "CANARY");
        assert!(!format!("{:?}", message.headers()).contains("CANARY"));
    }
}
