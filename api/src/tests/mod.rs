//! The API as a whole, through its router, on a database in a file and with a clock of its own.

mod bots;
mod bounds;
mod channels;
mod document;
mod leaving;
mod matrix;
mod people;
mod resealed;
mod rig;
mod sendings;
mod settings;
mod signing_in;
mod simulations;
mod trials;
