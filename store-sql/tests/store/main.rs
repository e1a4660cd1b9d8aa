//! The store in SQLite, from outside.
#![expect(clippy::unwrap_used, reason = "tests")]

mod backups;
mod beside;
mod failures;
mod layout;
mod model;
mod opening;
mod people;
mod records;
mod support;
mod together;

use support::Folder;

countersign_store::conformance_tests!(conformance, || std::future::ready(Folder::new().into_store()));
