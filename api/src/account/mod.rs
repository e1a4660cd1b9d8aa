//! Signing in, and what people change of themselves.

mod passkeys;
mod routes;
mod wire;

use crate::area::{Area, Need, routes};

pub(crate) use wire::{RoleWord, SessionDocument};

pub(crate) fn area() -> Area {
    Area::new()
        .needs(Need::Nothing, routes!(routes::setup, routes::set_up))
        .needs(Need::Nothing, routes!(routes::sign_in))
        .needs(Need::Session, routes!(routes::session, routes::sign_out))
        .needs(Need::Nothing, routes!(routes::second_factor))
        .needs(Need::Nothing, routes!(passkeys::begin))
        .needs(Need::Nothing, routes!(passkeys::finish))
        .needs(Need::Session, routes!(routes::step_up))
        .needs(Need::Session, routes!(routes::change, routes::delete))
        .needs(Need::Session, routes!(routes::email))
        .needs(Need::Session, routes!(routes::password))
        .needs(Need::Session, routes!(routes::totp, routes::remove_totp))
        .needs(Need::Session, routes!(routes::confirm_totp))
        .needs(Need::Session, routes!(routes::recovery_codes))
        .needs(Need::Session, routes!(passkeys::list))
        .needs(Need::Session, routes!(passkeys::register))
        .needs(Need::Session, routes!(passkeys::registered))
        .needs(Need::Session, routes!(passkeys::remove))
        .needs(Need::Session, routes!(routes::sessions))
        .needs(Need::Session, routes!(routes::end_session))
        .needs(Need::Nothing, routes!(routes::invitation))
        .needs(Need::Nothing, routes!(routes::accept))
        .needs(Need::Session, routes!(routes::create_workspace))
}
