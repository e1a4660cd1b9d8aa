//! Whole conversations over the memory store, with a stand-in for the network and a clock that stands still.

mod bounds;
mod brute_force;
mod crashes;
mod flaky;
mod handover;
mod hearing;
mod leaks;
mod login_page;
mod logins;
mod order;
mod promised;
mod providers;
mod repeats;
mod rig;
mod versions;
mod working;
