//! Conversations: who writes, what was said, and people who answer in place of the bot.

mod feed;
mod lines;
mod reply;
mod routes;
mod shown;

use countersign_accounts::Permission;

use crate::area::{Area, Need, routes};

pub use feed::Feed;

pub(crate) use lines::{LineDocument, read as lines};
pub(crate) use reply::KeptTakeOver;
pub(crate) use shown::{masked, one, session};

pub(crate) fn area() -> Area {
    let (read, reply) = (Need::May(Permission::ConversationRead), Need::May(Permission::ConversationReply));
    Area::new()
        .needs(read, routes!(routes::list))
        .needs(read, routes!(routes::show))
        .needs(read, routes!(lines::list))
        .needs(reply, routes!(reply::take_over))
        .needs(reply, routes!(reply::hand_back))
        .needs(reply, routes!(reply::message))
}
