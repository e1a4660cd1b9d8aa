//! What can go wrong, sorted by whose fault it is.

use std::path::PathBuf;

use countersign_store::{CommitError, StoreError};
use rusqlite::ErrorCode;

/// Why a store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server has it.
    #[error("another server works with the store {}; stop it first, two servers cannot share a store", .path.display())]
    InUse {
        /// The store.
        path: PathBuf,
    },
    /// A newer program has changed its tables.
    #[error(
        "the store {} was changed by a newer program (its schema is {found}, this program knows {known}); \
         use the newer program, or restore a backup that was made before the update", .path.display()
    )]
    Newer {
        /// The store.
        path: PathBuf,
        /// The schema of the store.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// A migration that was applied is not the one of that number in this program.
    #[error(
        "the store {} was made by another edition of this program (its migration {number} differs); \
         use the program that made it", .path.display()
    )]
    OtherHistory {
        /// The store.
        path: PathBuf,
        /// The number of the migration.
        number: u32,
    },
    /// The file is there, and it is no store.
    #[error("{} is no store of Countersign; give the path of another file", .path.display())]
    NoStore {
        /// The file.
        path: PathBuf,
    },
    /// There is no store to work beside.
    #[error("there is no store at {}; check the path, the server makes it at its first start", .path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The file or its folder cannot be used.
    #[error("the store {} cannot be opened; check that its folder is there and may be written to: {source}", .path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database does not answer as it should.
    #[error("the store {} cannot be opened: {source}", .path.display())]
    Store {
        /// The path.
        path: PathBuf,
        /// What is wrong.
        source: StoreError,
    },
}

/// Why a write failed, small enough to be told to everybody in the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No room is left.
    Full,
    /// The file may not be written to.
    ReadOnly,
    /// A row cannot be understood.
    Damaged(&'static str),
    /// The database refused this one thing.
    Refused(i32),
    /// The database does not answer.
    Unavailable(i32),
    /// Too much waits to be written.
    Busy,
    /// The store has been closed.
    Closed,
    /// It was opened beside a server, whose work this is.
    Beside,
}

/// Why an item of work was not done.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Somebody else has it, or it is no longer wanted. Nothing was written.
    Lost,
    /// The database failed.
    Failed(Failure),
}

/// What stands behind [`StoreError::Unavailable`].
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("SQLite answered with code {0}")]
    Sqlite(i32),
    #[error("too much waits to be written")]
    Busy,
    #[error("the store has been closed")]
    Closed,
    #[error("it was opened beside a server, and this is the server's work")]
    Beside,
}

impl Failure {
    /// Whether everything else in the group would fail as well.
    pub(crate) const fn is_common(self) -> bool {
        !matches!(self, Self::Damaged(_) | Self::Refused(_))
    }

    /// Whether a new connection may help.
    pub(crate) fn wants_reopening(self) -> bool {
        matches!(self, Self::ReadOnly | Self::Unavailable(_) | Self::Damaged("database"))
    }

    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match error {
            E::FromSqlConversionFailure(..)
            | E::IntegralValueOutOfRange(..)
            | E::InvalidColumnType(..)
            | E::Utf8Error(..) => return Self::Damaged("database"),
            _ => {}
        }
        let code = error.sqlite_extended_error_code().unwrap_or(0);
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged("database"),
            Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch) | None => {
                Self::Refused(code)
            }
            Some(_) => Self::Unavailable(code),
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::of(&error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(Failure::of(&error))
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        let unavailable = |cause: Cause| Self::Unavailable(Box::new(cause));
        match failure {
            Failure::Full => Self::Full,
            Failure::ReadOnly => Self::ReadOnly,
            Failure::Damaged(table) => Self::Damaged { table },
            Failure::Refused(code) | Failure::Unavailable(code) => unavailable(Cause::Sqlite(code)),
            Failure::Busy => unavailable(Cause::Busy),
            Failure::Closed => unavailable(Cause::Closed),
            Failure::Beside => unavailable(Cause::Beside),
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            // Only methods with a lease lose it, and those give a `CommitError`.
            Fault::Lost => Failure::Refused(0).into(),
            Fault::Failed(failure) => failure.into(),
        }
    }
}

impl From<Fault> for CommitError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Lost => Self::LeaseLost,
            Fault::Failed(failure) => Self::Store(failure.into()),
        }
    }
}
