//! Copies of a store: made while a server works with it, checked when they are brought back.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use countersign_model::Timestamp;
use countersign_store::StoreError;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};

use crate::error::{Failure, OpenError};
use crate::files::{Outside, beside, folder_of, give, private, sync_folder};
use crate::migrate::{self, MIGRATIONS, State};
use crate::writer::count;

/// What stands beside a backup, in a file of the same name with `.json` behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The program that made it.
    pub program: String,
    /// Its tables: the number of the last migration.
    pub schema: u32,
    /// When it was made, in RFC 3339.
    pub made_at: String,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// How many rows it has.
    pub rows: Counts,
}

/// How many rows a store has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Conversations.
    pub conversations: usize,
    /// Tokens.
    pub tokens: usize,
    /// Messages that came in and were not looked at.
    pub inbox: usize,
    /// Messages that were not sent.
    pub outbox: usize,
    /// Calls that have not ended.
    pub calls: usize,
    /// Turns of transcripts.
    pub turns: usize,
    /// Data keys.
    pub data_keys: usize,
}

/// What a restore may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restore {
    /// Make a new file.
    New,
    /// Take the place of the one that is there.
    Replace,
}

/// Why there is no backup, or it was not brought back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Something is there already.
    #[error("{} is there already; give another name, or move it away", .0.display())]
    Exists(PathBuf),
    /// There is nothing to say what the backup should be.
    #[error("{} cannot be read; a backup is two files, keep them together", .0.display())]
    NoManifest(PathBuf),
    /// The backup is not what was made.
    #[error("the backup {} is damaged ({what}); take another one", .path.display())]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// What does not fit.
        what: &'static str,
    },
    /// It was made by a newer program.
    #[error("the backup {} was made by a newer program (schema {found}, this one knows {known}); use that one", .path.display())]
    Newer {
        /// The backup.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// A file cannot be used.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Failure> for BackupError {
    fn from(failure: Failure) -> Self {
        Self::Store(failure.into())
    }
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        Failure::of(&error).into()
    }
}

/// Copies the store at `path` to the new file `to`, as it stands at one moment; a server may go on working with it.
/// What is sealed stays sealed, and no master key is in the copy.
///
/// # Errors
/// [`BackupError`]; then there is no file at `to`.
pub fn backup(path: &Path, to: &Path, program: &str, now: Timestamp) -> Result<Manifest, BackupError> {
    let manifest_path = beside(to, ".json");
    for path in [to, &manifest_path] {
        if path.exists() {
            return Err(BackupError::Exists(path.to_owned()));
        }
    }
    if !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() }.into());
    }
    let conn = read_only(path)?;
    let schema = schema_of(&conn, path)?;
    let made = make(&conn, to, schema, program, now).and_then(|manifest| {
        let text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
        write_new(&manifest_path, text.as_bytes())?;
        Ok(manifest)
    });
    if made.is_err() {
        // Half a backup is worse than none; what matters is the first error.
        let _ = fs::remove_file(to);
        let _ = fs::remove_file(&manifest_path);
    }
    made
}

fn make(
    conn: &Connection,
    to: &Path,
    schema: u32,
    program: &str,
    now: Timestamp,
) -> Result<Manifest, BackupError> {
    // SQLite fills an empty file, so that it is this user's alone from the beginning.
    write_new(to, b"")?;
    let name = to.to_str().ok_or_else(|| io_error(to, io::ErrorKind::InvalidFilename.into()))?;
    conn.execute("VACUUM INTO ?1", [name])?;
    let io = |source| io_error(to, source);
    File::open(to).and_then(|file| file.sync_all()).map_err(io)?;
    sync_folder(to).map_err(io)?;
    let copy = read_only(to)?;
    check(&copy, to)?;
    let rows = counts(&copy)?;
    drop(copy);
    let (sha256, bytes) = sum(to)?;
    Ok(Manifest { program: program.to_owned(), schema, made_at: now.to_string(), bytes, sha256, rows })
}

