//! The one door to the network: every request to an auth service, an API or a channel goes through here.
//!
//! What may be called is decided by a [`Policy`], twice: on the URL, and on the very address that is dialled. A
//! request is made by a builder that refuses what could be turned against somebody, and it shows nothing of itself.
//! An answer is bounded in time and size. An [`EgressError`] says whose fault it is and whether anything was sent.
//!
//! The feature `client` (on by default) holds the HTTP client; all else is pure.

mod address;
mod allow;
#[cfg(feature = "client")]
mod body;
#[cfg(feature = "client")]
mod client;
mod error;
mod limits;
mod origin;
mod policy;
mod request;
#[cfg(feature = "client")]
mod resolver;
mod response;
mod transport;
#[cfg(feature = "client")]
mod trust;

pub use address::{AddressKind, blocked};
pub use allow::{Allow, AllowError};
#[cfg(feature = "client")]
pub use client::{Client, ClientError};
pub use countersign_model::Method;
pub use error::{EgressError, MaybeSent, NotSent, Refusal};
pub use limits::Limits;
pub use origin::{Origin, OriginError, Scheme};
pub use policy::Policy;
pub use request::{OutgoingRequest, RequestBuilder};
#[cfg(feature = "client")]
pub use resolver::{Resolve, Resolving, SystemResolver};
pub use response::IncomingResponse;
pub use transport::{Sending, Transport};
#[cfg(feature = "client")]
pub use trust::Trust;
