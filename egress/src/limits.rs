use std::time::Duration;

/// How long and how large a request and its answer may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands, with name lookup and TLS.
    pub connect: Duration,
    /// Until the whole answer is read, when a request does not say otherwise.
    pub total: Duration,
    /// The longest time that a request may say.
    pub longest_total: Duration,
    /// The body of an answer, after inflation, in bytes, when a request does not ask for less.
    pub body: usize,
    /// The header of an answer, names and values, in bytes.
    pub header_bytes: usize,
    /// The lines of the header of an answer.
    pub header_lines: usize,
    /// The URL of a request, in bytes.
    pub request_url: usize,
    /// The header lines that a request adds.
    pub request_header_lines: usize,
    /// One header value of a request, in bytes.
    pub request_header_value: usize,
    /// The body of a request, in bytes.
    pub request_body: usize,
}

impl Limits {
    /// The body of an auth service's answer, in bytes: a token and what comes with it.
    pub const AUTH_BODY: usize = 256 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            total: Duration::from_secs(10),
            longest_total: Duration::from_secs(120),
            body: 1024 * 1024,
            header_bytes: 64 * 1024,
            header_lines: 100,
            request_url: 16 * 1024,
            request_header_lines: 50,
            request_header_value: 8 * 1024,
            request_body: 1024 * 1024,
        }
    }
}
