//! Bots: drafts as the text of the bot file, versions, components, and what is in service.

mod around;
mod components;
mod diff;
mod drafts;
mod files;
mod keep;
mod on_channel;
mod publish;
mod routes;
mod sendings;
mod service;
mod template;
mod versions;

use countersign_accounts::Permission;

use crate::area::{Area, Need, routes};

pub use files::{Compiled, Unusable, adopt, again, compiled, in_service, keep_in_service, register_older};
pub use service::Surroundings;

pub(crate) use around::{around, ready_to_try};
pub(crate) use files::open_workspace;
pub(crate) use on_channel::live_on;
pub(crate) use sendings::{Sending, demand, moved_by, not_granted};
pub(crate) use service::{constant_aims, not_bound, rebind};

pub(crate) fn area() -> Area {
    let (read, edit, publish) =
        (Need::May(Permission::BotRead), Need::May(Permission::BotEdit), Need::May(Permission::BotPublish));
    Area::new()
        .needs(read, routes!(routes::list))
        .needs(edit, routes!(routes::create))
        .needs(read, routes!(routes::show))
        .needs(edit, routes!(routes::remove))
        .needs(read, routes!(drafts::show))
        .needs(edit, routes!(drafts::write))
        .needs(read, routes!(drafts::check))
        .needs(read, routes!(versions::list))
        .needs(read, routes!(versions::show))
        .needs(read, routes!(diff::diff))
        .needs(publish, routes!(publish::publish))
        .needs(publish, routes!(publish::roll_back))
        .needs(read, routes!(components::list))
        .needs(read, routes!(components::show))
        .needs(edit, routes!(components::write))
        .needs(edit, routes!(components::remove))
}
