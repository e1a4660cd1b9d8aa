//! Conversations with a bot that nobody else sees: the simulator of the console.

mod pool;
mod routes;
mod wire;

use countersign_accounts::Permission;

use crate::area::{Area, Need, routes};

pub(crate) use pool::Simulations;

/// The routes of simulations.
pub(crate) fn area() -> Area {
    let may = Need::May(Permission::Simulate);
    Area::new()
        .needs(may, routes!(routes::begin))
        .needs(may, routes!(routes::show, routes::end))
        .needs(may, routes!(routes::act))
}
