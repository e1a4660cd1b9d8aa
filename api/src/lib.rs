//! The REST API of the console: `/api/v1`, its description as OpenAPI 3.1, and live events.

pub mod events;
pub mod host;
pub mod http;
mod limits;
