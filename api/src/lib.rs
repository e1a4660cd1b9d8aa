//! The REST API of the console: `/api/v1`, its description as OpenAPI 3.1, and live events.
//!
//! A route is a function with `#[utoipa::path]`. An area is a file or folder with its routes, its wire types and its
//! tests: it says for each route what it needs (`area::Need`), and has one line in `router.rs`. `access` looks who asks and
//! whether they have it, before the route sees the request. What all share stands in `http`: bodies whose wrong fields are
//! named, pages, revisions, and problems with stable codes.
//!
//! ```text
//! let api = Api::new(Parts { store, accounts, runner, keys, transport, policy, clock, random, host });
//! let router = router(api.clone());      // answers under /api/
//! ```

mod about;
mod access;
mod account;
pub mod analytics;
mod area;
mod assets;
mod audit;
mod bots;
mod channels;
mod check;
mod constants;
mod contacts;
mod conversations;
#[cfg(test)]
mod describe;
pub mod events;
#[cfg(test)]
mod failures;
pub mod host;
pub mod http;
mod leads;
mod limits;
mod live;
mod members;
mod outbox;
pub mod records;
mod reseal;
mod router;
mod secrets;
mod simulations;
mod state;
mod tokens;
mod trials;

#[cfg(test)]
mod tests;

pub use access::{Here, Signed, Visitor};
pub use assets::pages;
pub use bots::{
    Compiled, Surroundings, Unusable, adopt, again, compiled, in_service, keep_in_service, register_older,
};
pub use channels::{ChannelFailure, ChannelHealth, open as open_channels};
pub use check::{Checkup, Examined, Problems, examine};
pub use conversations::Feed;
pub use host::{AttachError, AttachedChannel, Host, NewChannel};
pub use reseal::reseal;
pub use router::router;
pub use secrets::open as open_secrets;
pub use state::{Api, Parts};
