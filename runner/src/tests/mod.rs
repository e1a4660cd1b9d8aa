//! Whole conversations over the memory store, with a stand-in for the network and a clock that stands still.

mod crashes;
mod leaks;
mod logins;
mod order;
mod repeats;
mod rig;
mod versions;
