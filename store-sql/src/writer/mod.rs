//! The one thread that writes.
//!
//! It takes what waits, writes all of it in one transaction, and then answers everybody. There is no waiting for more to
//! come: what arrives while one group goes to disk is the next group. A group in which one thing cannot be written is
//! written again one by one, so that a bad row fails nobody else.

mod answers;
mod arrivals;
mod calls;
mod item;
mod outbox;
mod queue;
mod sweep;
mod together;
mod turn;
mod tx;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_model::Timestamp;
use countersign_store::failpoint::Failpoint;
use rusqlite::Connection;

use crate::checkpoint::Checkpoints;
use crate::error::Failure;
use crate::files::Outside;
use crate::open::Place;
use crate::schedule::Schedule;
pub(crate) use answers::Answers;
pub(crate) use arrivals::{Accept, FireTimers, Receive};
pub(crate) use calls::{CompleteCall, MarkSent, counter};
pub(crate) use item::{Do, Item, Task, Work};
pub(crate) use outbox::{GiveUp, Postpone};
pub(crate) use queue::{Full, JobQueue};
pub(crate) use sweep::{Cursors, Sweep};
pub(crate) use together::{AcceptTurn, CompleteTurn};
pub(crate) use turn::{CommitTurn, range};
pub(crate) use tx::{Mirror, Tx, key_of, stored_session};

pub(crate) struct Writer {
    pub(crate) place: Place,
    pub(crate) conn: Option<Connection>,
    pub(crate) schedule: Arc<Mutex<Schedule>>,
    pub(crate) queue: Arc<JobQueue>,
    pub(crate) outside: Arc<Outside>,
    pub(crate) answers: Arc<Answers>,
    /// `None` beside a server, which does that itself.
    pub(crate) checkpoints: Option<Arc<Checkpoints>>,
    /// So many conversations are remembered.
    pub(crate) capacity: usize,
    /// The highest number of a row.
    pub(crate) seq: u64,
    pub(crate) mirror: Mirror,
    /// Rows of the outbox that were delivered and are still there.
    pub(crate) delivered: Vec<u64>,
    /// Changes when another connection has written.
    pub(crate) version: Option<i64>,
    /// How long the log is, in pages.
    pub(crate) wal: Arc<AtomicU32>,
}

impl Writer {
    /// Writes until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        loop {
            let mut group = self.queue.take();
            self.delivered.append(&mut group.delivered);
            if !group.items.is_empty() || !self.delivered.is_empty() || group.look {
                self.write(group.items);
            }
            if let Some(checkpoints) = &self.checkpoints
                && let Some(conn) = &self.conn
            {
                checkpoints.after_group(conn, self.wal.load(Ordering::Relaxed));
            }
            if group.last {
                return;
            }
        }
    }

    fn write(&mut self, mut items: Vec<Box<dyn Item>>) {
        if let Err(failure) = self.attempt(&mut items) {
            // Even one that was alone: some things write less the second time.
            if failure.is_common() {
                self.fail(&mut items, failure);
            } else {
                for item in items.chunks_mut(1) {
                    if let Err(failure) = self.attempt(item) {
                        self.fail(item, failure);
                    }
                }
            }
        }
        self.answers.tell(items);
    }

    fn fail(&self, items: &mut [Box<dyn Item>], failure: Failure) {
        tracing::warn!(?failure, items = items.len(), "the store could not keep a group of writes");
        let mut schedule = self.schedule();
        items.iter_mut().for_each(|item| item.fail(&mut schedule, failure));
    }

    /// Writes all of them, or nothing.
    fn attempt(&mut self, items: &mut [Box<dyn Item>]) -> Result<(), Failure> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => {
                self.version = None;
                self.place.writer(&self.wal)?
            }
        };
        let result = self.transact(&conn, items);
        match result {
            Ok(()) => self.conn = Some(conn),
            Err(failure) => {
                self.mirror.clear();
                let rolled_back = conn.is_autocommit() || conn.execute_batch("ROLLBACK").is_ok();
                // A connection that has seen the disk fail may go on failing when the disk does no longer.
                if rolled_back && !failure.wants_reopening() {
                    self.conn = Some(conn);
                }
            }
        }
        result
    }

    fn transact(&mut self, conn: &Connection, items: &mut [Box<dyn Item>]) -> Result<(), Failure> {
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute(())?;
        self.notice(conn)?;
        for seq in &self.delivered {
            conn.prepare_cached("DELETE FROM outbox WHERE seq = ?1")?.execute([*seq as i64])?;
        }
        let mut tx = Tx::new(conn, &mut self.mirror, &self.schedule, &mut self.seq);
        for item in &mut *items {
            item.write(&mut tx)?;
        }
        let (loaded, timers_changed) = (tx.loaded, tx.timers_changed);
        let next_timer = if timers_changed { Some(next_timer(conn)?) } else { None };
        Failpoint::StoreBeforeCommit.pass();
        conn.prepare_cached("COMMIT")?.execute(())?;
        Failpoint::StoreAfterCommit.pass();
        self.delivered.clear();
        if self.checkpoints.is_none() {
            self.outside.tell();
        }
        let mut schedule = self.schedule.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.into_iter().for_each(|loaded| schedule.loaded(loaded));
        items.iter_mut().for_each(|item| item.keep(&mut schedule));
        if let Some(next_timer) = next_timer {
            schedule.next_timer = next_timer;
        }
        schedule.trim();
        drop(schedule);
        self.mirror.trim(self.capacity);
        Ok(())
    }

    /// Looks whether another program has written since the last group, and forgets what may have changed.
    fn notice(&mut self, conn: &Connection) -> Result<(), Failure> {
        let version = conn.prepare_cached("PRAGMA data_version")?.query_row((), |row| row.get(0))?;
        let before = self.version.replace(version);
        if before == Some(version) {
            return Ok(());
        }
        self.mirror.clear();
        let held = outbox_held(conn)?;
        let dead = count(conn, "dead_letters")?;
        let mut find = conn.prepare_cached("SELECT seq FROM outbox")?;
        let rows = find.query_map((), |row| row.get::<_, i64>(0))?;
        let rows = rows.map(|seq| seq.map(|seq| seq as u64)).collect::<Result<HashSet<_>, _>>()?;
        let next_timer = next_timer(conn)?;
        let mut schedule = self.schedule();
        schedule.forget();
        schedule.keep_deliveries(&rows);
        schedule.outbox_held = held;
        schedule.dead = dead;
        schedule.next_timer = next_timer;
        drop(schedule);
        self.outside.changed();
        Ok(())
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the next timer goes off.
pub(crate) fn next_timer(conn: &Connection) -> Result<Option<Timestamp>, Failure> {
    let mut find =
        conn.prepare_cached("SELECT min(timer_at) FROM conversations WHERE timer_at IS NOT NULL")?;
    Ok(find.query_row((), |row| row.get::<_, Option<i64>>(0))?.map(Timestamp::from_micros))
}

/// Whether the operator holds the outbox.
pub(crate) fn outbox_held(conn: &Connection) -> Result<bool, Failure> {
    let mut find =
        conn.prepare_cached("SELECT coalesce(max(value), 0) FROM meta WHERE name = 'outbox_held'")?;
    Ok(find.query_row((), |row| row.get(0))?)
}

/// How many rows a table has.
pub(crate) fn count(conn: &Connection, table: &'static str) -> Result<usize, Failure> {
    let rows: i64 = conn.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get(0))?;
    Ok(usize::try_from(rows).unwrap_or(0))
}
