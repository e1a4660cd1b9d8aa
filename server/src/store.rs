//! The database of a server.

use std::path::Path;
use std::sync::Arc;

use countersign_runner::Store;
use countersign_store_sql::{OpenError, Options, Role, SqliteStore};

/// Opens the database for the server, and makes it when it is not there.
pub(crate) fn open(path: &Path) -> Result<Arc<dyn Store>, OpenError> {
    Ok(Arc::new(SqliteStore::open(path, Options::new(Role::Server))?))
}

/// Opens the database beside a server, to look at it and to change what an operator may change.
pub(crate) fn beside(path: &Path) -> Result<Arc<dyn Store>, OpenError> {
    Ok(Arc::new(SqliteStore::open(path, Options::new(Role::Beside))?))
}