/// Brings a backup back to `to`. The outbox of the restored store is held: what waits in it may have been sent since
/// the backup was made, so an operator looks first.
///
/// # Errors
/// [`BackupError`]; then what was at `to` is as it was.
pub fn restore(from: &Path, to: &Path, how: Restore) -> Result<Manifest, BackupError> {
    let manifest_path = beside(from, ".json");
    let manifest = fs::read(&manifest_path).ok().and_then(|text| serde_json::from_slice(&text).ok());
    let manifest: Manifest = manifest.ok_or(BackupError::NoManifest(manifest_path))?;
    if to.exists() && how == Restore::New {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let damaged = |what| BackupError::Damaged { path: from.to_owned(), what };
    let (sha256, bytes) = sum(from)?;
    if (&sha256, bytes) != (&manifest.sha256, manifest.bytes) {
        return Err(damaged("its checksum is not the one in the manifest"));
    }
    // No server may begin to work while the file is exchanged.
    let _lock = Outside::open(to, true)?;
    let new = beside(to, ".restore");
    let _ = fs::remove_file(&new);
    let restored = (|| {
        copy(from, &new, if to.exists() { to } else { folder_of(to) })?;
        let conn = Connection::open_with_flags(&new, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        check(&conn, from)?;
        schema_of(&conn, from)?;
        if counts(&conn)? != manifest.rows {
            return Err(damaged("it does not have the rows that the manifest names"));
        }
        conn.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('outbox_held', 1)", ())?;
        drop(conn);
        let io = |source| io_error(to, source);
        File::open(&new).and_then(|file| file.sync_all()).map_err(io)?;
        // The log of the old file must not be played into the new one.
        for ending in ["-wal", "-shm"] {
            match fs::remove_file(beside(to, ending)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
                _ => {}
            }
        }
        fs::rename(&new, to).and_then(|()| sync_folder(to)).map_err(io)
    })();
    if restored.is_err() {
        // What matters is the first error.
        let _ = fs::remove_file(&new);
    }
    restored.map(|()| manifest)
}

fn read_only(path: &Path) -> Result<Connection, BackupError> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(conn)
}

fn schema_of(conn: &Connection, path: &Path) -> Result<u32, BackupError> {
    let path = path.to_owned();
    match migrate::state(conn, MIGRATIONS)? {
        State::At(schema) => Ok(schema),
        State::Newer(found) => Err(BackupError::Newer { path, found, known: migrate::newest(MIGRATIONS) }),
        State::Other(number) => Err(OpenError::OtherHistory { path, number }.into()),
        State::Empty | State::Foreign => Err(OpenError::NoStore { path }.into()),
    }
}

fn check(conn: &Connection, path: &Path) -> Result<(), BackupError> {
    let found: String = conn.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    Err(BackupError::Damaged { path: path.to_owned(), what: "its pages do not fit together" })
}

fn counts(conn: &Connection) -> Result<Counts, BackupError> {
    Ok(Counts {
        conversations: count(conn, "conversations")?,
        tokens: count(conn, "tokens")?,
        inbox: count(conn, "inbox")?,
        outbox: count(conn, "outbox")?,
        calls: count(conn, "calls")?,
        turns: count(conn, "turns")?,
        data_keys: count(conn, "data_keys")?,
    })
}

/// SHA-256 and length of a file.
fn sum(path: &Path) -> Result<(String, u64), BackupError> {
    let io = |source| io_error(path, source);
    let mut file = File::open(path).map_err(io)?;
    let mut hash = digest::Context::new(&digest::SHA256);
    let (mut buffer, mut bytes) = (vec![0; 1 << 16], 0);
    loop {
        let read = file.read(&mut buffer).map_err(io)?;
        if read == 0 {
            return Ok((migrate::hex(hash.finish().as_ref()), bytes));
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// `like` has the owner that the copy is to have.
fn copy(from: &Path, to: &Path, like: &Path) -> Result<(), BackupError> {
    let mut target =
        private().write(true).create_new(true).open(to).map_err(|source| io_error(to, source))?;
    give(&target, like);
    let mut source = File::open(from).map_err(|source| io_error(from, source))?;
    io::copy(&mut source, &mut target).map_err(|source| io_error(to, source))?;
    Ok(())
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let mut file =
        private().write(true).create_new(true).open(path).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists(path.to_owned()),
            _ => io_error(path, source),
        })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|source| io_error(path, source))
}

fn io_error(path: &Path, source: io::Error) -> BackupError {
    BackupError::Io { path: path.to_owned(), source }
}
