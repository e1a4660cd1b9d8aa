use std::pin::Pin;

use crate::error::EgressError;
use crate::request::OutgoingRequest;
use crate::response::IncomingResponse;

/// An answer on its way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<IncomingResponse, EgressError>> + Send + 'a>>;

/// What carries a request to a server: the client of this crate, or what a test puts in its place.
pub trait Transport: Send + Sync {
    /// Sends the request once and reads the answer, within the limits of both.
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a>;
}
