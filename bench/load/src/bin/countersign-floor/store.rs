//! Rows on disk: one writer thread that commits in groups. Checkpoints are made beside it, between groups.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use anyhow::Result;
use rusqlite::{Connection, params};
use tokio::sync::{Notify, oneshot};

/// From so many pages in the log on it is copied into the file.
const LONG: i64 = 4_000;

/// What is written.
pub(crate) enum Row {
    /// The id of a message that came in.
    Inbound(String),
    /// How far a user has come.
    State(Box<str>, String),
    /// What is to be sent: its number, to whom, the text.
    Out(u64, Box<str>, Box<str>),
    /// It was sent.
    Delivered(u64),
    /// How far a message has come.
    Status(String, String),
}

/// Who waits for which write, in order.
type Waiting = Rc<RefCell<VecDeque<(u64, oneshot::Sender<()>)>>>;

pub(crate) struct Store {
    shared: Arc<Shared>,
    waiting: Waiting,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    /// So many writes are on disk. One notice wakes all who wait for them, so a group costs one wake-up.
    written: AtomicU64,
    notice: Notify,
    /// The log is being copied.
    copying: AtomicBool,
}

#[derive(Default)]
struct Queue {
    rows: Vec<Row>,
    writes: u64,
    sleeps: bool,
}

impl Store {
    pub(crate) fn open(path: &str) -> Result<Self> {
        let mut conn = Connection::open(path)?;
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
             PRAGMA cache_size = -8192;
             CREATE TABLE IF NOT EXISTS inbound (id TEXT PRIMARY KEY) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS users (number TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY, number TEXT, text TEXT);
             CREATE TABLE IF NOT EXISTS statuses (id TEXT, status TEXT, PRIMARY KEY (id, status)) WITHOUT ROWID;",
        )?;
        let copier = Connection::open(path)?;
        let shared = Arc::new(Shared::default());
        let writing = shared.clone();
        thread::spawn(move || {
            // Without its writer there is no store; the load generator sees that nothing is answered any more.
            if let Err(error) = write(&writing, &mut conn, copier) {
                eprintln!("the writer ended: {error}");
                std::process::exit(1);
            }
        });
        let waiting: Waiting = Rc::default();
        tokio::task::spawn_local(tell(shared.clone(), waiting.clone()));
        Ok(Self { shared, waiting })
    }

    /// Writes rows in one commit, and comes back when they are on disk.
    pub(crate) async fn keep(&self, rows: Vec<Row>) {
        let (done, is_done) = oneshot::channel();
        let sleeps = {
            let mut queue = self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.rows.extend(rows);
            queue.writes += 1;
            self.waiting.borrow_mut().push_back((queue.writes, done));
            std::mem::take(&mut queue.sleeps)
        };
        if sleeps {
            self.shared.wake.notify_one();
        }
        let _ = is_done.await;
    }

    /// Written with the next group.
    pub(crate) fn delivered(&self, sent: u64) {
        let mut queue = self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.rows.push(Row::Delivered(sent));
    }
}

async fn tell(shared: Arc<Shared>, waiting: Waiting) {
    loop {
        shared.notice.notified().await;
        let written = shared.written.load(Ordering::Acquire);
        let mut waiting = waiting.borrow_mut();
        while waiting.front().is_some_and(|(write, _)| *write <= written) {
            if let Some((_, done)) = waiting.pop_front() {
                let _ = done.send(());
            }
        }
    }
}

fn write(shared: &Arc<Shared>, conn: &mut Connection, copier: Connection) -> Result<()> {
    let (begin, copied) = std::sync::mpsc::channel::<()>();
    let copying = shared.clone();
    thread::spawn(move || {
        while copied.recv().is_ok() {
            let _ = copy(&copier);
            copying.copying.store(false, Ordering::Release);
        }
    });
    let pages = Arc::new(AtomicU64::new(0));
    let counted = pages.clone();
    conn.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
        counted.store(u64::try_from(pages).unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }))?;
    let mut was_copied = false;
    loop {
        let (rows, writes) = take(shared);
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute(())?;
        for row in rows {
            put(conn, row)?;
        }
        conn.prepare_cached("COMMIT")?.execute(())?;
        shared.written.store(writes, Ordering::Release);
        shared.notice.notify_one();
        let is_long = pages.load(Ordering::Relaxed) >= LONG as u64;
        if is_long && !shared.copying.load(Ordering::Acquire) {
            if std::mem::take(&mut was_copied) {
                // The rest, so that the log begins again.
                copy(conn)?;
            } else {
                was_copied = true;
                shared.copying.store(true, Ordering::Release);
                begin.send(())?;
            }
        }
    }
}

fn take(shared: &Shared) -> (Vec<Row>, u64) {
    let mut queue = shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
    let written = shared.written.load(Ordering::Relaxed);
    while queue.writes == written {
        queue.sleeps = true;
        queue = shared.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
    queue.sleeps = false;
    (std::mem::take(&mut queue.rows), queue.writes)
}

fn put(conn: &Connection, row: Row) -> Result<()> {
    match row {
        Row::Inbound(id) => {
            conn.prepare_cached("INSERT OR IGNORE INTO inbound VALUES (?1)")?.execute([id])?;
        }
        Row::State(number, state) => {
            conn.prepare_cached("INSERT OR REPLACE INTO users VALUES (?1, ?2)")?
                .execute(params![&*number, state])?;
        }
        Row::Out(seq, number, text) => {
            conn.prepare_cached("INSERT OR REPLACE INTO outbox VALUES (?1, ?2, ?3)")?
                .execute(params![seq as i64, &*number, &*text])?;
        }
        Row::Delivered(seq) => {
            conn.prepare_cached("DELETE FROM outbox WHERE seq = ?1")?.execute([seq as i64])?;
        }
        Row::Status(id, status) => {
            conn.prepare_cached("INSERT OR IGNORE INTO statuses VALUES (?1, ?2)")?
                .execute(params![id, status])?;
        }
    }
    Ok(())
}

fn copy(conn: &Connection) -> Result<()> {
    Ok(conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(()))?)
}
