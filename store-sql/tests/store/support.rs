//! A store in a folder of its own.

use std::cell::RefCell;
use std::path::PathBuf;

use countersign_store_sql::{Options, Role, SqliteStore};
use tempfile::TempDir;

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("countersign.db")
    }

    pub(crate) fn open(&self) -> SqliteStore {
        SqliteStore::open(self.path(), Options::new(Role::Server)).unwrap()
    }

    pub(crate) fn beside(&self) -> SqliteStore {
        SqliteStore::open(self.path(), Options::new(Role::Beside)).unwrap()
    }

    /// A store whose folder goes away with the thread of the test.
    pub(crate) fn into_store(self) -> SqliteStore {
        thread_local! {
            static FOLDERS: RefCell<Vec<Folder>> = const { RefCell::new(Vec::new()) };
        }
        let store = self.open();
        FOLDERS.with_borrow_mut(|folders| folders.push(self));
        store
    }
}
