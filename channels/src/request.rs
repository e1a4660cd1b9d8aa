use std::fmt;

use countersign_model::{Method, SecretText};

/// A webhook as it came in.
#[derive(Clone, Copy)]
pub struct WebhookRequest<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The address under which the provider called, as the operator configured it: `public_url`, the path and the
    /// query. Some signatures are over it, and what a proxy says of it is not trusted.
    pub url: &'a str,
    /// The query, without `?`; empty when there is none.
    pub query: &'a str,
    /// The header lines, with names in lower case.
    pub headers: &'a [(String, Vec<u8>)],
    /// The body, byte for byte.
    pub body: &'a [u8],
}

impl<'a> WebhookRequest<'a> {
    /// The first header line of that name, given in lower case, when it is text.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known == name)?;
        std::str::from_utf8(value).ok()
    }

    /// The first value of a parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

/// Shows method and size alone: a webhook holds what users write.
impl fmt::Debug for WebhookRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookRequest({}, {} bytes)", self.method, self.body.len())
    }
}

/// What a webhook is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Of the body.
    pub content_type: &'static str,
    /// What the provider reads.
    pub body: String,
}

impl Answer {
    /// 200 and nothing.
    pub const fn empty() -> Self {
        Self { status: 200, content_type: "text/plain; charset=utf-8", body: String::new() }
    }

    /// 200 with plain text.
    pub const fn text(body: String) -> Self {
        Self { status: 200, content_type: "text/plain; charset=utf-8", body }
    }

    /// Another status and nothing.
    pub const fn status(status: u16) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body: String::new() }
    }
}

/// A request to a provider. The URL is secret, because some providers want the key in it.
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The URL.
    pub url: SecretText,
    /// Header lines, with names in lower case.
    pub headers: Vec<(&'static str, SecretText)>,
    /// The body.
    pub body: Option<Body>,
}

/// The body of a request.
pub struct Body {
    /// What it is.
    pub content_type: &'static str,
    /// The body.
    pub text: SecretText,
}

/// Shows the method alone.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpRequest({}, …)", self.method)
    }
}

/// What a provider answered.
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Retry-After`, when there is one.
    pub retry_after: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Shows status and size alone: answers name users.
impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpResponse({}, {} bytes)", self.status, self.body.len())
    }
}
