use countersign_model::Name;
use countersign_store::StoreError;
use countersign_vault::{KeyRingError, SealError};

/// Why a worker did not finish what it began. The row is still there and will be taken up again.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something could not be sealed, so it was not stored.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Why what came in was not accepted. Nothing of it was kept, so it must not be acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// There is no such channel.
    #[error("there is no channel `{channel}` in the workspace `{workspace}`")]
    UnknownChannel {
        /// The workspace.
        workspace: Name,
        /// The channel.
        channel: Name,
    },
}

/// Why the keys of a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A data key does not open.
    #[error(transparent)]
    Unlock(#[from] KeyRingError),
    /// No new data key could be made.
    #[error(transparent)]
    Seal(#[from] SealError),
}
