//! What the load generator and the tests that stop the server share.

pub mod http;
