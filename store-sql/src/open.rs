//! Opens a store: its file, its tables, and what is under way in it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use countersign_model::CallId;
use countersign_store::{ConversationKey, CounterKey, StoreError};
use rusqlite::{Connection, OpenFlags};

use crate::code::{self, ConvId};
use crate::error::{Failure, OpenError};
use crate::files::{Outside, private, sync_folder};
use crate::migrate::{self, MIGRATIONS, State};
use crate::schedule::{Call, Kept, KnownCounters, MOST_COUNTERS, Out, Schedule};
use crate::writer::{count, counter, key_of, next_timer, outbox_held};

/// How a store is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// As what.
    pub role: Role,
    /// About how many idle conversations are kept in memory; the others are read when something comes in for them.
    pub cached: usize,
}

/// As what a store is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// As the server, which does the work. There is one at a time.
    Server,
    /// Beside a server, or without one: to list and revoke tokens, hold the outbox, change keys. No work is handed out.
    Beside,
}

impl Options {
    /// For this role, with what suits most.
    pub const fn new(role: Role) -> Self {
        Self { role, cached: 4_096 }
    }
}

/// Where a store lies.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) path: Arc<PathBuf>,
    pub(crate) role: Role,
}

impl Place {
    /// A connection that writes.
    pub(crate) fn writer(&self, wal: &Arc<AtomicU32>) -> Result<Connection, Failure> {
        let mut conn = self.connect()?;
        // A commit is on the disk when it returns. What the log holds is moved by others, between commits.
        conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA cache_size = -8192")?;
        conn.set_prepared_statement_cache_capacity(96);
        if self.role == Role::Server {
            conn.execute_batch("PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864")?;
            let wal = wal.clone();
            conn.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
                wal.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
                Ok(())
            }))?;
        }
        Ok(conn)
    }

    /// A connection that reads.
    pub(crate) fn reader(&self) -> Result<Connection, Failure> {
        let conn = self.connect()?;
        conn.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -1024")?;
        conn.set_prepared_statement_cache_capacity(32);
        Ok(conn)
    }

    /// A connection that moves the log into the file.
    pub(crate) fn checkpointer(&self) -> Result<Connection, Failure> {
        let conn = self.connect()?;
        conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA cache_size = -64")?;
        Ok(conn)
    }

    fn connect(&self) -> Result<Connection, Failure> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(self.path.as_path(), flags)?;
        conn.busy_timeout(Duration::from_secs(5))?;
        conn.execute_batch("PRAGMA trusted_schema = OFF")?;
        Ok(conn)
    }
}

/// A store that was opened.
pub(crate) struct Opened {
    pub(crate) place: Place,
    pub(crate) conn: Connection,
    pub(crate) wal: Arc<AtomicU32>,
    pub(crate) outside: Outside,
    pub(crate) schedule: Schedule,
    /// The highest number of a row.
    pub(crate) seq: u64,
}

pub(crate) fn open(path: &Path, options: Options) -> Result<Opened, OpenError> {
    let io = |source| OpenError::Io { path: path.to_owned(), source };
    let server = options.role == Role::Server;
    if !server && !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    let outside = Outside::open(path, server)?;
    if server {
        make(path).map_err(io)?;
    }
    let place = Place { path: Arc::new(path.to_owned()), role: options.role };
    let wal = Arc::new(AtomicU32::new(0));
    let failed = |failure: Failure| match failure {
        Failure::Damaged("database") => OpenError::NoStore { path: path.to_owned() },
        other => OpenError::Store { path: path.to_owned(), source: StoreError::from(other) },
    };
    let conn = place.writer(&wal).map_err(failed)?;
    prepare(&conn, path, server).map_err(|error| error.unwrap_or_else(failed))?;
    let (schedule, seq) = load(&conn, options)
        .map_err(|failure| OpenError::Store { path: path.to_owned(), source: failure.into() })?;
    Ok(Opened { place, conn, wal, outside, schedule, seq })
}

/// Why tables were not prepared.
enum Unready {
    Known(OpenError),
    Failed(Failure),
}

impl Unready {
    fn unwrap_or_else(self, failed: impl FnOnce(Failure) -> OpenError) -> OpenError {
        match self {
            Self::Known(error) => error,
            Self::Failed(failure) => failed(failure),
        }
    }
}

