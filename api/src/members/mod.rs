//! Who is in a workspace: members, invitations, API keys.

mod keys;
mod routes;

use countersign_accounts::Permission;

use crate::area::{Area, Need, routes};

pub(crate) fn area() -> Area {
    let (read, edit) = (Need::May(Permission::MemberRead), Need::MayNow(Permission::MemberEdit));
    let key = Permission::KeyEdit;
    Area::new()
        .needs(read, routes!(routes::members))
        .needs(edit, routes!(routes::change_role))
        // Everybody may leave; the accounts demand the rest.
        .needs(Need::Workspace, routes!(routes::remove))
        .needs(read, routes!(routes::invitations))
        .needs(edit, routes!(routes::invite))
        .needs(edit, routes!(routes::withdraw))
        .needs(Need::May(key), routes!(keys::list))
        .needs(Need::MayNow(key), routes!(keys::create))
        .needs(Need::MayNow(key), routes!(keys::remove))
}
