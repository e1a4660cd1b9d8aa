//! The store in SQLite: one file, one writer thread that commits together what comes together, readers beside it.
//!
//! Why it is laid out so:
//! - **One process owns the file.** Leases, fencing numbers and queues are in memory (`schedule`) and made anew at the
//!   start from the rows that are under way. Opening a million idle conversations reads none of them.
//! - **A turn touches few pages.** Rows that come and go (inbox, outbox, calls, turns of transcripts) are written at the
//!   end of their tables, so a group of turns shares the same few pages. What is random is the row of the
//!   conversation, and everything small about it is in that one row: the session, the call it waits for, its timer, the
//!   ids that came in lately and the last turns of the transcript. So remembering an id costs no write of its own: the
//!   id stands in the inbox row until the turn that takes the row away writes the conversation anyway.
//! - **A group is one transaction** with one sync to disk (`writer`). What it changes in memory is changed after the
//!   commit, so nobody is told, and nobody works on, what is not on disk.
//! - **The log is moved beside the turns** (`checkpoint`), never inside a commit.
//! - **That a delivery was made may reach the disk with a later group.** Losing that repeats a delivery after a crash,
//!   which can happen anyway between the provider's answer and our write.
//!
//! A program may open the store beside the running server ([`Role::Beside`]). The server notices at the next group, and
//! before it uses a token from memory.

mod backup;
mod checkpoint;
mod code;
mod error;
mod files;
mod lines;
mod migrate;
mod open;
mod reader;
mod schedule;
mod store;
mod writer;

pub use backup::{BackupError, Counts, Manifest, Restore, backup, restore};
pub use error::OpenError;
pub use open::{Options, Role};
pub use store::SqliteStore;
