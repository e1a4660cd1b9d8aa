use std::time::Duration;

use crate::address::AddressKind;
use crate::origin::{Origin, OriginError};

/// Why there is no answer. It never holds a path, a query, a header, a body or what another library says of them;
/// the origin may be shown, because the bot's author has written it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The request is not allowed or not sound: a matter for the author or the operator. Nothing was sent.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The server was not reached. Nothing was sent, so the request can be repeated.
    #[error("nothing was sent to {origin}: {cause}")]
    NotSent {
        /// Where it should have gone.
        origin: Origin,
        /// What happened.
        cause: NotSent,
    },
    /// There is no usable answer, and the server may have acted on the request. One that is not idempotent must not
    /// be repeated.
    #[error("{origin} may have received the request, but there is no usable answer: {cause}")]
    MaybeSent {
        /// Where it went.
        origin: Origin,
        /// What happened.
        cause: MaybeSent,
    },
}

impl EgressError {
    /// Whether the server may have received any of the request.
    pub fn was_sent(&self) -> bool {
        matches!(self, Self::MaybeSent { .. })
    }
}

/// Why nothing reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The name has no address, or the name service does not answer.
    #[error("the name of the server was not found")]
    Name,
    /// Nothing listens there.
    #[error("the server refused the connection")]
    ConnectionRefused,
    /// No connection in time.
    #[error("there was no connection in time")]
    ConnectTimeout,
    /// The certificate does not hold.
    #[error("the certificate of the server is not valid for it")]
    Certificate,
    /// Another failure of TLS.
    #[error("no encrypted connection could be made with the server")]
    Tls,
    /// Another failure of the network.
    #[error("the network gave no connection to the server")]
    Network,
}

/// Why there is no usable answer after something may have been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MaybeSent {
    /// The time of the whole call is over.
    #[error("the answer was not complete after {} ms", .0.as_millis())]
    Deadline(Duration),
    /// The connection ended before the answer did.
    #[error("the connection ended before the answer did")]
    ConnectionLost,
    /// The answer is no HTTP, or its parts contradict each other.
    #[error("the answer is not valid HTTP")]
    Malformed,
    /// The header of the answer is too large.
    #[error("the header of the answer is larger than {limit} bytes or has more than {lines} lines")]
    HeaderTooLarge {
        /// In bytes.
        limit: usize,
        /// In lines.
        lines: usize,
    },
    /// The body of the answer is too large.
    #[error("the answer is larger than {limit} bytes")]
    BodyTooLarge {
        /// In bytes, after inflation.
        limit: usize,
    },
    /// The answer is encoded by something else than gzip, or more than once.
    #[error("the answer is compressed in a way that was not asked for; only `gzip` is read")]
    Encoding,
    /// The answer says gzip and is not.
    #[error("the answer says that it is gzip, but it does not unpack")]
    Compression,
    /// The server sends elsewhere. That is not followed, because the credentials would go along.
    #[error(
        "the server answered {status}, which sends the request elsewhere; that is not followed, so write the final \
         address in the bot"
    )]
    Redirected {
        /// The status.
        status: u16,
    },
}

/// Why a request is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The URL is never called.
    #[error(transparent)]
    Url(#[from] OriginError),
    /// The URL has a fragment, which no server ever sees.
    #[error("a URL that is called cannot have a `#` part")]
    Fragment,
    /// A value has moved the request to another server.
    #[error(
        "with its values filled in, the URL does not lead to `{expected}` any more; the request was not made"
    )]
    OriginChanged {
        /// The origin that the author wrote.
        expected: Origin,
    },
    /// http to a host that is not listed.
    #[error(
        "`{origin}` is not encrypted; use `https`, or an operator can allow it with `--allow {}`, or `[egress] allow` \
         in the configuration",
        .origin.host_port()
    )]
    NotEncrypted {
        /// Where it should go.
        origin: Origin,
    },
    /// A port that is not listed.
    #[error(
        "only the ports 80 and 443 are called; an operator can allow `{}` with `--allow {}`, or `[egress] allow` in \
         the configuration",
        .origin.host_port(), .origin.host_port()
    )]
    Port {
        /// Where it should go.
        origin: Origin,
    },
    /// An address that is not of the public internet, and not listed.
    #[error(
        "`{}` is {kind}; an operator can allow it with `--allow {}`, or `[egress] allow` in the configuration",
        .origin.host(), .origin.host_port()
    )]
    Address {
        /// Where it should go.
        origin: Origin,
        /// What the address is.
        kind: AddressKind,
    },
    /// A metadata service. It cannot be allowed.
    #[error("`{}` is the metadata service of a cloud, which is never called", .origin.host())]
    Metadata {
        /// Where it should go.
        origin: Origin,
    },
    /// A socket on which this installation itself listens, or its database. It cannot be allowed.
    #[error("`{}` belongs to this installation itself, which its bots never call", .origin.host_port())]
    Own {
        /// Where it should go.
        origin: Origin,
    },
    /// No header can have that name.
    #[error("`{0}` is no name of a header")]
    HeaderName(String),
    /// A header that only the client sets.
    #[error("the header `{0}` is set by Countersign and cannot be given")]
    HeaderReserved(String),
    /// A value with characters that could end the header, or that servers read in different ways.
    #[error("the value of the header `{name}` has a character that is not visible ASCII")]
    HeaderValue {
        /// The header.
        name: String,
    },
    /// Larger than a request may be.
    #[error("{what}; the limit is {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The limit, in bytes or lines.
        limit: usize,
    },
    /// A time of zero, or longer than any request may take.
    #[error("a request takes more than 0 and at most {} seconds", .longest.as_secs())]
    Timeout {
        /// The longest time.
        longest: Duration,
    },
}
