use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::aead;
use crate::key::{KeyId, KeyParseError, MasterKey, MasterKeys};
use crate::sealed::SealError;

/// The file with the master keys. It belongs to the one user who runs Countersign, and it is never written over:
/// a change goes to a new file that takes the place of the old one in a single step.
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
}

/// Why the key file cannot be used. It never shows any of a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is not there.
    #[error("there is no key file {path}; `countersign keys make {path}` makes one")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// There is no folder for it.
    #[error("the key file {path} cannot be made, because its folder is not there; make the folder first")]
    NoFolder {
        /// The file.
        path: PathBuf,
    },
    /// It is there already.
    #[error("the key file {path} is there already; it is never written over")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// It is a directory, a device or the like.
    #[error("{path} is no ordinary file, so it cannot be the key file")]
    NoFile {
        /// The file.
        path: PathBuf,
    },
    /// Other users of the machine can use it.
    #[error("other users can use the key file {path} (mode {mode:04o}); run `chmod 600 {path}`")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Its content is not sound.
    #[error(
        "the key file {path} is damaged: {source}. Put back a copy of it; without its keys nothing that was sealed \
         can be opened"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: KeyParseError,
    },
    /// A change was begun and not ended, or another process is at it now.
    #[error(
        "the key file is being changed by another process, or a change broke off; if no other process runs, delete {path}"
    )]
    Busy {
        /// The file that the change would write.
        path: PathBuf,
    },
    /// There is no key with that id, or it is the active one.
    #[error("the key file {path} has no key {id} beside its active key")]
    NoSuchKey {
        /// The file.
        path: PathBuf,
        /// The key.
        id: KeyId,
    },
    /// No key could be made.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The system refused.
    #[error("the key file {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// No key file is longer; a larger file is something else.
const MAX_LEN: u64 = 64 * 1024;

const INTRODUCTION: &str = "\
# Master keys of Countersign; the first one is active. Keep a copy at another place.
# Without these keys no stored token can be opened, and users have to log in again.
";

impl KeyFile {
    /// The file at this path, whether it is there or not.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the keys.
    ///
    /// # Errors
    /// [`KeyFileError::Missing`], and all others when the file is not safe or not sound.
    pub fn load(&self) -> Result<MasterKeys, KeyFileError> {
        let (text, _) = self.read()?;
        self.parse(&text)
    }

