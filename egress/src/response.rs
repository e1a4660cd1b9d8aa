use std::fmt;

use zeroize::Zeroizing;

/// The answer of a server. Its body may hold a token, so it shows only how large it is, and it is overwritten when
/// it is dropped.
#[derive(PartialEq, Eq)]
pub struct IncomingResponse {
    /// The status, from 200 to 299 or from 400 to 999.
    pub status: u16,
    /// The header, with names in lower case, as it was sent.
    pub headers: Vec<(String, String)>,
    /// The body, inflated.
    pub body: Zeroizing<Vec<u8>>,
}

impl IncomingResponse {
    /// An answer with a body.
    pub fn new(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        Self { status, headers, body: Zeroizing::new(body) }
    }

    /// The first value of a header; `name` is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// What the body is said to be.
    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }
}

impl fmt::Debug for IncomingResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "IncomingResponse({}, {} header lines, {} bytes)",
            self.status,
            self.headers.len(),
            self.body.len()
        )
    }
}
