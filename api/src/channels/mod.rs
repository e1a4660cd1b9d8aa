//! Channels: which kinds there are, connecting them while the server runs, and how they do.

mod health;
mod keep;
mod kinds;
mod probe;
mod routes;
mod settings;
mod steps;
mod wire;

use countersign_accounts::Permission;

use crate::area::{Area, Need, routes};
use crate::http::{Answer, Problem};

pub(crate) use health::health_document;
pub use health::{ChannelFailure, ChannelHealth};
pub use keep::open;
#[cfg(test)]
pub(crate) use keep::secrets_of;
pub(crate) use keep::{KeptChannel, scope};
pub(crate) use wire::{NamedChannel, named};

pub(crate) fn area() -> Area {
    let (read, edit) = (Need::May(Permission::ChannelRead), Need::May(Permission::ChannelEdit));
    Area::new()
        .needs(read, routes!(kinds::list))
        .needs(read, routes!(routes::list))
        // With secrets they demand a fresh proof.
        .needs(edit, routes!(routes::create))
        .needs(read, routes!(routes::show))
        .needs(edit, routes!(routes::change))
        .needs(edit, routes!(routes::remove))
        .needs(edit, routes!(probe::test))
}

/// A random word of so many bytes, as hexadecimal digits.
pub(crate) fn random_word(bytes: usize) -> Answer<String> {
    let mut word = vec![0; bytes];
    aws_lc_rs::rand::fill(&mut word)
        .map_err(|_| Problem::unavailable("The system gave no random numbers. Nothing was changed."))?;
    Ok(word.iter().map(|byte| format!("{byte:02x}")).collect())
}