    /// Makes the file with one new key, for this user alone.
    ///
    /// # Errors
    /// [`KeyFileError::Exists`] when it is there already; [`KeyFileError::Io`].
    pub fn create(&self) -> Result<MasterKeys, KeyFileError> {
        let key = MasterKey::generate()?;
        let line = key.to_line();
        let mut text = Zeroizing::new(String::with_capacity(INTRODUCTION.len() + line.len() + 1));
        text.push_str(INTRODUCTION);
        text.push_str(line.expose());
        text.push('\n');
        self.put(&text).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => KeyFileError::Exists { path: self.path.clone() },
            io::ErrorKind::NotFound => KeyFileError::NoFolder { path: self.path.clone() },
            _ => self.io(error),
        })?;
        sync_directory(&self.path).map_err(|error| self.io(error))?;
        Ok(MasterKeys::one(key))
    }

    /// Reads the keys, or makes the file at the first start.
    ///
    /// # Errors
    /// [`KeyFileError`]. A file that is there but not sound is never replaced.
    pub fn load_or_create(&self) -> Result<MasterKeys, KeyFileError> {
        match self.load() {
            Err(KeyFileError::Missing { .. }) => match self.create() {
                // Another process was faster.
                Err(KeyFileError::Exists { .. }) => self.load(),
                other => other,
            },
            other => other,
        }
    }

    /// Puts a new active key before the others and gives all of them. The mode of the file stays, and so does its owner
    /// when root changes it: the server goes on reading it.
    ///
    /// # Errors
    /// [`KeyFileError`]; the file is then as it was.
    pub fn add_key(&self) -> Result<MasterKeys, KeyFileError> {
        let key = MasterKey::generate()?;
        let line = key.to_line();
        self.change(|keys, old| {
            let active = keys.active().id();
            let mut text = Zeroizing::new(String::with_capacity(old.len() + line.len() + 1));
            for content in old.lines() {
                if is_key(content, active) {
                    text.push_str(line.expose());
                    text.push('\n');
                }
                text.push_str(content);
                text.push('\n');
            }
            Ok(text)
        })
    }

    /// Removes a key that [`KeyRing::retire`](crate::KeyRing::retire) has given up, and gives the others.
    ///
    /// # Errors
    /// [`KeyFileError::NoSuchKey`] for the active key too; the file is then as it was.
    pub fn remove_key(&self, id: KeyId) -> Result<MasterKeys, KeyFileError> {
        self.change(|keys, old| {
            if keys.active().id() == id || keys.find(id).is_none() {
                return Err(KeyFileError::NoSuchKey { path: self.path.clone(), id });
            }
            let mut text = Zeroizing::new(String::with_capacity(old.len()));
            for content in old.lines().filter(|content| !is_key(content, id)) {
                text.push_str(content);
                text.push('\n');
            }
            Ok(text)
        })
    }

    /// Gives the text its name only when all of it is on the disk, so that no other process ever reads half of it.
    fn put(&self, text: &str) -> io::Result<()> {
        let unique = u32::from_be_bytes(aead::random().map_err(|_| io::ErrorKind::Other)?);
        let beside = beside(&self.path, &format!(".{unique:08x}"));
        write_new(&beside, text, 0o600)?;
        let linked = fs::hard_link(&beside, &self.path);
        fs::remove_file(&beside)?;
        match linked {
            // Not every file system has links.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => write_new(&self.path, text, 0o600),
            linked => linked,
        }
    }

    fn change(
        &self,
        edit: impl FnOnce(&MasterKeys, &str) -> Result<Zeroizing<String>, KeyFileError>,
    ) -> Result<MasterKeys, KeyFileError> {
        // A symbolic link stays a link: what it points to is replaced.
        let path = fs::canonicalize(&self.path).map_err(|error| self.io(error))?;
        let beside = beside(&path, ".new");
        // The file beside is the lock as well: the old text is read only when nobody else can be changing it.
        let mut file = create_new(&beside, 0o600).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => KeyFileError::Busy { path: beside.clone() },
            _ => KeyFileError::Io { path: beside.clone(), source: error },
        })?;
        let changed = (|| {
            let (old, mode) = self.read()?;
            let text = edit(&self.parse(&old)?, &old)?;
            let keys = self.parse(&text)?;
            let io = |source| KeyFileError::Io { path: beside.clone(), source };
            file.write_all(text.as_bytes()).map_err(io)?;
            set_mode(&file, mode).map_err(io)?;
            keep_owner(&file, &path);
            file.sync_all().map_err(io)?;
            fs::rename(&beside, &path).map_err(io)?;
            Ok(keys)
        })();
        match &changed {
            Ok(_) => sync_directory(&path).map_err(|error| self.io(error))?,
            Err(_) => {
                // What matters is the first error; a file left behind is named by the next change.
                let _ = fs::remove_file(&beside);
            }
        }
        changed
    }

    /// The text of the file and its mode.
    fn read(&self) -> Result<(Zeroizing<String>, u32), KeyFileError> {
        let file = File::open(&self.path).map_err(|error| self.io(error))?;
        // Asked of the open file, so that nobody can change it between the question and the reading.
        let metadata = file.metadata().map_err(|error| self.io(error))?;
        if !metadata.is_file() {
            return Err(KeyFileError::NoFile { path: self.path.clone() });
        }
        let mode = mode_of(&metadata);
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Open { path: self.path.clone(), mode });
        }
        if metadata.len() > MAX_LEN {
            let source = KeyParseError::Line { line: 1 };
            return Err(KeyFileError::Damaged { path: self.path.clone(), source });
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(metadata.len() as usize + 1));
        file.take(MAX_LEN).read_to_end(&mut bytes).map_err(|error| self.io(error))?;
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok((Zeroizing::new(text.to_owned()), mode)),
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                let source = KeyParseError::Line { line };
                Err(KeyFileError::Damaged { path: self.path.clone(), source })
            }
        }
    }

    fn parse(&self, text: &str) -> Result<MasterKeys, KeyFileError> {
        MasterKeys::parse(text).map_err(|source| KeyFileError::Damaged { path: self.path.clone(), source })
    }

    fn io(&self, source: io::Error) -> KeyFileError {
        let path = self.path.clone();
        match source.kind() {
            io::ErrorKind::NotFound => KeyFileError::Missing { path },
            _ => KeyFileError::Io { path, source },
        }
    }
}

fn is_key(line: &str, id: KeyId) -> bool {
    let line = line.trim();
    !line.starts_with('#') && line.split(':').nth(1).and_then(|text| text.parse().ok()) == Some(id)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

fn write_new(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let mut file = create_new(path, mode)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // Nothing was sealed by a key that is not on the disk, so what was written of it is of no use.
        let _ = fs::remove_file(path);
    }
    written
}

#[cfg(unix)]
fn create_new(path: &Path, mode: u32) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

#[cfg(not(unix))]
fn create_new(path: &Path, _mode: u32) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_file: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// Gives the new file to the owner of the one at `path`, as far as this user may.
#[cfg(unix)]
fn keep_owner(file: &File, path: &Path) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let (Ok(new), Ok(old)) = (file.metadata(), fs::metadata(path)) else { return };
    if new.uid() != old.uid() {
        // Others than root may not, and keep what they make.
        let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_file: &File, _path: &Path) {}

#[cfg(unix)]
fn mode_of(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o7777
}

/// Other systems have no such bits; who may read the file is then a matter of its folder.
#[cfg(not(unix))]
fn mode_of(_metadata: &fs::Metadata) -> u32 {
    0
}

/// A new name is durable only when its directory is.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}
