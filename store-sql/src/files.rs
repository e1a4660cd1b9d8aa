//! The file beside the database: the lock of the server, and a number that goes up when another program has written.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::OpenError;

/// What other programs have done to the store.
///
/// `PRAGMA data_version` tells the writer so at every group. Whoever reads a token from memory cannot wait for that, so
/// a program that has written beside the server raises a number in the lock file, and the server reads it: one call of
/// the system.
pub(crate) struct Outside {
    file: File,
    seen: AtomicU64,
    changes: AtomicU64,
}

impl Outside {
    /// Opens the file; with `lock`, as the only server.
    pub(crate) fn open(store: &Path, lock: bool) -> Result<Self, OpenError> {
        let path = beside(store, "-lock");
        let io = |source| OpenError::Io { path: store.to_owned(), source };
        let mut options = private();
        options.read(true).write(true);
        let file = match options.clone().create_new(true).open(&path) {
            Ok(made) => {
                give(&made, folder_of(store));
                made
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                options.create(true).truncate(false).open(&path).map_err(io)?
            }
            Err(error) => return Err(io(error)),
        };
        if lock {
            file.try_lock().map_err(|error| match error {
                TryLockError::WouldBlock => OpenError::InUse { path: store.to_owned() },
                TryLockError::Error(source) => io(source),
            })?;
        }
        let seen = AtomicU64::new(read(&file));
        Ok(Self { file, seen, changes: AtomicU64::new(0) })
    }

    /// Whether another program has said since the last time that it has written.
    pub(crate) fn was_told(&self) -> bool {
        let now = read(&self.file);
        self.seen.swap(now, Ordering::SeqCst) != now
    }

    /// Tells other programs that this one has written.
    pub(crate) fn tell(&self) {
        let next = read(&self.file).wrapping_add(1);
        if let Err(error) = write(&self.file, next) {
            // They notice it all the same, with their next group.
            tracing::warn!(%error, "a running server could not be told that the store has changed");
        }
        self.seen.store(next, Ordering::SeqCst);
    }

    /// Something has changed.
    pub(crate) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// How often something has changed.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }
}

/// A path beside another one.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// Options that make a file for this user alone.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Gives a file that was made just now to the owner of `like`, as far as this user may: what root makes for a server is
/// the server's. Only the open file is changed, whatever has its name by now.
pub(crate) fn give(made: &File, like: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let (Ok(own), Ok(wanted)) = (made.metadata(), std::fs::metadata(like)) else { return };
        if own.uid() != wanted.uid() {
            // Others than root may not, and keep what they make.
            let _ = fchown(made, Some(wanted.uid()), Some(wanted.gid()));
        }
    }
    #[cfg(not(unix))]
    let _ = (made, like);
}

/// The folder of a file.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes sure that the name of a file is on the disk.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = folder_of(path);
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(unix)]
fn read(file: &File) -> u64 {
    use std::os::unix::fs::FileExt as _;
    let mut bytes = [0; 8];
    match file.read_exact_at(&mut bytes, 0) {
        Ok(()) => u64::from_le_bytes(bytes),
        Err(_) => 0,
    }
}

#[cfg(unix)]
fn write(file: &File, value: u64) -> io::Result<()> {
    use std::os::unix::fs::FileExt as _;
    file.write_all_at(&value.to_le_bytes(), 0)
}

/// Other systems do not let a locked file be written to; there the next group of writes notices.
#[cfg(not(unix))]
fn read(_: &File) -> u64 {
    0
}

#[cfg(not(unix))]
fn write(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}
