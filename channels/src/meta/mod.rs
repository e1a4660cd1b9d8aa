//! What WhatsApp, Messenger and Instagram share: the handshake, the signature, the Graph API's way of being called and
//! of saying no.

mod account;
mod failure;
mod label;
mod page;
#[cfg(test)]
pub(crate) mod samples;
mod sending;
mod wire;

pub(crate) use account::{
    ACCESS_TOKEN, API_VERSION, APP_SECRET, APP_SECRET_OLD, Account, MARK_READ, TYPING, VERIFY_TOKEN,
    account_id,
};
pub(crate) use failure::{Code, Kind};
pub(crate) use label::{http_link, labels, maps_link, split_off_body, titled};
pub(crate) use page::{Dialect, Page};
pub(crate) use sending::Requests;
pub(crate) use wire::{Envelope, Str, clean, coordinate, each, moment};
