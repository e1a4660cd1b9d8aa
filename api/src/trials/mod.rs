//! One component tried for real, what it would send, and a curl command read as one.

mod curl;
mod routes;
mod wire;

use countersign_accounts::Permission;

use crate::area::{Area, Need, routes};

/// The routes of trials.
pub(crate) fn area() -> Area {
    let may = Need::May(Permission::Try);
    Area::new()
        .needs(may, routes!(routes::try_it))
        .needs(Need::May(Permission::BotRead), routes!(routes::read_curl))
}