impl From<Failure> for Unready {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<rusqlite::Error> for Unready {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Makes the file, for this user alone, when it is not there.
fn make(path: &Path) -> io::Result<()> {
    match private().write(true).create_new(true).open(path) {
        Ok(file) => {
            file.sync_all()?;
            sync_folder(path)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::metadata(path).map(drop),
        Err(error) => Err(error),
    }
}

fn prepare(conn: &Connection, path: &Path, server: bool) -> Result<(), Unready> {
    let known = |error| Err(Unready::Known(error));
    let path = path.to_owned();
    match migrate::state(conn, MIGRATIONS)? {
        State::Foreign => return known(OpenError::NoStore { path }),
        State::Newer(found) => {
            return known(OpenError::Newer { path, found, known: migrate::newest(MIGRATIONS) });
        }
        State::Other(number) => return known(OpenError::OtherHistory { path, number }),
        State::Empty if !server => return known(OpenError::Missing { path }),
        State::Empty => {
            conn.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(()))?;
            migrate::migrate(conn, 0, MIGRATIONS)?;
        }
        State::At(at) => {
            conn.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(()))?;
            if at < migrate::newest(MIGRATIONS) {
                migrate::migrate(conn, at, MIGRATIONS)?;
            }
        }
    }
    Ok(())
}

/// Reads what is under way, never what is idle.
fn load(conn: &Connection, options: Options) -> Result<(Schedule, u64), Failure> {
    let mut seq = 0;
    for table in ["inbox", "outbox", "calls", "turns", "leads", "dead_letters"] {
        let highest: i64 =
            conn.query_row(&format!("SELECT coalesce(max(seq), 0) FROM {table}"), (), |row| row.get(0))?;
        seq = seq.max(highest as u64);
    }
    let mut schedule = Schedule::new(options.cached, seq);
    if options.role == Role::Beside {
        return Ok((schedule, seq));
    }
    let mut keys = Keys { conn, known: HashMap::new() };
    schedule.outbox_held = outbox_held(conn)?;
    schedule.dead = count(conn, "dead_letters")?;
    schedule.next_timer = next_timer(conn)?;
    inbox(&mut schedule, &mut keys)?;
    outbox(&mut schedule, &mut keys)?;
    calls(&mut schedule, &mut keys)?;
    for id in keys.known.keys() {
        let calling = "SELECT calling FROM conversations WHERE id = ?1";
        let calling: Option<u32> = conn.prepare_cached(calling)?.query_row([id], |row| row.get(0))?;
        schedule.set_calling(*id, calling.map(CallId));
    }
    counters(&mut schedule, conn)?;
    Ok((schedule, seq))
}

/// The names of conversations with something under way.
struct Keys<'c> {
    conn: &'c Connection,
    known: HashMap<ConvId, Arc<ConversationKey>>,
}

impl Keys<'_> {
    fn of(&mut self, id: ConvId) -> Result<Arc<ConversationKey>, Failure> {
        if let Some(key) = self.known.get(&id) {
            return Ok(key.clone());
        }
        let key = Arc::new(key_of(self.conn, id)?);
        self.known.insert(id, key.clone());
        Ok(key)
    }
}

fn inbox(schedule: &mut Schedule, keys: &mut Keys<'_>) -> Result<(), Failure> {
    let mut find = keys.conn.prepare(
        "SELECT seq, conversation, kind, session, number, counted, id, received_at FROM inbox ORDER BY seq",
    )?;
    let mut rows = find.query(())?;
    while let Some(row) = rows.next()? {
        let session: Option<Vec<u8>> = row.get(3)?;
        let kind = code::kind(row.get(2)?, session.as_deref(), row.get(4)?)?;
        let received_at = code::at(row, 7)?;
        let id: String = row.get(6)?;
        let seen = row.get::<_, bool>(5)?.then(|| (code::short(&id), code::second(received_at)));
        let (seq, conversation): (i64, ConvId) = (row.get(0)?, row.get(1)?);
        schedule.arrived(conversation, &keys.of(conversation)?, (seq as u64, kind, received_at, seen), None);
    }
    Ok(())
}

fn outbox(schedule: &mut Schedule, keys: &mut Keys<'_>) -> Result<(), Failure> {
    let mut find = keys
        .conn
        .prepare("SELECT seq, conversation, created_at, due, attempts, done FROM outbox ORDER BY seq")?;
    let mut rows = find.query(())?;
    while let Some(row) = rows.next()? {
        let (seq, conversation): (i64, ConvId) = (row.get(0)?, row.get(1)?);
        let out = Out {
            due: code::at(row, 3)?,
            attempts: row.get(4)?,
            done: row.get(5)?,
            ..Out::new(seq as u64, code::at(row, 2)?, Kept::on_disk())
        };
        schedule.found_delivery(conversation, &keys.of(conversation)?, out);
    }
    Ok(())
}

fn calls(schedule: &mut Schedule, keys: &mut Keys<'_>) -> Result<(), Failure> {
    let mut find =
        keys.conn.prepare("SELECT seq, conversation, session, number, sent FROM calls ORDER BY seq")?;
    let mut rows = find.query(())?;
    while let Some(row) = rows.next()? {
        let (seq, conversation): (i64, ConvId) = (row.get(0)?, row.get(1)?);
        let session = code::session(&row.get::<_, Vec<u8>>(2)?, "calls")?;
        let call = Call::found(seq as u64, session, CallId(row.get(3)?), row.get(4)?);
        schedule.found_call(conversation, &keys.of(conversation)?, call);
    }
    Ok(())
}

/// All counters, unless they are very many; then they are read one by one.
fn counters(schedule: &mut Schedule, conn: &Connection) -> Result<(), Failure> {
    let mut find = conn.prepare("SELECT key, count, first_at, last_at, expires_at FROM counters LIMIT ?1")?;
    let mut rows = find.query([MOST_COUNTERS as i64])?;
    let mut counters = Vec::new();
    while let Some(row) = rows.next()? {
        counters.push((CounterKey(row.get(0)?), counter(row, 1)?));
    }
    if counters.len() < MOST_COUNTERS {
        schedule.counters = KnownCounters::all(counters);
    }
    Ok(())
}
