//! Moves the log into the database file without keeping a turn waiting.
//!
//! A checkpoint inside a commit costs milliseconds. So a thread of its own copies the pages and syncs the file, while the
//! writer goes on. What the writer has added meanwhile keeps the log from starting again at its beginning, so the writer
//! copies those few pages itself, between two groups.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use countersign_store::failpoint::Failpoint;
use rusqlite::Connection;

use crate::open::Place;
use crate::writer::JobQueue;

/// From so many pages in the log on it is copied.
const LONG: u32 = 4_000;
/// When it could not start again, because somebody reads it, the next try is so many pages later.
const AGAIN: u32 = 1_000;

#[derive(Default)]
pub(crate) struct Checkpoints {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// The log is short.
    #[default]
    Idle,
    /// The thread copies.
    Copying,
    /// The thread has copied; the writer copies the rest.
    Copied,
    /// Nothing more is to be done.
    Closed,
}

#[derive(Default)]
struct State {
    stage: Stage,
    /// From so many pages on.
    at: u32,
}

impl Checkpoints {
    /// Called by the writer between two groups.
    pub(crate) fn after_group(&self, conn: &Connection, pages: u32) {
        if pages < LONG {
            return;
        }
        let mut state = self.state();
        match state.stage {
            Stage::Idle if pages >= state.at => {
                state.stage = Stage::Copying;
                drop(state);
                self.wake.notify_one();
            }
            Stage::Copied => {
                drop(state);
                let restarts = passive(conn);
                let mut state = self.state();
                state.at = if restarts { LONG } else { pages + AGAIN };
                if state.stage == Stage::Copied {
                    state.stage = Stage::Idle;
                }
            }
            Stage::Idle | Stage::Copying | Stage::Closed => {}
        }
    }

    /// Copies when it is asked to, until the end.
    pub(crate) fn run(&self, place: &Place, queue: &Arc<JobQueue>) {
        let mut conn = None;
        loop {
            let mut state = self.state();
            while !matches!(state.stage, Stage::Copying | Stage::Closed) {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.stage == Stage::Closed {
                return;
            }
            drop(state);
            if conn.is_none() {
                conn = place.checkpointer().ok();
            }
            if let Some(conn) = &conn {
                passive(conn);
            }
            Failpoint::StoreInCheckpoint.pass();
            let mut state = self.state();
            if state.stage == Stage::Copying {
                state.stage = Stage::Copied;
            }
            drop(state);
            // When nothing more comes in, the rest is copied all the same.
            queue.look();
        }
    }

    pub(crate) fn close(&self) {
        self.state().stage = Stage::Closed;
        self.wake.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Copies what can be copied without waiting. Gives whether all of the log was copied.
fn passive(conn: &Connection) -> bool {
    let result = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    });
    match result {
        Ok((busy, pages, copied)) => busy == 0 && pages == copied,
        Err(error) => {
            tracing::warn!(
                code = error.sqlite_extended_error_code(),
                "the log of the store could not be moved"
            );
            false
        }
    }
}
