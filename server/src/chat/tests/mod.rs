//! A real server on a port of the system's choice, and clients that speak with it.

mod polling;
mod refusals;
mod rig;
mod serving;
mod talking;
