use std::fmt;
use std::time::Duration;

use countersign_model::{Method, SecretText};
use url::Url;

use crate::error::Refusal;
use crate::origin::{Origin, parse_url};
use crate::policy::Policy;

/// A request that is sound and that a policy has admitted. Made by [`OutgoingRequest::builder`]; it shows its method
/// and its origin, nothing more.
pub struct OutgoingRequest {
    method: Method,
    origin: Origin,
    url: SecretText,
    headers: Vec<(String, SecretText)>,
    body: Option<SecretText>,
    timeout: Duration,
    body_limit: usize,
}

/// Collects a request; [`RequestBuilder::build`] judges it.
#[derive(Debug)]
pub struct RequestBuilder {
    method: Method,
    origin: Option<Origin>,
    url: SecretText,
    headers: Vec<(String, SecretText)>,
    body: Option<(String, SecretText)>,
    timeout: Option<Duration>,
    body_limit: Option<usize>,
}

impl OutgoingRequest {
    /// Begins a request. `origin` is that of the template as the author wrote it, `url` has all values filled in: a
    /// value that moves the request to another server is noticed.
    pub fn builder(method: Method, origin: Origin, url: SecretText) -> RequestBuilder {
        RequestBuilder { origin: Some(origin), ..Self::to(method, url) }
    }

    /// Begins a request whose URL nobody else has a part in: that of a provider, say. What a user or an author wrote goes
    /// through [`Self::builder`].
    pub fn to(method: Method, url: SecretText) -> RequestBuilder {
        RequestBuilder {
            method,
            origin: None,
            url,
            headers: Vec::new(),
            body: None,
            timeout: None,
            body_limit: None,
        }
    }

    /// The method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Where it goes.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The whole URL, with all values filled in.
    pub fn url(&self) -> &SecretText {
        &self.url
    }

    /// The header lines that were given, with names in lower case.
    pub fn headers(&self) -> &[(String, SecretText)] {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> Option<&SecretText> {
        self.body.as_ref()
    }

    /// The longest time for all of it.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The largest body of an answer, in bytes after inflation.
    pub fn body_limit(&self) -> usize {
        self.body_limit
    }
}

impl RequestBuilder {
    /// Adds a header line. One of `content-type` takes the place of the body's own.
    #[must_use]
    pub fn header(mut self, name: &str, value: SecretText) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value));
        self
    }

    /// Sets the body and what it is.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: SecretText) -> Self {
        self.body = Some((content_type.to_owned(), body));
        self
    }

    /// Sets the longest time for all of it; without, it is that of the policy.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Asks for a smaller answer than the policy would read, in bytes.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// The request, when it is sound and the policy admits it.
    ///
    /// # Errors
    /// [`Refusal`] with what the author or the operator can do.
    pub fn build(self, policy: &Policy) -> Result<OutgoingRequest, Refusal> {
        let limits = &policy.limits;
        if self.url.len() > limits.request_url {
            return Err(Refusal::TooLarge { what: "the URL has too many bytes", limit: limits.request_url });
        }
        let url = parse_url(self.url.expose())?;
        if url.fragment().is_some() {
            return Err(Refusal::Fragment);
        }
        let origin = Origin::of(&url)?;
        if let Some(expected) = self.origin
            && origin != expected
        {
            return Err(Refusal::OriginChanged { expected });
        }
        policy.admit(&origin)?;

        let timeout = self.timeout.unwrap_or(limits.total);
        if timeout.is_zero() || timeout > limits.longest_total {
            return Err(Refusal::Timeout { longest: limits.longest_total });
        }
        if self.body.as_ref().is_some_and(|(_, body)| body.len() > limits.request_body) {
            return Err(Refusal::TooLarge {
                what: "the body has too many bytes",
                limit: limits.request_body,
            });
        }
        let (headers, body) = parts(self.headers, self.body);
        if headers.len() > limits.request_header_lines {
            return Err(Refusal::TooLarge {
                what: "the header has too many lines",
                limit: limits.request_header_lines,
            });
        }
        for (name, value) in &headers {
            check_header(name, value, limits.request_header_value)?;
        }
        let body_limit = self.body_limit.map_or(limits.body, |bytes| bytes.min(limits.body));
        let url = SecretText::new(Url::into(url));
        Ok(OutgoingRequest { method: self.method, origin, url, headers, body, timeout, body_limit })
    }
}

