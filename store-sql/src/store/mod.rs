//! The traits of a store, carried out by the schedule, the writer and the readers.

mod calls;
mod conversations;
mod operator;
mod outbox;
mod people;
mod records;
mod reseal;
mod secrets;
pub(crate) mod statistics;
mod together;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use async_trait::async_trait;
use countersign_model::MessageRef;
use countersign_store::{ConversationKey, Inbox, NewInbound, Receipt, Receipts, StoreError};
use rusqlite::OptionalExtension as _;
use tokio::sync::oneshot;

use crate::checkpoint::Checkpoints;
use crate::code;
use crate::error::{Failure, Fault, OpenError};
use crate::files::Outside;
use crate::open::{self, Opened, Options, Role};
use crate::reader::{self, Readers};
use crate::schedule::Schedule;
use crate::writer::{Accept, Answers, Cursors, Do, Full, JobQueue, Mirror, Receive, Task, Tx, Work, Writer};

/// A store in a file of SQLite. What waits to be written is written before it goes away.
pub struct SqliteStore {
    role: Role,
    schedule: Arc<Mutex<Schedule>>,
    queue: Arc<JobQueue>,
    outside: Arc<Outside>,
    answers: Arc<Answers>,
    checkpoints: Option<Arc<Checkpoints>>,
    readers: Readers,
    cursors: Mutex<Cursors>,
    threads: Vec<JoinHandle<()>>,
}

impl SqliteStore {
    /// Opens a store; as the server it is made when it is not there.
    ///
    /// # Errors
    /// [`OpenError`]; then nothing was changed, but tables that an older program has made may have been brought up to
    /// date.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let Opened { place, conn, wal, outside, schedule, seq } = open::open(path, options)?;
        let io = |source| OpenError::Io { path: path.to_owned(), source };
        let schedule = Arc::new(Mutex::new(schedule));
        let (queue, outside) = (Arc::new(JobQueue::default()), Arc::new(outside));
        let answers = Arc::new(Answers::default());
        let mut threads = Vec::new();
        let mut checkpoints = None;
        if options.role == Role::Server {
            let shared = Arc::new(Checkpoints::default());
            let (mine, place, queue) = (shared.clone(), place.clone(), queue.clone());
            let thread = thread::Builder::new().name("store-log".into());
            threads.push(thread.spawn(move || mine.run(&place, &queue)).map_err(io)?);
            checkpoints = Some(shared);
        }
        let version = conn.query_row("PRAGMA data_version", (), |row| row.get(0)).ok();
        let writer = Writer {
            place: place.clone(),
            conn: Some(conn),
            schedule: schedule.clone(),
            queue: queue.clone(),
            outside: outside.clone(),
            answers: answers.clone(),
            checkpoints: checkpoints.clone(),
            capacity: options.cached,
            seq,
            mirror: Mirror::default(),
            delivered: Vec::new(),
            version,
            wal,
        };
        let thread = thread::Builder::new().name("store-writer".into());
        threads.push(thread.spawn(move || writer.run()).map_err(io)?);
        let (role, readers, cursors) = (options.role, Readers::new(place), Mutex::default());
        Ok(Self { role, schedule, queue, outside, answers, checkpoints, readers, cursors, threads })
    }

    /// How many conversations are in memory.
    pub fn cached(&self) -> usize {
        self.schedule().len()
    }

    /// Lets the file have at most so many pages, as if the disk were full then: for tests.
    ///
    /// # Errors
    /// [`StoreError`].
    #[doc(hidden)]
    pub async fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        self.change(move |tx| {
            let set = format!("PRAGMA max_page_count = {pages}");
            Ok(tx.conn.query_row(&set, (), |_| Ok(()))?)
        })
        .await
    }

    /// Lets the next write fail, as if the file could not be written to: for tests.
    ///
    /// # Errors
    /// [`StoreError`].
    #[doc(hidden)]
    pub async fn refuse_a_write(&self) -> Result<(), StoreError> {
        self.change(|tx| Ok(tx.conn.execute_batch("PRAGMA query_only = ON")?)).await
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Work is handed out to the server alone.
    const fn as_server(&self) -> Result<(), Failure> {
        match self.role {
            Role::Server => Ok(()),
            Role::Beside => Err(Failure::Beside),
        }
    }

    /// Forgets what is in memory when another program has said that it has written.
    fn look_outside(&self) {
        if self.outside.was_told() {
            self.schedule().forget();
            self.outside.changed();
            self.queue.look();
        }
    }

    /// Writes, and waits until it is on disk.
    async fn write<W: Work>(&self, work: W) -> Result<W::Out, Fault> {
        let (reply, answer) = oneshot::channel();
        if let Err((mut item, full)) =
            self.queue.push(Box::new(Task::new(work, reply, self.answers.runtime())))
        {
            let failure = match full {
                Full::NoRoom => Failure::Busy,
                Full::Closed => Failure::Closed,
            };
            item.fail(&mut self.schedule(), failure);
            item.answer();
        }
        answer.await.unwrap_or(Err(Fault::Failed(Failure::Closed)))
    }

    /// Writes something of which nothing stays in memory.
    async fn change<T: Send + 'static>(
        &self,
        write: impl FnMut(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        Ok(self.write(Do { write, keep: |_: &mut Schedule, _: &T| {} }).await?)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if let Some(checkpoints) = &self.checkpoints {
            checkpoints.close();
        }
        self.queue.close();
        for thread in self.threads.drain(..) {
            // A thread that has panicked has said so already.
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SqliteStore({:?}, {} conversations in memory)", self.role, self.cached())
    }
}

#[async_trait]
impl Inbox for SqliteStore {
    async fn accept(&self, rows: Vec<NewInbound>) -> Result<Vec<bool>, StoreError> {
        self.as_server()?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.write(Accept(rows)).await?)
    }
}

#[async_trait]
impl Receipts for SqliteStore {
    async fn receive(&self, receipts: Vec<Receipt>) -> Result<Vec<bool>, StoreError> {
        self.as_server()?;
        Ok(self.write(Receive(receipts)).await?)
    }

    async fn receipt(
        &self,
        key: &ConversationKey,
        message: &MessageRef,
    ) -> Result<Option<Receipt>, StoreError> {
        let (conversation, message) = (key.clone(), message.clone());
        let read = move |conn: &rusqlite::Connection| {
            let Some(id) = reader::id_of(conn, &conversation)? else { return Ok(None) };
            let mut find = conn.prepare_cached(
                "SELECT state, at, code FROM receipts WHERE conversation = ?1 AND message = ?2",
            )?;
            let found = find.query_row((id, code::short(&message.0) as i64), |row| {
                Ok((row.get::<_, i64>(0)?, code::at(row, 1)?, row.get::<_, Option<String>>(2)?))
            });
            let Some((state, at, code)) = found.optional()? else { return Ok(None) };
            Ok(Some(Receipt { conversation, message, state: code::state(state)?, code, at }))
        };
        self.readers.read(read).await
    }
}
