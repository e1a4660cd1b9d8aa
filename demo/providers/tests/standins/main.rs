//! The stand-ins, from outside.

mod behaviour;
mod rig;
mod samples;