impl fmt::Debug for OutgoingRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutgoingRequest({} {})", self.method, self.origin)
    }
}

/// Headers that frame the message, that go from hop to hop, or that the client sets itself.
const RESERVED: [&str; 14] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "accept-encoding",
    "user-agent",
    "http2-settings",
];

type Headers = Vec<(String, SecretText)>;

fn parts(mut headers: Headers, body: Option<(String, SecretText)>) -> (Headers, Option<SecretText>) {
    let Some((content_type, body)) = body else { return (headers, None) };
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), SecretText::new(content_type)));
    }
    (headers, Some(body))
}

fn check_header(name: &str, value: &SecretText, limit: usize) -> Result<(), Refusal> {
    // A token as RFC 9110, 5.6.2, has it.
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(Refusal::HeaderName(name.to_owned()));
    }
    if RESERVED.contains(&name) {
        return Err(Refusal::HeaderReserved(name.to_owned()));
    }
    if !value.expose().bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(Refusal::HeaderValue { name: name.to_owned() });
    }
    if value.len() > limit {
        return Err(Refusal::TooLarge { what: "a header value has too many bytes", limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::OriginError;

    const CANARY: &str = "CANARY-hunter2";

    fn begin(url: &str) -> RequestBuilder {
        OutgoingRequest::builder(Method::Post, "https://bank.example/x".parse().unwrap(), url.into())
    }

    fn build(request: RequestBuilder) -> Result<OutgoingRequest, Refusal> {
        request.build(&Policy::default())
    }

    #[test]
    fn a_sound_request_shows_nothing_of_its_values() {
        let builder = begin(&format!("https://bank.example/login?p={CANARY}"))
            .header("X-Api-Key", CANARY.into())
            .body("application/json", CANARY.into());
        assert!(!format!("{builder:?}").contains("hunter2"));
        let request = build(builder).unwrap();
        assert_eq!(format!("{request:?}"), "OutgoingRequest(POST https://bank.example)");
        assert_eq!(request.url().expose(), format!("https://bank.example/login?p={CANARY}"));
        let names: Vec<_> = request.headers().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["x-api-key", "content-type"]);
        assert_eq!(request.body().unwrap().expose(), CANARY);
        assert_eq!((request.timeout(), request.body_limit()), (Duration::from_secs(10), 1024 * 1024));
    }

    #[test]
    fn an_own_content_type_wins() {
        let request = begin("https://bank.example/").header("Content-Type", "text/x".into());
        let request = build(request.body("application/json", "{}".into())).unwrap();
        assert_eq!(request.headers().len(), 1);
        assert_eq!(request.headers()[0].1.expose(), "text/x");
    }

    #[test]
    fn a_value_does_not_move_the_request_elsewhere() {
        let expected = "https://bank.example/".parse().unwrap();
        for moved in [
            format!("https://{CANARY}.evil.example/"),
            "https://bank.example.evil.example/".into(),
            "https://bank.example:8443/".into(),
            "http://bank.example/".into(),
            "https://10.0.0.1/".into(),
        ] {
            let refusal = build(begin(&moved)).unwrap_err();
            assert_eq!(refusal, Refusal::OriginChanged { expected: Origin::clone(&expected) }, "{moved}");
            assert_eq!(
                refusal.to_string(),
                "with its values filled in, the URL does not lead to `https://bank.example` any more; the request was \
                 not made"
            );
        }
    }

    #[test]
    fn a_url_that_could_mislead_is_refused() {
        for (url, refusal) in [
            ("https://bank.example/#token", Refusal::Fragment),
            ("https://bank.example/#", Refusal::Fragment),
            ("https://CANARY:hunter2@bank.example/", Refusal::Url(OriginError::UserInfo)),
            ("https://bank.example\\@evil.example/", Refusal::Url(OriginError::Character)),
            ("https://bank.example/a\r\nHost: evil", Refusal::Url(OriginError::Character)),
            ("ftp://bank.example/", Refusal::Url(OriginError::Scheme)),
            ("bank", Refusal::Url(OriginError::NoUrl)),
        ] {
            assert_eq!(build(begin(url)).unwrap_err(), refusal, "{url:?}");
        }
        let long = format!("https://bank.example/{}", "x".repeat(20_000));
        assert_eq!(
            build(begin(&long)).unwrap_err().to_string(),
            "the URL has too many bytes; the limit is 16384"
        );
    }

    #[test]
    fn headers_cannot_be_split_or_taken_over() {
        let with = |name: &str, value: &str| {
            build(begin("https://bank.example/").header(name, value.into())).map(|_| ())
        };
        for good in ["Bearer abc.def-~", "a b", "", "!\"#$%"] {
            assert_eq!(with("authorization", good), Ok(()), "{good:?}");
        }
        for bad in ["a\r\nb", "a\nb", "a\0b", "ä", "a\tb", "\u{7f}"] {
            let error = with("X-Token", bad).unwrap_err();
            assert_eq!(error, Refusal::HeaderValue { name: "x-token".into() }, "{bad:?}");
            assert_eq!(
                error.to_string(),
                "the value of the header `x-token` has a character that is not visible ASCII"
            );
        }
        for bad in ["", "a b", "a:", "a\r\n", "ä"] {
            assert!(matches!(with(bad, "x"), Err(Refusal::HeaderName(_))), "{bad:?}");
        }
        for name in ["Host", "content-length", "Transfer-Encoding", "Accept-Encoding", "User-Agent"] {
            assert!(matches!(with(name, "x"), Err(Refusal::HeaderReserved(_))), "{name}");
        }
        assert_eq!(
            with("x", &"y".repeat(8193)),
            Err(Refusal::TooLarge { what: "a header value has too many bytes", limit: 8192 })
        );
        let many =
            (0..51).fold(begin("https://bank.example/"), |b, i| b.header(&format!("x-{i}"), "".into()));
        assert_eq!(
            build(many).unwrap_err(),
            Refusal::TooLarge { what: "the header has too many lines", limit: 50 }
        );
    }

    #[test]
    fn times_and_sizes_are_bounded() {
        let timed = |time| build(begin("https://bank.example/").timeout(time)).map(|r| r.timeout());
        assert_eq!(timed(Duration::from_secs(120)), Ok(Duration::from_secs(120)));
        for wrong in [Duration::ZERO, Duration::from_secs(121)] {
            let error = timed(wrong).unwrap_err();
            assert_eq!(error.to_string(), "a request takes more than 0 and at most 120 seconds");
        }
        let limited = |bytes| build(begin("https://bank.example/").body_limit(bytes)).unwrap().body_limit();
        assert_eq!((limited(1000), limited(usize::MAX)), (1000, 1024 * 1024));
        let large = begin("https://bank.example/").body("text/plain", "x".repeat(1024 * 1024 + 1).into());
        assert!(matches!(build(large), Err(Refusal::TooLarge { what: "the body has too many bytes", .. })));
    }

    #[test]
    fn the_policy_is_asked() {
        let origin = "http://10.0.0.1:8080/".parse().unwrap();
        let request = OutgoingRequest::builder(Method::Get, origin, "http://10.0.0.1:8080/a".into());
        assert!(matches!(build(request), Err(Refusal::Address { .. })));
    }
}
